"""The page Golden JSON without a browser: what it says before anything is made, of what cannot be, and to whom."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.golden.clause_words import failing_words
from tests.pages import button, open_page, speaking_to


@pytest.fixture(scope="module", autouse=True)
def registry(small_season_url: str) -> Iterator[None]:
    """This process speaks to a small season's registry, of which nothing was signed off."""
    with speaking_to(small_season_url):
        yield


def said(app: AppTest) -> str:
    """Everything that the page says in HTML."""
    assert not app.exception
    return " ".join(str(html.proto.body) for html in app.get("html"))


def test_where_there_is_none_it_says_how_to_make_one() -> None:
    assert "There is none yet. Choose a recipe above" in said(open_page("golden"))
    assert "There is no golden JSON 77; it may have been deleted." in said(open_page("golden", json="77"))


def test_the_recipe_of_the_address_brings_its_datasets() -> None:
    app = open_page("golden", recipe="muon 2018")
    assert app.text_input(key="gj-pattern").value == "/PromptReco/Collisions2018%/DQM"
    assert "matches no dataset" in said(app)
    assert button(app, "Make JSON").disabled


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("gj-pattern", "(/PromptReco", "No dataset can be like &#x27;(/PromptReco&#x27;"),
        ("gj-runs", "all of them", "no range of runs; write 315252-325175."),
        ("gj-runs", "325175-315252", "There are no runs from 325175 to 315252."),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_cannot_be_made(key: str, typed: str, sentence: str) -> None:
    app = open_page("golden")
    app.text_input(key=key).set_value(typed).run()
    assert sentence in said(app)
    assert button(app, "Make JSON").disabled


def test_a_rule_of_ones_own_is_checked_while_it_is_written() -> None:
    app = open_page("golden")
    app.selectbox(key="gj-recipe").select("").run()
    assert "Write the rule in Options" in said(app)
    app.text_area(key="gj-rule").set_value('{"=": [1, 2]}').run()
    assert "The rule cannot be:" in said(app)
    app.text_area(key="gj-rule").set_value('{"==": [{"var": "lumisection.oms.cms_active"}, true]}').run()
    app.text_input(key="gj-pattern").set_value("online").run()
    assert "datasets of" in said(app)
    assert not button(app, "Make JSON").disabled


def test_who_is_not_signed_in_looks_and_makes_none() -> None:
    app = open_page("golden", role="visitor")
    app.text_input(key="gj-pattern").set_value("online").run()
    make = button(app, "Make JSON")
    assert make.disabled
    assert "Sign in" in make.help


def test_what_fails_in_the_same_way_is_said_together() -> None:
    words = ["strip is GOOD", "track is GOOD", "energy ≥ 6,000 GeV", "TOB is ready", "any of (a is b; c is d)"]
    assert failing_words(words) == (
        "strip, track not GOOD; not (energy ≥ 6,000 GeV); TOB not ready; not (any of (a is b; c is d))"
    )
    assert failing_words([]) == ""


def test_a_prescale_column_narrows_what_is_made() -> None:
    app = open_page("golden")
    app.selectbox(key="gj-recipe").select("").run()
    app.text_area(key="gj-rule").set_value('{"==": [{"var": "lumisection.oms.cms_active"}, true]}').run()
    app.text_input(key="gj-pattern").set_value("online").run()
    app.text_input(key="gj-prescales").set_value("No such column").run()
    button(app, "Make JSON").click().run()
    assert ">0</b><span>runs" in said(app)
