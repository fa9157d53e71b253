"""By the API each does exactly their rows of the matrix: shifter, tracker certifier and DC expert, with real tokens."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from backend.access import DEFAULT_RIGHTS, Action, Matrix, demo_actor, may
from backend.api import app
from backend.db import engine_for
from backend.embedded import Embedded
from backend.settings import Settings
from models.lumis import LumiSet
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season
from tests.conftest import an_empty_registry
from tests.contract.acts import NOT_THERE, RULE, WITHOUT_ROUTE, Asked, of

ROLES = ("shifter", "tracker-certifier", "dc-expert")
DEFAULT = Matrix.of(DEFAULT_RIGHTS)
LOOKS_FOR = "User needs to be part of any of the following e-groups"
API = "run-registry-api"
ALONE = {316010: LumiSet.span(1, 300)}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator(feed_of(build_season("small", ALONE, ALONE))) as running:
        yield running


@pytest.fixture(scope="module")
def api(postgresql: Embedded, simulator: Simulator) -> Iterator[TestClient]:
    """The API on a fresh registry, which believes the provider."""
    with an_empty_registry(postgresql) as url:
        engine = engine_for(url)
        app.state.engine = engine
        app.state.settings = Settings(oidc_issuer=simulator.issuer, oidc_audiences=API, oms_url=simulator.oms_url)
        yield TestClient(app, raise_server_exceptions=False)
        del app.state.engine, app.state.settings
        engine.dispose()


@pytest.fixture(scope="module")
def tokens(simulator: Simulator) -> dict[str, dict[str, str]]:
    """What a program of each role shows."""
    where = httpx.get(f"{simulator.issuer}/.well-known/openid-configuration").json()["token_endpoint"]
    form = {"grant_type": "client_credentials", "client_secret": "secret", "audience": API}
    answers = {role: httpx.post(where, data=form | {"client_id": role}).json() for role in ROLES}
    return {role: {"Authorization": f"Bearer {answer['access_token']}"} for role, answer in answers.items()}


def component_rules(api: TestClient, token: dict[str, str]) -> list[Asked]:
    """Rules of a component go by the number of the component."""
    asked = []
    for workspace in api.get("/workspaces/offline", headers=token).json():
        if workspace["workspace"] in ("tracker", "ecal"):
            number = workspace["columns_with_id"][0]["id"]
            body = {"status": "BAD", "component": number, "priority": 5, "classifier": RULE}
            asked.append(
                Asked(Action.CLASSIFIER_COMPONENT, "POST", "/classifiers/component", body, workspace["workspace"])
            )
    assert len(asked) == 2
    return asked


def test_every_action_is_asked_for_or_has_no_route() -> None:
    assert {asked.action for asked in of(NOT_THERE)} == set(Action) - WITHOUT_ROUTE


@pytest.mark.parametrize("role", ROLES)
def test_each_may_by_the_api_what_the_matrix_says_and_nothing_else(
    api: TestClient, tokens: dict[str, dict[str, str]], role: str
) -> None:
    wrong = []
    allowed: set[bool] = set()
    for asked in [*of(NOT_THERE), *component_rules(api, tokens[role])]:
        answer = api.request(asked.method, asked.path, json=asked.body, headers=tokens[role])
        is_allowed = may(demo_actor(role), asked.action, asked.workspace, matrix=DEFAULT)
        allowed.add(is_allowed)
        said = answer.text
        if is_allowed:
            is_right = answer.status_code in (200, 400, 404, 409) and "There is nothing at" not in said
        else:
            is_right = answer.status_code == 403 and LOOKS_FOR in said
        if not is_right:
            wrong.append(f"{asked}: {answer.status_code} {said[:200]}")
    assert wrong == []
    assert allowed == {True, False}
