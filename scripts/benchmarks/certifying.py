"""What certifying costs: five hundred datasets of a few ranges each, in every component that global looks at."""

import random
from collections.abc import Iterator, Sequence
from itertools import count

from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.quick import preview_quick, quick_certify
from backend.certify.taking_back import take_back
from backend.configuration import GLOBAL
from backend.db import transaction
from backend.record import (
    Act,
    DatasetKey,
    DatasetSaid,
    LumisectionSaid,
    Recorded,
    RunSaid,
    columns_by_name,
    record,
)
from models.lumis import LumiRange
from models.vocabulary import OFFLINE_COMPONENTS, ActKind, DatasetState, Origin, Status
from scripts.benchmarks.measure import Measure, timed

PROMPT = "/PromptReco/Collisions2018D/DQM"
_FIRST_RUN = 700_001
_RANGES = 12
_SAID = (Status.BAD, Status.STANDBY, Status.NOTSET, Status.NO_VALUE_FOUND)
_NOW = text("SELECT n FROM clock")


def fill_with_open_datasets(on: Engine, *, datasets: int, seed: int = 2018) -> list[int]:
    """Put runs with a dataset each into the registry, OPEN everywhere and judged by rules; gives the datasets' ids."""
    chance = random.Random(seed)
    with transaction(on) as session:
        ids = columns_by_name(session)
        columns = [ids[f"{desk}-{name}"].id for desk, names in OFFLINE_COMPONENTS.items() for name in names]
        keys = [DatasetKey(run, PROMPT) for run in range(_FIRST_RUN, _FIRST_RUN + datasets)]
        record(session, _judged(keys, columns, chance))
        found = session.execute(text("SELECT id FROM dataset WHERE name = :name ORDER BY id"), {"name": PROMPT})
        return list(found.scalars())


def measure_certifying(on: Engine, *, datasets: int = 500) -> Iterator[Measure]:
    """The lines about quick certification of everything that global looks at: looked at, done, and undone."""
    ids = fill_with_open_datasets(on, datasets=datasets)
    expert, numbers = demo_actor("dc-expert"), count(1)

    def preview() -> None:
        with transaction(on) as session:
            plan = preview_quick(session, expert, ids, workspace=GLOBAL, with_sign_off=True)
        assert len(plan.datasets) == datasets

    def act() -> Recorded:
        with transaction(on) as session:
            seen = session.execute(_NOW).scalar_one()
            said = f"nominal, {next(numbers)}"
            return quick_certify(session, expert, ids, workspace=GLOBAL, comment=said, with_sign_off=True, seen=seen)

    def undo(done: Recorded) -> None:
        with transaction(on) as session:
            take_back(session, expert, done.change_set, why="too quick")

    what = f"quick certification of {datasets} datasets in global"
    yield timed(f"{what}: preview", preview, times=5, target_ms=1_500, warm_up=1)
    undo(act())
    done: list[Recorded] = []
    yield timed(f"{what}: in one act", lambda: done.append(act()), times=1, target_ms=1_500)
    yield timed(f"{what}: its undo", lambda: undo(done.pop()), times=1, target_ms=1_500)


def _judged(keys: Sequence[DatasetKey], columns: Sequence[int], chance: random.Random) -> Act:
    states = {f"state.{desk}": DatasetState.OPEN.value for desk in (GLOBAL, *OFFLINE_COMPONENTS)}
    runs, words = [], []
    for key in keys:
        lumisections = chance.randint(60, 2_000)
        runs.append(RunSaid(key.run_number, {"known": [[1, lumisections]], "state": "COMPLETED"}, Origin.RULE))
        words.append(LumisectionSaid(key, tuple(columns), LumiRange(1, lumisections), Status.GOOD, Origin.RULE))
        for _ in range(_RANGES):
            first = chance.randint(1, lumisections)
            at = LumiRange(first, min(lumisections, first + chance.randint(0, 40)))
            words.append(LumisectionSaid(key, (chance.choice(columns),), at, chance.choice(_SAID), Origin.RULE))
    return Act(
        by="benchmark",
        why="judged by rules",
        kind=ActKind.INGEST,
        new_runs=tuple(key.run_number for key in keys),
        new_datasets=tuple(keys),
        runs=tuple(runs),
        datasets=tuple(DatasetSaid(key, states, Origin.RULE) for key in keys),
        lumisections=tuple(words),
    )
