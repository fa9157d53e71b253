"""Who asks the API: tokens of a real provider over HTTP, personal tokens, the demo, and who may read without any."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from starlette.requests import Request

from backend.access import Actor, demo_actor
from backend.api import app
from backend.api.identity import identity_of, rate_key
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import NotIdentified
from backend.identity.personal import make_token, remember_person
from backend.queries import acts_page
from backend.settings import Settings
from models.lumis import LumiSet
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season
from tests.certifying import a_judged_run
from tests.contract.conftest import official_client, served
from tests.factories import RUN
from tests.identity import claims, rsa, signed

LOOKS_FOR = "User needs to be part of any of the following e-groups"
ALONE = {316010: LumiSet.span(1, 300)}
CLASS = f"/manual_run_edit/{RUN}/class"
API = "run-registry-api"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator(feed_of(build_season("small", ALONE, ALONE))) as running:
        yield running


@pytest.fixture
def api(client: TestClient, engine: Engine, simulator: Simulator) -> TestClient:
    """The API in front of that provider, on a run that rules judged; who shows no token does not even read."""
    app.state.settings = Settings(oidc_issuer=simulator.issuer, oidc_audiences=API)
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
    return client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for the provider's keys because another has just asked for them, or changed them."""
    monkeypatch.setattr("backend.identity.keys.PAUSE_SECONDS", 0.0)


def of_provider(simulator: Simulator, role: str, *, audience: str = API) -> dict[str, str]:
    """What a program of that role shows: an access token that it got with its own credentials."""
    form = {"grant_type": "client_credentials", "client_id": role, "client_secret": "secret", "audience": audience}
    where = httpx.get(f"{simulator.issuer}/.well-known/openid-configuration").json()["token_endpoint"]
    return bearer(httpx.post(where, data=form).json()["access_token"])


def personal(engine: Engine, actor: Actor, *scope: str) -> dict[str, str]:
    with transaction(engine) as session:
        remember_person(session, actor, seen_at=datetime.now(UTC))
        made = make_token(session, actor, name=f"for {scope}", scope=scope, days=1, most_days=1)
    return bearer(made.secret)


def said_by(engine: Engine) -> str:
    with transaction(engine) as session:
        return acts_page(session, limit=1).acts[0].by


def test_an_access_token_of_the_provider_writes_with_its_egroups(
    api: TestClient, engine: Engine, simulator: Simulator
) -> None:
    done = api.put(CLASS, json={"class": "Cosmics22"}, headers=of_provider(simulator, "on-call"))
    assert done.status_code == 200, done.text
    assert said_by(engine) == "service-account-on-call"
    refused = api.put(CLASS, json={"class": "X22"}, headers=of_provider(simulator, "shifter"))
    assert (refused.status_code, LOOKS_FOR in refused.json()["err"]) == (403, True)
    assert "service-account-shifter may not set the class of a run" in refused.json()["err"]


def test_keys_are_replaced_while_scripts_go_on(api: TestClient, simulator: Simulator) -> None:
    before = of_provider(simulator, "on-call")
    assert api.get(f"/runs/{RUN}", headers=before).status_code == 200
    simulator.provider.keys.rotate()
    assert api.get(f"/runs/{RUN}", headers=before).status_code == 200
    another_process = app.state.settings.model_copy(update={"oidc_timeout_seconds": 4.0})
    app.state.settings = another_process
    for token in (before, of_provider(simulator, "on-call")):
        assert api.get(f"/runs/{RUN}", headers=token).status_code == 200


def test_a_provider_that_is_away_is_503_and_says_so(client: TestClient) -> None:
    app.state.settings = Settings(oidc_issuer="http://127.0.0.1:9/realm", oidc_audiences=API)
    answer = client.get("/runs_lastupdated_50", headers=bearer(signed(claims(0), rsa("key-1"))))
    assert answer.status_code == 503
    assert "The identity provider does not answer" in answer.json()["err"]


def test_who_shows_no_token_reads_only_where_that_is_configured(api: TestClient) -> None:
    refused = api.get(f"/runs/{RUN}")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="run-registry"')
    assert LOOKS_FOR in refused.json()["err"]
    app.state.settings = app.state.settings.model_copy(update={"read_without_login": True})
    assert api.get(f"/runs/{RUN}").status_code == 200
    assert api.put(CLASS, json={"class": "X22"}).status_code == 401


def test_who_watches_over_the_registry_needs_no_token(api: TestClient) -> None:
    assert api.get("/health").status_code != 401


def test_a_bad_token_is_told_so_even_where_anybody_may_read(api: TestClient) -> None:
    app.state.settings = app.state.settings.model_copy(update={"read_without_login": True})
    answer = api.get(f"/runs/{RUN}", headers=bearer("rr_" + "0" * 64))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="run-registry", error="invalid_token"'
    assert answer.json()["err"].startswith("There is no such personal token. ")


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Basic YTpi", "rr_" + "0" * 64, "Bearer a b", "Bearer é", "Token x"]
)
def test_what_is_no_bearer_token_is_nobody(api: TestClient, shown: str) -> None:
    answer = api.get(f"/runs/{RUN}", headers={"Authorization": shown.encode()})
    assert answer.status_code == 401
    assert "Authorization" in answer.json()["err"]


def test_two_tokens_are_none(api: TestClient, engine: Engine) -> None:
    good = personal(engine, demo_actor("on-call"), "*")["Authorization"]
    answer = api.get(f"/runs/{RUN}", headers=[("Authorization", good), ("Authorization", good)])
    assert (answer.status_code, "There are 2 Authorization headers" in answer.json()["err"]) == (401, True)


def test_a_personal_token_writes_in_its_owners_name_and_within_its_scope(api: TestClient, engine: Engine) -> None:
    done = api.put(CLASS, json={"class": "Cosmics22"}, headers=personal(engine, demo_actor("on-call"), "run.class"))
    assert done.status_code == 200, done.text
    assert said_by(engine) == "K. Ito"
    narrow = personal(engine, demo_actor("on-call"), "run.move")
    refused = api.put(CLASS, json={"class": "X22"}, headers=narrow)
    assert refused.status_code == 403
    assert "K. Ito, by a token for run.move, may not set the class of a run" in refused.json()["err"]


def test_a_token_that_reads_writes_nothing_not_even_what_needs_no_right(api: TestClient, engine: Engine) -> None:
    reads = personal(engine, demo_actor("admin"))
    assert api.get(f"/runs/{RUN}", headers=reads).status_code == 200
    mine = api.post("/json_portal/jsons", json={"filter": "by_email"}, headers=reads)
    assert (mine.status_code, mine.json()["jsons"]) == (200, [])
    asked = {"json_logic": '{"==": [1, 1]}', "dataset_name_filter": "/PromptReco/%"}
    refused = api.post("/json_portal/generate", json=asked, headers=reads)
    assert (refused.status_code, "by a token that only reads" in refused.json()["err"]) == (403, True)


def test_the_official_client_works_with_a_token(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
    token = personal(engine, demo_actor("on-call"), "run.class")["Authorization"].removeprefix("Bearer ")
    with served(engine, Settings()) as url, official_client(url) as client, pytest.MonkeyPatch.context() as patch:
        assert "To read here one shows who one is" in str(client.get_dataset_names_of_run(RUN))
        patch.setattr(client, "_get_token", lambda: token)
        assert client.get_run(RUN)["run_number"] == RUN
        client.change_run_class([RUN], "Cosmics22")
        assert client.get_run(RUN)["class"] == "Cosmics22"
    assert said_by(engine) == "K. Ito"


def request_from(peer: str = "127.0.0.1", **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": "/", "headers": named, "client": (peer, 1), "app": app, "query_string": b""}
    return Request(scope | {"method": "PUT", "server": ("127.0.0.1", 9500), "scheme": "http"})


def test_an_identity_has_a_key_that_stays(api: TestClient, engine: Engine, simulator: Simulator) -> None:
    keller, ito = (personal(engine, demo_actor(role), "*") for role in ("tracker-certifier", "on-call"))
    keys = [rate_key(request_from(authorization=one["Authorization"])) for one in (keller, keller, ito)]
    assert keys[0] == keys[1] != keys[2]
    told = {rate_key(request_from(authorization=of_provider(simulator, role)["Authorization"])) for role in ("a", "b")}
    assert told == {f"service-account-{name} of {simulator.issuer}" for name in ("a", "b")}
    assert rate_key(request_from("192.0.2.7", authorization="Bearer rr_guess")) == "address 192.0.2.7"
    with pytest.raises(NotIdentified):
        identity_of(request_from(authorization="Bearer rr_guess"))
    assert rate_key(request_from("192.0.2.7")) == "address 192.0.2.7"


@pytest.mark.parametrize(
    ("peer", "headers", "is_demo"),
    [
        ("127.0.0.1", {"host": "localhost:9500"}, True),
        ("::1", {"host": "[::1]:9500"}, True),
        ("192.0.2.7", {"host": "localhost:9500"}, False),
        ("127.0.0.1", {"host": "evil.example.org"}, False),
        ("127.0.0.1", {"host": "localhost:9500", "x_forwarded_for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "localhost:9500", "origin": "https://evil.example.org"}, False),
    ],
)
def test_the_demo_is_of_this_machine(client: TestClient, peer: str, headers: dict[str, str], is_demo: bool) -> None:
    app.state.settings = Settings(auth="demo", demo_role="shifter")
    found = identity_of(request_from(peer, **headers))
    assert (found.actor.name, found.key) == (
        ("S. Tanaka", "demo shifter") if is_demo else ("visitor", f"address {peer}")
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
    ],
)
def test_a_page_of_another_site_does_not_write_through_a_browser(
    client: TestClient, engine: Engine, headers: dict[str, str]
) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_judged_run(session)
    app.state.settings = Settings(auth="demo", demo_role="admin")
    assert client.post("/runs/mark_significant", json={"run_number": RUN}, headers=headers).status_code == 401
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1"}
    assert client.put(CLASS, json={"class": "Cosmics22"}, headers=own).status_code == 200
