"""What looking back and folding anew cost: one dataset as of an act, two thousand of them, the rebuild."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.queries.as_of import segments_as_of
from backend.rebuild import rebuild
from backend.record import DatasetKey
from scripts.benchmarks.measure import Measure, timed


def measure_time_travel(on: Engine, keys: Sequence[DatasetKey]) -> Iterator[Measure]:
    """The lines about the past."""
    with transaction(on) as session:
        now = session.execute(text("SELECT n FROM clock")).scalar_one()
    yield timed(
        f"as of an act, all {len(keys):,} datasets",
        lambda: segments_as_of(on, now - 100),
        times=7,
        target_ms=300,
        original="not possible",
        warm_up=1,
    )
    yield timed("as of an act, one dataset", lambda: segments_as_of(on, now - 100, datasets=[7]), times=20, warm_up=2)


def measure_rebuild(on: Engine, what: str) -> Iterator[Measure]:
    """The line about folding everything anew."""
    yield timed(what, lambda: rebuild(on), times=3, target_ms=10_000, original="not possible")
