"""The web process: the dashboard, and the HTTP API under ``/api`` in the same server.

Start it with ``python -m streamlit run dashboard/app.py`` from the root of the checkout.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from backend.api import app as api
from backend.db import engine
from backend.errors import RegistryError
from backend.guard import Guard
from backend.settings import settings
from backend.start import make_ready
from dashboard.page_policy import page_policy

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Make the registry ready before the first page; a page says so in a sentence if that did not work.

    What the settings forbid is not begun at all.
    """
    settings()
    try:
        make_ready(engine())
    except RegistryError:
        log.exception("the registry is not ready")
    yield None


app = st.App(
    Path(__file__).with_name("entry.py"),
    lifespan=lifespan,
    routes=[Mount("/api", app=api)],
    middleware=[Middleware(Guard, policy=page_policy())],
)
