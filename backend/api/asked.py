"""What every route needs: a session to read with, and answers written as JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import engine, transaction


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """A session to read with, on the engine that the app was given, else on this process's own."""
    given: Engine | None = getattr(request.app.state, "engine", None)
    with transaction(given or engine()) as session:
        yield session


def as_json(answer: Any) -> Response:
    """The answer as JSON; times are UTC as OMS writes them, ``2018-10-24T09:42:18Z``."""
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), media_type="application/json")
