"""A registry with two runs to make golden JSONs of."""

import pytest
from sqlalchemy import Engine

from tests.golden_kept import a_registry


@pytest.fixture
def columns(engine: Engine) -> dict[str, int]:
    """The columns of a registry that is laid out."""
    return a_registry(engine)
