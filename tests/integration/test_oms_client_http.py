"""Over real HTTP, whatever the simulated OMS does, its clients say what it holds or why they cannot."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, product

import pytest
from pydantic import SecretStr

from backend.errors import SourceNonsense, SourceUnavailable
from backend.ingest.dqm_gui import GuiDataset, open_dqm_gui
from backend.ingest.oms import Oms, OmsLumisections, open_oms
from backend.ingest.transport import ATTEMPTS
from backend.settings import Settings
from scripts.simulator.running import Simulator, running_simulator

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HOLED = 379095
"""OMS has no lumisections 60 to 62 of this run."""


@pytest.fixture(scope="module")
def listening() -> Iterator[Simulator]:
    with running_simulator("scenario") as simulator:
        yield simulator


@pytest.fixture
def simulator(listening: Simulator) -> Iterator[Simulator]:
    before = listening.run(HOLED)
    yield listening
    listening.faults.clear()
    listening.put(before)


@pytest.fixture
def oms(simulator: Simulator) -> Iterator[Oms]:
    with open_oms(settings(simulator), sleep=lambda seconds: None) as opened:
        opened.lumisections(HOLED)
        yield opened


def settings(simulator: Simulator, **more: object) -> Settings:
    said = {
        "oms_url": simulator.oms_url,
        "oms_token_url": simulator.oms_token_url,
        "oms_client_id": "registry",
        "oms_client_secret": SecretStr("s3cret"),
        "dqm_gui_url": simulator.dqm_gui_url,
    }
    return Settings(**said | more)  # type: ignore[arg-type]


def held(simulator: Simulator, run_number: int = HOLED) -> list[int]:
    return [int(str(row["lumisection_number"])) for row in simulator.run(run_number).rows()]


def test_every_run_of_the_season_comes_with_its_lumisections(simulator: Simulator, oms: Oms) -> None:
    runs = list(oms.runs_updated_since(LONG_AGO, page_size=7))
    assert sorted(run.run_number for run in runs) == sorted(run.run_number for run in simulator.holdings.runs())
    assert [run.last_update for run in runs] == sorted(run.last_update for run in runs)
    for run in runs:
        told = oms.lumisections(run.run_number)
        rows = simulator.run(run.run_number).rows()
        assert told.numbers == [row["lumisection_number"] for row in rows]
        assert all(said == [row[name] for row in rows] for name, said in told.bits.items())


def test_runs_come_by_number_too(simulator: Simulator, oms: Oms) -> None:
    numbers = sorted(run.run_number for run in simulator.holdings.runs())
    assert [run.run_number for run in oms.runs_between(numbers[3], numbers[9], page_size=2)] == numbers[3:10]
    assert [run.run_number for run in oms.runs_after(numbers[-4], page_size=2)] == numbers[-3:]
    assert oms.newest_run_number() == numbers[-1]
    assert oms.run(numbers[0]) is not None
    assert oms.run(1) is None


def test_only_what_is_read_travels(oms: Oms) -> None:
    assert {"pileup", "start_time", "fill_number"}.isdisjoint(oms.lumisections(HOLED).bits)


@pytest.mark.parametrize(
    ("kind", "times"),
    [("stale token", 1), *product(["error", "unavailable", "drop", "cut", "truncated"], [1, ATTEMPTS - 1])],
)
def test_a_fault_that_passes_changes_nothing(simulator: Simulator, oms: Oms, kind: str, times: int) -> None:
    before = oms.lumisections(HOLED)
    fault = simulator.fail(kind, times=times, path="/lumisections")
    assert oms.lumisections(HOLED) == before
    assert fault.struck == times


@pytest.mark.parametrize("kind", ["error", "drop", "cut", "truncated", "stale token"])
def test_a_fault_that_stays_is_said_and_the_next_question_heals(simulator: Simulator, oms: Oms, kind: str) -> None:
    simulator.fail(kind, probability=1.0, path="/lumisections")
    with pytest.raises(SourceUnavailable, match=r"OMS .*/lumisections"):
        oms.lumisections(HOLED)
    simulator.faults.clear()
    assert oms.lumisections(HOLED).numbers == held(simulator)


def test_a_listing_that_broke_goes_on_where_it_stopped(simulator: Simulator, oms: Oms) -> None:
    listing = oms.runs_updated_since(LONG_AGO, page_size=5)
    first = list(islice(listing, 5))
    simulator.fail("error", probability=1.0, path="/runs")
    with pytest.raises(SourceUnavailable):
        next(listing)
    simulator.faults.clear()
    rest = list(oms.runs_updated_since(first[-1].last_update, page_size=5))
    assert {run.run_number for run in [*first, *rest]} == {run.run_number for run in simulator.holdings.runs()}


def test_nonsense_is_named_or_nobody_reads_it_and_the_next_question_heals(simulator: Simulator, oms: Oms) -> None:
    before, named = oms.lumisections(HOLED), 0
    for seed in range(8):
        simulator.fail("nonsense", path="/lumisections", seed=seed)
        try:
            assert oms.lumisections(HOLED) == before
        except SourceNonsense as nonsense:
            assert "'n/a'" in str(nonsense)
            named += 1
    assert named
    assert oms.lumisections(HOLED) == before


def test_a_slow_answer_is_given_up_and_asked_again(simulator: Simulator) -> None:
    with open_oms(settings(simulator, oms_timeout_seconds=0.3), sleep=lambda seconds: None) as oms:
        before = oms.lumisections(HOLED)
        fault = simulator.fail("slow", seconds=1.0, path="/lumisections")
        assert oms.lumisections(HOLED) == before
        assert fault.struck == 1


def test_tokens_that_all_went_stale_are_renewed(simulator: Simulator, oms: Oms) -> None:
    simulator.tokens.revoke_all()
    assert oms.newest_run_number() is not None


def test_a_token_may_be_exchanged(simulator: Simulator) -> None:
    exchanging = settings(simulator, oms_token_url=simulator.oms_exchange_url, oms_token_exchange=True)
    with open_oms(exchanging) as oms:
        assert oms.newest_run_number() is not None


def test_without_a_token_oms_is_unavailable(simulator: Simulator) -> None:
    with open_oms(settings(simulator, oms_token_url=None)) as oms, pytest.raises(SourceUnavailable, match="401"):
        oms.newest_run_number()


def told_of(oms: Oms, before: OmsLumisections) -> tuple[set[int], set[int]]:
    """The lumisections that came and those that went."""
    after = set(oms.lumisections(before.run_number).numbers)
    return after - set(before.numbers), set(before.numbers) - after


def test_a_run_that_grows_shrinks_or_gets_a_hole_does_so_by_number(simulator: Simulator, oms: Oms) -> None:
    before = oms.lumisections(HOLED)
    last = before.numbers[-1]
    simulator.grow(HOLED, 2)
    assert told_of(oms, before) == ({last + 1, last + 2}, set())
    simulator.shrink(HOLED, last - 1)
    assert told_of(oms, before) == (set(), {last})
    simulator.drop_lumisections(HOLED, 10, 12)
    assert told_of(oms, before) == (set(), {last, 10, 11, 12})


def test_a_change_of_a_run_is_seen_from_the_last_update_on(simulator: Simulator, oms: Oms) -> None:
    newest = list(oms.runs_updated_since(LONG_AGO))[-1]
    simulator.change(HOLED, b_field=0.0)
    changed = [run for run in oms.runs_updated_since(newest.last_update) if run.run_number == HOLED]
    assert [run.attributes["b_field"] for run in changed] == [0.0]


@pytest.mark.parametrize("api", ["legacy", "v1"])
def test_the_listing_of_the_dqm_gui_is_read_in_both_dialects(simulator: Simulator, api: str) -> None:
    with open_dqm_gui(settings(simulator, dqm_gui_api=api), sleep=lambda seconds: None) as gui:
        simulator.fail("truncated", path="samples")
        listed = gui.datasets()
        held = {GuiDataset(sample.run_number, sample.dataset) for sample in simulator.holdings.samples()}
        assert listed == sorted(held)
        assert gui.datasets("Express") == [entry for entry in listed if "Express" in entry.dataset]
