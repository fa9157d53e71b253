"""What several files of integration tests start from."""

import pytest
from sqlalchemy import Engine

from tests.classified import write_rules


@pytest.fixture
def rules(engine: Engine) -> None:
    """The registry has a few rules."""
    write_rules(engine)
