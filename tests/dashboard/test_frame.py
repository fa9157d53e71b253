"""The frame around the pages: where the jump box leads, facts with units, what was done."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from backend.version import program_version
from dashboard.about import about
from dashboard.facts import duration, facts_html, luminosity, moment, number
from dashboard.jump import destination


@pytest.mark.parametrize(
    "typed,wanted",
    [
        ("324980", ("run", {"run": "324980"})),
        ("324,980", ("run", {"run": "324980"})),
        ("run 7", ("run", {"run": "7"})),
        ("7328", ("online", {"fill": "7328"})),
        ("fill 7328", ("online", {"fill": "7328"})),
        ("", None),
        ("tracker", None),
        ("run", None),
        ("run 7 8", None),
    ],
)
def test_the_jump_box_leads_to_a_run_or_a_fill(typed: str, wanted: object) -> None:
    assert destination(typed) == wanted


def test_facts_have_units_and_a_dash_where_nobody_spoke() -> None:
    assert luminosity(4620.4) == "4.62 /fb"
    assert luminosity(None) == number(None) == moment(None) == "—"
    assert moment(datetime(2018, 10, 5, 13, 52, 41, tzinfo=UTC)) == "05 Oct 2018 13:52:41"
    assert duration(30) == "0 min"
    html = facts_html((("HLT key", "<script>", ""), ("Energy", "—", "GeV")))
    assert "<script>" not in html
    assert "GeV" not in html


def test_the_menu_of_every_page_tells_the_version_and_what_came_with_it() -> None:
    told = about()
    assert told.startswith(f"**Run Registry {program_version()}**")
    assert "#### Unreleased" in told


def _page() -> None:
    from backend.errors import Conflict
    from dashboard.components.act_bar import Done, act_bar, announce

    def refused() -> Done:
        raise Conflict("S. Tanaka changed tracker-strip 176–179 at 09:41 UTC.")

    import streamlit as st

    if st.button("sign off", key="act"):
        announce(Done("Run 325057 signed off", lambda: Done("Undone: run 325057 signed off")))
    if st.button("flag", key="late"):
        announce(Done("Flagged", refused))
    act_bar()


def test_the_act_bar_says_what_was_done_and_takes_it_back() -> None:
    app = AppTest.from_function(_page).run()
    assert not app.markdown
    app.button(key="act").click().run()
    assert "Run 325057 signed off" in app.markdown[0].value
    app.button(key="act-bar-undo").click().run()
    assert "Undone: run 325057 signed off" in app.markdown[0].value
    assert "act-bar-undo" not in {b.key for b in app.button}


def test_an_undo_that_is_refused_says_why() -> None:
    app = AppTest.from_function(_page).run()
    app.button(key="late").click().run()
    app.button(key="act-bar-undo").click().run()
    assert "S. Tanaka changed tracker-strip" in app.markdown[0].value
