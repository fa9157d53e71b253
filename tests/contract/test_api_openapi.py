"""The OpenAPI tells of every route what it is, what one would ask it, and what goes wrong; and that is understood."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.api import app
from backend.api.described import is_write
from backend.api.examples import BODIES, body_of, variable_of
from backend.settings import Settings


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_has_words_a_known_tag_and_an_example_of_all_that_it_needs() -> None:
    tags = {tag["name"] for tag in app.openapi()["tags"]}
    for method, path, operation in operations():
        name = f"{method} {path}"
        assert operation["description"].rstrip().endswith((".", "…", "`")), name
        assert set(operation["tags"]) <= tags, name
        for parameter in operation.get("parameters", ()):
            if parameter["required"]:
                assert {"example", "examples"} & (parameter.keys() | parameter["schema"].keys()), (name, parameter)
        if "requestBody" in operation:
            assert "example" in operation["requestBody"]["content"]["application/json"], name
        assert {"400", "401", "404", "429", "503"} <= operation["responses"].keys(), name
        assert ("403" in operation["responses"]) == is_write(method, path), name
        assert "422" not in operation["responses"], name


def test_every_example_is_of_a_route_that_there_is() -> None:
    assert BODIES.keys() <= {f"{method} {path}" for method, path, _ in operations()}


def test_what_the_examples_ask_is_understood(certified: TestClient) -> None:
    """Whatever they name may not be there; but they are never the wrong question."""
    app.state.settings = Settings(auth="demo", demo_role="visitor")
    for method, path, operation in operations():
        if path in ("/v2/changes", "/metrics"):
            continue
        url = path
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                url = url.replace(f"{{{parameter['name']}}}", str(variable_of(parameter["name"], path)))
        asked = {
            p["name"]: variable_of(p["name"], path)
            for p in operation.get("parameters", ())
            if p["in"] == "query" and p["required"]
        }
        body = body_of(method, path) if "requestBody" in operation else None
        answer = certified.request(method, url, params=asked, json=body)
        known = (403, 404) if is_write(method, path) else (200, 202, 203, 404, 409)
        is_none_there = "No datasets matched" in answer.text
        assert answer.status_code in known or is_none_there, (method, url, answer.text)
        if answer.status_code >= 400:
            assert list(answer.json()) == ["err"]


@pytest.mark.parametrize("name", ["Run", "Dataset"])
def test_attributes_tell_their_meaning_and_unit(name: str) -> None:
    told = app.openapi()["components"]["schemas"][name]["properties"]
    assert told["b_field_tesla"]["description"] == "field of the solenoid (T)"
    assert {"run_number", "start_time", "flags"} <= told.keys()
