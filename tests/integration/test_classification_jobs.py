"""Classification in the worker: what it takes in of a season is classified; a task judges old runs once more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import Action, Actor, demo_actor
from backend.certify.permitted import permitted
from backend.classify import ComponentBody, save_classifier
from backend.classify.recording import classify_run
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import InvalidInput, NotPermitted
from backend.ingest.oms import Oms, open_oms
from backend.ingest.runs import ingest_run
from backend.jobs.job import Tick
from backend.jobs.looking import looking_by_last_update, sweeping_by_run_number
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import ask
from backend.settings import Settings
from backend.start import make_ready
from models.lumis import LumiSet
from models.vocabulary import ONLINE_COMPONENTS, ConfigurationKind
from scripts.simulator.running import Simulator, running_simulator
from scripts.simulator.season import Season, build_season
from tests.judging import ALWAYS
from tests.workers import rows

OF_EACH_CLASS = 8
CLASSES = "SELECT run_number, run_class FROM run ORDER BY 1"


@contextmanager
def oms_of(simulator: Simulator) -> Iterator[Oms]:
    with open_oms(settings_of(simulator)) as oms:
        yield oms


def settings_of(simulator: Simulator) -> Settings:
    return Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="test",
        oms_client_secret=SecretStr("test"),
    )


def of_each_class(season: Season) -> dict[int, str]:
    """Some runs of every class: number → class."""
    chosen: dict[str, list[int]] = {}
    for number, run in season.runs.items():
        own = chosen.setdefault(run.run_class, [])
        if len(own) < OF_EACH_CLASS:
            own.append(number)
    return {number: run_class for run_class, numbers in chosen.items() for number in numbers}


def some_of(engine: Engine, year: str) -> dict[int, str]:
    """Ingest some runs of every class of a season into a fresh registry; number → class."""
    make_ready(engine)
    with running_simulator(year) as simulator, oms_of(simulator) as oms:
        assert simulator.feed.season is not None
        chosen = of_each_class(simulator.feed.season)
        for number in chosen:
            run = oms.run(number)
            assert run is not None
            ingest_run(engine, run, oms.lumisections(number), classify=classify_run)
    return chosen


@pytest.mark.parametrize("year", ["2018", pytest.param("2022", marks=pytest.mark.long)])
def test_a_fresh_registry_classifies_a_season_as_it_was(engine: Engine, year: str) -> None:
    expected = some_of(engine, year)
    assert dict(rows(engine, CLASSES)) == expected  # type: ignore[call-overload]
    assert len(set(expected.values())) >= 3
    significant = "SELECT count(*) FROM run WHERE is_significant AND run_class LIKE 'Collisions%'"
    assert rows(engine, significant) != [(0,)]


def test_of_significant_runs_every_component_is_flagged_and_of_others_none(engine: Engine) -> None:
    some_of(engine, "2018")
    counted = """
        SELECT r.is_significant, bool_and((SELECT coalesce(sum(n), 0) FROM unnest(d.counts) AS n) = :n * r.lumisections)
        FROM run r JOIN dataset d ON d.run_number = r.run_number GROUP BY 1 ORDER BY 1
    """
    components = sum(map(len, ONLINE_COMPONENTS.values()))
    with engine.connect() as connection:
        found = [connection.execute(text(counted), {"n": n}).all()[at] for at, n in enumerate((0, components))]
    assert [tuple(row) for row in found] == [(False, True), (True, True)]


@pytest.fixture
def season() -> Season:
    """A small season."""
    whole = {316000 + 10 * n: LumiSet.span(5, 60 + n) for n in range(3)}
    return build_season("mine", whole, whole)


@pytest.mark.parametrize("look", [looking_by_last_update, sweeping_by_run_number])
def test_what_the_worker_takes_in_is_classified(engine: Engine, season: Season, look: object) -> None:
    make_ready(engine)
    with running_simulator(season) as simulator, oms_of(simulator) as oms:
        work = look(oms, first_run=0)  # type: ignore[operator]
        work(Tick(engine))
    assert {run_class for _, run_class in rows(engine, CLASSES)} == {run.run_class for run in season.runs.values()}


def taken_in(engine: Engine, simulator: Simulator) -> None:
    with oms_of(simulator) as oms:
        work = looking_by_last_update(oms, first_run=0)
        work(Tick(engine))


def worked_on(engine: Engine, kind: str, simulator: Simulator, **arguments: object) -> str:
    with transaction(engine) as session:
        ask(session, kind, arguments, by="J. Novak")
    report = work_on_one(Bench(engine, "here", timedelta(seconds=1)), KINDS, settings=settings_of(simulator))
    assert report is not None
    return report.sentence


def test_a_back_fill_classifies(engine: Engine, season: Season) -> None:
    make_ready(engine)
    with running_simulator(season) as simulator:
        worked_on(engine, "backfill", simulator, first=316000, last=316005)
    assert rows(engine, CLASSES) == [(316000, season.runs[316000].run_class)]


def test_a_task_judges_runs_once_more(engine: Engine, season: Season) -> None:
    make_ready(engine)
    with running_simulator(season) as simulator:
        taken_in(engine, simulator)
        with transaction(engine) as session:
            body = ComponentBody(rule=ALWAYS, side="online", component="dt-dt", status="STANDBY", priority=1)  # type: ignore[arg-type]
            save_classifier(session, ComponentBody, name=f"{body.about}/all", body=body, by="A. Expert", why="a test")
        before = rows(engine, "SELECT count(*) FROM change_set")
        said = worked_on(engine, "reclassify", simulator, filter="run in 316000, 316010 and significant")
        assert said == "2 runs: 2 said."
        assert worked_on(engine, "reclassify", simulator, filter="run in 316000, 316010 and significant") == (
            "2 runs: nothing new."
        )
    assert rows(engine, "SELECT count(*) FROM change_set")[0][0] == before[0][0] + 2  # type: ignore[operator]
    assert "online/dt-dt/STANDBY/all v1" in str(rows(engine, "SELECT why FROM change_set ORDER BY id DESC LIMIT 1"))


def test_to_have_runs_judged_once_more_takes_a_right_of_its_own(engine: Engine, session: Session) -> None:
    ensure_defaults(engine)
    action = KINDS["reclassify"].action
    permitted(session, demo_actor("dc-expert"), action)
    body = {"grants": [other.value for other in Action if other is not action and not other.per_workspace]}
    group = "cms-dqm-guests"
    configure(session, ConfigurationKind.PERMISSION, name=group, body=body, by="K. Ito", why="all others")
    with pytest.raises(NotPermitted, match="may not have the rules in force judge runs once more"):
        permitted(session, Actor("G. Guest", frozenset({group}), is_verified=True), action)


def test_a_task_with_a_filter_that_cannot_be_read_is_refused(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(InvalidInput, match="filter"):
        ask(session, "reclassify", {"filter": "run in (("}, by="J. Novak")
