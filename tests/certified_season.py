"""A season that people worked on: runs signed off, so that offline datasets wait, most opened, or all certified."""

from collections import defaultdict
from collections.abc import Mapping

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
from models.lumis import LumiSet
from models.vocabulary import DatasetState, RunState
from scripts.benchmarks.season import ingest_season
from scripts.people import work
from scripts.simulator.running import Simulator
from scripts.simulator.season import Season, build_season

RUNS_OF_PART = 6
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


def part_of(season: Season) -> Season:
    """Runs of the season of which a part is golden, one of which all is, and one of which nothing is."""
    good = {run: season.dcs[run] for run in season.dcs}
    whole = next(run for run in good if season.golden.get(run) == good[run])
    none = next(run for run in good if run not in season.golden)
    some = [run for run in good if run in season.golden and good[run] - season.golden[run]][: RUNS_OF_PART - 2]
    runs = sorted({whole, none, *some})

    def of_these(sets: Mapping[int, LumiSet]) -> dict[int, LumiSet]:
        return {run: sets[run] for run in runs if run in sets}

    return build_season(season.name, of_these(season.dcs), of_these(season.golden))
