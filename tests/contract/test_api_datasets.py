"""Datasets, cycles and lumisections have the values of the original, wherever none of its known bugs is in the way."""

import gzip
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.contract.conftest import DATA
from tests.scenario.compare import known_bugs
from tests.scenario.states import ABUSED

S3: dict[str, Any] = json.loads(gzip.decompress((DATA / "state_S3_after_gui.json.gz").read_bytes()))
CONCERNED = {int(run) for bug in known_bugs("S3") for run in (*bug.ours, *bug.shifted)} | set(ABUSED)
CLEAN = [d for d in S3["datasets"] if d["run_number"] not in CONCERNED and d["triplet_summary"]]
LIGHT = ("recorded", "delivered")


def get_dataset(client: TestClient, theirs: dict[str, Any]) -> Any:
    asked = {"run_number": theirs["run_number"], "dataset_name": theirs["name"]}
    answer = client.post("/datasets/get_dataset", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_light(of_bits: dict[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in of_bits.items() if name not in LIGHT}


def test_there_are_datasets_without_a_bug() -> None:
    assert len(CLEAN) >= 12
    assert {d["name"] for d in CLEAN} > {"online"}


@pytest.mark.parametrize("theirs", CLEAN, ids=lambda d: f"{d['run_number']} {d['name']}")
def test_a_dataset_is_that_of_the_original(certified: TestClient, theirs: dict[str, Any]) -> None:
    ours = get_dataset(certified, theirs)
    states = {name: state for name, state in theirs["dataset_attributes"].items() if name.endswith("_state")}
    assert ours["dataset_attributes"] == states
    assert sorted(ours["datasets_in_gui"]) == sorted(theirs["datasets_in_gui"])
    assert (ours["deleted"], ours["Run"]["run_number"]) == (False, theirs["run_number"])
    cache = ours["DatasetTripletCache"]
    assert cache["triplet_summary"] == theirs["triplet_summary"]
    assert cache["rr_ranges"] == theirs["rr_ranges"]
    for kind in ("dcs_summary", "dcs_ranges"):
        assert without_light(cache[kind]) == without_light(theirs[kind])


@pytest.mark.parametrize("theirs", CLEAN, ids=lambda d: f"{d['run_number']} {d['name']}")
def test_ranges_of_components_are_those_of_the_original(certified: TestClient, theirs: dict[str, Any]) -> None:
    asked = {"run_number": theirs["run_number"], "dataset_name": theirs["name"]}
    recorded = S3["lumisection_ranges"][f"{theirs['run_number']}|{theirs['name']}"]["rr_by_component"]
    assert certified.post("/lumisections/rr_lumisection_ranges_by_component", json=asked).json() == recorded
    for component in ("dt-dt", "cms-cms"):
        bar = certified.post("/datasets_get_lumisection_bar", json=asked | {"component": component})
        assert bar.json() == recorded[component]


def test_the_datasets_that_wait_are_those_of_the_original(certified: TestClient) -> None:
    theirs = {
        (d["run_number"], d["name"])
        for d in S3["datasets"]
        if d["dataset_attributes"].get("global_state") == "waiting dqm gui" and d["run_number"] not in ABUSED
    }
    ours = [(d["run_number"], d["name"]) for d in certified.get("/datasets_waiting").json()]
    assert {place for place in ours if place[0] not in ABUSED} == theirs
    assert ours == sorted(ours)
    assert theirs


def test_what_a_workspace_has_yet_to_complete_comes_first_each_by_deadline(certified: TestClient) -> None:
    first, second = certified.get("/cycles/dt").json()
    assert [first["cycle_name"], second["cycle_name"]] == ["Cycle 2", "Cycle 1"]
    assert [c["cycle_name"] for c in certified.get("/cycles/csc").json()] == ["Cycle 1", "Cycle 2"]
    assert first["cycle_attributes"] == {"global_state": "pending", "dt_state": "pending"}
    assert [(d["run_number"], d["name"]) for d in first["datasets"]] == [(379165, "/PromptReco/Cosmics2024/DQM")]
    assert first["CycleDataset"][0]["Datasets"] == first["datasets"]
    assert first["deadline"].startswith("2024-04-20T")


def test_classifiers_are_those_of_the_original(certified: TestClient) -> None:
    for kind, also in (("class", ("class", "priority")), ("dataset", ("class",)), ("offline_dataset", ("workspace",))):
        theirs = {tuple(c[name] for name in (*also, "enabled")): c["classifier"] for c in S3["classifiers"][kind]}
        ours = {
            tuple(c[name] for name in (*also, "enabled")): c["classifier"]
            for c in certified.get(f"/classifiers/{kind}").json()
        }
        assert {about: json.loads(rule) for about, rule in ours.items()} == {
            about: json.loads(rule) for about, rule in theirs.items()
        }


def test_a_component_is_asked_for_by_the_number_that_its_workspace_gives_it(certified: TestClient) -> None:
    for side in ("online", "offline"):
        of_side = certified.get(f"/classifiers/component/{side}").json()
        workspaces = certified.get(f"/workspaces/{side}").json()
        numbers = {column["id"] for workspace in workspaces for column in workspace["columns_with_id"]}
        assert {c["component"] for c in of_side} <= numbers
        for number in sorted(numbers)[::11]:
            of_one = certified.get(f"/classifiers/component/filter_by_component/{number}").json()
            assert [c["id"] for c in of_one] == [c["id"] for c in of_side if c["component"] == number]
    assert certified.get("/classifiers/component/filter_by_component/999999").status_code == 404


def test_the_log_is_turned_page_by_page(certified: TestClient) -> None:
    whole = certified.post("/versions/get_versions", json={"page": 0, "page_size": 100_000}).json()
    third = certified.post("/versions/get_versions", json={"page": 2, "page_size": 7}).json()
    assert third["versions"] == whole["versions"][14:21]
    assert (third["count"], third["pages"]) == (whole["count"], -(-whole["count"] // 7))
    numbers = [act["atomic_version"] for act in whole["versions"]]
    assert numbers == sorted(numbers, reverse=True)
    assert certified.post("/versions/get_versions", json={"page": 0, "page_size": 100_001}).status_code == 400


def test_rights_are_told_by_e_group(certified: TestClient) -> None:
    rights = {right["egroup"]: right["grants"] for right in certified.get("/permissions").json()}
    assert rights["cms-dqm-runregistry-experts"] == ["*"]
