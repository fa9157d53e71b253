"""Golden JSONs over HTTP are those of the original, in its shapes; where it was wrong, it is told how."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from backend.access import DEMO_ROLES
from backend.api import app, json_portal
from backend.db import transaction
from backend.golden.publishing import mark_official
from backend.golden.uploading import keep_upload
from backend.settings import Settings
from models.lumi_formats import read_golden_json
from tests.contract.conftest import recorded
from tests.golden_kept import ALICE, DC, PER_PB, PROMPT, STRIP_GOOD, a_registry

EXCHANGES = recorded("json_portal")
RECORDED = {exchange["label"]: exchange for exchange in EXCHANGES}
FIRST = {exchange["label"]: exchange for exchange in reversed(EXCHANGES)}
BUGS = {
    379029: "flagged outside of its lumisections, it has none of them there",
    379095: "lumisections after the hole 60–62 are counted three too low there",
    379139: "it shrank from 129 to 125 lumisections, and keeps them there",
    379177: "flagged outside of its lumisections, it has none of them there",
}
"""Runs that the original has wrong (tests/data/run_registry/scenario_exceptions.json)."""
MADE = ["dcs only over %", "or logic", "logic on run.run_number and lumisection_number"]
TWICE = next(label for label in RECORDED if label.startswith("constant true"))


@pytest.fixture
def portal(client: TestClient, engine: Engine) -> TestClient:
    """The API on a registry with two runs of which a JSON can be made, whose identity is the demo's DC expert."""
    app.state.settings = Settings(auth="demo")
    a_registry(engine)
    return client


def generate(client: TestClient, rule: Any = STRIP_GOOD, pattern: str = PROMPT, **more: Any) -> Any:
    answer = client.post(
        "/json_portal/generate", json={"json_logic": json.dumps(rule), "dataset_name_filter": pattern} | more
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def fetch(client: TestClient, id_: Any) -> Any:
    answer = client.post("/json_portal/json", json={"id_json": id_})
    assert answer.status_code == 200, answer.text
    return answer.json()["final_json"]


def told(client: TestClient, method: str, path: str, body: Any) -> tuple[int, str]:
    answer = client.request(method, f"/json_portal/{path}", json=body)
    return answer.status_code, answer.json()["err"]


@pytest.mark.parametrize("label", [*MADE, TWICE])
def test_a_json_is_that_of_the_original_wherever_none_of_its_bugs_is_in_the_way(
    certified: TestClient, label: str
) -> None:
    app.state.settings = Settings(auth="demo")
    asked = FIRST[label]["request"]["body"]
    theirs = RECORDED[f"poll {label}"]["response"]["body"]["final_json"]
    ours = fetch(certified, generate(certified, json.loads(asked["json_logic"]), asked["dataset_name_filter"])["id"])
    there, here = (read_golden_json(json.dumps(row["generated_json"])) for row in (theirs, ours))
    differing = {run for run in {*there, *here} if there.at(run) != here.at(run)}
    assert differing <= BUGS.keys() and {*there, *here} - differing
    assert all(ranges == here.at(int(run)).as_pairs() for run, ranges in ours["generated_json"].items())
    left_out = {"total_recorded_luminosity_from_run_range", "total_delivered_luminosity_from_run_range", "updatedAt"}
    assert theirs.keys() - ours.keys() == left_out
    assert {k: ours[k] for k in ("dataset_name_filter", "tags", "json_logic", "official", "deleted")} == {
        k: theirs[k] for k in ("dataset_name_filter", "tags", "json_logic", "official", "deleted")
    }


REFUSED = {
    "generate: no json_logic": "json_logic is missing.",
    "generate: not json": "JSON logic sent is not in json format: The rule is no JSON: line 1, column 2",
    "generate: json_logic sent as object is rejected": "json_logic cannot be {'==': [1, 1]}",
    "generate: empty logic": "Empty json logic sent",
    "generate: no filter": "dataset_name_filter is missing.",
}


@pytest.mark.parametrize("label", REFUSED)
def test_what_the_original_refuses_is_told_to_be_a_bad_question(portal: TestClient, label: str) -> None:
    asked = RECORDED[label]["request"]["body"]
    assert RECORDED[label]["response"]["status"] == 500
    status, sentence = told(portal, "POST", "generate", asked)
    assert status == 400 and sentence.startswith(REFUSED[label])


def test_datasets_that_do_not_exist_or_cannot_be_named_are_told(portal: TestClient) -> None:
    rule = json.dumps(STRIP_GOOD)
    for pattern, sentence in (
        (" ", "No dataset name specified"),
        ("/Nothing/%", "No datasets matched that dataset name"),
        ("/(", "No dataset can be like '/(': "),
    ):
        status, said = told(portal, "POST", "generate", {"json_logic": rule, "dataset_name_filter": pattern})
        assert status == 400 and said.startswith(sentence)


def test_a_json_has_what_it_holds_what_it_lost_and_whose_it_is(portal: TestClient, engine: Engine) -> None:
    rule = {"and": [{"<=": [{"var": "lumisection.lumisection_number"}, 4]}, {"==": [{"var": "run.run_number"}, 1]}]}
    asked = generate(portal, rule, tags="b,a")
    assert asked["id"].isdigit() and asked["progress"] == 1
    assert asked["data"] == {
        "dataset_name_filter": PROMPT,
        "json_logic": rule,
        "created_by": "J. Novak",
        "tags": "b,a",
        "official": False,
    }
    row = fetch(portal, asked["id"])
    assert row["generated_json"] == {"1": [[1, 4]]}
    assert row["generated_json_with_dataset_names"] == {f"1-{PROMPT}": [[1, 4]]}
    assert row["generated_anti_json"] == {"1": [[5, 12]], "2": [[1, 12]]}
    assert row["generated_anti_json_with_dataset_names"][f"2-{PROMPT}"] == [[1, 12]]
    assert (row["min_run_number"], row["max_run_number"], row["tags"]) == (1, 2, "b,a")
    assert row["recorded_luminosity_in_json"] == 4 * PER_PB
    assert (row["total_recorded_luminosity"], row["total_recorded_luminosity_lost"]) == (20 * PER_PB, 16 * PER_PB)
    first, second = (json.dumps(clause, separators=(",", ":")) for clause in rule["and"])
    assert row["rules_flagged_false_quantity_luminosity"] == {first: 12 * PER_PB, second: 10 * PER_PB}
    assert row["rules_flagged_false_combination_luminosity"] == {
        f"[{first}]": 6 * PER_PB,
        f"[{second}]": 4 * PER_PB,
        f"[{first},{second}]": 6 * PER_PB,
    }
    assert row["runs_lumisections_responsible_for_rule"][f"[{second}]"] == {f"2-{PROMPT}": [[1, 4]]}


def test_a_rule_that_chooses_datasets_by_name_has_what_any_of_them_keeps(portal: TestClient) -> None:
    by_name = {"and": [{"in": ["PromptReco", {"var": "dataset.name"}]}, *STRIP_GOOD["and"]]}  # type: ignore[call-overload, index, misc]
    assert fetch(portal, generate(portal, by_name, "%")["id"])["generated_json"] == {"1": [[1, 12]], "2": [[1, 12]]}
    assert fetch(portal, generate(portal, STRIP_GOOD, "%")["id"])["generated_json"] == {"2": [[1, 12]]}


def test_a_large_one_waits_is_being_made_is_there_or_has_failed(
    portal: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_portal, "LARGE", 1)
    id_ = generate(portal)["id"]

    def stands(**columns: Any) -> Any:
        with transaction(engine) as session:
            for name, value in columns.items():
                session.execute(text(f"UPDATE task SET {name} = :value"), {"value": value})
        return portal.post("/json_portal/json", json={"id_json": id_})

    assert (stands().status_code, stands().content) == (203, b"")
    (waiting,) = portal.post("/json_portal/jsons", json={"filter": "all"}).json()["jsons"]
    assert (waiting["id"], waiting["waiting"], waiting["failed"], waiting["created_by"]) == (
        id_,
        True,
        False,
        "J. Novak",
    )
    running = stands(state="running", progress=0.7)
    assert (running.status_code, running.json()) == (202, {"progress": 0.7})
    failed = stands(state="failed", message="The worker fell.")
    assert (failed.status_code, failed.json()["err"]) == (409, f"Golden JSON {id_} was not made: The worker fell.")
    (row,) = portal.post("/json_portal/jsons", json={"filter": "by_email"}).json()["jsons"]
    assert (row["failed"], row["failedReason"]) == (True, "The worker fell.")


def test_lists_have_ten_the_latest_first_from_a_reference_on(portal: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        ids = [keep_upload(session, ALICE, '{"1": [[1, 2]]}') for _ in range(11)]
        own = keep_upload(session, DC, '{"1": [[1, 2]]}')
        mark_official(session, DC, ids[3], kind="golden", seen=None)

    def listed(**asked: Any) -> list[int]:
        answer = portal.post("/json_portal/jsons", json=asked)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["jsons"]]

    assert listed(filter="all") == [own, *ids[:1:-1]]
    assert listed(filter="all", reference=ids[2]) == [ids[1], ids[0]]
    assert listed(filter="by_email") == [own]
    assert listed(filter="official") == [ids[3]]
    assert told(portal, "POST", "jsons", {"filter": "zzz"})[0] == 400
    uploaded = fetch(portal, ids[3])
    assert (uploaded["official"], uploaded["generated_json"]) == (True, {"1": [[1, 2]]})
    assert "generated_anti_json" not in uploaded


def test_one_s_own_is_deleted_and_is_gone(portal: TestClient, engine: Engine) -> None:
    id_ = int(generate(portal)["id"])
    gone = portal.request("DELETE", "/json_portal/json", json={"id_json": id_})
    assert gone.status_code == 200
    assert (gone.json()["deleted_json"]["id"], gone.json()["deleted_json"]["deleted"]) == (id_, True)
    assert told(portal, "POST", "json", {"id_json": id_})[0] == 404
    assert told(portal, "DELETE", "json", {"id_json": 99999}) == (
        404,
        "There is no golden JSON 99999; it may have been deleted.",
    )


def test_official_takes_the_right_before_anything_is_made(portal: TestClient, engine: Engine) -> None:
    assert fetch(portal, generate(portal, official=True)["id"])["official"]
    role = next(name for name, who in DEMO_ROLES.items() if "shift" in name and who.is_verified)
    app.state.settings = Settings(auth="demo", demo_role=role)
    asked = {"json_logic": json.dumps(STRIP_GOOD), "dataset_name_filter": PROMPT}
    status, sentence = told(portal, "POST", "generate", asked | {"official": True})
    assert status == 403 and "may not mark a golden JSON as official" in sentence
    assert told(portal, "DELETE", "json", {"id_json": 1})[0] == 403
    assert len(portal.post("/json_portal/jsons", json={"filter": "all"}).json()["jsons"]) == 1


def test_who_is_nobody_makes_deletes_and_owns_nothing_whatever_the_headers_say(
    client: TestClient, engine: Engine
) -> None:
    a_registry(engine)
    client.headers |= {"email": "shifter@cern.ch", "egroups": "cms-dqm-runregistry-experts"}
    asked = {"json_logic": json.dumps(STRIP_GOOD), "dataset_name_filter": PROMPT}
    for method, path, body in (
        ("POST", "generate", asked),
        ("DELETE", "json", {"id_json": 1}),
        ("POST", "jsons", {"filter": "by_email"}),
    ):
        assert told(client, method, path, body)[0] == 401
    assert client.post("/json_portal/jsons", json={"filter": "all"}).json() == {"jsons": []}


def test_shared_recipes_are_classifiers_whose_rule_can_be_sent_as_it_is(portal: TestClient) -> None:
    recipes = {recipe["name"]: recipe for recipe in portal.get("/classifiers/json_classifier").json()}
    assert {"golden 2018", "muon 2018", "dcs-only 2018", "tracker-only", "calo-free"} <= recipes.keys()
    golden = recipes["golden 2018"]
    asked = {"json_logic": golden["classifier"], "dataset_name_filter": PROMPT}
    assert portal.post("/json_portal/generate", json=asked).status_code == 200
    theirs = {"id", "name", "classifier", "created_by", "updated_by", "createdAt"}
    assert theirs <= golden.keys()
