"""The client from PyPI, ``runregistry`` in local mode, makes a golden JSON in this registry."""

import threading
from collections.abc import Iterator
from types import ModuleType

import pytest
import uvicorn
from sqlalchemy import Engine

from backend.api import app
from backend.settings import settings
from tests.golden_kept import PROMPT, STRIP_GOOD, a_registry


@pytest.fixture
def client(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The client, set up as its users do, but for the port; the API acts as the demo's DC expert."""
    a_registry(engine)
    monkeypatch.setenv("RR_AUTH", "demo")
    settings.cache_clear()
    app.state.engine = engine
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    monkeypatch.setenv("ENVIRONMENT", "local")
    from runregistry import runregistry

    runregistry.setup("local")
    monkeypatch.setattr(runregistry, "api_url", f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    yield runregistry
    server.should_exit = True
    thread.join()
    del app.state.engine
    monkeypatch.undo()
    settings.cache_clear()


def test_a_golden_json_is_made_as_the_manual_says(client: ModuleType) -> None:
    made = client.create_json(json_logic=STRIP_GOOD, dataset_name_filter=PROMPT)
    assert made["generated_json"] == {"1": [[1, 12]], "2": [[1, 12]]}
    assert made["json_logic"] == STRIP_GOOD


def test_what_cannot_be_made_has_no_id(client: ModuleType) -> None:
    with pytest.raises(KeyError):
        client.create_json(json_logic=STRIP_GOOD, dataset_name_filter="/Nothing/%")
