"""A registry with two runs to make golden JSONs of."""

import pytest
from sqlalchemy import Engine

from backend.golden.making import make
from tests.golden_kept import ALICE, PROMPT, STRIP_GOOD, a_registry


@pytest.fixture
def columns(engine: Engine) -> dict[str, int]:
    """The columns of a registry that is laid out."""
    return a_registry(engine)


@pytest.fixture
def json_of_alice(engine: Engine, columns: dict[str, int]) -> int:
    """A golden JSON of two runs, with the label ``strips``."""
    return make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT, label="strips")
