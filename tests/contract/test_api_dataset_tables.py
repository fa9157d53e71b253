"""``POST /datasets_filtered_ordered`` answers what the original answered; where it was wrong, it is told how."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.contract.conftest import recorded
from tests.scenario.states import ABUSED

RECORDED = {exchange["label"]: exchange for exchange in recorded("datasets_filtered_ordered")}

Listed = list[tuple[int, str]]

OR_ACROSS_TABLES = "top level or across tables"
UNKNOWN_THERE = "appeared_in"
IN_ORDER = {
    "no filter (includes online), default run_number DESC, name ASC",
    "name =",
    "name or list",
    "triplet GOOD",
    'sort [["run_number", "ASC"], ["name", "DESC"]]',
}
"""What has no ties: where the original sorts by less, it leaves the order of the rest to chance."""
WHOLE = [
    label
    for label, exchange in RECORDED.items()
    if exchange["response"]["status"] == 200 and label not in (OR_ACROSS_TABLES, UNKNOWN_THERE)
    and exchange["request"]["body"]["page"] == 0
]  # fmt: skip
FAILED = [
    label
    for label, exchange in RECORDED.items()
    if exchange["response"]["status"] != 200 and label.startswith(("dcs_summary", "unknown", "missing", 'sort [["nope'))
]


def ask(client: TestClient, **question: Any) -> Any:
    body = {"page": 0, "page_size": 1000, "sortings": [], "filter": {}} | question
    answer = client.post("/datasets_filtered_ordered", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(client: TestClient, **question: Any) -> Listed:
    return [(d["run_number"], d["name"]) for d in ask(client, **question)["datasets"]]


def not_by_hand(datasets: Listed) -> Listed:
    return [(run, name) for run, name in datasets if run not in ABUSED]


@pytest.mark.parametrize("label", WHOLE)
def test_an_answer_is_that_of_the_original(certified: TestClient, label: str) -> None:
    question, derived = RECORDED[label]["request"]["body"], RECORDED[label]["derived"]
    theirs = not_by_hand([(run, name) for run, name in derived["datasets"]])
    ours = not_by_hand(listed(certified, **question | {"page_size": 1000}))
    if derived["pages"] > 1:
        assert label in IN_ORDER or set(theirs) <= set(ours)
        ours = ours[: len(theirs)] if label in IN_ORDER else theirs
    assert sorted(ours) == sorted(theirs)
    if label in IN_ORDER:
        assert ours == theirs


def test_pages_follow_each_other(certified: TestClient) -> None:
    whole = listed(certified)
    turned = [dataset for page in range(12) for dataset in listed(certified, page=page, page_size=7)]
    assert turned == whole
    third = ask(certified, page=2, page_size=7)
    assert (third["count"], third["pages"]) == (len(whole), -(-len(whole) // 7))
    assert ask(certified, page_size=0) == {"datasets": [], "pages": 0, "count": len(whole)}


def test_or_is_or_also_across_tables(certified: TestClient) -> None:
    question = RECORDED[OR_ACROSS_TABLES]["request"]["body"]
    either = [set(listed(certified, filter=part)) for part in question["filter"]["or"]]
    assert set(listed(certified, filter=question["filter"])) == either[0] | either[1]
    assert RECORDED[OR_ACROSS_TABLES]["derived"]["count"] == 0


@pytest.mark.parametrize("label", FAILED)
def test_what_failed_inside_the_original_is_told_to_be_a_bad_question(certified: TestClient, label: str) -> None:
    answer = certified.post("/datasets_filtered_ordered", json=RECORDED[label]["request"]["body"])
    assert answer.status_code == 400 and answer.json()["err"]


def test_a_row_has_the_dataset_its_run_and_its_flags(certified: TestClient) -> None:
    row = ask(certified, filter={"run_number": 379024, "name": "/PromptReco/Collisions2024A/DQM"})["datasets"][0]
    theirs = RECORDED["no filter (includes online), default run_number DESC, name ASC"]["response"]["body"]["datasets"][
        0
    ]
    assert theirs.keys() <= row.keys()
    assert theirs["Run"].keys() <= row["Run"].keys()
    assert row["Run"]["rr_attributes"]["class"] == "Collisions24"
    of_one = {"run_number": 379024, "dataset_name": "/PromptReco/Collisions2024A/DQM"}
    alone = certified.post("/datasets/get_dataset", json=of_one).json()
    assert row["DatasetTripletCache"]["triplet_summary"] == alone["DatasetTripletCache"]["triplet_summary"]
    assert {name: row[name] for name in ("dataset_attributes", "datasets_in_gui", "Run")} == {
        name: alone[name] for name in ("dataset_attributes", "datasets_in_gui", "Run")
    }


def test_a_workspace_that_is_none_is_told(certified: TestClient) -> None:
    asked = {"page": 0, "page_size": 1, "sortings": [], "filter": {"dataset_attributes.dtt_state": "OPEN"}}
    answer = certified.post("/datasets_filtered_ordered", json=asked)
    assert answer.status_code == 400 and "no offline workspace 'dtt'" in answer.json()["err"]
