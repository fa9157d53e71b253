"""What tests of cycles start from."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import transaction
from tests.cycles import a_dataset


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        yield opened


@pytest.fixture
def ids(session: Session) -> list[int]:
    """Three datasets: two that tracker and ecal certify, one that only tracker does."""
    return [
        a_dataset(session, 1, **{"global": "OPEN"}, tracker="OPEN", ecal="COMPLETED"),
        a_dataset(session, 2, **{"global": "OPEN"}, tracker="COMPLETED", ecal="OPEN"),
        a_dataset(session, 3, **{"global": "OPEN"}, tracker="OPEN"),
    ]
