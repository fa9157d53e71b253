"""Classifiers, recipes and accepted datasets are changed over HTTP, each by the number of the version one looked at."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api import app
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.queries import latest_change
from backend.settings import Settings
from tests.conftest import an_empty_registry

RULE = {"if": [{"and": [{"==": [{"var": "stable_beam"}, True]}, {"in": ["2024", {"var": "hlt_key"}]}]}, True, False]}
ACCEPTED = {
    "name": "/Tmp/Collisions2024/DQM",
    "regexp": "/ZeroBias/Run2024A-.*/DQMIO\n/Muon0/Run2024A-.*/DQMIO",
    "enabled": True,
    "class": "Collisions24",
    "run_from": 378900,
    "run_to": 379139,
}


@pytest.fixture(scope="module")
def engine(postgresql: Embedded) -> Iterator[Engine]:
    """An engine on a registry with what it starts with, for all tests here."""
    with an_empty_registry(postgresql) as url:
        made = engine_for(url)
        yield made
        made.dispose()


@pytest.fixture
def asking(client: TestClient) -> Callable[[str | None], TestClient]:
    """The API on that registry, asked by a person of the demo, or by nobody."""

    def as_role(role: str | None) -> TestClient:
        app.state.settings = Settings(auth="demo", demo_role=role) if role else Settings(read_without_login=True)
        return client

    return as_role


def listed(client: TestClient, path: str, number: int) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = [one for one in client.get(path).json() if one["id"] == number]
    return found[0] if found else None


def test_an_accepted_dataset_is_made_changed_and_removed(asking: Callable[[str | None], TestClient]) -> None:
    client, path = asking("admin"), "/datasets_accepted"
    made = client.post(path, json=ACCEPTED).json()
    assert {name: made[name] for name in ACCEPTED} == ACCEPTED
    assert listed(client, path, made["id"]) == made
    changed = client.put(f"{path}/{made['id']}", json=ACCEPTED | {"run_to": 379_000}).json()
    assert (changed["run_to"], listed(client, path, made["id"])) == (379_000, None)
    off = client.put(f"{path}/{changed['id']}", json=ACCEPTED | {"run_to": 379_000, "enabled": False}).json()
    assert off["enabled"] is False
    late = client.put(f"{path}/{made['id']}", json=ACCEPTED)
    assert (late.status_code, "L. Moreau changed" in late.json()["err"]) == (409, True)
    gone = client.delete(f"{path}/{off['id']}").json()
    assert gone == off
    assert client.delete(f"{path}/{off['id']}").status_code == 409
    assert client.delete(f"{path}/999999").status_code == 404


def test_two_pieces_may_accept_the_same_dataset(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    first = ACCEPTED | {"name": "/Twice/Collisions2024/DQM"}
    later = first | {"run_from": 380_000, "run_to": 381_000, "enabled": False}
    made = [client.post("/datasets_accepted", json=said).json() for said in (first, later)]
    of_class = client.get("/datasets_accepted/Collisions24").json()
    assert [one for one in of_class if one["name"] == first["name"]] == made
    assert [one["enabled"] for one in made] == [True, False]


@pytest.mark.parametrize(
    "changed", [{"regexp": "["}, {"run_to": 1}, {"name": "x"}, {"class": "no class"}, {"regexp": ""}, {"run_from": "x"}]
)
def test_what_cannot_be_accepted_is_refused(
    asking: Callable[[str | None], TestClient], changed: dict[str, Any]
) -> None:
    client = asking("admin")
    made = client.post("/datasets_accepted", json=ACCEPTED).json()
    answers = [
        client.post("/datasets_accepted", json=ACCEPTED | changed),
        client.put(f"/datasets_accepted/{made['id']}", json=ACCEPTED | changed),
    ]
    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(400, ["err"])] * 2


def test_a_class_rule_is_made_changed_and_removed(asking: Callable[[str | None], TestClient]) -> None:
    client, path = asking("admin"), "/classifiers/class"
    said = {"class": "Tmp24", "priority": 50, "enabled": True, "classifier": RULE}
    made = client.post(path, json=said).json()
    assert (made["class"], made["priority"], json.loads(made["classifier"])) == ("Tmp24", 50, RULE)
    changed = client.put(f"{path}/{made['id']}", json=said | {"priority": 60, "classifier": json.dumps(RULE)}).json()
    assert (changed["priority"], json.loads(changed["classifier"]), changed["created_by"]) == (60, RULE, "L. Moreau")
    assert (listed(client, path, made["id"]), listed(client, path, changed["id"])) == (None, changed)
    off = client.put(f"{path}/{changed['id']}", json=said | {"priority": 60, "enabled": False}).json()
    assert off["enabled"] is False
    assert client.put(f"{path}/{made['id']}", json=said).status_code == 409
    assert client.delete(f"{path}/{off['id']}").json() == off
    assert listed(client, path, off["id"]) is None


def test_a_component_rule_is_made_for_the_component_of_its_number(asking: Callable[[str | None], TestClient]) -> None:
    client = asking("admin")
    dt = next(w["columns_with_id"][0]["id"] for w in client.get("/workspaces/online").json() if w["workspace"] == "dt")
    said = {"status": "STANDBY", "component": dt, "priority": 99, "enabled": False}
    rule = {"==": [{"var": "dt_included"}, False]}
    made = client.post("/classifiers/component", json=said | {"classifier": rule}).json()
    assert {name: made[name] for name in said} == said
    of_component = client.get(f"/classifiers/component/filter_by_component/{dt}").json()
    assert made in of_component
    assert (
        client.post("/classifiers/component", json=said | {"component": 10**6, "classifier": rule}).status_code == 404
    )
    assert client.post("/classifiers/component", json=said | {"component": "dt", "classifier": rule}).status_code == 400


def test_a_recipe_keeps_the_datasets_it_is_of(asking: Callable[[str | None], TestClient]) -> None:
    client, path = asking("admin"), "/json_classifiers/json_classifier"
    of_2018 = next(one for one in client.get("/classifiers/json_classifier").json() if "2018" in one["name"])
    rule = json.dumps({"and": [{">=": [{"var": "run.oms.energy"}, 6000]}]})
    changed = client.put(f"{path}/{of_2018['id']}", json={"name": of_2018["name"], "classifier": rule})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["id"] > of_2018["id"]) == (of_2018["name"], True)
    made = client.post(path, json={"name": "mine", "classifier": rule}).json()
    assert client.delete(f"{path}/{made['id']}").json()["name"] == "mine"


@pytest.mark.parametrize("rule", [None, "{x", "true", {"foo": [1]}, {"var": "no_such_fact"}, 5])
def test_a_rule_that_cannot_be_judged_by_is_refused(asking: Callable[[str | None], TestClient], rule: Any) -> None:
    said = {"class": "Tmp24", "priority": 50, "classifier": rule}
    answer = asking("admin").post("/classifiers/class", json=said)
    assert (answer.status_code, list(answer.json())) == (400, ["err"])


def test_nobody_configures_without_a_right(asking: Callable[[str | None], TestClient], engine: Engine) -> None:
    said = {"class": "Tmp24", "priority": 50, "classifier": RULE}
    with transaction(engine) as session:
        before = latest_change(session)
    for role, status in ((None, 401), ("visitor", 403)):
        client = asking(role)
        number = client.get("/classifiers/class").json()[0]["id"]
        accepted = client.get("/datasets_accepted").json()[0]["id"]
        answers = [
            client.post("/datasets_accepted", json=ACCEPTED),
            client.put(f"/datasets_accepted/{accepted}", json=ACCEPTED),
            client.delete(f"/datasets_accepted/{accepted}"),
            client.post("/classifiers/class", json=said),
            client.put(f"/classifiers/class/{number}", json=said),
            client.delete(f"/classifiers/class/{number}"),
            client.post("/json_classifiers/json_classifier", json={"name": "x", "classifier": {"==": [1, 1]}}),
        ]
        assert {answer.status_code for answer in answers} == {status}
    with transaction(engine) as session:
        assert latest_change(session) == before
