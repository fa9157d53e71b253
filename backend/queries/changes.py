"""What happened after an act, one act after the other, with what each touched: what a mirror follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.queries.live import latest_change
from models.vocabulary import ActKind

_ACTS = text("""
    SELECT id, at, "by", why, kind, undoes FROM change_set WHERE id > :after ORDER BY id LIMIT :limit
""")
_TOUCHED = text("""
    WITH RECURSIVE reached AS (
        SELECT id AS act, id AS word FROM change_set WHERE id BETWEEN :first AND :last
        UNION SELECT r.act, c.undoes FROM reached r JOIN change_set c ON c.id = r.word WHERE c.undoes IS NOT NULL)
    SELECT act, 'run' AS what, run_number::text AS key FROM reached JOIN run_change ON change_set = word
    UNION SELECT act, 'run', run_number::text FROM reached JOIN run_identity ON change_set = word
    UNION SELECT act, 'run', run_number::text FROM reached JOIN luminosity_change ON change_set = word
    UNION SELECT act, 'run', run_number::text FROM reached JOIN dataset_identity ON change_set = word
    UNION SELECT act, 'run', d.run_number::text FROM reached JOIN dataset_change w ON w.change_set = word
          JOIN dataset_identity d ON d.id = w.dataset_id
    UNION SELECT act, 'run', d.run_number::text FROM reached JOIN lumisection_change w ON w.change_set = word
          JOIN dataset_identity d ON d.id = w.dataset_id
    UNION SELECT act, 'golden JSON', id::text FROM reached JOIN golden_json ON change_set = word
    UNION SELECT act, 'golden JSON', golden_json_id::text FROM reached JOIN golden_json_change ON change_set = word
    UNION SELECT act, 'cycle', id::text FROM reached JOIN cycle ON change_set = word
    UNION SELECT act, 'cycle', cycle_id::text FROM reached JOIN cycle_change ON change_set = word
    UNION SELECT act, 'configuration', kind || ': ' || name FROM reached JOIN configuration_change ON change_set = word
""")


@dataclass(frozen=True, slots=True)
class Change:
    """One act, and all that it touched: whoever keeps a copy takes these again. ``configuration`` is *kind: name*.

    What an undo tells is all that the act which it takes back touched, also where it takes back a part.
    """

    change_set: int
    at: datetime
    by: str
    why: str
    kind: ActKind
    undoes: int | None
    runs: tuple[int, ...]
    golden_jsons: tuple[int, ...]
    cycles: tuple[int, ...]
    configuration: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Some acts in their order, without a gap, and the latest that there was."""

    changes: tuple[Change, ...]
    latest: int


def changes_after(session: Session, after: int, *, limit: int) -> Changes:
    """The acts that follow a change set, the first ones first.

    Whoever asks again with the last of them misses none: the number of an act is taken last, under a lock that is held
    until it is committed, so that a lower number is never seen after a higher one (``models.log.Clock``).
    """
    latest = latest_change(session).change_set
    acts = session.execute(_ACTS, {"after": after, "limit": limit}).all() if latest > after else ()
    if not acts:
        return Changes((), latest)
    touched: dict[tuple[int, str], set[str]] = {}
    for act, what, key in session.execute(_TOUCHED, {"first": acts[0].id, "last": acts[-1].id}):
        touched.setdefault((act, what), set()).add(key)

    def numbers(act: int, what: str) -> Iterator[int]:
        yield from sorted(map(int, touched.get((act, what), ())))

    told = (
        Change(
            change_set=act.id,
            at=act.at,
            by=act.by,
            why=act.why,
            kind=ActKind(act.kind),
            undoes=act.undoes,
            runs=tuple(numbers(act.id, "run")),
            golden_jsons=tuple(numbers(act.id, "golden JSON")),
            cycles=tuple(numbers(act.id, "cycle")),
            configuration=tuple(sorted(touched.get((act.id, "configuration"), ()))),
        )
        for act in acts
    )
    return Changes(tuple(told), max(latest, acts[-1].id))
