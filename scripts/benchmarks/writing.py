"""What writing costs: one range edit, the same after a hundred, a batch over 500 datasets, undo."""

import random
from collections.abc import Iterator, Sequence
from itertools import count

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.record import (
    Act,
    DatasetKey,
    LumisectionSaid,
    Recorded,
    RunSaid,
    columns_by_name,
    record,
    undo,
)
from models.lumis import LumiRange
from models.vocabulary import ONLINE, ActKind, Origin, Status
from scripts.benchmarks.measure import Measure, timed

_FIRST_RUN = 900_001
_EDIT = "131 ms (500 LS), 278 ms (1,500 LS)"


def history(on: Engine, *, datasets: int, events: int = 23, seed: int = 7) -> list[DatasetKey]:
    """Runs of up to 3,000 lumisections with first words in every flag and some ranges after, as ingest makes them."""
    chance = random.Random(seed)
    with transaction(on) as session:
        columns = [c.id for c in columns_by_name(session).values() if c.id <= 1000][:55]
    keys = []
    for run in range(_FIRST_RUN, _FIRST_RUN + datasets):
        key = DatasetKey(run, ONLINE)
        with transaction(on) as session:
            record(session, _first_words(key, columns, chance, events=events))
        keys.append(key)
    return keys


def _first_words(key: DatasetKey, columns: Sequence[int], chance: random.Random, *, events: int) -> Act:
    lumisections = chance.randint(30, 3000)
    whole = LumisectionSaid(key, tuple(columns), LumiRange(1, lumisections), Status.GOOD, Origin.RULE)
    ranges = []
    for _ in range(events):
        first = chance.randint(1, lumisections)
        at = LumiRange(first, chance.randint(first, lumisections))
        ranges.append(LumisectionSaid(key, (chance.choice(columns),), at, chance.randint(1, 5), Origin.RULE))
    said = RunSaid(key.run_number, {"known": [[1, lumisections]], "state": "OPEN"}, Origin.RULE)
    return Act(
        by="benchmark",
        why="history",
        kind=ActKind.INGEST,
        new_runs=(key.run_number,),
        new_datasets=(key,),
        runs=(said,),
        lumisections=(whole, *ranges),
    )


def measure_writing(on: Engine, keys: Sequence[DatasetKey], *, batch: int = 500) -> Iterator[Measure]:
    """The lines about writing."""
    numbers = count()
    with transaction(on) as session:
        seen = [session.execute(text("SELECT n FROM clock")).scalar_one()]

    def edit(key: DatasetKey) -> Recorded:
        n = next(numbers)
        at = LumiRange(1 + n % 7, 12 + n % 11)
        word = LumisectionSaid(key, (16,), at, 1 + n % 5, Origin.PERSON, comment=f"edit {n}")
        act = Act(by="benchmark", why="edit", kind=ActKind.FLAG, lumisections=(word,))
        with transaction(on) as session:
            done = record(session, act, seen=seen[-1])
        seen.append(done.change_set)
        return done

    fresh = iter(keys)
    yield timed("one range edit", lambda: edit(next(fresh)), times=50, target_ms=5, original=_EDIT, warm_up=10)
    busy = keys[-1]
    for _ in range(100):
        edit(busy)
    yield timed("the same after a hundred edits", lambda: edit(busy), times=50, target_ms=5, original="257–293 ms")

    def flag_many() -> Recorded:
        at = LumiRange(1, 5)
        words = (LumisectionSaid(k, (16, 17), at, Status.BAD, Origin.PERSON, comment="batch") for k in keys[:batch])
        with transaction(on) as session:
            act = Act(by="benchmark", why="batch", kind=ActKind.BATCH, lumisections=tuple(words))
            return record(session, act)

    what = f"two columns of {batch} datasets in one act"
    yield timed(what, flag_many, times=5, target_ms=150, original="18.5 s for 100 datasets", warm_up=1)

    def take_back() -> None:
        done = flag_many()
        with transaction(on) as session:
            undo(session, done.change_set, by="benchmark", why="mistake")

    yield timed(f"the same {batch} and its undo", take_back, times=3, original="no undo")
