"""What asking for datasets costs: a page of fifty for two hundred filters and orders."""

import random
from collections.abc import Iterator

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.queries import DATASETS, Sort, datasets_page, parse_filter
from backend.queries.dataset_scope import Which
from scripts.benchmarks.database_time import database_time
from scripts.benchmarks.measure import Measure, p95_of

TARGET_MS = 60
_QUESTIONS = 200
_HOW_MANY = text("SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM dataset WHERE name <> 'online')")
_COMPONENTS = ("tracker-strip", "tracker-pixel", "ecal-ecal", "csc-csc", "hcal-hcal", "muon-muon", "dc-lowlumi")
_WORKSPACES = ("global", "tracker", "ecal", "csc", "muon", "hlt")
_SORTS = (
    ("run_number", 8),
    ("start_time", 3),
    ("lumisections", 2),
    ("recorded_per_pb", 1),
    ("run_class", 1),
    ("dataset", 1),
    ("last_change", 1),
    ("state.tracker", 1),
    ("tracker-strip", 2),
    ("ecal-ecal", 1),
)
Question = tuple[str, Which, str, tuple[Sort, ...]]


def dataset_questions(runs: int, *, seed: int = 2018, count: int = _QUESTIONS) -> Iterator[Question]:
    """Workspace, list, filter and order among the datasets of so many runs, as people ask.

    Mostly one to three conditions, some with *or*, some none.
    """
    dice = random.Random(seed)
    for _ in range(count):
        which: Which = dice.choices(("editable", "waiting", "all"), (6, 2, 2))[0]
        parts = [_condition(dice, runs) for _ in range(dice.choices((0, 1, 2, 3, 4), (2, 6, 6, 4, 2))[0])]
        typed = " and ".join(parts)
        if len(parts) > 1 and dice.random() < 0.3:
            typed = f"{parts[0]} and ({' or '.join(parts[1:])})" if len(parts) > 2 else " or ".join(parts)
        key = dice.choices([name for name, _ in _SORTS], [weight for _, weight in _SORTS])[0]
        yield dice.choice(_WORKSPACES), which, typed, (Sort(key, descending=dice.random() < 0.6),)


def measure_dataset_questions(on: Engine, *, count: int = _QUESTIONS) -> Iterator[Measure]:
    """The line about asking for datasets, on a registry that is filled; the target is for the 95th of 100."""
    with transaction(on) as session:
        runs, datasets = session.execute(_HOW_MANY).one()
    taken = []
    for workspace, which, typed, sort in dataset_questions(runs, count=count):
        filter_ = parse_filter(typed, DATASETS)
        with transaction(on) as session, database_time(on) as spent:
            datasets_page(session, workspace=workspace, which=which, filter=filter_, sort=sort)
        taken.append(spent.ms)
    what = f"a page of 50 of {datasets:,} datasets, in the database: 95th of 100 of {len(taken)} filters and orders"
    yield Measure(what, p95_of(taken), max(taken), len(taken), TARGET_MS)


def _condition(dice: random.Random, runs: int) -> str:
    run = 265_000 + dice.randrange(runs * 11 // 12)
    component, workspace = dice.choice(_COMPONENTS), dice.choice(_WORKSPACES)
    return dice.choice(
        (
            f"run {run}-{run + dice.choice((100, 2_000, 20_000))}",
            f"run in {run}-{run + 400}, {run + 900}, {run + 950}",
            f"class = {dice.choice(('Collisions18', 'Cosmics18', 'Collisions22'))}",
            f"dataset like {dice.choice(('/Prompt%', '/Express%', '%UL%'))}",
            f"dataset = /PromptReco/Collisions{dice.choice(('2016B', '2018D'))}/DQM",
            f"state.{workspace} = {dice.choice(('OPEN', 'SIGNOFF', 'COMPLETED'))}",
            f"state.{workspace} in OPEN, SIGNOFF",
            f"{component} BAD > {dice.choice((0, 5, 20))}",
            f"{component} BAD",
            f"{component} all GOOD",
            f"{component} no BAD",
            f"lumisections >= {dice.choice((50, 500, 1500))}",
            f"fill {5_000 + dice.randrange(runs // 8)}",
            f"start >= {dice.choice(('2016-06-01', '2016-12-01', '2025-10-01'))}",
            f"energy > {dice.choice((6500, 6501))}",
            f"recorded > {dice.choice((10, 80))}",
            "significant",
            "run_state = COMPLETED",
            "in_gui",
            'comments contains "power supply"',
            "hlt_key like %/v7/%",
            f"last_change > {runs * dice.choice((40, 59)) // 60}",
        )
    )
