"""Every recorded question that only reads, asked once more: its answer has the original's shape, field by field.

What differs is named with its reason in ``api_differences.json``; what is named there and does not differ is found too.
"""

import json
from fnmatch import fnmatchcase

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from tests.contract.conftest import DATA, recorded
from tests.contract.shapes import shape, unlike

READS = {exchange["label"]: exchange for exchange in recorded("reads")}
TOLD = json.loads((DATA / "api_differences.json").read_text())
STATUSES: dict[str, int] = TOLD["statuses"]
"""What the original answered with nothing, with 500 or not at all: the status here."""

DT_ONLINE = 5
"""The number of the component dt-dt in the recording."""


def ask(client: TestClient, label: str) -> Response:
    exchange = READS[label]
    path = exchange["path"]
    if path.endswith(f"/filter_by_component/{DT_ONLINE}"):
        workspaces = client.get("/workspaces/online").json()
        dt = next(w["columns_with_id"][0]["id"] for w in workspaces if w["workspace"] == "dt")
        path = path.removesuffix(str(DT_ONLINE)) + str(dt)
    answer: Response = client.request(exchange["method"], path, json=exchange["body"])
    return answer


def differences(client: TestClient, label: str) -> list[str]:
    answer = ask(client, label)
    assert answer.status_code == 200, answer.text
    return list(unlike(shape(READS[label]["answer"]), shape(answer.json())))


def reason(label: str, difference: str) -> int | None:
    """Which of the differences that are named it is."""
    place, _, what = difference.partition(": ")
    for number, named in enumerate(TOLD["fields"]):
        is_there = any(fnmatchcase(READS[label]["path"], route) for route in named["routes"])
        if is_there and what == named["is"] and any(fnmatchcase(place, _plain(p)) for p in named["places"]):
            return number
    return None


def _plain(place: str) -> str:
    """The pattern of a place, in which ``[]`` stands for itself."""
    return place.replace("[]", "[[]]")


@pytest.mark.parametrize("label", [label for label in READS if label not in STATUSES])
def test_an_answer_has_the_shape_of_the_original(certified: TestClient, label: str) -> None:
    found = differences(certified, label)
    assert [difference for difference in found if reason(label, difference) is None] == []


def test_every_difference_that_is_named_is_there(certified: TestClient) -> None:
    met = {reason(label, found) for label in READS if label not in STATUSES for found in differences(certified, label)}
    assert [named["why"] for number, named in enumerate(TOLD["fields"]) if number not in met] == []


@pytest.mark.parametrize("label", STATUSES)
def test_what_the_original_could_not_answer_has_its_status(certified: TestClient, label: str) -> None:
    answer = ask(certified, label)
    assert answer.status_code == STATUSES[label]
    assert (list(answer.json()) == ["err"]) is (answer.status_code != 200)
    assert READS[label]["status"] != 200 or not READS[label]["answer"] or label == "list unknown workspace lists all"


def test_the_runs_that_oms_changed_last_are_those_of_the_original_but_for_those_made_by_hand(
    certified: TestClient,
) -> None:
    theirs = [n for n, _ in READS["lastupdated_50"]["derived"] if n > 378003]
    ours = [run["run_number"] for run in ask(certified, "lastupdated_50").json()]
    assert sorted(ours) == sorted(theirs)
    updated = [run["oms_attributes"]["last_update"] for run in ask(certified, "lastupdated_50").json()]
    assert updated == sorted(updated, reverse=True)


def test_luminosity_is_that_of_the_original_one_lumisection_later(certified: TestClient) -> None:
    """What the original takes for the light of a lumisection is that of the next one (original-backend.md §2)."""
    theirs = READS["get_data_of_json"]
    later = {"json": {name: [[a + 1, b + 1] for a, b in pairs] for name, pairs in theirs["body"]["json"].items()}}
    ours = certified.post("/lumisections/get_data_of_json", json=later).json()
    for total in ("total_recorded_luminosity", "total_delivered_luminosity"):
        assert ours[total] == pytest.approx(theirs["answer"][total])


def test_both_questions_about_a_json_give_the_same_luminosity(certified: TestClient) -> None:
    lumis = {"379024-/PromptReco/Collisions2024A/DQM": [[1, 212]], "379024-nope": [[1, 212]]}
    route = "/lumisections/get_luminosity_of_json_with_dataset_names"
    by_name = certified.post(route, json={"json_with_dataset_names": lumis}).json()
    data = certified.post("/lumisections/get_data_of_json", json={"json": lumis}).json()
    assert list(by_name.values()) == pytest.approx([data["total_recorded_luminosity"], 0])
    assert by_name.keys() - data["json_with_data"].keys() == {"379024-nope"}
    assert by_name["379024-/PromptReco/Collisions2024A/DQM"] > 60


def test_a_dash_in_the_name_of_a_dataset_belongs_to_it(certified: TestClient) -> None:
    dashed = {"379024-/PromptReco-x/Collisions2024A/DQM": [[1, 2]]}
    answer = certified.post(
        "/lumisections/get_luminosity_of_json_with_dataset_names", json={"json_with_dataset_names": dashed}
    )
    assert answer.json() == dict.fromkeys(dashed, 0)


RULES = [label for label, e in READS.items() if "playground" in e["path"] and "result" in (e["answer"] or {})]
OTHERWISE = {"rule returning a non boolean counts as false", "nested if is ignored"}


@pytest.mark.parametrize("label", RULES)
def test_a_rule_says_branch_by_branch_what_it_said_in_the_original(certified: TestClient, label: str) -> None:
    is_same = ask(certified, label).json()["result"] == READS[label]["answer"]["result"]
    assert is_same is (label not in OTHERWISE)


def test_a_rule_holds_where_json_logic_takes_what_it_says_as_true(certified: TestClient) -> None:
    for label in OTHERWISE:
        ((_, told),) = ask(certified, label).json()["result"]
        assert told == {"resulted_value": True}


def test_a_lumisection_that_is_not_there_cannot_be_tried(certified: TestClient) -> None:
    def status(**changed: object) -> int:
        asked = {"run_number": 379024, "name": "online", "lumisection_number": 212, "json_logic": {"==": [1, 1]}}
        return certified.post("/classifier_playground/test_lumisection", json=asked | changed).status_code

    assert status() == 200
    assert status(lumisection_number=213) == status(name="/No/Such/DQM") == status(run_number=1) == 404
    assert status(lumisection_number=0) == status(lumisection_number=32_768) == 400
