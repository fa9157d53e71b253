"""The page Golden JSON without a browser: what it says before anything is made, of what cannot be, and to whom."""

from collections.abc import Iterator
from json import dumps

import pytest
from streamlit.testing.v1 import AppTest

from backend.access import demo_actor
from backend.db import engine
from backend.golden.making import make
from backend.golden.publishing import mark_official
from backend.queries.golden_jsons import golden_json
from backend.rules import Json
from dashboard.data import reading
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


ALL_ACTIVE: Json = {"==": [{"var": "lumisection.oms.cms_active"}, True]}
BPIX_READY: Json = {"and": [ALL_ACTIVE, {"==": [{"var": "lumisection.oms.bpix_ready"}, True]}]}
EXPERT = demo_actor("dc-expert")


def kept(app: AppTest) -> str:
    """How many lumisections the golden JSON on the page holds, as it says."""
    return said(app).split("</b><span>lumisections")[0].rpartition(">")[2]


def test_another_golden_json_is_a_mask_and_the_address_names_it() -> None:
    strict = make(engine(), EXPERT, rule=BPIX_READY, pattern="online", label="strict")
    app = open_page("golden")
    app.selectbox(key="gj-within").select(strict).run()
    assert str(strict) in app.query_params["within"]
    assert open_page("golden", within=str(strict)).selectbox(key="gj-within").value == strict
    app.selectbox(key="gj-recipe").select("").run()
    app.text_area(key="gj-rule").set_value(dumps(ALL_ACTIVE)).run()
    app.text_input(key="gj-pattern").set_value("online").run()
    button(app, "Make JSON").click().run()
    assert kept(app) == kept(open_page("golden", json=str(strict))) != "0"


def test_what_is_golden_without_all_bits_is_a_number_of_its_own_and_losses_are_a_pie_too() -> None:
    loose = make(engine(), EXPERT, rule=ALL_ACTIVE, pattern="online", label="loose")
    assert "not in DCS-only" not in said(open_page("golden", json=str(loose)))
    strict = make(engine(), EXPERT, rule=BPIX_READY, pattern="online", label="strict")
    with reading() as session:
        mark_official(session, EXPERT, strict, kind="dcs-only-2018", seen=None)
        held = [golden_json(session, id_) for id_ in (loose, strict)]
    outside = held[0] - held[1]
    lumisections = sum(map(len, outside.values()))
    assert lumisections > 0
    app = open_page("golden", json=str(loose))
    told = f"<b>{lumisections:,}</b><span>LS not in DCS-only #{strict}</span>"
    assert told in said(app)
    assert "not in DCS-only" not in said(open_page("golden", json=str(strict)))
    app = open_page("golden", json=str(strict))
    app.segmented_control(key="gj-loss-by").set_value("Pie").run()
    assert "together all that is lost" in said(app) or "Nothing was lost" in said(app)
