"""The tools of data certification act on all datasets of a filter over HTTP: in one act, or not at all."""

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
from models.vocabulary import DatasetState
from tests.factories import RUN, a_run
from tests.offline import EXPRESS, PROMPT, a_dataset

OPEN, SIGNOFF, COMPLETED = (state.value for state in (DatasetState.OPEN, DatasetState.SIGNOFF, DatasetState.COMPLETED))
COPY = "/ReReco/Collisions2022_UL/DQM"
OF_PROMPT = {"filter": {"name": PROMPT}}
RUNS = (RUN, RUN + 1)


@pytest.fixture
def asking(client: TestClient, engine: Engine) -> Callable[[str | None], TestClient]:
    """The API on two runs with a PromptReco and an Express dataset each, asked by a person of the demo, or nobody."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        for run in RUNS:
            a_run(session, run)
            a_dataset(session, run, PROMPT)
            a_dataset(session, run, EXPRESS)

    def as_role(role: str | None) -> TestClient:
        app.state.settings = Settings(auth="demo", demo_role=role) if role else Settings(auth="oidc")
        return client

    return as_role


def acts(engine: Engine) -> int:
    with transaction(engine) as session:
        return acts_page(session, limit=0).total


def states(client: TestClient, run_number: int = RUN, name: str = PROMPT) -> dict[str, str]:
    asked = {"run_number": run_number, "dataset_name": name}
    told: dict[str, str] = client.post("/datasets/get_dataset", json=asked).json()["dataset_attributes"]
    return told


def test_columns_are_set_in_all_datasets_of_a_filter_in_one_act(
    asking: Callable[[str | None], TestClient], engine: Engine
) -> None:
    client = asking("admin")
    before = acts(engine)
    said = OF_PROMPT | {"columns_to_update": ["dt-dt", "csc-csc"], "new_status": "BAD", "comment": "HV off"}
    answer = client.post("/dc_tools/dataset_column_batch_update", json=said).json()
    assert [(d["run_number"], d["name"]) for d in answer] == [(run, PROMPT) for run in RUNS]
    assert all(d["DatasetTripletCache"]["triplet_summary"]["csc-csc"]["BAD"] == 100 for d in answer)
    assert acts(engine) == before + 1
    silent = said | {"comment": ""}
    assert client.post("/dc_tools/dataset_column_batch_update", json=silent).status_code == 400
    assert client.post("/dc_tools/dataset_column_batch_update", json=said | {"new_status": "PURPLE"}).status_code == 400
    copied = {"source_dataset_name": PROMPT, "target_dataset_name": EXPRESS, "columns_to_copy": ["dt-dt"], "filter": {}}
    answer = client.post("/dc_tools/copy_column_from_datasets", json=copied).json()
    summaries = [d["DatasetTripletCache"]["triplet_summary"] for d in answer]
    assert [(s["dt-dt"]["BAD"], s["dt-dt"]["comments"], "csc-csc" in s) for s in summaries] == [
        (100, ["HV off"], False)
    ] * 2


def test_datasets_are_copied_under_a_new_name_once(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    said = {
        "source_dataset_name": PROMPT,
        "target_dataset_name": COPY,
        "workspaces_to_duplicate_into": ["dt", "csc"],
        "filter": {"run_number": {">=": RUN}},
    }
    answer = client.post("/dc_tools/duplicate_datasets", json=said).json()
    assert [(d["run_number"], d["name"]) for d in answer] == [(run, COPY) for run in RUNS]
    assert answer[0]["dataset_attributes"] == {"global_state": OPEN, "dt_state": OPEN, "csc_state": OPEN}
    again = client.post("/dc_tools/duplicate_datasets", json=said)
    assert (again.status_code, list(again.json())) == (409, ["err"])


def test_only_datasets_in_the_state_are_moved_on(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    first = {"filter": {"name": PROMPT, "run_number": RUN}}
    assert client.post(f"/dc_tools/change_multiple_dataset_states/dt/{OPEN}/{SIGNOFF}", json=first).status_code == 200
    rest = client.post(f"/dc_tools/change_multiple_dataset_states/dt/{OPEN}/{COMPLETED}", json=OF_PROMPT).json()
    assert [d["run_number"] for d in rest] == [RUN + 1]
    assert [states(client, run)["dt_state"] for run in RUNS] == [SIGNOFF, COMPLETED]
    everywhere = client.post(f"/dc_tools/change_multiple_dataset_states_in_all_workspaces/{COMPLETED}", json=first)
    assert set(everywhere.json()[0]["dataset_attributes"].values()) == {COMPLETED}
    assert set(states(client, RUN, EXPRESS).values()) == {OPEN}
    assert client.post("/dc_tools/change_multiple_dataset_states/dt/OPEN/BANANA", json=first).status_code == 400


def test_datasets_are_hidden_for_a_reason(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    assert client.request("DELETE", "/dc_tools/hide_datasets", json=OF_PROMPT).status_code == 400
    said = OF_PROMPT | {"reason_for_hiding": "made by mistake"}
    hidden = client.request("DELETE", "/dc_tools/hide_datasets", json=said).json()
    assert [d["deleted"] for d in hidden] == [True, True]
    assert client.get(f"/get_all_dataset_names_of_run/{RUN}").json() == ["online", EXPRESS]
    assert client.request("DELETE", "/dc_tools/hide_datasets", json=said).status_code == 400


def test_a_cycle_is_made_of_a_filter_and_gains_and_loses_datasets(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    attributes = {"global_state": "pending", "dt_state": "pending"}
    said = {"cycle_name": "Week 31", "deadline": "2026-08-01", "cycle_attributes": attributes, **OF_PROMPT}
    made = client.post("/cycles", json=said).json()
    assert (made["cycle_name"], made["cycle_attributes"]) == ("Week 31", attributes)
    assert [(d["run_number"], d["name"]) for d in made["datasets"]] == [(run, PROMPT) for run in RUNS]
    assert client.post("/cycles", json=said).status_code == 400
    more = {"id_cycle": made["id_cycle"], "filter": {"run_number": RUN}}
    grown = client.post("/cycles/add_datasets_to_cycle", json=more).json()
    assert [d["name"] for d in grown["datasets"]] == [EXPRESS, PROMPT, PROMPT]
    left = client.post("/cycles/delete_datasets_from_cycle", json=more).json()
    assert [d["run_number"] for d in left["datasets"]] == [RUN + 1]
    for changed in ({"filter": {"run_number": 1}}, {"cycle_name": ""}, {"filter": {"name": "online"}}):
        assert client.post("/cycles", json=said | {"cycle_name": "Week 32"} | changed).status_code == 400


def test_nobody_changes_many_without_a_right(asking: Callable[[str | None], TestClient], engine: Engine) -> None:
    copied = {"source_dataset_name": PROMPT, "target_dataset_name": EXPRESS, "columns_to_copy": ["dt-dt"]}
    duplicated = {
        "source_dataset_name": PROMPT,
        "target_dataset_name": COPY,
        "workspaces_to_duplicate_into": ["dt"],
    }
    cycle = {"cycle_name": "x", "deadline": "2026-08-01", "cycle_attributes": {"global_state": "pending"}}
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/dc_tools/duplicate_datasets", duplicated),
        ("POST", "/dc_tools/copy_column_from_datasets", copied),
        ("POST", "/dc_tools/dataset_column_batch_update", {"columns_to_update": ["dt-dt"], "new_status": "GOOD"}),
        ("POST", f"/dc_tools/change_multiple_dataset_states/dt/{OPEN}/{SIGNOFF}", {}),
        ("POST", f"/dc_tools/change_multiple_dataset_states_in_all_workspaces/{SIGNOFF}", {}),
        ("DELETE", "/dc_tools/hide_datasets", {"reason_for_hiding": "x"}),
        ("POST", "/cycles", cycle),
        ("POST", "/cycles/add_datasets_to_cycle", {"id_cycle": 1}),
        ("POST", "/cycles/delete_datasets_from_cycle", {"id_cycle": 1}),
    ]
    with transaction(engine) as session:
        before = latest_change(session)
    for role, status in ((None, 401), ("visitor", 403)):
        client = asking(role)
        answers = [client.request(method, path, json=OF_PROMPT | body) for method, path, body in writes]
        assert {answer.status_code for answer in answers} == {status}
    with transaction(engine) as session:
        assert latest_change(session) == before
