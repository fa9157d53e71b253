"""The one conftest beside the client's own tests: whichever server a test sets up, the registry under test answers.

It stands in the folder into which they are copied; see ``test_client_suite.py``.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from runregistry import runregistry

HERE, TOKEN = os.environ["CLIENT_SUITE_URL"], os.environ["CLIENT_SUITE_TOKEN"]
SERVERS = (
    "https://cmsrunregistry.web.cern.ch/api",
    "https://dev-cmsrunregistry.web.cern.ch/api",
    "http://localhost:9500",
)
"""What ``runregistry.setup`` sets up."""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every request goes to the registry under test, with its token in place of one of CERN's."""
    send = requests.Session.request

    def redirected(session: requests.Session, method: str, url: str, **said: Any) -> requests.Response:
        server = next(server for server in SERVERS if url.startswith(server))
        return send(session, method, url.replace(server, HERE, 1), **said)

    monkeypatch.setattr(requests.Session, "request", redirected)
    monkeypatch.setattr(runregistry, "get_api_token", lambda **_: (TOKEN, None))
    yield
