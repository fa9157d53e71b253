"""Two hundred and more forged requests to routes that write: none is believed, and none writes anything."""

import itertools
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import Engine, text

from backend.access import Actor, Matrix, demo_actor
from backend.api import app
from backend.api.edge.access_log import LOGGER
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.identity.personal import make_token, remember_person, revoke_token
from models.lumis import LumiSet
from scripts.simulator.feed import feed_of
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import build_season
from tests.certifying import a_dataset, a_judged_run
from tests.conftest import an_empty_registry
from tests.contract.acts import ABOUT_THE_RUN, BY_NUMBER, Asked
from tests.contract.conftest import served
from tests.contract.forgeries import FORGERIES, KINDS, PROXY_SECRET, Forgery, World, bare, settings_for, shown
from tests.contract.test_api_table import writes

LOOKS_FOR = "User needs to be part of any of the following e-groups"
ROUTES_EACH = 3
ALONE = {316010: LumiSet.span(1, 300)}
ADMIN, NOBODY = demo_actor("admin"), Matrix.of({})


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator(feed_of(build_season("small", ALONE, ALONE))) as running:
        yield running


@pytest.fixture(scope="module")
def registry(postgresql: Embedded) -> Iterator[Engine]:
    """A registry with a run that rules judged and its offline dataset."""
    with an_empty_registry(postgresql) as url:
        made = engine_for(url)
        with transaction(made) as session:
            a_judged_run(session)
            a_dataset(session)
        yield made
        made.dispose()


@pytest.fixture(scope="module")
def world(registry: Engine, simulator: Simulator) -> World:
    """The provider, and personal tokens of an expert of which one is good."""
    whole = simulator.provider.keys._published[-1].as_dict(private=True)
    key = RSAKey.import_key({name: value for name, value in whole.items() if name not in ("alg", "use")})
    return World(simulator.issuer, key, personal_tokens(registry))


@pytest.fixture(scope="module")
def http(registry: Engine) -> Iterator[httpx.Client]:
    """A client of that registry, served over HTTP."""
    with served(registry) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """The lines of the access log."""
    lines: list[str] = []
    reader = logging.Handler()
    reader.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger(LOGGER).addHandler(reader)
    yield lines
    logging.getLogger(LOGGER).removeHandler(reader)


def personal_tokens(on: Engine) -> dict[str, str]:
    secrets: dict[str, str] = {}
    with transaction(on) as session:

        def made(name: str, actor: Actor = ADMIN, *scope: str) -> int:
            new = make_token(session, actor, name=name, scope=scope, days=10, most_days=10)
            secrets[name] = new.secret
            return new.token.id

        forgotten = Actor("F. Gone (fgone)", ADMIN.egroups, is_verified=True)
        left = Actor("X. Left (xleft)", frozenset({"cms-members"}), is_verified=True)
        seen_at = datetime.now(UTC)
        for actor, at in ((ADMIN, seen_at), (left, seen_at), (forgotten, seen_at - timedelta(days=31))):
            remember_person(session, actor, seen_at=at)
        made("good", ADMIN, "*")
        revoke_token(session, ADMIN, made("revoked", ADMIN, "*"), matrix=NOBODY)
        expired = made("expired", ADMIN, "*")
        made("forgotten", forgotten, "*")
        made("reads")
        made("narrow", ADMIN, "task.cancel")
        made("left", left, "*")
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE personal_token SET expires_at = now() WHERE id = :id"), {"id": expired})
        digest = session.execute(text("SELECT digest FROM personal_token WHERE name = 'good'")).scalar_one()
    return secrets | {"digest": "rr_" + digest.hex()}


def state_of(on: Engine) -> dict[str, object]:
    """The clock, and how many rows every table holds."""
    with transaction(on) as session:
        tables = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        counted = {name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}
        return counted | {"clock": session.execute(text("SELECT n, at FROM clock")).one()}


def sent(http: httpx.Client, forgery: Forgery, world: World, asked: Asked) -> httpx.Response:
    app.state.settings = settings_for(world, forgery)
    query = forgery.query(world)
    address = asked.path + (f"?{query}" if query else "")
    return http.request(asked.method, address, json={**asked.body, **forgery.body}, headers=forgery.headers(world))


def test_two_hundred_forged_requests_write_nothing(
    http: httpx.Client, registry: Engine, world: World, log_lines: list[str]
) -> None:
    before, wrong, count = state_of(registry), [], 0
    routes = {401: itertools.cycle([*ABOUT_THE_RUN, *BY_NUMBER]), 403: itertools.cycle(ABOUT_THE_RUN)}
    for forgery in FORGERIES:
        for asked in itertools.islice(routes[forgery.status], ROUTES_EACH):
            answer, count = sent(http, forgery, world, asked), count + 1
            said = answer.json().get("err", "") if answer.status_code == forgery.status else ""
            secret = next((s for s in (*world.personal.values(), PROXY_SECRET) if s in answer.text), "")
            if LOOKS_FOR not in said or secret:
                wrong.append(f"{forgery.name}: {asked}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []
    assert count >= 200
    logged = "".join(log_lines)
    assert len(log_lines) >= 200 and "access_token=(a token)" in logged
    assert not [secret for secret in (*world.personal.values(), PROXY_SECRET, "eyJ") if secret in logged]
    assert state_of(registry) == before


def test_every_route_that_writes_is_among_them() -> None:
    for route in writes():
        method, _, path = route.partition(" ")
        pattern = re.compile(re.sub(r"{.+?}", "[^/]+", path))
        assert any(a.method == method and pattern.fullmatch(a.path) for a in (*ABOUT_THE_RUN, *BY_NUMBER)), route


def test_the_same_requests_with_one_who_may_are_believed(http: httpx.Client, registry: Engine, world: World) -> None:
    """Else the others might be refused for any reason."""
    proxy = {"auth": "proxy", "proxy_networks": "127.0.0.0/8", "proxy_secret": PROXY_SECRET}
    through = (("X-Forwarded-User", "lmoreau"), ("X-RR-Proxy-Secret", PROXY_SECRET))
    groups = ("X-Forwarded-Groups", "cms-dqm-runregistry-experts")
    ways = [
        shown("provider", lambda w: w.token()),
        shown("personal", lambda w: w.personal["good"]),
        bare("proxy", *through, groups, settings=proxy),
        bare("demo", settings={"auth": "demo", "demo_role": "admin"}),
    ]
    before = state_of(registry)
    asked = ABOUT_THE_RUN[0]
    for number, way in enumerate(ways):
        named = bare(way.name, settings=way.settings, body={"class": f"Commissioning2{number}"})
        answer = sent(http, Forgery(named.name, way.headers, named.settings, body=named.body), world, asked)
        assert answer.status_code == 200, f"{way.name}: {answer.text}"
    assert state_of(registry)["change_set"] == before["change_set"] + len(ways)  # type: ignore[operator]
    with transaction(registry) as session:
        by = session.execute(text('SELECT "by" FROM change_set ORDER BY id DESC LIMIT 4')).scalars().all()
    assert by == ["L. Moreau", "lmoreau", "L. Moreau", "L. Moreau (lmoreau)"]


def test_the_table_of_attacks_in_the_docs_counts_what_is_tried() -> None:
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    for kind, forgeries in KINDS.items():
        assert f"| {kind} | {len(forgeries())} |" in page
    assert f"**{len(FORGERIES) * ROUTES_EACH} forged requests**" in page
