"""What tests of cycles start from."""

import pytest
from sqlmodel import Session

from tests.cycles import a_dataset


@pytest.fixture
def session(furnished: Session) -> Session:
    """A registry with its defaults."""
    return furnished


@pytest.fixture
def ids(session: Session) -> list[int]:
    """Three datasets: two that tracker and ecal certify, one that only tracker does."""
    return [
        a_dataset(session, 1, **{"global": "OPEN"}, tracker="OPEN", ecal="COMPLETED"),
        a_dataset(session, 2, **{"global": "OPEN"}, tracker="COMPLETED", ecal="OPEN"),
        a_dataset(session, 3, **{"global": "OPEN"}, tracker="OPEN"),
    ]
