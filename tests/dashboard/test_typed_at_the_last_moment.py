"""What was typed or chosen just before a button is pressed counts, though the page has not been drawn with it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from backend.db import engine_for
from tests.pages import button, open_page, speaking_to

RUN = 325_172


@pytest.fixture
def on(small_season_url: str) -> Iterator[Engine]:
    """The registry that this process speaks to."""
    with speaking_to(small_season_url):
        engine = engine_for(small_season_url)
        yield engine
        engine.dispose()


def one(on: Engine, asked: str) -> object:
    with on.connect() as connection:
        return connection.execute(text(asked), {"run": RUN}).scalar_one()


def test_a_stop_reason_is_saved_as_it_stands_in_the_field(on: Engine) -> None:
    app = open_page("run", run=str(RUN))
    field = app.text_input(key=f"act-run.stop_reason-{RUN}")
    field.set_value("beam").run()
    app.text_input(key=field.key).set_value("beam dump")
    button(app, "Save stop reason").click()  # type: ignore[attr-defined]
    app.run()
    assert one(on, "SELECT stop_reason FROM run WHERE run_number = :run") == "beam dump"


def _flags_of_a_range() -> None:
    from backend.record import DatasetKey
    from dashboard.data import latest_act, strip
    from dashboard.flag_form import flag_form
    from models.lumis import LumiSet
    from models.vocabulary import ONLINE
    from tests.dashboard.test_typed_at_the_last_moment import RUN

    of, key = strip(RUN, ONLINE, None), DatasetKey(RUN, ONLINE)
    flag_form({key: of.known}, LumiSet.span(10, 20), ticked=frozenset({"tracker-strip"}), seen=latest_act())


def test_a_flag_is_set_with_the_status_and_the_comment_of_the_form(on: Engine) -> None:
    app = AppTest.from_function(_flags_of_a_range, default_timeout=30)
    app.session_state["demo_role"] = "admin"
    app.run()
    app.text_area(key="flag-comment").set_value("HV trip").run()
    app.text_area(key="flag-comment").set_value("HV trip of TEC+")
    app.button(key="flag-set").click()
    app.run()
    assert one(on, "SELECT max(comment) FROM lumisection_change WHERE comment LIKE 'HV%'") == "HV trip of TEC+"
