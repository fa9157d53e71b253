"""What asking for runs costs: a page of fifty for two hundred filters and orders, as people ask on Online."""

import random
from collections.abc import Iterator

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.queries import RUNS, Sort, parse_filter, runs_page
from scripts.benchmarks.database_time import database_time
from scripts.benchmarks.measure import Measure, p95_of

TARGET_MS = 60
_FIRST_RUN = 265_001
_QUESTIONS = 200
_COMPONENTS = ("tracker-strip", "tracker-pixel", "ecal-ecal", "csc-csc", "hcal-hcal", "cms-cms", "lumi-lumi")
_BITS = ("bpix_ready", "tibtid_ready", "cscp_ready", "rpc_ready", "beam1_stable")
_SORTS = (
    ("run_number", 10),
    ("start_time", 3),
    ("lumisections", 2),
    ("recorded", 2),
    ("fill", 1),
    ("class", 1),
    ("state", 1),
    ("last_change", 1),
    ("tracker-strip", 2),
    ("ecal-ecal", 1),
)
Question = tuple[str, tuple[Sort, ...]]


def run_questions(runs: int, *, seed: int = 2018, count: int = _QUESTIONS) -> Iterator[Question]:
    """Filter and order among so many runs: mostly one to three conditions, some with *or*, some none."""
    dice = random.Random(seed)
    for _ in range(count):
        parts = [_condition(dice, runs) for _ in range(dice.choices((0, 1, 2, 3, 4), (3, 6, 6, 4, 1))[0])]
        typed = " and ".join(parts)
        if len(parts) > 1 and dice.random() < 0.3:
            typed = f"{parts[0]} and ({' or '.join(parts[1:])})" if len(parts) > 2 else " or ".join(parts)
        key = dice.choices([name for name, _ in _SORTS], [weight for _, weight in _SORTS])[0]
        yield typed, (Sort(key, descending=dice.random() < 0.6),)


def measure_run_questions(on: Engine, *, count: int = _QUESTIONS) -> Iterator[Measure]:
    """The line about asking for runs, on a registry that is filled; the target is for the 95th of 100."""
    with transaction(on) as session:
        runs = session.execute(text("SELECT count(*) FROM run")).scalar_one()
    taken = []
    for typed, sort in run_questions(runs, count=count):
        filter_ = parse_filter(typed, RUNS)
        with transaction(on) as session, database_time(on) as spent:
            runs_page(session, filter=filter_, sort=sort)
        taken.append(spent.ms)
    what = f"a page of 50 of {runs:,} runs, in the database: 95th of 100 of {len(taken)} filters and orders"
    yield Measure(what, p95_of(taken), max(taken), len(taken), TARGET_MS)


def _condition(dice: random.Random, runs: int) -> str:
    run = _FIRST_RUN + dice.randrange(runs)
    component = dice.choice(_COMPONENTS)
    return dice.choice(
        (
            f"run {run}-{run + dice.choice((100, 2_000, 20_000))}",
            f"run in {run}-{run + 400}, {run + 900}, {run + 950}",
            f"class = {dice.choice(('Collisions18', 'Cosmics18', 'Collisions22'))}",
            "class like %18",
            f"state = {dice.choice(('OPEN', 'SIGNOFF', 'COMPLETED'))}",
            "state in OPEN, SIGNOFF",
            f"{component} BAD > {dice.choice((0, 5, 20))}",
            f"{component} BAD",
            f"{component} all GOOD",
            f"{component} no BAD",
            f"{dice.choice(_BITS)} false > {dice.choice((0, 10, 30))}",
            f"lumisections >= {dice.choice((50, 500, 900))}",
            f"fill {5_000 + dice.randrange(runs // 8)}",
            f"start >= {dice.choice(('2016-03-01', '2016-09-01', '2016-12-01'))}",
            f"energy > {dice.choice((6500, 6501))}",
            f"recorded > {dice.choice((10, 80))}",
            "significant",
            "stable_beam",
            'comments contains "power supply"',
            "hlt_key like %/v7/%",
            f"oms.hlt_physics_counter > {dice.randrange(runs * 31)}",
        )
    )
