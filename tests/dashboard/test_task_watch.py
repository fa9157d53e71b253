"""What is left to the worker is followed until it has ended, however it ends; then the page tells, once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from backend.certify.hiding import hide_datasets
from backend.certify.orders import Hide, Order, SetColumns
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.jobs.batching import batch_as_previewed
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.queries import latest_change
from backend.record import DatasetKey
from backend.settings import Settings
from models.vocabulary import Status
from tests.batches import EARLY, EXPERT, GOOD, STRIP, ids_of
from tests.factories import RUN, a_run
from tests.offline import PROMPT, a_dataset, everywhere, say
from tests.pages import refused, speaking_to, told

KEY = DatasetKey(RUN, PROMPT)


@pytest.fixture(autouse=True)
def registry(engine: Engine) -> Iterator[None]:
    """A registry with one dataset, in front of the page."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session)
        a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        yield


def frame() -> None:
    """What leaves an errand to the worker, as a preview does, and follows it."""
    import streamlit as st

    from dashboard.task_watch import leave_to_worker, watched_tasks

    if (errand := st.session_state.pop("confirmed", None)) is not None:
        leave_to_worker("1 dataset changed", lambda session, who: errand)
    watched_tasks()


def watching(engine: Engine, order: Order) -> AppTest:
    """What somebody sees who left the order to the worker."""
    with transaction(engine) as session:
        seen = latest_change(session).change_set
        ids = tuple(ids_of(session, KEY))
        errand = batch_as_previewed(session, EXPERT, order, ids=ids, why="they are", seen=seen)
    app = AppTest.from_function(frame, default_timeout=30)
    app.session_state["demo_role"] = "dc-expert"
    app.session_state["confirmed"] = errand
    app.run()
    assert "Task 1 was asked for" in told(app)
    assert shown(app) == ["<span><b>Task 1</b> waiting</span>"]
    return app


def shown(app: AppTest) -> list[str]:
    return [html.proto.body for html in app.get("html")]


def done(engine: Engine) -> None:
    assert work_on_one(Bench(engine, "worker"), KINDS, settings=Settings()) is not None


def test_it_is_told_with_its_undo_and_followed_no_more(engine: Engine) -> None:
    app = watching(engine, SetColumns(setting=GOOD))
    done(engine)
    app.run()
    assert told(app) == "1 dataset changed"
    assert app.session_state["act-bar-done"].take_back is not None
    assert shown(app) == []


def test_what_failed_is_a_refusal_with_the_sentence_of_the_task(engine: Engine) -> None:
    app = watching(engine, SetColumns(setting=GOOD))
    with transaction(engine) as session:
        say(session, KEY, {STRIP: {Status.BAD: EARLY}})
    done(engine)
    app.run()
    assert refused(app).startswith("Task 1: S. Tanaka changed tracker-strip")
    assert shown(app) == []


def test_where_nothing_is_left_to_do_there_is_nothing_to_undo(engine: Engine) -> None:
    app = watching(engine, Hide())
    with transaction(engine) as session:
        hide_datasets(session, EXPERT, ids_of(session, KEY), why="wrong era", seen=None)
    done(engine)
    app.run()
    assert told(app) == "Nothing is left to do: 1 dataset hidden already."
    assert app.session_state["act-bar-done"].take_back is None


def test_it_is_cancelled_in_place(engine: Engine) -> None:
    app = watching(engine, Hide())
    app.button(key="task-watch-cancel-1").click().run()
    assert refused(app) == "Task 1: Cancelled by J. Novak."
    assert shown(app) == []
    assert work_on_one(Bench(engine, "worker"), KINDS, settings=Settings()) is None
