"""Each fault done to a small registry under load: people see a sentence, it comes back, no act is lost or doubled."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.load.faults.__main__ import ON_ONE_REGISTRY, clocks, full_disk
from scripts.load.faults.row import Row
from scripts.load.faults.scene import Scene, scene
from tests.lease_holders import an_open_folder

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with an_open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def at_work(folder: Path) -> Iterator[Scene]:
    with scene(folder / "registry") as made:
        yield Scene(made.stack, made.look, calm_seconds=1.5, writers=2, readers=2)


def judge(row: Row) -> None:
    if row.skipped:
        pytest.skip(row.skipped)
    assert row.wrong == ()
    assert row.kept is not None and row.kept.is_whole, row.kept
    assert row.kept.acknowledged > 0


@pytest.mark.parametrize("name", [*ON_ONE_REGISTRY])
def test_a_fault_is_told_in_a_sentence_passes_and_costs_no_act(at_work: Scene, name: str) -> None:
    fault: Callable[[Scene], Row] = ON_ONE_REGISTRY[name]
    judge(fault(at_work))


def test_clocks_that_jump_stop_no_worker_and_turn_no_log_round(folder: Path) -> None:
    for row in clocks(folder / "clocks"):
        judge(row)


def test_a_full_disk_is_told_and_what_was_acknowledged_stands(folder: Path) -> None:
    for row in full_disk(folder / "disk"):
        judge(row)
