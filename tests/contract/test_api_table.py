"""The table of routes in docs/api.md is true: what is told to be served is, and what is served is told."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.api import app
from backend.api.gone import GONE
from tests.contract.conftest import DATA

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
OWN = {
    "GET /health",
    "GET /metrics",
    "GET /golden/official",
    "GET /golden/official/{kind}/latest",
    "GET /golden/official/{kind}/latest.{form}",
    "GET /golden/{id_}",
    "GET /golden/{id_}/{file}",
}
"""What the original has not."""

NEVER = {
    "GET /",
    "GET /nope",
    "GET /classifiers/nonsense",
    "GET /classifiers/class/filter_by_component/1",
    "POST /cycles/add_datasets",
    "POST /dataset_lumisections/dt",
    "PUT /dataset_lumisections/dt",
    "POST /events/get_events",
    "GET /runs/",
    "POST /workspaces/online",
    "DELETE /workspaces/online",
    "POST /workspaces/offline",
    "DELETE /workspaces/offline",
}
"""What somebody asked the original for in vain: its clients or its sources name it, and nothing is there."""

_ROW = re.compile(r"^\| (`.+`) \| *(reads|writes|) *\| (served|gone: .+) \|$", re.MULTILINE)


def writes() -> set[str]:
    """Method and path of what is served and writes."""
    rows = [routes for routes, does, stands in _ROW.findall(PAGE.read_text()) if (does, stands) == ("writes", "served")]
    return {route for routes in rows for route in re.findall("`(.+?)`", routes)}


def told() -> dict[str, str]:
    """Method and path → how it stands."""
    rows = _ROW.findall(PAGE.read_text())
    return {route: stands for routes, _, stands in rows for route in re.findall("`(.+?)`", routes)}


def served() -> set[str]:
    paths = app.openapi()["paths"]
    of_original = {path: methods for path, methods in paths.items() if not path.startswith("/v2/")}
    return {f"{method.upper()} {path}" for path, methods in of_original.items() for method in methods}


def test_the_table_is_read_as_a_whole() -> None:
    section = PAGE.read_text().split("## The routes of the original")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert len(_ROW.findall(PAGE.read_text())) == len(rows) - len(("head", "rule"))


def test_what_is_told_to_be_served_is_served_and_nothing_else() -> None:
    assert {route for route, stands in told().items() if stands == "served"} == served() - OWN


ASKED = (DATA / "routes.txt").read_text().splitlines()
"""Every method and path that the original was asked for when it was recorded, or that its sources name."""


@pytest.mark.parametrize("asked", ASKED)
def test_whatever_the_original_was_asked_for_is_served_or_told_to_be_gone(asked: str) -> None:
    rows = [route for route in told() if re.fullmatch(re.sub(r"{.+?}", "[^/]+", route), asked)]
    assert bool(rows) is (asked not in NEVER)


def test_who_writes_is_asked_before_what(client: TestClient) -> None:
    for route in sorted(writes()):
        method, _, path = route.partition(" ")
        answer = client.request(method, re.sub(r"{.+?}", "no-such", path), json=["nonsense"])
        assert (answer.status_code, list(answer.json())) == (401, ["err"]), route


def test_what_is_told_to_be_gone_says_what_is_there_instead(certified: TestClient) -> None:
    gone = {route for route, stands in told().items() if stands != "served"}
    assert gone == set(GONE)
    for route in gone:
        method, _, path = route.partition(" ")
        answer = certified.request(method, re.sub(r"{.+?}", "379024", path), json={})
        assert (answer.status_code, list(answer.json())) == (410, ["err"]), route


def test_what_nothing_was_ever_there_for_is_not_found(certified: TestClient) -> None:
    for route in NEVER:
        method, _, path = route.partition(" ")
        answer = certified.request(method, path, json={})
        assert answer.status_code in (404, 405), route
        assert list(answer.json()) == ["err"]
