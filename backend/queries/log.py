"""The Log: every act, latest first, by whoever, of whatever kind, about whatever; and what has been undone since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.queries.log_words import Told, told_of
from backend.record.loading import load_undone
from models.vocabulary import ActKind

_PAGE = text("""
    WITH RECURSIVE chain AS (
        SELECT id AS act, undoes AS root FROM change_set WHERE undoes IS NOT NULL
        UNION ALL SELECT chain.act, c.undoes FROM chain JOIN change_set c ON c.id = chain.root
                  WHERE c.undoes IS NOT NULL),
    roots AS (SELECT act, min(root) AS root FROM chain GROUP BY act)
    SELECT c.id, c.at, c."by", c.why, c.kind, c.undoes, c.scope, said.root
    FROM change_set c LEFT JOIN roots ON roots.act = c.id, LATERAL (SELECT coalesce(roots.root, c.id) AS root) said
    WHERE (CAST(:before AS bigint) IS NULL OR c.id < :before)
      AND (CAST(:by AS text) IS NULL OR c."by" ILIKE :by)
      AND (CAST(:kinds AS text[]) IS NULL OR c.kind = ANY(:kinds))
      AND (CAST(:since AS timestamptz) IS NULL OR c.at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR c.at < :until)
      AND (CAST(:run AS int) IS NULL
           OR said.root IN (
                SELECT change_set FROM run_change WHERE run_number = :run
                UNION ALL SELECT change_set FROM luminosity_change WHERE run_number = :run
                UNION ALL SELECT change_set FROM dataset_identity WHERE run_number = :run
                UNION ALL SELECT w.change_set FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id
                          WHERE d.run_number = :run
                UNION ALL SELECT w.change_set FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
                          WHERE d.run_number = :run
                UNION ALL SELECT unnest(g.change_set || ARRAY(SELECT w.change_set FROM golden_json_change w
                                                              WHERE w.golden_json_id = g.id)) FROM golden_json g
                          WHERE :run BETWEEN g.first_run AND g.last_run AND strpos(g.content, '"' || :run || '"') > 0)
              AND (c.scope IS NULL OR c.scope -> 'runs' @> to_jsonb(CAST(:run AS int)) OR EXISTS (
                   SELECT FROM dataset_identity d
                   WHERE d.run_number = :run AND c.scope -> 'datasets' @> to_jsonb(d.id))))
      AND (CAST(:dataset AS text) IS NULL
           OR EXISTS (SELECT FROM dataset_identity d WHERE d.change_set = said.root AND d.name ILIKE :dataset)
           OR EXISTS (SELECT FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id
                      WHERE w.change_set = said.root AND d.name ILIKE :dataset)
           OR EXISTS (SELECT FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
                      WHERE w.change_set = said.root AND d.name ILIKE :dataset))
      AND (CAST(:workspace AS text) IS NULL
           OR EXISTS (SELECT FROM lumisection_change w JOIN lumisection_column k ON k.id = ANY(w.columns)
                      WHERE w.change_set = said.root AND k.workspace = :workspace)
           OR EXISTS (SELECT FROM dataset_change w WHERE w.change_set = said.root
                      AND w.said ? CAST('state.' || :workspace AS text))
           OR EXISTS (SELECT FROM configuration_change w WHERE w.change_set = said.root
                      AND (w.body ->> 'workspace' = :workspace OR w.body ->> 'component' LIKE :workspace || '-%'
                           OR (w.kind = 'cause' AND w.name = :workspace))))
      AND (CAST(:text AS text) IS NULL OR c.why ILIKE :text
           OR EXISTS (SELECT FROM lumisection_change w WHERE w.change_set = said.root
                      AND (w.comment ILIKE :text OR w.cause ILIKE :text)))
    ORDER BY c.id DESC LIMIT :limit
""")
_UNDONE = text("""
    SELECT undoes, id, "by", at, scope FROM change_set WHERE undoes = ANY(:acts) ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which acts are shown; what is none does not narrow.

    ``by``, ``dataset`` and ``text`` are found anywhere in the name, the dataset's name, the reason, comments and
    causes, whatever the case. ``since`` counts, ``until`` does not. About a run is also what was done with a golden
    JSON that has it. An undo is about what the act that it undoes was.
    """

    by: str | None = None
    kinds: frozenset[ActKind] = frozenset()
    run_number: int | None = None
    dataset: str | None = None
    workspace: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class UndoneBy:
    """Who undid an act, when, and whether all of it. An undo that is itself undone holds no more, and is not told."""

    change_set: int
    by: str
    at: datetime
    is_all: bool


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One act. ``root`` is the act at the bottom of a chain of undos, itself if it is none; ``told`` what that said."""

    change_set: int
    at: datetime
    by: str
    why: str
    kind: ActKind
    undoes: int | None
    scope: Mapping[str, Sequence[int]] | None
    root: int
    told: Told
    undone_by: tuple[UndoneBy, ...]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some acts, latest first; ``before`` asks for the next page, none if there is no more."""

    entries: tuple[LogEntry, ...]
    before: int | None


EVERY_ACT = LogFilter()


def log_page(session: Session, *, filter: LogFilter = EVERY_ACT, before: int | None = None, limit: int = 50) -> LogPage:
    """The acts that a filter lets through, latest first: those before a change set, or the latest.

    New acts never move a page: it is asked for by change set, not by its place.
    """
    rows = session.execute(_PAGE, _asked(filter) | {"before": before, "limit": limit + 1}).all()
    shown = rows[:limit]
    told = told_of(session, {row.root for row in shown})
    undone = _undone(session, [row.id for row in shown])
    return LogPage(
        tuple(_entry(row, told, undone) for row in shown),
        shown[-1].id if len(rows) > limit else None,
    )


def _entry(row: Row[Any], told: Mapping[int, Told], undone: Mapping[int, tuple[UndoneBy, ...]]) -> LogEntry:
    return LogEntry(
        change_set=row.id,
        at=row.at,
        by=row.by,
        why=row.why,
        kind=ActKind(row.kind),
        undoes=row.undoes,
        scope=row.scope,
        root=row.root,
        told=told[row.root],
        undone_by=undone.get(row.id, ()),
    )


def _asked(filter: LogFilter) -> dict[str, Any]:
    return {
        "by": _anywhere(filter.by),
        "kinds": sorted(kind.value for kind in filter.kinds) or None,
        "run": filter.run_number,
        "dataset": _anywhere(filter.dataset),
        "workspace": filter.workspace,
        "since": filter.since,
        "until": filter.until,
        "text": _anywhere(filter.text),
    }


def _anywhere(wanted: str | None) -> str | None:
    """The pattern that finds a text anywhere; what would be a wildcard in it stands for itself."""
    if not wanted or not wanted.strip():
        return None
    plain = wanted.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def _undone(session: Session, acts: Iterable[int]) -> dict[int, tuple[UndoneBy, ...]]:
    found: dict[int, tuple[UndoneBy, ...]] = {}
    wanted = list(acts)
    taken_back = load_undone(session, wanted).everywhere
    for undoes, id_, by, at, scope in session.execute(_UNDONE, {"acts": wanted}):
        if id_ in taken_back:
            continue
        found[undoes] = (*found.get(undoes, ()), UndoneBy(id_, by, at, scope is None))
    return found
