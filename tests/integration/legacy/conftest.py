"""The telling original, imported once, and what stands then."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import Engine

from backend.embedded import Embedded
from backend.legacy import Report, import_legacy, original_at
from tests.databases import a_database, an_engine
from tests.legacy import telling_original


@dataclass(frozen=True)
class Imported:
    """A registry into which the original was brought, and the report of it."""

    engine: Engine
    report: Report


@pytest.fixture(scope="package")
def original_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of the original's database."""
    with a_database(postgresql, name="original", of="template0") as url:
        with psycopg.connect(url) as connection:
            telling_original(connection)
        yield url


@pytest.fixture(scope="package")
def imported(postgresql: Embedded, original_url: str) -> Iterator[Imported]:
    """The registry with all that the original held."""
    with an_engine(postgresql, name="imported") as engine:
        with original_at(original_url) as original:
            report = import_legacy(engine, original)
        yield Imported(engine, report)
