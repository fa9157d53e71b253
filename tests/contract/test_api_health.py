"""``GET /health`` tells versions, what jobs last did and whether a source is silent; what is not there is told too."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from backend.api import app
from backend.api.errors import STATUS, answer_errors
from backend.db import engine_for, transaction
from backend.errors import Conflict, RegistryError
from backend.version import program_version
from tests.factories import a_run


def a_tick(engine: Engine, job: str, outcome: str, *, ago: timedelta) -> None:
    began = datetime.now(UTC) - ago
    with transaction(engine) as session:
        statement = text("""
            INSERT INTO job_run (job, slot, worker, started_at, ended_at, outcome, detail)
            VALUES (:job, :at, 'w', :at, :at, :outcome, '{"sentence": "12 runs looked at"}')
        """)
        session.execute(statement, {"job": job, "at": began, "outcome": outcome})


def test_a_young_registry_is_up_and_has_heard_nothing(client: TestClient) -> None:
    answer = client.get("/health")
    found = answer.json()
    assert answer.status_code == 200
    assert (found["status"], found["program"], found["jobs"]) == ("degraded", program_version(), {})
    assert found["latest_change"]["id"] == 0
    assert found["sources"]["OMS"] == {"is_silent": True, "heard_seconds_ago": None}
    assert int(found["postgresql"].split(".")[0]) >= 15
    assert found["schema"].isdecimal()


def test_a_source_that_answered_lately_is_not_silent(client: TestClient, engine: Engine) -> None:
    a_tick(engine, "oms", "ok", ago=timedelta(seconds=40))
    a_tick(engine, "oms", "failed", ago=timedelta(seconds=10))
    with transaction(engine) as session:
        a_run(session)
    found = client.get("/health").json()
    oms = found["jobs"]["oms"]
    assert (found["status"], oms["outcome"], oms["sentence"]) == ("ok", "failed", "12 runs looked at")
    assert 10 <= oms["age_seconds"] < 40 <= oms["succeeded_seconds_ago"] < 70
    assert (found["latest_change"]["id"], found["sources"]["OMS"]["is_silent"]) == (1, False)


def test_a_source_that_fell_silent_is_told(client: TestClient, engine: Engine) -> None:
    a_tick(engine, "oms", "ok", ago=timedelta(hours=2))
    a_tick(engine, "oms", "failed", ago=timedelta(seconds=10))
    found = client.get("/health").json()
    assert (found["status"], found["sources"]["OMS"]["is_silent"]) == ("degraded", True)


def test_without_a_database_the_answer_is_503(postgresql: object) -> None:
    app.state.engine = engine_for("postgresql://nobody@127.0.0.1:1/nowhere")
    try:
        answer = TestClient(app).get("/health")
    finally:
        app.state.engine.dispose()
        del app.state.engine
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["err"] == "The database does not answer: connection refused."


def test_what_is_not_there_is_told_as_json(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"err": "There is nothing at /nowhere."})
    assert client.get("/runs_filtered_ordered").status_code == 405


@pytest.mark.parametrize(("kind", "code"), [*STATUS, (RegistryError, 500), (ZeroDivisionError, 500)])
def test_every_error_has_its_code_and_one_sentence(kind: type[Exception], code: int) -> None:
    from fastapi import FastAPI

    small = FastAPI()
    answer_errors(small)

    @small.get("/")
    def fails() -> None:
        raise kind("S. Tanaka changed tracker-strip 176–179 at 09:41 UTC.")

    answer = TestClient(small, raise_server_exceptions=False).get("/")
    assert (answer.status_code, list(answer.json())) == (code, ["err"])
    assert ("S. Tanaka" in answer.json()["err"]) == issubclass(kind, RegistryError)
    assert code == 409 if kind is Conflict else code in (400, 401, 403, 404, 409, 500, 503)
