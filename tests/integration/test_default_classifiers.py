"""A fresh registry, as it starts: what OMS serves of two seasons is classified by its default classifiers."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from backend.classify import ensure_default_classifiers
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.embedded import Embedded
from backend.queries import RunRow, runs_page
from models.vocabulary import ONLINE_COMPONENTS, Status
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from scripts.simulator.seasons import season_named
from tests.databases import an_engine

RUNS = 40
ONLINE = [f"{workspace}-{component}" for workspace, own in ONLINE_COMPONENTS.items() for component in own]


@pytest.fixture(scope="module", params=["2018", pytest.param("2022", marks=pytest.mark.long)])
def classified(request: pytest.FixtureRequest, postgresql: Embedded) -> Iterator[tuple[str, tuple[RunRow, ...]]]:
    """The newest runs of a season in a registry that was set up as at every start."""
    with an_engine(postgresql, name=f"defaults_{request.param}") as on:
        ensure_defaults(on)
        ensure_default_classifiers(on)
        with running_simulator(request.param, pace="max") as simulator:
            ingest_season(on, simulator, most=RUNS)
        with transaction(on) as session:
            assert session.execute(text("SELECT count(*) FROM change_set WHERE kind = 'classify'")).scalar_one() == RUNS
            yield request.param, runs_page(session, limit=RUNS, with_bits=False).rows


def test_every_run_has_the_class_that_it_was_taken_for(classified: tuple[str, tuple[RunRow, ...]]) -> None:
    name, rows = classified
    season = season_named(name)
    wrong = {row.run_number for row in rows if row.attributes["run_class"] != season.runs[row.run_number].run_class}
    assert (len(rows), wrong) == (RUNS, set())


def test_every_run_that_has_golden_lumisections_is_significant(classified: tuple[str, tuple[RunRow, ...]]) -> None:
    name, rows = classified
    golden = season_named(name).golden
    assert [row.run_number for row in rows if row.run_number in golden and not row.is_significant] == []
    assert any(row.run_number in golden for row in rows)


def test_every_component_of_a_significant_run_has_a_word_and_of_others_none(
    classified: tuple[str, tuple[RunRow, ...]],
) -> None:
    for row in classified[1]:
        said = {component: sum(row.counts.get(component, {}).values()) for component in ONLINE}
        expected = row.lumisections if row.is_significant else 0
        assert said == dict.fromkeys(ONLINE, expected), row.run_number


def test_gem_takes_part_from_2022_on_and_castor_no_more(classified: tuple[str, tuple[RunRow, ...]]) -> None:
    name, rows = classified
    for row in rows:
        if row.is_significant:
            assert (Status.EXCLUDED in row.counts["gem-gem"]) is (name == "2018")
            assert row.counts["castor-castor"] == {Status.EXCLUDED: row.lumisections}
