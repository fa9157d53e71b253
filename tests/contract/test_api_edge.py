"""What stands before the routes: ids, limits, a line in the log, figures; and that it tells no secret."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api import app
from backend.api.edge.access_log import LOGGER
from backend.api.edge.rate_limit import Buckets
from backend.db import engine_for, transaction
from backend.settings import Settings
from tests.factories import a_run

ELSEWHERE = "https://dqm.example.org"


def chosen(**said: Any) -> None:
    """The settings of the API with these changed; gone with the client."""
    app.state.settings = Settings(read_without_login=True, **said)


@pytest.fixture
def lines(client: TestClient) -> Iterator[list[dict[str, Any]]]:
    """The lines of the access log, read."""
    chosen(api_access_log=True)
    read: list[dict[str, Any]] = []

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            read.append(json.loads(record.getMessage()))

    reader = Reader()
    logging.getLogger(LOGGER).addHandler(reader)
    yield read
    logging.getLogger(LOGGER).removeHandler(reader)


@pytest.mark.parametrize(
    ("given", "is_kept"), [("cert-42.a_b", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("", False)]
)
def test_a_request_keeps_its_id_if_that_is_one_and_has_one_in_any_case(
    client: TestClient, lines: list[dict[str, Any]], given: str, is_kept: bool
) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": given})
    id_ = answer.headers["x-request-id"]
    assert (id_ == given) == is_kept
    assert 1 <= len(id_) <= 64
    assert [line["request"] for line in lines] == [id_]


def test_each_request_is_one_line_that_tells_who_what_and_how_it_went(
    client: TestClient, lines: list[dict[str, Any]]
) -> None:
    client.get('/runs/1?x="%0A', headers={"Authorization": "Bearer hush-hush", "User-Agent": "cert\r\n"})
    client.get("/v2/vocabulary")
    refused, told = lines
    assert (refused["status"], refused["who"], refused["path"]) == (401, None, "/runs/1")
    assert "hush" not in json.dumps(lines)
    assert (told["method"], told["path"], told["status"], told["from"]) == ("GET", "/v2/vocabulary", 200, "127.0.0.1")
    assert told["who"] == "address 127.0.0.1"
    assert told["bytes"] > 1_000
    assert told["ms"] > 0
    chosen(api_access_log=False)
    client.get("/v2/vocabulary")
    assert len(lines) == 2


def test_more_than_may_be_carried_is_refused_announced_or_not(client: TestClient) -> None:
    chosen(api_body_bytes=2_000)
    question = {"page": 0, "page_size": 1, "sortings": [], "filter": {}}
    assert client.post("/runs_filtered_ordered", json=question).status_code == 200
    large = json.dumps(question | {"more": "x" * 2_000}).encode()
    announced = client.post("/runs_filtered_ordered", content=large)
    bit_by_bit = client.post("/runs_filtered_ordered", content=(large[at : at + 100] for at in range(0, 3_000, 100)))
    for answer in (announced, bit_by_bit):
        assert (answer.status_code, list(answer.json())) == (413, ["err"])
        assert "2,000 bytes" in answer.json()["err"]
        assert answer.headers["x-request-id"]


def test_who_asks_too_often_waits_and_others_do_not(client: TestClient) -> None:
    chosen(api_requests_per_second=0.5, api_burst=3)
    codes = [client.get("/nowhere").status_code for _ in range(4)]
    assert codes == [404, 404, 404, 429]
    answer = client.get("/nowhere")
    assert (answer.headers["retry-after"], list(answer.json())) == ("2", ["err"])
    assert client.get("/health").status_code == 200
    another = TestClient(app, "http://127.0.0.1", client=("127.0.0.2", 1))
    assert another.get("/nowhere").status_code == 404


def test_a_bucket_fills_with_time_up_to_its_brim_and_the_oldest_is_forgotten() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0])

    def take(key: str = "S. Tanaka") -> float:
        return buckets.seconds_until_next(key, per_second=2, burst=3)

    assert [take() for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 0.5
    assert [take(), take()] == [0, 0.5]
    now[0] = 100
    assert [take() for _ in range(4)] == [0, 0, 0, 0.5]
    for n in range(10_000):
        take(str(n))
    assert take() == 0


def test_pages_elsewhere_may_ask_only_from_origins_that_are_named(client: TestClient) -> None:
    asked = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.get("/health", headers=asked).headers
    assert client.options("/runs_filtered_ordered", headers=asked).status_code == 405
    chosen(api_origins=f"{ELSEWHERE}, http://127.0.0.1:3000")
    for answer in (client.get("/health", headers=asked), client.options("/runs_filtered_ordered", headers=asked)):
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, ELSEWHERE)
        assert "access-control-allow-credentials" not in answer.headers
    other = client.get("/health", headers={"Origin": "https://elsewhere.example.org"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("origins", ["*", "https://*.cern.ch", "dqm.cern.ch", "https://dqm.cern.ch/", "null"])
def test_no_origin_stands_for_all(origins: str) -> None:
    with pytest.raises(ValueError, match="is no origin such as"):
        Settings(api_origins=origins)


def test_json_is_compressed_for_who_takes_it_so_and_arrow_is_not(client: TestClient) -> None:
    plain = client.get("/v2/vocabulary", headers={"Accept-Encoding": "identity"})
    compressed = client.get("/v2/vocabulary", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert plain.json() == compressed.json()
    arrow = client.get("/v2/runs?format=arrow", headers={"Accept-Encoding": "gzip"})
    assert (arrow.status_code, "content-encoding" in arrow.headers) == (200, False)
    assert int(arrow.headers["content-length"]) > 1_000


def test_what_nobody_foresaw_is_told_by_its_number_alone(
    client: TestClient, lines: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    broken = APIRouter()

    @broken.get("/v2/broken")
    def fails() -> None:
        raise ZeroDivisionError("the password is hush-hush")

    kept = list(app.router.routes)
    app.include_router(broken, include_in_schema=False)
    try:
        answer = client.get("/v2/broken", headers={"X-Request-ID": "abc-1"})
    finally:
        app.router.routes[:] = kept
    assert (answer.status_code, list(answer.json())) == (500, ["err"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "abc-1" in answer.json()["err"]
    assert "hush" not in answer.text
    assert any("abc-1" in record.getMessage() and record.exc_info for record in caplog.records)
    assert [line["status"] for line in lines] == [500]


def test_figures_tell_requests_by_route_and_what_the_registry_does(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session)
    before = figures(client)
    client.get("/v2/runs/360459")
    client.get("/v2/runs/360460")
    client.get("/nowhere/1")
    client.request("BREW", "/nowhere/2")
    after = figures(client)

    def counted(method: str, route: str, status: int) -> float:
        name = f'registry_http_requests_total{{method="{method}",route="{route}",status="{status}"}}'
        return after.get(name, 0) - before.get(name, 0)

    assert counted("GET", "/v2/runs/{run_number}", 200) == counted("GET", "/v2/runs/{run_number}", 404) == 1
    assert (counted("GET", "none", 404), counted("other", "none", 404)) == (1, 1)
    took = 'registry_http_request_seconds_bucket{le="60.0",method="GET",route="/v2/runs/{run_number}"}'
    assert after[took] - before.get(took, 0) == 2
    assert (after["registry_change_set"], after["registry_runs"], after["registry_database_up"]) == (1, 1, 1)
    assert after['registry_source_silent{source="OMS"}'] == 0
    assert 0 <= after['registry_source_age_seconds{source="OMS"}'] < 100
    assert after['registry_database_connections{state="in use"}'] == 0


def test_without_a_database_the_figures_say_so() -> None:
    app.state.engine = engine_for("postgresql://nobody@127.0.0.1:1/nowhere")
    app.state.settings = Settings()
    try:
        found = figures(TestClient(app))
    finally:
        app.state.engine.dispose()
        del app.state.engine, app.state.settings
    assert found["registry_database_up"] == 0
    assert "registry_change_set" not in found


def test_the_documentation_asks_nothing_of_any_other_server(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    assert "'self'" in page.headers["content-security-policy"]
    for file in ("swagger-ui-bundle.js", "swagger-ui.css", "begin.js"):
        assert f'"docs/{file}"' in page.text
        assert client.get(f"/docs/{file}").status_code == 200
    assert client.get("/docs/nothing.js").status_code == 404
    assert client.get("/docs/%2e%2e%2f__init__.py").status_code == 404


def figures(client: TestClient) -> dict[str, float]:
    """The figures by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    pairs = (line.rpartition(" ") for line in answer.text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}
