"""Cycles without a browser: what is listed, made, moved, completed, and what one who may not is told."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import EVERYTHING, ids_of
from backend.queries.cycles import CycleFacts, cycle_facts, cycles
from dashboard.cycles_data import cycles_title
from dashboard.cycles_head import deadline_mark
from models.vocabulary import CycleState
from tests.cycled import a_cycle, some_datasets
from tests.pages import button, open_page, speaking_to, told

RUNS = (325_172, 325_170, 325_159)


@pytest.fixture(autouse=True)
def cycle(engine: Engine) -> Iterator[int]:
    """A registry with one cycle of three open datasets."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        some_datasets(session, *RUNS)
        made = a_cycle(session, ids_of(session, EVERYTHING, workspace="tracker", which="all"))
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        yield made


def facts(engine: Engine, cycle: int) -> CycleFacts:
    with transaction(engine) as session:
        return cycle_facts(session, cycle)


def test_the_menu_says_how_many_cycles_wait_for_a_workspace(engine: Engine, cycle: int) -> None:
    assert cycles_title("tracker") == "Cycles (1)"
    assert cycles_title("ecal") == "Cycles"


def test_completing_waits_for_every_dataset_and_says_how_many_are_left() -> None:
    app = open_page("cycles", role="tracker-certifier", workspace="tracker")
    assert not app.exception
    assert button(app, "Complete in tracker").disabled
    assert any("3 of 3 datasets are not COMPLETED here." in html.proto.body for html in app.get("html"))


def test_all_datasets_are_moved_after_a_preview_and_the_cycle_is_completed(engine: Engine, cycle: int) -> None:
    app = open_page("cycles", role="tracker-certifier", workspace="tracker")
    button(app, "Move 3 to COMPLETED").click().run()
    assert any("**3** OPEN → COMPLETED in tracker" in said.value for said in app.markdown)
    button(app, "Move 3 datasets to COMPLETED").click().run()
    assert told(app) == "3 datasets of 2018 week 43 moved to COMPLETED in tracker"
    button(app, "Complete in tracker").click().run()
    button(app, "Complete it in tracker").click().run()
    progress = facts(engine, cycle).progress["tracker"]
    assert (progress.state, progress.completed) == (CycleState.COMPLETED, 3)
    assert cycles_title("tracker") == "Cycles"
    button(app, "Make pending in tracker").click().run()
    button(app, "Make it pending in tracker").click().run()
    assert facts(engine, cycle).is_pending("tracker")


def test_a_workspace_that_one_does_not_certify_is_closed_with_the_egroup_that_may() -> None:
    app = open_page("cycles", role="ecal-certifier", workspace="tracker")
    for label in ("Complete in tracker", "Move 3 to COMPLETED", "New cycle", "Edit", "Delete", "Add datasets"):
        assert button(app, label).disabled
    assert "cms-dqm-runregistry-offline-tracker-certifiers" in button(app, "Move 3 to COMPLETED").help


def test_a_cycle_is_made_of_what_a_filter_lets_through(engine: Engine) -> None:
    app = open_page("cycles", role="dc-expert")
    button(app, "New cycle").click().run()
    assert button(app, "Make a cycle of 0 datasets").disabled
    app.text_input(key="cycle-name").set_value("2018 week 44").run()
    app.text_input(key="cycle-filter").set_value("run > 325160").run()
    button(app, "Make a cycle of 2 datasets").click().run()
    assert not app.exception
    with transaction(engine) as session:
        made = next(cycle for cycle in cycles(session) if cycle.name == "2018 week 44")
    assert len(made.datasets) == 2
    assert made.deadline is not None and (made.deadline.hour, made.deadline.minute) == (23, 59)


def test_a_filter_that_cannot_be_read_is_a_sentence_and_makes_nothing() -> None:
    app = open_page("cycles", role="dc-expert")
    button(app, "New cycle").click().run()
    app.text_input(key="cycle-filter").set_value("runn > 3").run()
    assert "runn" in app.error[0].value
    assert button(app, "Make a cycle of 0 datasets").disabled


def test_a_cycle_is_called_otherwise_after_the_change_was_shown(engine: Engine, cycle: int) -> None:
    app = open_page("cycles", role="dc-expert")
    button(app, "Edit").click().run()
    assert button(app, "Save").disabled
    app.text_input(key="cycle-name").set_value("2018 week 43b").run()
    assert any("name: 2018 week 43 → **2018 week 43b**" in said.value for said in app.markdown)
    button(app, "Save").click().run()
    assert facts(engine, cycle).name == "2018 week 43b"


def test_datasets_are_added_those_that_are_there_stay(engine: Engine, cycle: int) -> None:
    with transaction(engine) as session:
        some_datasets(session, 325_175)
    app = open_page("cycles", role="dc-expert")
    button(app, "Add datasets").click().run()
    app.text_input(key="cycle-filter").set_value("run > 325160").run()
    button(app, "Add 1 dataset").click().run()
    assert len(facts(engine, cycle).datasets) == 4


def test_a_deleted_cycle_is_gone_and_its_datasets_stay(engine: Engine) -> None:
    app = open_page("cycles", role="dc-expert", cycle="1")
    button(app, "Delete").click().run()
    button(app, "Delete the cycle").click().run()
    assert told(app) == "2018 week 43 is deleted"
    with transaction(engine) as session:
        assert cycles(session) == ()
        assert len(ids_of(session, EVERYTHING, workspace="tracker", which="all")) == 3


def test_global_comes_last() -> None:
    app = open_page("cycles", role="admin")
    button(app, "Move 3 to COMPLETED").click().run()
    button(app, "Move 3 datasets to COMPLETED").click().run()
    assert button(app, "Complete in global").help == "Global comes last: tracker still has it pending."


@pytest.mark.parametrize(("days", "tone"), [(-1, "warn"), (1, "warn"), (20, "plain")])
def test_a_deadline_that_is_near_or_over_is_said_in_words(engine: Engine, cycle: int, days: int, tone: str) -> None:
    found = facts(engine, cycle)
    assert found.deadline is not None
    at = datetime.fromtimestamp(found.deadline.timestamp() - days * 86_400, UTC)
    mark = deadline_mark(found, "tracker", at)
    assert mark.tone == tone
    assert ("over" in str(mark.value)) is (days < 0)
