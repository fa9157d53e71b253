"""To ask OMS again about a run, and to reset it to what OMS and the rules say. Only while it is OPEN.

OMS is asked outside of any transaction; what it says is recorded as always, by whoever asked. A reset is then one act:
what rules said is withdrawn and said anew, and what people said is withdrawn too if that is wanted.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.judged import STOP_REASON, judged_anew
from backend.certify.permitted import permitted
from backend.certify.standing import standing_run
from backend.classify.recording import classify_run, reclassify_run
from backend.classify.spoken import IS_SIGNIFICANT, RUN_CLASS
from backend.db import transaction
from backend.errors import Conflict
from backend.ingest import looks
from backend.ingest.oms import Oms
from backend.ingest.runs import Outcome
from backend.queries import latest_change
from backend.record import Act, DatasetKey, LumisectionSaid, Recorded, RunSaid, record
from models.attributes import FIRST_OTHER_COLUMN
from models.lumis import LumiRange
from models.vocabulary import ONLINE, ActKind, Origin

_FLAGGED = text("""
    SELECT array_agg(DISTINCT spoken.column_id ORDER BY spoken.column_id), max(spoken.last)
    FROM dataset_identity d
    JOIN LATERAL (SELECT unnest(c.columns) AS column_id, c.last FROM lumisection_change c
                  WHERE c.dataset_id = d.id AND c.origin = ANY(:origins)) spoken ON spoken.column_id < :first_other
    WHERE d.run_number = :run AND d.name = :online
""")
_SINCE = text("""
    WITH RECURSIVE later AS (
        SELECT id, id AS act, undoes FROM change_set WHERE id > :seen AND kind <> 'proposal'
        UNION ALL SELECT l.id, c.id, c.undoes FROM later l JOIN change_set c ON c.id = l.undoes)
    SELECT s."by", s.at FROM later l JOIN change_set s ON s.id = l.id
    WHERE EXISTS (SELECT FROM run_change c WHERE c.change_set = l.act AND c.run_number = :run AND c.origin = :person)
       OR EXISTS (SELECT FROM lumisection_change c JOIN dataset_identity d ON d.id = c.dataset_id
                  WHERE c.change_set = l.act AND d.run_number = :run AND d.name = :online AND c.origin = :person)
    ORDER BY s.id DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What asking OMS again brought; ``change_set`` is the latest act afterwards, to be looked at."""

    run_number: int
    outcome: Outcome
    change_set: int


def refresh_run(engine: Engine, actor: Actor, run_number: int, *, oms: Oms) -> Refreshed:
    """Take in what OMS says of a run, now, and have the rules in force judge it. People's words stay.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not; if the registry has no such run, or OMS has none.
    WrongState
        If the run is not OPEN.
    SourceUnavailable
        If OMS does not answer, or not with what can be believed.
    """
    with transaction(engine) as session:
        permitted(session, actor, Action.RUN_REFRESH)
        standing_run(session, run_number).refuse_unless_open("refreshed")
    outcome = looks.refresh_run(engine, oms, run_number, by=actor.name, classify=classify_run)
    with transaction(engine) as session:
        standing_run(session, run_number).refuse_unless_open("refreshed")
        reclassify_run(session, run_number)
        return Refreshed(run_number, outcome, latest_change(session).change_set)


def reset_run(
    engine: Engine,
    actor: Actor,
    run_number: int,
    *,
    oms: Oms,
    with_people: bool = False,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Ask OMS again about a run, withdraw what rules said of it, and have it judged as though for the first time.

    Parameters
    ----------
    with_people
        Whether to withdraw what people said too: class, significance, stop reason and flags.
    seen
        The change set that the person looked at. It matters only where people's words are withdrawn.

    Raises
    ------
    NotPermitted, NotFound, WrongState, SourceUnavailable
        As :func:`refresh_run`.
    Conflict
        If people's words are to be withdrawn, and somebody said something of the run after ``seen``.
    """
    with transaction(engine) as session:
        permitted(session, actor, Action.RUN_RESET)
        standing_run(session, run_number).refuse_unless_open("reset")
    looks.refresh_run(engine, oms, run_number, by=actor.name, classify=classify_run)
    with transaction(engine) as session:
        standing_run(session, run_number).refuse_unless_open("reset")
        if with_people and seen is not None:
            _refuse_unseen_people(session, run_number, seen)
        return record(session, _reset(session, actor, run_number, with_people=with_people, why=why))


def _reset(session: Session, actor: Actor, run_number: int, *, with_people: bool, why: str) -> Act:
    origins = (Origin.RULE, Origin.PERSON) if with_people else (Origin.RULE,)
    attributes = (RUN_CLASS, IS_SIGNIFICANT, *((STOP_REASON,) if with_people else ()))
    withdrawn = RunSaid(run_number, dict.fromkeys(attributes), Origin.PERSON, withdraws=origins)
    anew = judged_anew(session, run_number, with_people=not with_people)
    return Act(
        by=actor.name,
        why=why.strip() or f"reset to what OMS and the rules say{', people included' if with_people else ''}",
        kind=ActKind.WITHDRAW,
        runs=(withdrawn, *anew.runs),
        lumisections=(*_flags_withdrawn(session, run_number, origins), *anew.lumisections),
    )


def _flags_withdrawn(session: Session, run_number: int, origins: tuple[Origin, ...]) -> tuple[LumisectionSaid, ...]:
    """The withdrawal of every flag of these origins; what OMS says is no flag, and stays."""
    asked = {"run": run_number, "online": ONLINE, "origins": list(map(int, origins)), "first_other": FIRST_OTHER_COLUMN}
    columns, last = session.execute(_FLAGGED, asked).one()
    if not columns:
        return ()
    online = DatasetKey(run_number, ONLINE)
    return (LumisectionSaid(online, tuple(columns), LumiRange(1, last), None, Origin.PERSON, withdraws=origins),)


def _refuse_unseen_people(session: Session, run_number: int, seen: int) -> None:
    asked = {"run": run_number, "online": ONLINE, "person": int(Origin.PERSON), "seen": seen}
    if found := session.execute(_SINCE, asked).first():
        raise Conflict(f"{found.by} changed run {run_number} at {found.at:%H:%M} UTC.")
