"""Pages run as Streamlit runs them, without a browser, on a registry that a test may write in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from backend.db import database_url, engine
from backend.settings import settings

VIEWS = Path(__file__).parents[1] / "dashboard" / "views"


@contextmanager
def speaking_to(url: str, **environment: str) -> Iterator[None]:
    """This process speaks to that registry, as the demo would."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"DATABASE_URL": url, "RR_AUTH": "demo", "RR_ENVIRONMENT": "demo", **environment}.items():
            patch.setenv(name, value)
        _forget()
        yield
        engine().dispose()
    _forget()


def open_page(page: str, /, *, role: str = "admin", **query: str) -> AppTest:
    """The page as somebody in that role of the demo sees it."""
    app = AppTest.from_file(str(VIEWS / f"{page}.py"), default_timeout=30)
    app.session_state["demo_role"] = role
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def button(app: AppTest, label: str) -> object:
    """The button of that name."""
    return next(b for b in app.button if b.label == label)


def told(app: AppTest) -> str:
    """What the act bar says."""
    return str(app.session_state["act-bar-done"].sentence)


def refused(app: AppTest) -> str:
    """Why the last act was refused, as the frame says it above the page."""
    return str(app.session_state["refused"])


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    for kept in (settings, database_url, engine):
        kept.cache_clear()
