"""Cycles are changed, moved and completed over HTTP, as the recorded session did, and what cannot be is told."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.access import demo_actor
from backend.api import app
from backend.certify.cycles import create_cycle
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import latest_change
from backend.settings import Settings
from models.vocabulary import DatasetState
from tests.factories import RUN, a_run
from tests.offline import PROMPT, a_dataset, dataset_id

OPEN, COMPLETED = DatasetState.OPEN.value, DatasetState.COMPLETED.value
DATASET = {"run_number": RUN, "dataset_name": PROMPT}


@pytest.fixture
def cycle(engine: Engine) -> int:
    """A cycle of one dataset, for global, tracker and ecal."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session, RUN)
        key = a_dataset(session)
        ids = [dataset_id(session, key)]
        made = create_cycle(
            session,
            demo_actor("admin"),
            name="Week 31",
            deadline=date(2026, 8, 1),
            ids=ids,
            desks=("global", "tracker", "ecal"),
        )
        return made.cycle


@pytest.fixture
def asking(client: TestClient) -> Callable[[str | None], TestClient]:
    """The API, asked by a person of the demo, or by nobody."""

    def as_role(role: str | None) -> TestClient:
        app.state.settings = Settings(auth="demo", demo_role=role) if role else Settings(auth="oidc")
        return client

    return as_role


def said(cycle: int, **changed: Any) -> dict[str, Any]:
    states = {"global_state": "pending", "tracker_state": "pending", "ecal_state": "pending"}
    told = {"cycle_name": "Week 31", "deadline": "2026-08-01T00:00:00Z", "cycle_attributes": states}
    return {"id_cycle": cycle, **told, **changed}


def test_a_cycle_is_renamed_and_gets_another_day_and_workspace(
    asking: Callable[[str | None], TestClient], cycle: int
) -> None:
    client = asking("admin")
    states = {"global_state": "pending", "dt_state": "pending", "tracker_state": "pending"}
    changed = said(cycle, cycle_name="Week 32", deadline="2026-08-08T10:00:00+02:00", cycle_attributes=states)
    answer = client.put("/cycles", json=changed).json()
    assert (answer["cycle_name"], answer["deadline"], answer["cycle_attributes"]) == (
        "Week 32",
        "2026-08-08T23:59:00.000Z",
        states,
    )
    assert client.get("/cycles/global").json() == [answer]
    assert client.put("/cycles", json=said(cycle, cycle_attributes={"tracker": "x"})).status_code == 400
    assert client.put("/cycles", json=said(cycle, cycle_name="")).status_code == 400
    assert client.put("/cycles", json=said(cycle, deadline="")).status_code == 400
    assert client.put("/cycles", json=said(999)).status_code == 404


def test_a_workspace_completes_a_cycle_when_its_datasets_are_and_reopens_it(
    asking: Callable[[str | None], TestClient], cycle: int
) -> None:
    client, which = asking("admin"), {"id_cycle": cycle}
    early = client.put("/cycles/mark_cycle_complete/tracker", json=which)
    assert (early.status_code, list(early.json())) == (409, ["err"])
    moved = client.post("/cycles/move_all_datasets_to/tracker", json=which | {"to_state": COMPLETED}).json()
    assert moved["datasets"][0]["dataset_attributes"]["tracker_state"] == COMPLETED
    done = client.put("/cycles/mark_cycle_complete/tracker", json=which).json()
    assert done["cycle_attributes"]["tracker_state"] == "completed"
    closed = client.post(f"/cycles/move_dataset/tracker/{COMPLETED}/{OPEN}", json=which | DATASET)
    assert (closed.status_code, "completed" in closed.json()["err"]) == (409, True)
    again = client.put("/cycles/mark_cycle_pending/tracker", json=which).json()
    assert again["cycle_attributes"]["tracker_state"] == "pending"
    back = client.post(f"/cycles/move_dataset/tracker/{COMPLETED}/{OPEN}", json=which | DATASET).json()
    assert (back["name"], back["dataset_attributes"]["tracker_state"]) == (PROMPT, OPEN)
    assert client.put("/cycles/mark_cycle_pending/rpc", json=which).status_code == 404


def test_a_deleted_cycle_is_gone(asking: Callable[[str | None], TestClient], cycle: int) -> None:
    client, which = asking("admin"), {"id_cycle": cycle}
    gone = client.request("DELETE", "/cycles", json=which)
    assert (gone.json()["id_cycle"], gone.json()["deleted"], gone.json()["cycle_name"]) == (cycle, True, "Week 31")
    assert client.get("/cycles/global").json() == []
    assert client.request("DELETE", "/cycles", json=which).status_code == 404
    assert client.put("/cycles", json=said(cycle)).status_code == 404


def test_nobody_changes_a_cycle_without_a_right(
    asking: Callable[[str | None], TestClient], engine: Engine, cycle: int
) -> None:
    which = {"id_cycle": cycle}
    writes = [
        ("PUT", "/cycles", said(cycle, cycle_name="Week 32")),
        ("DELETE", "/cycles", which),
        ("PUT", "/cycles/mark_cycle_complete/tracker", which),
        ("PUT", "/cycles/mark_cycle_pending/tracker", which),
        ("POST", "/cycles/move_all_datasets_to/tracker", which | {"to_state": COMPLETED}),
        ("POST", f"/cycles/move_dataset/tracker/{OPEN}/{COMPLETED}", which | DATASET),
    ]
    with transaction(engine) as session:
        before = latest_change(session)
    for role, status in ((None, 401), ("visitor", 403)):
        client = asking(role)
        assert {client.request(method, path, json=body).status_code for method, path, body in writes} == {status}
    with transaction(engine) as session:
        assert latest_change(session) == before
