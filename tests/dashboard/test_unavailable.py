"""The database is away: pages say so in a sentence, and go on when it is back."""

import os
from contextlib import suppress
from pathlib import Path

from streamlit.testing.v1 import AppTest

from backend.db import database_url, engine
from backend.errors import DatabaseUnavailable
from backend.settings import settings
from tests.pages import open_page, speaking_to

ENTRY = Path(__file__).parents[2] / "dashboard" / "entry.py"
NOBODY_THERE = "postgresql://nobody@127.0.0.1:1/none"


def speak_to(url: str) -> None:
    """From now on, until ``speaking_to`` ends; what pages hold in their caches stays."""
    with suppress(DatabaseUnavailable):
        engine().dispose()
    os.environ["DATABASE_URL"] = url
    for kept in (settings, database_url, engine):
        kept.cache_clear()


def test_overview_says_that_the_database_is_away_and_is_there_after_trying_again(season_url: str) -> None:
    with speaking_to(NOBODY_THERE):
        app = AppTest.from_file(str(ENTRY), default_timeout=30).run()
        assert not app.exception
        assert app.error[0].value.startswith("The database does not answer")
        speak_to(season_url)
        app.button(key="try-again").click().run()
        assert not app.exception
        assert not app.error
        assert app.toggle(key="live")


def test_a_live_page_that_loses_the_database_says_so_where_its_cards_stood(season_url: str) -> None:
    with speaking_to(season_url):
        app = open_page("overview", live="true")
        assert not app.error
        speak_to(NOBODY_THERE)
        app.run()
        assert not app.exception
        assert app.error[0].value.startswith("The database does not answer")
        assert app.selectbox(key="workspace")
        speak_to(season_url)
        assert not app.button(key="try-again_body").click().run().error
