"""Golden JSONs that are kept: one's own, all, or the official ones, latest first; and each with its contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlmodel import Session

from backend.errors import NotFound
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from models.vocabulary import ActKind, GoldenJsonKind

_FACTS = """
    SELECT g.id, g.kind, n.label, n.note, n.tags, n.file_name, n.official, n.official_since,
           g.runs, g.lumisections, g.first_run, g.last_run, g.delivered_per_pb, g.recorded_per_pb,
           g.without_luminosity, g.recipe_name, g.recipe_version, g.pattern, g.as_of, g.came_as, g.sha256, g.seconds,
           g.change_set, n.made_by, s.at AS made_at, n.last_change, n.changed_by,
           g.id = first_value(g.id) OVER (PARTITION BY n.official ORDER BY n.official_since DESC, g.id DESC)
               AND n.official IS NOT NULL AS is_latest
    FROM golden_json_now n JOIN golden_json g ON g.id = n.id JOIN change_set s ON s.id = g.change_set
"""
_PAGE = text(f"""
    SELECT * FROM ({_FACTS}) f
    WHERE (CAST(:before AS int) IS NULL OR id < :before)
      AND (CAST(:maker AS text) IS NULL OR made_by = :maker)
      AND (NOT :official OR official IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM unnest(CAST(:words AS text[])) AS word
          WHERE concat_ws(' ', label, array_to_string(tags, ' '), file_name, recipe_name, came_as, made_by, official)
                NOT ILIKE word)
    ORDER BY id DESC LIMIT :limit
""")
_ONE = text(f"SELECT * FROM ({_FACTS}) f WHERE id = :id")
_LATEST = text(f"SELECT * FROM ({_FACTS}) f WHERE official = :kind AND is_latest")
_OFFICIAL = text("SELECT DISTINCT official FROM golden_json_now WHERE official IS NOT NULL ORDER BY 1")
_PREVIOUS = text(f"""
    SELECT * FROM ({_FACTS}) f
    WHERE official = :kind AND id <> :id AND (CAST(:since AS bigint) IS NULL OR (official_since, id) < (:since, :id))
    ORDER BY official_since DESC, id DESC LIMIT 1
""")
_CONTENT = text("SELECT g.content FROM golden_json g JOIN golden_json_now n ON n.id = g.id WHERE g.id = :id")
_ANYTHING_ELSE = text("SELECT EXISTS (SELECT FROM change_set WHERE id > :since AND kind <> :golden)")
_MAKING = text("""
    SELECT g.rule, g.pattern, g.options, g.as_of, c.at AS as_of_at,
           (SELECT coalesce(json_agg(json_build_array(d.run_number, d.name) ORDER BY d.run_number, d.name), '[]')
            FROM dataset_identity d WHERE d.id = ANY(g.datasets)) AS datasets
    FROM golden_json g JOIN golden_json_now n ON n.id = g.id LEFT JOIN change_set c ON c.id = g.as_of
    WHERE g.id = :id
""")


@dataclass(frozen=True, slots=True)
class GoldenJsonFacts:
    """A golden JSON that is kept, without what it holds; see ``models/golden_json.py``.

    ``official`` is the kind that it is an official file of; ``is_latest`` whether it is the one in force of that kind.
    Luminosities are in /pb over the lumisections of which they are known, none if they are known of none.
    """

    id: int
    kind: GoldenJsonKind
    label: str
    note: str
    tags: tuple[str, ...]
    file_name: str
    official: str | None
    official_since: int | None
    runs: int
    lumisections: int
    first_run: int | None
    last_run: int | None
    delivered_per_pb: float | None
    recorded_per_pb: float | None
    without_luminosity: int
    recipe_name: str | None
    recipe_version: int | None
    pattern: str | None
    as_of: int | None
    came_as: str | None
    sha256: str
    seconds: float
    change_set: int
    made_by: str
    made_at: datetime
    last_change: int
    changed_by: str
    is_latest: bool

    @property
    def recipe(self) -> str:
        """What it was made by, in words: ``golden 2018, version 3``, ``own rule``, or the file it came as."""
        if self.kind is GoldenJsonKind.UPLOADED:
            return f"uploaded: {self.came_as}" if self.came_as else "pasted"
        return f"{self.recipe_name}, version {self.recipe_version}" if self.recipe_name else "own rule"

    def __str__(self) -> str:
        return f"golden JSON {self.id} ({self.label or self.file_name})"


@dataclass(frozen=True, slots=True)
class GoldenJsonMaking:
    """All that gives a golden JSON again: rule, pattern of dataset names, options, and as of which change set.

    ``datasets`` are (run, name) of those that it is made of. Of an upload there is nothing of this.
    """

    rule: Any
    pattern: str | None
    options: Mapping[str, Any]
    as_of: int | None
    as_of_at: datetime | None
    datasets: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class GoldenJsonPage:
    """Some golden JSONs, latest first; ``before`` asks for the next page, none if there is no more."""

    rows: tuple[GoldenJsonFacts, ...]
    before: int | None


def golden_jsons(
    session: Session,
    *,
    made_by: str | None = None,
    official: bool = False,
    search: str = "",
    before: int | None = None,
    limit: int = 50,
) -> GoldenJsonPage:
    """The golden JSONs that are kept, latest first: those before an id, or the latest.

    Parameters
    ----------
    made_by
        Only one person's, by name.
    official
        Only those with the official mark, of whatever kind.
    search
        Words that must all stand in the label, a tag, the file name, the recipe, the upload's name, the official kind
        or the maker's name, whatever the case.
    """
    words = [f"%{_plain(word)}%" for word in search.split()]
    asked = {"before": before, "maker": made_by, "official": official, "words": words, "limit": limit + 1}
    rows = session.execute(_PAGE, asked).all()
    shown = tuple(map(_facts, rows[:limit]))
    return GoldenJsonPage(shown, shown[-1].id if len(rows) > limit else None)


def golden_json_facts(session: Session, id_: int) -> GoldenJsonFacts:
    """One golden JSON.

    Raises
    ------
    NotFound
        If there is none, or it was deleted.
    """
    row = session.execute(_ONE, {"id": id_}).one_or_none()
    if row is None:
        raise _no_json(id_)
    return _facts(row)


def golden_json_text(session: Session, id_: int) -> str:
    """What a golden JSON holds, as the compact text whose SHA-256 is kept; NotFound as :func:`golden_json_facts`."""
    content: str | None = session.execute(_CONTENT, {"id": id_}).scalar_one_or_none()
    if content is None:
        raise _no_json(id_)
    return content


def golden_json(session: Session, id_: int) -> GoldenJson:
    """What a golden JSON holds, as a value; NotFound as :func:`golden_json_facts`."""
    held = orjson.loads(golden_json_text(session, id_))
    return GoldenJson.of({int(run): LumiSet.pairs(ranges) for run, ranges in held.items()})


def golden_json_making(session: Session, id_: int) -> GoldenJsonMaking:
    """What a golden JSON was made of; NotFound as :func:`golden_json_facts`."""
    row = session.execute(_MAKING, {"id": id_}).one_or_none()
    if row is None:
        raise _no_json(id_)
    datasets = tuple((run, name) for run, name in row.datasets)
    return GoldenJsonMaking(row.rule, row.pattern, row.options, row.as_of, row.as_of_at, datasets)


def is_unchanged_since(session: Session, change_set: int) -> bool:
    """Whether nothing but golden JSONs was spoken of after this change set: what was selected then is selected now."""
    return not session.execute(_ANYTHING_ELSE, {"since": change_set, "golden": ActKind.GOLDEN_JSON.value}).scalar_one()


def latest_official(session: Session, kind: str) -> GoldenJsonFacts:
    """The official golden JSON of a kind that is in force: the one that was marked last.

    Raises
    ------
    NotFound
        If there is none; the sentence names the kinds of which there is one.
    """
    row = session.execute(_LATEST, {"kind": kind}).one_or_none()
    if row is None:
        kinds = ", ".join(official_kinds(session)) or "none yet"
        raise NotFound(f"There is no official golden JSON of the kind {kind!r:.60}; there are {kinds}.")
    return _facts(row)


def official_kinds(session: Session) -> Sequence[str]:
    """The kinds of which there is an official golden JSON, by name."""
    return session.execute(_OFFICIAL).scalars().all()


def official_before(session: Session, facts: GoldenJsonFacts, kind: str) -> GoldenJsonFacts | None:
    """The official file of a kind that this one follows; of one that is not official yet, the one in force."""
    since = facts.official_since if facts.official == kind else None
    row = session.execute(_PREVIOUS, {"kind": kind, "id": facts.id, "since": since}).one_or_none()
    return None if row is None else _facts(row)


def _facts(row: Row[Any]) -> GoldenJsonFacts:
    said = dict(row._mapping)
    return GoldenJsonFacts(**said | {"kind": GoldenJsonKind(said["kind"]), "tags": tuple(said["tags"])})


def _plain(word: str) -> str:
    """What would be a wildcard stands for itself."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _no_json(id_: int) -> NotFound:
    return NotFound(f"There is no golden JSON {id_}; it may have been deleted.")
