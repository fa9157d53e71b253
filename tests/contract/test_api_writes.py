"""Runs and datasets are changed over HTTP by whoever has the right, and by nobody who only says so in a header."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api import app
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import acts_page, latest_change
from backend.settings import Settings
from models.vocabulary import ONLINE, DatasetState
from tests.certifying import PROMPT, a_dataset, a_judged_run
from tests.factories import RUN

LOOKS_FOR = "User needs to be part of any of the following e-groups"
"""What existing clients look for in a refusal."""


@pytest.fixture
def asking(client: TestClient, engine: Engine) -> Callable[[str | None], TestClient]:
    """The API on a run that rules judged with an offline dataset, asked by a person of the demo, or by nobody."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
        a_dataset(session)

    def as_role(role: str | None) -> TestClient:
        app.state.settings = Settings(auth="demo", demo_role=role) if role else Settings(auth="oidc")
        return client

    return as_role


def flag_said(**changed: Any) -> dict[str, Any]:
    told = {"start": 10, "end": 20, "status": "BAD", "comment": "HV trip", "cause": ""} | changed
    return {
        "new_lumisection_range": told,
        "run_number": RUN,
        "dataset_name": ONLINE,
        "component": "tracker-strip",
    }


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", f"/manual_run_edit/{RUN}/class", {"class": "Commissioning22"}),
    ("PUT", f"/manual_run_edit/{RUN}/stop_reason", {"stop_reason": "beam dump"}),
    ("POST", "/runs/mark_significant", {"run_number": RUN}),
    ("POST", "/runs/move_run/OPEN/SIGNOFF", {"run_number": RUN}),
    ("POST", f"/runs/refresh_run/{RUN}", {}),
    ("POST", f"/runs/reset_and_refresh_run/{RUN}", {}),
    ("PUT", "/lumisections/edit_rr_lumisections", flag_said()),
    ("PUT", "/lumisections/edit_oms_lumisections", flag_said(status=True) | {"component": "tob_ready"}),
    (
        "POST",
        "/datasets/tracker/move_dataset/OPEN/SIGNOFF",
        {"run_number": RUN, "dataset_name": PROMPT.name, "workspace": "tracker"},
    ),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=lambda v: v if isinstance(v, str) else "")
def test_nobody_writes_without_a_right_whatever_headers_say(
    asking: Callable[[str | None], TestClient], engine: Engine, method: str, path: str, body: dict[str, Any]
) -> None:
    headers = {"email": "auto@auto", "egroups": "cms-dqm-runregistry-experts"}
    with transaction(engine) as session:
        before = latest_change(session)
    unknown = asking(None).request(method, path, json=body, headers=headers)
    assert (unknown.status_code, list(unknown.json())) == (401, ["err"])
    visitor = asking("visitor").request(method, path, json=body, headers=headers)
    assert (visitor.status_code, list(visitor.json())) == (403, ["err"])
    assert LOOKS_FOR in visitor.json()["err"]
    with transaction(engine) as session:
        assert latest_change(session) == before


def test_a_run_is_edited_and_answered_as_it_is_then(asking: Callable[[str | None], TestClient], engine: Engine) -> None:
    client = asking("admin")
    run = client.put(f"/manual_run_edit/{RUN}/class", json={"class": "Commissioning22"}).json()
    assert (run["rr_attributes"]["class"], run["run_number"]) == ("Commissioning22", RUN)
    run = client.put(f"/manual_run_edit/{RUN}/stop_reason", json={"stop_reason": "beam dump", "class": "X22"}).json()
    assert (run["rr_attributes"]["stop_reason"], run["rr_attributes"]["class"]) == ("beam dump", "Commissioning22")
    with transaction(engine) as session:
        assert acts_page(session, limit=1).acts[0].by == "L. Moreau"


def test_a_flag_is_said_by_the_person_that_the_demo_names(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("shifter")
    said = client.put("/lumisections/edit_rr_lumisections", json=flag_said())
    assert said.status_code == 200, said.text
    assert (said.json()["run_number"], said.json()["name"], said.json()["manual_change"]) == (RUN, ONLINE, True)
    bar = client.post("/datasets_get_lumisection_bar", json={"run_number": RUN, "component": "tracker-strip"}).json()
    assert bar[1] == {"status": "BAD", "comment": "HV trip", "cause": "", "start": 10, "end": 20}
    history = client.post("/lumisections/get_rr_lumisection_history", json={"run_number": RUN}).json()
    assert (history[-1]["by"], history[-1]["version"]) == ("S. Tanaka", said.json()["version"])


def test_a_run_is_moved_on_and_not_twice(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    moved = client.post("/runs/move_run/OPEN/SIGNOFF", json={"run_number": RUN})
    assert moved.json()["rr_attributes"]["state"] == "SIGNOFF"
    again = client.post("/runs/move_run/OPEN/SIGNOFF", json={"run_number": RUN})
    assert (again.status_code, again.json()["err"]) == (409, f"Run {RUN} is in state SIGNOFF already.")
    refreshed = client.post(f"/runs/refresh_run/{RUN}")
    assert (refreshed.status_code, "must be in state OPEN" in refreshed.json()["err"]) == (409, True)
    assert client.post("/runs/move_run/OPEN/WAITING", json={"run_number": RUN}).status_code == 400


def test_a_dataset_is_moved_on_and_back_in_one_workspace(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    dataset = {"run_number": RUN, "dataset_name": PROMPT.name}
    on = client.post("/datasets/tracker/move_dataset/OPEN/COMPLETED", json=dataset).json()
    states = on["dataset_attributes"]
    assert (states["tracker_state"], states["ecal_state"]) == (DatasetState.COMPLETED, DatasetState.OPEN)
    back = client.post("/datasets/tracker/move_dataset/COMPLETED/OPEN", json=dataset).json()
    assert back["dataset_attributes"]["tracker_state"] == DatasetState.OPEN
    other = client.post("/datasets/tracker/move_dataset/OPEN/SIGNOFF", json=dataset | {"workspace": "ecal"})
    assert (other.status_code, "in 'ecal'" in other.json()["err"]) == (400, True)
    assert (
        client.post("/datasets/tracker/move_dataset/OPEN/SIGNOFF", json=dataset | {"run_number": 1}).status_code == 404
    )


def test_a_bit_is_overridden_with_a_comment(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    said = flag_said(status="false", comment="DCS was wrong") | {"component": "tob_ready", "dataset_name": PROMPT.name}
    assert client.put("/lumisections/edit_oms_lumisections", json=said).status_code == 200
    bits = client.post("/lumisections/oms_lumisections", json={"run_number": RUN, "dataset_name": PROMPT.name}).json()
    assert {row["tob_ready"] for row in bits[9:20]} == {False}
    silent = said | {"new_lumisection_range": {"start": 1, "end": 2, "status": True}}
    assert client.put("/lumisections/edit_oms_lumisections", json=silent).status_code == 400


@pytest.mark.parametrize(
    "changed", [{"start": 0}, {"start": 21}, {"end": 40_000}, {"status": "PURPLE"}, {"comment": ""}, {"start": "x"}]
)
def test_what_the_original_let_pass_is_refused(
    asking: Callable[[str | None], TestClient], changed: dict[str, Any]
) -> None:
    answer = asking("admin").put("/lumisections/edit_rr_lumisections", json=flag_said(**changed))
    assert (answer.status_code, list(answer.json())) == (400, ["err"])


@pytest.mark.parametrize(
    ("path", "component"),
    [("/lumisections/edit_rr_lumisections", "tracker-strip"), ("/lumisections/edit_oms_lumisections", "tob_ready")],
)
def test_a_range_that_cannot_be_is_refused_after_right_and_existence(
    asking: Callable[[str | None], TestClient], path: str, component: str
) -> None:
    said = flag_said(start=0, end=1, status="true" if "oms" in path else "GOOD", comment="no such range")
    said |= {"component": component, "dataset_name": PROMPT.name}

    def status(role: str | None, **changed: object) -> int:
        return asking(role).put(path, json=said | changed).status_code

    assert [status(None), status("visitor"), status("admin", run_number=1), status("admin")] == [401, 403, 404, 400]
