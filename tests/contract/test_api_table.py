"""The table of routes in docs/api.md is true: what is told to be served is, and what is served is told."""

import re
from pathlib import Path

from backend.api import app

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
OWN = {
    "GET /health",
    "GET /golden/official",
    "GET /golden/official/{kind}/latest",
    "GET /golden/official/{kind}/latest.{form}",
    "GET /golden/{id_}",
    "GET /golden/{id_}/{file}",
}
"""What the original has not."""

_ROW = re.compile(r"^\| (`.+`|socket\.io) \| *(reads|writes|) *\| (served|not yet|gone: .+) \|$", re.MULTILINE)


def told() -> dict[str, str]:
    """Method and path → how it stands."""
    rows = _ROW.findall(PAGE.read_text())
    return {route: stands for routes, _, stands in rows for route in re.findall("`(.+?)`", routes)}


def served() -> set[str]:
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_the_table_is_read_as_a_whole() -> None:
    section = PAGE.read_text().split("## The routes of the original")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert len(_ROW.findall(PAGE.read_text())) == len(rows) - len(("head", "rule"))


def test_what_is_told_to_be_served_is_served_and_nothing_else() -> None:
    assert {route for route, stands in told().items() if stands == "served"} == served() - OWN
