"""A season that people have worked on: its runs signed off, so that offline datasets wait, and most of them opened."""

from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.accepted_defaults import ensure_default_accepted_datasets
from backend.certify.datasets import move_datasets
from backend.certify.moving_runs import move_run
from backend.configuration import GLOBAL
from backend.db import transaction
from backend.errors import WrongState
from backend.queries import datasets_page
from models.vocabulary import DatasetState, RunState

_RUNS = text("SELECT run_number FROM run WHERE is_significant ORDER BY run_number DESC")


def sign_off_runs(on: Engine, *, most: int) -> list[int]:
    """Sign off the latest significant runs that can be; gives their numbers, the latest first."""
    ensure_default_accepted_datasets(on)
    with transaction(on) as session:
        numbers = list(session.execute(_RUNS).scalars())
    signed: list[int] = []
    for number in numbers:
        try:
            with transaction(on) as session:
                move_run(session, demo_actor("shifter"), number, RunState.SIGNOFF, seen=None)
        except WrongState:
            continue
        signed.append(number)
        if len(signed) == most:
            break
    return signed


def open_datasets(on: Engine, *, leave_waiting: int = 4) -> int:
    """Open the waiting datasets in every workspace, but for the latest few; gives how many were opened."""
    with transaction(on) as session:
        rows = datasets_page(session, workspace=GLOBAL, which="waiting", limit=1_000).rows
        ids = [row.id for row in rows][leave_waiting:]
        move_datasets(session, demo_actor("dc-expert"), ids, desks=[GLOBAL], to=DatasetState.OPEN, seen=None)
    return len(ids)
