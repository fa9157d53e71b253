"""The people of the demo: they sign off the season's runs, flag what the season says is bad, certify and complete.

Named demo persons go through the same commands as the pages; whatever they do is in the log, and can be undone.
``python -m scripts.people --season 2018`` works until every significant collision run of the season is certified, and
then waits to be stopped.
"""

import argparse
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import Engine, text

from backend.access import DEMO_ROLES, demo_actor
from backend.certify.datasets import move_datasets
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.moving_runs import move_run
from backend.certify.places import Place
from backend.certify.quick import quick_certify
from backend.configuration import GLOBAL, Side, workspaces
from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.queries.health import PEOPLE
from backend.record import DatasetKey
from models.job_run import JobRun
from models.lumis import LumiSet
from models.vocabulary import DatasetState, RunState, Status
from scripts.simulator.seasons import season_named, season_of
from scripts.simulator.verdicts import Verdict

log = logging.getLogger(__name__)

SHIFTER, EXPERT = "shifter", "admin"
_TO_SIGN_OFF = text("""
    SELECT run_number FROM run
    WHERE state = :open AND is_significant AND run_class LIKE 'Collisions%' AND end_time IS NOT NULL
    ORDER BY run_number LIMIT :most
""")
_TO_CERTIFY = text("""
    SELECT d.id, d.run_number, d.name, d.states FROM dataset d
    WHERE d.name <> 'online' AND NOT d.is_hidden AND d.states->>'global' = :open ORDER BY d.run_number, d.id LIMIT :most
""")
_LEFT = text("""
    SELECT count(*) FROM run r
    LEFT JOIN dataset d ON d.run_number = r.run_number AND d.name <> 'online' AND NOT d.is_hidden
    WHERE r.is_significant AND r.run_class LIKE 'Collisions%' AND d.states->>'global' IS DISTINCT FROM :completed
""")
"""What is left of significant runs: datasets that are not COMPLETED, and runs that have none yet."""
_AT_ONCE = 40

Verdicts = Mapping[int, Sequence[Verdict]]


def main() -> None:
    """Parse, and work until the season is certified."""
    parser = argparse.ArgumentParser(prog="python -m scripts.people", description=__doc__)
    parser.add_argument("--season", default="2018", help="2018, 2022, or the name of --dcs and --golden")
    parser.add_argument("--dcs", type=Path, help="a DCS-only JSON of another season")
    parser.add_argument("--golden", type=Path, help="its golden JSON")
    options = parser.parse_args()
    logging.basicConfig(level="INFO", format="%(asctime)s %(message)s")
    is_named = options.dcs is None
    season = season_named(options.season) if is_named else season_of(options.season, options.dcs, options.golden)
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in season.verdicts:
        verdicts[verdict.run_number].append(verdict)
    collisions = sum(run.run_class.startswith("Collisions") for run in season.runs.values())
    for signed_off, certified in work(engine(), verdicts, collisions=collisions):
        log.info("%s runs signed off, %s datasets certified", signed_off, certified)
    tell_done(engine())
    log.info("the season is certified")
    Event().wait()


def work(on: Engine, verdicts: Verdicts, *, collisions: int, pause_seconds: float = 2.0) -> Iterator[tuple[int, int]]:
    """Round after round: sign off what is open, certify what the DQM GUI has; gives how many of each."""
    while not is_done(on, collisions):
        signed_off = sum(sign_off(on, run) for run in _numbers(on))
        certified = certify(on, verdicts)
        yield signed_off, certified
        if not signed_off and not certified:
            time.sleep(pause_seconds)


def sign_off(on: Engine, run_number: int) -> bool:
    """The shifter signs a run off, if it is complete."""
    try:
        with transaction(on) as session:
            move_run(session, demo_actor(SHIFTER), run_number, RunState.SIGNOFF, seen=None)
    except RegistryError as error:
        log.info("run %s is not signed off: %s", run_number, error)
        return False
    return True


def certify(on: Engine, verdicts: Verdicts) -> int:
    """Certifiers flag what is bad in the datasets that are open, confirm the rest, sign off and complete."""
    with transaction(on) as session:
        rows = session.execute(_TO_CERTIFY, {"open": DatasetState.OPEN.value, "most": _AT_ONCE}).all()
    if not rows:
        return 0
    for row in rows:
        _flag(on, DatasetKey(row.run_number, row.name), row.states, verdicts.get(row.run_number, ()))
    ids = [row.id for row in rows]
    expert = demo_actor(EXPERT)
    with transaction(on) as session:
        quick_certify(session, expert, ids, workspace=GLOBAL, comment="looked at", with_sign_off=True, seen=None)
    with transaction(on) as session:
        desks = [w.workspace for w in workspaces(session, Side.OFFLINE)]
        move_datasets(session, expert, ids, desks=desks, to=DatasetState.COMPLETED, seen=None)
    return len(ids)


def is_done(on: Engine, collisions: int) -> bool:
    """Are all collision runs there, and every dataset of a significant one certified?"""
    with transaction(on) as session:
        there = session.execute(text("SELECT count(*) FROM run WHERE run_class LIKE 'Collisions%'")).scalar_one()
        left = session.execute(_LEFT, {"completed": DatasetState.COMPLETED.value}).scalar_one()
    return bool(there >= collisions and left == 0)


def tell_done(on: Engine) -> None:
    """Say so where ``/health`` looks for it."""
    now = datetime.now(UTC)
    with transaction(on) as session:
        session.add(JobRun(job=PEOPLE, slot=now, worker="demo", started_at=now, ended_at=now, outcome="ok"))


def _numbers(on: Engine) -> list[int]:
    with transaction(on) as session:
        asked = {"open": RunState.OPEN.value, "most": _AT_ONCE}
        return list(session.execute(_TO_SIGN_OFF, asked).scalars())


def _flag(on: Engine, key: DatasetKey, states: Mapping[str, str], verdicts: Sequence[Verdict]) -> None:
    """What the season says is bad of a run, said by the certifier of each component's workspace, where it is open."""
    by_workspace: dict[str, list[Flag]] = defaultdict(list)
    for verdict in verdicts:
        place = Place(key, (verdict.component,), LumiSet.of([verdict.lumisections]))
        by_workspace[verdict.component.partition("-")[0]].append(
            Flag(place, Status.BAD, cause=verdict.cause, comment=verdict.comment)
        )
    for workspace, flags in by_workspace.items():
        if states.get(workspace) == DatasetState.OPEN:
            role = f"{workspace}-certifier"
            with transaction(on) as session:
                flag_lumisections(session, demo_actor(role if role in DEMO_ROLES else EXPERT), flags, seen=None)


if __name__ == "__main__":
    main()
