"""Arranges cycles: a registry with three datasets to certify, and a cycle of them in the fewest words."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Actor, demo_actor
from backend.certify.cycles import (
    MadeCycle,
    create_cycle,
)
from backend.certify.cycles_states import (
    complete_cycle,
    move_cycle,
)
from backend.queries import latest_change
from backend.queries.cycles import CycleFacts, cycles
from backend.record import Act, DatasetKey, DatasetSaid, record
from models.vocabulary import ActKind, CycleState, DatasetState, Origin
from tests.factories import a_run

DC, TRACKER, ECAL = demo_actor("dc-expert"), demo_actor("tracker-certifier"), demo_actor("ecal-certifier")
PROMPT = "/PromptReco/Collisions2018A/DQM"
DAY = date(2018, 11, 30)
OPEN, COMPLETED = DatasetState.OPEN, DatasetState.COMPLETED


def a_dataset(session: Session, run_number: int, **states: str) -> int:
    """A run and a dataset of it, with a state per workspace; gives its id."""
    a_run(session, run_number)
    key = DatasetKey(run_number, PROMPT)
    said = DatasetSaid(key, {f"state.{w}": state for w, state in states.items()}, Origin.RULE)
    record(session, Act("rule", "sign-off", ActKind.DATASET, new_datasets=(key,), datasets=(said,)))
    return int(session.execute(text("SELECT max(id) FROM dataset")).scalar_one())


def make(session: Session, ids: list[int], *, name: str = "week 48", actor: Actor = DC, **more: Any) -> MadeCycle:
    asked = {"deadline": DAY, "desks": ("tracker", "ecal")} | more
    return create_cycle(session, actor, name=name, ids=ids, **asked)


def now(session: Session) -> int:
    return latest_change(session).change_set


def facts(session: Session) -> CycleFacts:
    (found,) = cycles(session)
    return found


def state(session: Session, desk: str) -> CycleState:
    return facts(session).progress[desk].state


def finish(session: Session, cycle: int, *desks: str) -> None:
    """The workspaces move all their datasets to COMPLETED and complete the cycle."""
    for desk in desks:
        if not facts(session).progress[desk].may_complete:
            move_cycle(session, DC, cycle, desk=desk, to=COMPLETED, seen=now(session))
        complete_cycle(session, DC, cycle, desk=desk, seen=now(session))


def rows(session: Session) -> list[Any]:
    shown = "SELECT to_jsonb(c) - 'last_change' - 'changed_by' FROM cycle_now c ORDER BY id"
    return list(session.execute(text(shown)).scalars())
