"""After an undo: no cycle is left completed of which something is left to do."""

from sqlalchemy import text
from sqlmodel import Session

from backend.certify.cycles_standing import some, standing_cycle, unfinished
from backend.configuration import GLOBAL
from backend.errors import WrongState
from models.vocabulary import CycleState

_CONCERNED = text("""
    SELECT id FROM cycle_now
    WHERE id IN (SELECT cycle_id FROM cycle_change WHERE change_set = :act)
       OR datasets && array(SELECT dataset_id FROM dataset_change WHERE change_set = :act)
    ORDER BY id
""")


def refuse_broken_cycles(session: Session, act: int) -> None:
    """See that the cycles that an act spoke of, and those that hold datasets of which it did, are completed only where
    they are; asked after an undo of it.

    Raises
    ------
    WrongState
        If a workspace has completed a cycle of which something is left to do, or ``global`` has before the others.
    """
    for cycle in session.execute(_CONCERNED, {"act": act}).scalars().all():
        standing = standing_cycle(session, cycle, is_held=False)
        done = [desk for desk, state in standing.states.items() if state is CycleState.COMPLETED]
        for desk in done:
            if left := unfinished(session, standing.datasets, desk):
                raise WrongState(f"{standing} is completed in {desk}, where {some(left)} would not be COMPLETED then.")
        if GLOBAL in done and (others := sorted(standing.states.keys() - set(done))):
            raise WrongState(f"{standing} is completed in global, and would be pending in {', '.join(others)} then.")
