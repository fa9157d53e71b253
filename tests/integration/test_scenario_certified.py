"""The recorded scenario after sign-off and after the look at the DQM GUI: done again through the commands, the registry
says what the original said, but for the original's known bugs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from backend.certify.gui_links import link_listed
from backend.db import transaction
from backend.embedded import Embedded
from backend.ingest.dqm_gui import open_dqm_gui
from backend.ingest.oms import open_oms
from scripts.simulator.running import Simulator, running_simulator
from tests.databases import an_engine
from tests.scenario.actions import do_again, recorded_actions
from tests.scenario.compare import corrected, differences, known_bugs, needless
from tests.scenario.replay import asking, configure_scenario, take_in_everything
from tests.scenario.states import State, recorded_state, registry_state, without_abused

FILES = {"S2": "state_S2_after_signoff", "S3": "state_S3_after_gui"}


@dataclass(frozen=True)
class Replayed:
    """The registry's states by the names of the recorded ones, and what it refused on the way, with its sentences."""

    states: Mapping[str, State]
    refused: Mapping[str, str]


@pytest.fixture(scope="module")
def replayed(postgresql: Embedded) -> Iterator[Replayed]:
    """The scenario from ingest to the look at the DQM GUI."""
    with an_engine(postgresql, name="scenario_s3") as engine:
        configure_scenario(engine)
        with running_simulator("scenario") as simulator:
            take_in_everything(engine, simulator)
            yield _certified(engine, simulator)


def _certified(engine: Engine, simulator: Simulator) -> Replayed:
    with open_oms(asking(simulator)) as oms:
        refused = do_again(engine, simulator, oms, recorded_actions())
    signed_off = _state(engine)
    with open_dqm_gui(asking(simulator)) as gui:
        link_listed(engine, gui.datasets())
    return Replayed({"S2": signed_off, "S3": _state(engine)}, refused)


def _state(engine: Engine) -> State:
    with transaction(engine) as session:
        return without_abused(registry_state(session))


@pytest.fixture(scope="module", params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    """Each of the recorded states."""
    return str(request.param)


@pytest.fixture(scope="module")
def recorded(name: str) -> State:
    return recorded_state(FILES[name])


def test_the_state_is_that_of_the_original_without_its_known_bugs(
    name: str, recorded: State, replayed: Replayed
) -> None:
    expected = without_abused(corrected(recorded, known_bugs(name)))
    assert [str(found) for found in differences(expected, replayed.states[name])] == []


def test_no_exception_is_made_where_the_two_agree(name: str, recorded: State) -> None:
    assert needless(recorded, known_bugs(name)) == []


def test_everything_that_the_original_recorded_is_compared(name: str, recorded: State) -> None:
    places = without_abused(recorded)
    kinds = {place.what.split(".")[0].split(" ")[0] for place in places}
    assert kinds == {"class", "significant", "state", "stop_reason", "oms", "summary", "ranges", "bits", "gui"}
    assert len({(place.run_number, place.dataset) for place in places if place.dataset.startswith("/")}) == 42
    assert len(places) > 12_000


def test_the_look_at_the_gui_changes_links_and_states_alone(replayed: Replayed) -> None:
    changed = {found.place.what.split(" ")[0] for found in differences(replayed.states["S2"], replayed.states["S3"])}
    assert changed == {"gui", "state"}


def test_the_registry_takes_and_refuses_what_the_original_did_but_for_its_known_bugs(replayed: Replayed) -> None:
    unlike = {act.label for act in recorded_actions() if act.was_taken == (act.label in replayed.refused)}
    assert unlike == {label for bug in known_bugs("S2") for label in bug.acts}


def test_every_action_can_be_told_by_its_label() -> None:
    labels = [act.label for act in recorded_actions()]
    assert len(labels) == len(set(labels)) == 86
