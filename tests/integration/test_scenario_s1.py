"""The recorded scenario after ingest: the registry says what the original said, but for the original's known bugs."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from backend.db import transaction
from backend.embedded import Embedded
from models.lumis import LumiSet
from models.vocabulary import ONLINE
from scripts.simulator.running import running_simulator
from tests.databases import an_engine
from tests.scenario.compare import KnownBug, corrected, differences, known_bugs, needless
from tests.scenario.replay import configure_scenario, take_in_everything
from tests.scenario.states import Place, State, recorded_state, registry_state


@pytest.fixture(scope="module")
def replayed(postgresql: Embedded) -> Iterator[Engine]:
    """A registry with the scenario's workspaces and classifiers, after the ingest of all its runs."""
    with an_engine(postgresql, name="scenario_s1") as engine:
        configure_scenario(engine)
        with running_simulator("scenario") as simulator:
            look = take_in_everything(engine, simulator)
        assert (len(look.runs["new"]), look.failures, look.stopped_by) == (30, {}, None)  # type: ignore[index]
        yield engine


@pytest.fixture(scope="module")
def recorded() -> State:
    return recorded_state("state_S1_after_ingest")


@pytest.fixture(scope="module")
def ours(replayed: Engine) -> State:
    with transaction(replayed) as session:
        return registry_state(session)


def test_the_state_after_ingest_is_that_of_the_original_without_its_known_bugs(recorded: State, ours: State) -> None:
    assert [str(found) for found in differences(corrected(recorded, known_bugs("S1")), ours)] == []


def test_no_exception_is_made_where_the_two_agree(recorded: State) -> None:
    assert needless(recorded, known_bugs("S1")) == []


def test_everything_that_the_original_recorded_is_compared(recorded: State, ours: State) -> None:
    kinds = {place.what.split(".")[0].split(" ")[0] for place in recorded}
    assert kinds == {"class", "significant", "state", "stop_reason", "oms", "summary", "ranges", "bits"}
    assert {place.run_number for place in recorded} == {place.run_number for place in ours}
    assert len(recorded) > 3_000


def test_a_difference_that_no_exception_names_is_found(recorded: State, ours: State) -> None:
    place = Place(379043, ONLINE, "ranges dt-dt")
    wrong = {**ours, place: {"GOOD": LumiSet.span(1, 133)}}
    assert [found.place for found in differences(corrected(recorded, known_bugs("S1")), wrong)] == [place]


def test_an_exception_that_is_no_longer_needed_is_found(recorded: State) -> None:
    place = Place(379043, "", "class")
    idle = KnownBug("none", "none", ["S1"], ours={"379043": {"": {"class": "Collisions24"}}})
    assert needless(recorded, [idle]) == [place]
