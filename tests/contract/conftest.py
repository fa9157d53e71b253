"""A registry that holds what the original held when its answers were recorded, behind the HTTP API."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access.egroups import ONLINE_SHIFTERS
from backend.api import app
from backend.db import transaction
from backend.embedded import Embedded
from backend.record import (
    Act,
    DatasetKey,
    LuminositySaid,
    LumisectionSaid,
    RunSaid,
    record,
    register_columns,
    register_texts,
)
from backend.record.columns import NewColumn
from backend.settings import Settings
from models.lumis import LumiRange
from models.vocabulary import ONLINE, ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.databases import an_engine
from tests.scenario.certified import certified_scenario

OF_OMS = {"prescale_index": ColumnKind.INTEGER, "prescale_name": ColumnKind.TEXT}
STATUSES = {status.word: status for status in Status}
DATA = Path(__file__).parent.parent / "data" / "run_registry"


def recorded(name: str) -> Any:
    return json.loads(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))


@pytest.fixture(scope="package", autouse=True)
def nobody_asks_too_often() -> Iterator[None]:
    """Tests ask faster than people may, and nobody reads their lines; both is tested in ``test_api_edge.py``."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RR_API_REQUESTS_PER_SECOND", "1000000")
        environment.setenv("RR_API_BURST", "1000000")
        environment.setenv("RR_API_ACCESS_LOG", "false")
        yield


@pytest.fixture(scope="package")
def original_state() -> dict[str, Any]:
    """The state of the original when its answers were recorded."""
    state: dict[str, Any] = recorded("state_S1_after_ingest")
    return state


@pytest.fixture(scope="package")
def original_engine(postgresql: Embedded, original_state: dict[str, Any]) -> Iterator[Engine]:
    """An engine on a registry that holds that state."""
    with an_engine(postgresql, name="original") as engine:
        with transaction(engine) as session:
            for run in original_state["runs"]:
                take_in(session, run, original_state["lumisection_ranges"][f"{run['run_number']}|online"])
        yield engine


@pytest.fixture
def original(original_engine: Engine) -> Iterator[TestClient]:
    """The API on that registry, asked through a proxy as the original was."""
    yield from client_through_proxy(original_engine)


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    """The API on a fresh, empty registry."""
    yield from client_on(engine)


@pytest.fixture(scope="package")
def certified_engine(postgresql: Embedded) -> Iterator[Engine]:
    """An engine on a registry that holds what the original held after sign-off and the look at the DQM GUI."""
    with certified_scenario(postgresql) as engine:
        yield engine


@pytest.fixture
def certified(certified_engine: Engine) -> Iterator[TestClient]:
    """The API on that registry, asked through a proxy as the original was."""
    yield from client_through_proxy(certified_engine)


def client_through_proxy(engine: Engine) -> Iterator[TestClient]:
    """The API on a registry that believes a proxy; the proxy says that a shifter asks."""
    secret = "a secret of the proxy and the registry"
    trusted = Settings(auth="proxy", proxy_networks="127.0.0.1/32", proxy_secret=SecretStr(secret))
    app.state.engine, app.state.settings = engine, trusted
    said = {trusted.proxy_secret_header: secret, trusted.proxy_user_header: "stanaka"}
    said[trusted.proxy_groups_header] = ONLINE_SHIFTERS
    yield TestClient(app, "http://127.0.0.1", raise_server_exceptions=False, client=("127.0.0.1", 50_000), headers=said)
    del app.state.engine, app.state.settings


def client_on(engine: Engine) -> Iterator[TestClient]:
    """The API on a registry that anybody may read, asked from this machine."""
    app.state.engine, app.state.settings = engine, Settings(read_without_login=True)
    yield TestClient(app, "http://127.0.0.1", raise_server_exceptions=False, client=("127.0.0.1", 50_000))
    del app.state.engine, app.state.settings


@contextmanager
def served(engine: Engine, settings: Settings | None = None) -> Iterator[str]:
    """The API on a registry, served over HTTP on a free port; its URL."""
    app.state.engine, app.state.settings = engine, settings or Settings(read_without_login=True)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    del app.state.engine, app.state.settings


@contextmanager
def official_client(url: str) -> Iterator[ModuleType]:
    """The client from PyPI, set up as its users do, but for the port."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ENVIRONMENT", "local")
        from runregistry import runregistry

        runregistry.setup("local")
        environment.setattr(runregistry, "api_url", url)
        yield runregistry


def take_in(session: Session, run: dict[str, Any], ranges: dict[str, Any]) -> None:
    """Say of a run what the original said: attributes, flags, bits and luminosity."""
    number, oms, registry = run["run_number"], run["oms_attributes"], run["rr_attributes"]
    of_bits, of_components = ranges["oms_by_dcs_bit"], ranges["rr_by_component"]
    length = max(r["end"] for r in of_bits["cms_active"])
    online = DatasetKey(number, ONLINE)
    said = {f"oms.{name}": value for name, value in oms.items()}
    said |= {"known": [[1, length]], "run_class": registry["class"] or None, "state": registry["state"]}
    said |= {"is_significant": registry["significant"] or None, "stop_reason": registry["stop_reason"] or None}
    act = Act(
        by="ingest",
        why="as the original had it",
        kind=ActKind.INGEST,
        new_runs=(number,),
        new_datasets=(online,),
        runs=(RunSaid(number, said, Origin.RULE),),
        lumisections=(*flags(session, online, of_components), *bits(session, online, of_bits)),
        luminosities=luminosities(number, of_bits),
    )
    record(session, act)


def luminosities(number: int, ranges: dict[str, Any]) -> tuple[LuminositySaid, ...]:
    if "recorded" not in ranges:
        return ()
    delivered, recorded_ = (
        [r["status"] for r in ranges[kind] for _ in range(r["start"], r["end"] + 1)]
        for kind in ("delivered", "recorded")
    )
    return (LuminositySaid(number, LuminositySource.OMS, 1, delivered, recorded_),)


def flags(session: Session, online: DatasetKey, ranges: dict[str, Any]) -> Iterator[LumisectionSaid]:
    columns = [NewColumn(*name.split("-"), kind=ColumnKind.FLAG) for name in sorted(ranges)]
    known = register_columns(session, columns, by="test", why="components")
    for name, of_component in ranges.items():
        for r in (r for r in of_component if "status" in r):
            where = LumiRange(r["start"], r["end"])
            yield LumisectionSaid(online, (known[name].id,), where, STATUSES[r["status"]], Origin.RULE)


def bits(session: Session, online: DatasetKey, ranges: dict[str, Any]) -> Iterator[LumisectionSaid]:
    names = [name for name in ranges if name not in ("recorded", "delivered")]
    columns = [NewColumn("oms", name, OF_OMS.get(name, ColumnKind.BIT)) for name in names]
    known = register_columns(session, columns, by="test", why="bits")
    words = {r["status"] for r in ranges["prescale_name"]} - {None}
    texts = register_texts(session, known["oms-prescale_name"], words=words, by="test")
    for name in names:
        for r in ranges[name]:
            value = Bit.of(r["status"]) if name not in OF_OMS else texts.get(r["status"], r["status"])
            if value is not None:
                where = LumiRange(r["start"], r["end"])
                yield LumisectionSaid(online, (known[f"oms-{name}"].id,), where, value, Origin.RULE)
