"""What every route needs: a session, the settings, and answers written as JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.applications import Starlette

from backend.db import engine, transaction
from backend.errors import InvalidInput
from backend.settings import Settings, settings

MOST_PAGES = 1_000_000_000
"""No page lies behind this one; with the most rows of a page it is a number that the database can take."""


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """A session to read with, on the engine that the app was given, else on this process's own."""
    with transaction(engine_of(request)) as session:
        yield session


def engine_of(request: Request) -> Engine:
    """The engine that the app was given, else this process's own."""
    given: Engine | None = getattr(request.app.state, "engine", None)
    return given or engine()


def settings_of(request: Request) -> Settings:
    """The settings that the app was given, else this process's own."""
    return settings_of_app(request.app)


def settings_of_app(app: Starlette) -> Settings:
    """The settings that an app was given, else this process's own."""
    given: Settings | None = getattr(app.state, "settings", None)
    return given or settings()


def as_json(answer: Any) -> Response:
    """The answer as JSON; times are UTC as OMS writes them, ``2018-10-24T09:42:18Z``.

    Raises
    ------
    InvalidInput
        If it holds what was asked with, and that cannot be written: a whole number of more than 64 bits.
    """
    try:
        return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), media_type="application/json")
    except orjson.JSONEncodeError as error:
        raise InvalidInput(f"What was given cannot be told again: {error}.") from error


def moment(at: datetime) -> str:
    """A moment as the original writes it: ``2026-11-23T20:35:08.707Z``."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def pages(total: int, page_size: int) -> int:
    """How many pages there are; none if nothing fits on one."""
    return -(-total // page_size) if page_size else 0
