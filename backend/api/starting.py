"""The start of the API by itself: what the settings forbid is not begun."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from backend.identity.starting import refuse_unclear_identities
from backend.settings import settings


@asynccontextmanager
async def refuse_unsafe_start(app: FastAPI) -> AsyncIterator[None]:
    """See that the settings can be, before the first question; those that the app was given have been judged."""
    if getattr(app.state, "settings", None) is None:
        refuse_unclear_identities(settings())
    yield
