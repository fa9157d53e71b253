"""A season that people worked on: runs signed off, so that offline datasets wait, most opened, or all certified."""

from collections import defaultdict

from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.accepted_defaults import ensure_default_accepted_datasets
from backend.certify.datasets import move_datasets
from backend.certify.gui_links import link_listed
from backend.certify.moving_runs import move_run
from backend.configuration import GLOBAL
from backend.db import transaction
from backend.errors import WrongState
from backend.ingest.dqm_gui import open_dqm_gui
from backend.queries import datasets_page
from backend.settings import Settings
from models.vocabulary import DatasetState, RunState
from scripts.benchmarks.season import ingest_season
from scripts.people import work
from scripts.simulator.running import Simulator
from scripts.simulator.season import Season

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


def certify_season(on: Engine, simulator: Simulator) -> Season:
    """Ingest the simulator's season and let the people of the demo sign off, certify and complete all of it."""
    ingest_season(on, simulator)
    season = simulator.feed.season
    assert season is not None
    verdicts = defaultdict(list)
    for verdict in season.verdicts:
        verdicts[verdict.run_number].append(verdict)
    collisions = sum(run.run_class.startswith("Collisions") for run in season.runs.values())
    with open_dqm_gui(Settings(dqm_gui_url=simulator.dqm_gui_url)) as gui:
        listing = gui.datasets()
    for _ in work(on, verdicts, collisions=collisions, pause_seconds=0):
        link_listed(on, listing)
    return season
