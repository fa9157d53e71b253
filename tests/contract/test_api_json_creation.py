"""A rule alone makes a golden JSON that nobody keeps, as it did in the original, and is compared with another."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.contract.conftest import recorded

ASKED = {exchange["label"]: exchange for exchange in recorded("json_creation")}
DIFFERING = {"379024", "379029", "379095"}
"""Somebody flagged the first later, and hid the second; in the third OMS has a hole, which the original closed."""

PROMPT = "/PromptReco/Collisions2024A/DQM"
STATUSES = {
    "several datasets per run": 400,
    "bad json": 400,
    "unsupported operator": 400,
    "object instead of string": 400,
    "no body": 400,
    "visualization: golden not a subset of denominator": 400,
    "visualization: missing": 400,
    "visualization: no body": 400,
}
OTHERWISE = {
    "two disjoint rules (empty intersection)",
    "or of lumisection rules (still intersected)",
    "hidden (deleted) datasets are NOT excluded",
    "sql injection in value (documenting)",
}
"""What the original answers wrongly."""

SAME = [n for n in ASKED if n not in STATUSES and n not in OTHERWISE and not n.startswith("visualization")]


def answer(client: TestClient, label: str) -> Any:
    asked = ASKED[label]
    found = client.request(asked["method"], asked["path"], json=asked["body"])
    assert found.status_code == STATUSES.get(label, 200), found.text
    return found.json()


def of_others(told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is said of the runs that stand as they stood."""
    return {
        name: {key: said for key, said in by_run.items() if key.partition("-")[0] not in DIFFERING}
        for name, by_run in told.items()
    }


@pytest.mark.parametrize("label", SAME)
def test_a_rule_keeps_what_it_kept_in_the_original(certified: TestClient, label: str) -> None:
    assert of_others(answer(certified, label)) == of_others(ASKED[label]["answer"])


@pytest.mark.parametrize("label", STATUSES)
def test_what_cannot_be_made_is_said_in_a_sentence(certified: TestClient, label: str) -> None:
    assert list(answer(certified, label)) == ["err"]


def held(client: TestClient, *clauses: object) -> Any:
    rule = {"and": [{"==": [{"var": "dataset.name"}, PROMPT]}, *clauses]}
    return client.post("/json_creation/generate", json={"json_logic": json.dumps(rule)}).json()["final_json"]


def test_or_is_or_nothing_is_both_good_and_bad_and_a_hole_stays(certified: TestClient) -> None:
    pixel = {"var": "lumisection.rr.tracker-pixel"}
    good, bad = ({"==": [pixel, status]} for status in ("GOOD", "BAD"))
    assert held(certified, {"or": [good, bad]})["379095"] == [[8, 59], [63, 160]]
    assert held(certified, good, bad) == {}
    assert held(certified, {"==": [{"var": "run.oms.hlt_key"}, "x' OR '1'='1"]}) == {}


def test_what_a_json_loses_is_told_by_clause_and_by_what_fails_together(certified: TestClient) -> None:
    for label in ("visualization: golden vs all", "visualization: golden vs dcs"):
        ours, theirs = answer(certified, label), ASKED[label]["answer"]
        assert ours.keys() == theirs.keys()
        assert {name: set(of) for name, of in ours.items() if isinstance(of, dict)} == {
            name: set(of) for name, of in theirs.items() if isinstance(of, dict)
        }
        together = ours["rules_flagged_false_combination_luminosity"]
        assert sum(together.values()) == pytest.approx(ours["recorded_luminosity_lost"])
        assert ours["recorded_luminosity_lost"] < ours["delivered_luminosity_lost"]
    assert answer(certified, "visualization: golden == denominator") == {
        **ASKED["visualization: golden == denominator"]["answer"]
    }


def test_every_lumisection_that_is_lost_is_counted(certified: TestClient) -> None:
    asked = ASKED["visualization: golden vs dcs"]
    golden, whole = (
        certified.post("/json_creation/generate", json={"json_logic": asked["body"][f"{part}_logic"]}).json()
        for part in ("golden", "denominator")
    )
    lumisections = [
        sum(last - first + 1 for pairs in told["final_json"].values() for first, last in pairs)
        for told in (whole, golden)
    ]
    (lost,) = answer(certified, asked["label"])["rules_flagged_false_combination"].values()
    assert lost == lumisections[0] - lumisections[1]
