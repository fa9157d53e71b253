"""A large golden JSON is made by the worker, under an id that is known from the beginning, and never twice."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from backend.access import VISITOR
from backend.db import transaction
from backend.errors import InvalidInput, NotFound, NotPermitted
from backend.golden.selection import Options
from backend.jobs.golden_making import MakeGoldenJson, Making, errand_for, making_of, makings
from backend.jobs.job import Ending
from backend.jobs.running import Bench
from backend.jobs.task import TaskState
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import ask
from backend.queries.golden_jsons import golden_json_facts, golden_json_text
from backend.settings import Settings
from tests.golden_kept import ALICE, PROMPT, STRIP_GOOD

SETTINGS = Settings()


@pytest.fixture
def bench(engine: Engine) -> Bench:
    return Bench(engine, "here", timedelta(seconds=1))


def asked(engine: Engine, errand: MakeGoldenJson) -> int:
    with transaction(engine) as session:
        return ask(session, errand.kind, errand.model_dump(mode="json"), by=ALICE.name)


def making(engine: Engine, golden_json: int) -> Making | None:
    with transaction(engine) as session:
        return making_of(session, golden_json)


def test_the_worker_makes_what_was_asked_for_under_the_id_that_was_told(
    bench: Bench, engine: Engine, columns: dict[str, int]
) -> None:
    with transaction(engine) as session:
        errand = errand_for(
            session, ALICE, rule=STRIP_GOOD, pattern=PROMPT, options=Options(runs=(2, 2)), label="large", tags=("a",)
        )
    task = asked(engine, errand)
    waiting = Making(task, errand, TaskState.WAITING, 0.0, "", "A. Rossi")
    assert making(engine, errand.golden_json) == waiting
    with transaction(engine) as session:
        assert makings(session) == makings(session, asked_by="A. Rossi") == (waiting,)
        assert makings(session, asked_by="B. Klein") == ()
    report = work_on_one(bench, KINDS, settings=SETTINGS)
    assert report is not None and report.sentence == f"Golden JSON {errand.golden_json} was made."
    with transaction(engine) as session:
        facts = golden_json_facts(session, errand.golden_json)
        assert golden_json_text(session, errand.golden_json) == '{"2": [[1, 12]]}'
    assert (facts.label, facts.tags, facts.made_by) == ("large", ("a",), "A. Rossi")
    with transaction(engine) as session:
        assert makings(session) == ()
    done = making(engine, errand.golden_json)
    assert done is not None and (done.state, done.progress) == (TaskState.DONE, 1.0)
    assert making(engine, 99) is None


def test_a_task_that_is_begun_anew_makes_nothing_twice(bench: Bench, engine: Engine, columns: dict[str, int]) -> None:
    with transaction(engine) as session:
        errand = errand_for(session, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    for _ in range(2):
        asked(engine, errand)
        work_on_one(bench, KINDS, settings=SETTINGS)
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM golden_json")).scalar_one() == 1


def test_what_cannot_be_made_fails_with_a_sentence(bench: Bench, engine: Engine, columns: dict[str, int]) -> None:
    with transaction(engine) as session:
        errand = errand_for(session, ALICE, rule=STRIP_GOOD, pattern="/Nothing/%")
    asked(engine, errand)
    report = work_on_one(bench, KINDS, settings=SETTINGS)
    assert report is not None and report.ending is Ending.FAILED
    failed = making(engine, errand.golden_json)
    assert failed is not None and failed.state is TaskState.FAILED and "No dataset matches" in failed.message


def test_what_can_be_seen_to_be_wrong_is_not_asked_for(engine: Engine, columns: dict[str, int]) -> None:
    with transaction(engine) as session:
        with pytest.raises(NotPermitted, match="not signed in"):
            errand_for(session, VISITOR, rule=STRIP_GOOD, pattern=PROMPT)
        with pytest.raises(NotFound, match="no recipe 'x'"):
            errand_for(session, ALICE, recipe="x")
        errand = errand_for(session, ALICE, rule=STRIP_GOOD, pattern=PROMPT).model_dump(mode="json")
        with pytest.raises(InvalidInput, match="cannot be read"):
            ask(session, "golden json", errand | {"options": {"of_several": "both"}}, by=ALICE.name)
