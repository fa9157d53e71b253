"""The client from PyPI changes runs and datasets through the API of a demo, and understands what is refused."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr

from backend.api import app
from backend.db import engine_for
from backend.settings import Settings
from scripts.simulator.running import running_simulator
from tests.contract.conftest import official_client, served


@pytest.fixture(scope="module")
def client(small_season_url: str) -> Iterator[ModuleType]:
    """The client, asking for the newest runs of a season, whose OMS answers."""
    engine = engine_for(small_season_url)
    with running_simulator("2018", pace="max") as simulator:
        settings = Settings(
            auth="demo",
            demo_role="admin",
            oms_url=simulator.oms_url,
            oms_token_url=simulator.oms_token_url,
            oms_client_id="test",
            oms_client_secret=SecretStr("test"),
        )
        with served(engine, settings) as url, official_client(url) as client:
            yield client
    engine.dispose()


@pytest.fixture(scope="module")
def runs(client: ModuleType) -> list[dict[str, Any]]:
    """The runs, those that can be signed off first."""
    found = client.get_runs(filter={"state": "OPEN"})
    return sorted(found, key=lambda run: (not run["significant"], run["run_number"]))


def test_the_class_of_a_run_is_changed(client: ModuleType, runs: list[dict[str, Any]]) -> None:
    run_number = runs[1]["run_number"]
    (answer,) = client.change_run_class(run_number, "Special18")
    assert answer["rr_attributes"]["class"] == client.get_run(run_number)["class"] == "Special18"


def test_lumisections_are_flagged_and_the_run_is_refreshed(client: ModuleType, runs: list[dict[str, Any]]) -> None:
    run_number = runs[0]["run_number"]
    client.edit_rr_lumisections(run_number, 1, 2, "tracker-strip", "BAD", comment="HV trip")
    refreshed = client.manually_refresh_components_statuses_for_runs(runs=[run_number])
    assert refreshed[0]["run_number"] == run_number
    flags = client.get_lumisections(run_number)
    assert [row["tracker-strip"]["comment"] for row in flags[:3]] == ["HV trip", "HV trip", ""]
    (reset,) = client.reset_RR_attributes_and_refresh_runs(runs=[run_number])
    assert reset["rr_attributes"]["class"] == runs[0]["class"]


def test_a_run_without_significance_is_made_significant_once(client: ModuleType, runs: list[dict[str, Any]]) -> None:
    run_number = runs[-1]["run_number"]
    assert runs[-1]["significant"] is False
    assert client.make_significant_runs(run=run_number)[0]["rr_attributes"]["significant"] is True
    with pytest.raises(Exception, match="already significant"):
        client.make_significant_runs(run=run_number)


def test_a_run_is_signed_off_and_its_datasets_are_moved(client: ModuleType, runs: list[dict[str, Any]]) -> None:
    run_number = runs[0]["run_number"]
    (moved,) = client.move_runs("OPEN", "SIGNOFF", run=run_number)
    assert moved["rr_attributes"]["state"] == "SIGNOFF"
    name = next(name for name in client.get_dataset_names_of_run(run_number) if "PromptReco" in name)
    (dataset,) = client.move_datasets("waiting dqm gui", "OPEN", name, run=run_number)
    assert dataset["dataset_attributes"]["global_state"] == "OPEN"
    with pytest.raises(Exception, match="Run must be in state OPEN"):
        client.manually_refresh_components_statuses_for_runs(runs=[run_number])


def test_who_has_no_right_is_told_which_e_groups_have_it(client: ModuleType, runs: list[dict[str, Any]]) -> None:
    admin = app.state.settings
    app.state.settings = admin.model_copy(update={"demo_role": "visitor"})
    try:
        with pytest.raises(Exception, match="User needs to be part of any of the following e-groups"):
            client.move_runs("OPEN", "SIGNOFF", run=runs[1]["run_number"])
    finally:
        app.state.settings = admin
