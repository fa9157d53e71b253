"""Whatever can be asked according to the OpenAPI, and whatever cannot, is never the registry's own fault."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import Engine

from backend.api import app
from backend.api.examples import body_of, variable_of
from backend.db import transaction
from backend.golden.making import make
from backend.record import Act, DatasetKey, record
from backend.settings import Settings
from models.vocabulary import ActKind
from tests.factories import a_flag, a_run, columns, flag
from tests.golden_kept import ALICE, PROMPT, STRIP_GOOD, a_registry

ASKS_OMS = ("/runs/refresh_run/{run_number}", "/runs/reset_and_refresh_run/{run_number}")
"""Where OMS does not answer, 503 is the answer."""


@pytest.fixture
def schema(engine: Engine) -> Iterator[Any]:
    """The OpenAPI of an API on a small registry, asked by an admin of this machine; it holds what the examples name."""
    a_registry(engine)
    run, name = variable_of("run_number", ""), variable_of("name", "")
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        flag(session, a_flag(a_run(session, run), pixel))
        act = Act(by="test", why="a dataset", kind=ActKind.DATASET, new_datasets=(DatasetKey(run, name),))
        record(session, act)
    make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    app.state.engine, app.state.settings = engine, Settings(auth="demo", demo_role="admin")

    async def near(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": ("127.0.0.1", 1)} if scope["type"] == "http" else scope, receive, send)

    yield schemathesis.openapi.from_asgi("/openapi.json", near)
    del app.state.engine, app.state.settings


def test_no_question_brings_the_api_down(schema: Any) -> None:
    codes = ask_everything(schema, examples=3)
    assert codes[200] > 30
    assert codes[400] > 30


@pytest.mark.long
def test_no_question_of_very_many_brings_the_api_down(schema: Any) -> None:
    codes = ask_everything(schema, examples=60)
    assert codes[200] > 300


@pytest.mark.parametrize(
    ("path", "changed", "status"),
    [
        ("/datasets_filtered_ordered", {"page": 10**9, "page_size": 100_000}, 200),
        ("/dc_tools/copy_column_from_datasets", {"columns_to_copy": ["tracker-strip", ""]}, 404),
        ("/dc_tools/duplicate_datasets", {"workspaces_to_duplicate_into": [""]}, 400),
        ("/cycles", {"cycle_attributes": {"": "pending"}}, 400),
    ],
)
def test_what_was_found_stays_mended(certified: TestClient, path: str, changed: Any, status: int) -> None:
    app.state.settings = Settings(auth="demo", demo_role="admin")
    answer = certified.post(path, json=body_of("POST", path) | changed)
    assert (answer.status_code, "err" in answer.json()) == (status, status != 200), answer.text


def ask_everything(schema: Any, *, examples: int) -> Counter[int]:
    """Ask every route so many questions; gives status → how often it was answered."""
    codes: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in ASKS_OMS:
            continue
        ways = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        )
        @given(case=st.one_of(*ways), is_there=st.booleans(), is_near=st.booleans(), at=st.integers(0, 9))
        def ask(case: Any, is_there: bool, is_near: bool, at: int) -> None:
            """Often about something that there is, and often with a body that is sound but for one field."""
            if is_there:
                known = {name: variable_of(name, case.path) for name in case.path_parameters or {}}
                case.path_parameters = {**(case.path_parameters or {}), **known}
            body = body_of(case.method.upper(), case.path)
            if is_near and isinstance(body, dict) and isinstance(case.body, dict):
                odd = sorted(body)[at % len(body)]
                case.body = {**body, odd: case.body.get(odd)}
            if case.path == "/v2/changes" and case.query:
                case.query.pop("wait", None)
            answer = case.call(base_url="http://127.0.0.1")
            codes[answer.status_code] += 1
            assert answer.status_code < 500, f"{case.as_curl_command()}: {answer.text}"

        ask()
    return codes
