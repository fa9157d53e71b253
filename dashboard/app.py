"""The web process: the dashboard, and the HTTP API under ``/api`` in the same server.

Start it with ``python -m streamlit run dashboard/app.py`` from the root of the checkout.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from backend.db import engine
from backend.errors import InvalidSettings, RegistryError
from backend.guard import Guard
from backend.identity.proxy import ProxyGate
from backend.identity.starting import refuse_unclear_identities
from backend.settings import settings
from backend.start import make_ready
from dashboard.later import Later, import_for
from dashboard.login.configured import secrets_for_login
from dashboard.login.cookies import allow_long_headers
from dashboard.login.middleware import LoginMiddleware
from dashboard.login.routes import LOGIN_ROUTE
from dashboard.memory import share_heaps
from dashboard.page_policy import page_policy

log = logging.getLogger(__name__)
api = Later("backend.api")
SECONDS_UNTIL_API = 10
"""After the start, before the HTTP API is imported unasked: time for the first pages, who have the processor alone."""
HERE = Path(__file__).parent
FIRST = (HERE / "entry.py", HERE / "views" / "overview.py")
"""The scripts of the page that opens first."""


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Make the registry ready before the first page; a page says so in a sentence if that did not work.

    What the settings forbid is not begun at all.
    """
    refuse_unclear_identities(settings())
    try:
        make_ready(engine())
    except RegistryError:
        log.exception("the registry is not ready")
    beside = asyncio.create_task(_import_beside())
    yield None
    beside.cancel()


async def _import_beside() -> None:
    """What the first page needs while its browser loads; then the other pages and the API."""
    await asyncio.to_thread(import_for, FIRST)
    await asyncio.sleep(SECONDS_UNTIL_API)
    await asyncio.to_thread(import_for, sorted((HERE / "views").glob("*.py")))
    await asyncio.to_thread(api.load)


def way_in() -> dict[str, Any]:
    """The secrets of the login that the settings name; none, and a line in the log, if nobody can log in by them."""
    try:
        return secrets_for_login(settings())
    except InvalidSettings as error:
        log.error("%s", error)
        return {}


login = way_in()
share_heaps()
allow_long_headers()
app = st.App(
    HERE / "entry.py",
    lifespan=lifespan,
    routes=[*([LOGIN_ROUTE] if login else []), Mount("/api", app=api)],
    middleware=[
        Middleware(Guard, policy=page_policy()),
        Middleware(ProxyGate, settings_of=lambda _: settings()),
        *([Middleware(LoginMiddleware, chosen=settings())] if login else []),
    ],
    secrets=login or None,
)
