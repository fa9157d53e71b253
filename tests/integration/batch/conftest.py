"""What tests of batches start from."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import transaction
from tests.factories import a_run


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults and one run."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_run(opened)
        yield opened
