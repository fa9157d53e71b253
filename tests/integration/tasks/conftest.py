"""What tests of tasks start from."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.jobs.running import Bench


@pytest.fixture
def bench(engine: Engine) -> Bench:
    return Bench(engine, "here", timedelta(seconds=1))


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Holds a task at its run of that number; let go at the end."""
    made: list[Path] = []

    def hold(number: int) -> Path:
        made.append(tmp_path / f"hold-{number}")
        made[-1].touch()
        return made[-1]

    yield hold
    for file in made:
        file.unlink(missing_ok=True)
