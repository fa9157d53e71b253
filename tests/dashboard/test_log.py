"""The Log without a browser: who did what, the difference it made, pages by change set, and taking back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from backend.access import demo_actor
from backend.certify.configuring import write_piece
from backend.certify.runs import edit_stop_reason
from backend.configuration import causes, ensure_defaults
from backend.db import transaction
from backend.queries import run_facts
from models.vocabulary import ConfigurationKind
from tests.factories import a_run
from tests.pages import button, open_page, speaking_to, told

RUN, OTHER = 325_172, 325_170
REASON = "beam dump"


@pytest.fixture(autouse=True)
def acts(engine: Engine) -> Iterator[dict[str, int]]:
    """A registry with two runs, a stop reason said by a shifter, and causes said by an expert."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session, RUN)
        a_run(session, OTHER)
        said = edit_stop_reason(
            session, demo_actor("shifter"), RUN, stop_reason=REASON, why="as the shift saw", seen=None
        )
        body = {"causes": [{"word": "HV trip"}]}
        kind = ConfigurationKind.CAUSE
        written = write_piece(session, demo_actor("admin"), kind, name="tracker", body=body, why="it recurs", seen=None)
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        yield {"stop": said.change_set, "causes": written.change_set}


def stop_reason(engine: Engine) -> object:
    with transaction(engine) as session:
        return run_facts(session, RUN).attributes["stop_reason"]


def html(app: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))


def shown(app: AppTest) -> str:
    """Which acts the page shows, as its foot says it."""
    return next(one.proto.body for one in app.get("html") if ">Acts " in one.proto.body)


def test_an_act_says_what_was_before_and_what_is_after(acts: dict[str, int]) -> None:
    app = open_page("log", act=str(acts["stop"]))
    assert not app.exception
    said = html(app)
    assert f"{RUN} stop_reason" in said and REASON in said
    assert "S. Tanaka" in said and "as the shift saw" in said


def test_what_is_configured_is_told_in_words(acts: dict[str, int]) -> None:
    assert "cause tracker: version 1" in html(open_page("log", act=str(acts["causes"])))


def test_one_takes_back_what_one_did_after_a_preview_and_it_can_be_redone(engine: Engine, acts: dict[str, int]) -> None:
    app = open_page("log", role="shifter", act=str(acts["stop"]))
    button(app, "Undo …").click().run()
    assert any("It becomes again" in caption.value for caption in app.caption)
    assert stop_reason(engine) == REASON
    button(app, "Undo on 1 run").click().run()
    assert told(app).startswith(f"Undone: change set {acts['stop']}")
    assert stop_reason(engine) is None
    assert any("undone already" in caption.value for caption in app.caption)
    undo = acts["causes"] + 1
    app = open_page("log", role="shifter", act=str(undo))
    button(app, "Redo …").click().run()
    button(app, "Redo on 1 run").click().run()
    assert stop_reason(engine) == REASON


def test_what_somebody_else_did_is_not_taken_back_without_the_right(acts: dict[str, int]) -> None:
    app = open_page("log", role="tracker-certifier", act=str(acts["stop"]))
    assert button(app, "Undo …").disabled
    assert any("undo what somebody else did" in caption.value for caption in app.caption)


def test_configuration_is_taken_back_from_the_log_too(engine: Engine, acts: dict[str, int]) -> None:
    app = open_page("log", role="admin", act=str(acts["causes"]))
    button(app, "Undo …").click().run()
    button(app, "Undo it").click().run()
    with transaction(engine) as session:
        assert causes(session, "tracker") == ()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"by": "tanaka"}, "stop"),
        ({"text": "recurs"}, "causes"),
        ({"workspace": "tracker", "kind": "configure"}, "causes"),
        ({"kind": "configure"}, "causes"),
        ({"run_number": str(RUN), "by": "tanaka"}, "stop"),
    ],
)
def test_the_address_says_which_acts_are_shown(acts: dict[str, int], asked: dict[str, str], found: str) -> None:
    app = open_page("log", **asked)
    assert not app.exception
    assert f">Acts {acts[found]:,} to {acts[found]:,}<" in shown(app)


def test_a_filter_is_cleared(acts: dict[str, int]) -> None:
    app = open_page("log", by="tanaka", kind="edit run")
    button(app, "Clear").click().run()
    assert f">Acts {acts['causes']:,} to 1<" in shown(app)


def test_earlier_acts_are_asked_for_by_their_number(acts: dict[str, int]) -> None:
    app = open_page("log", before=str(acts["stop"]))
    assert f">Acts {acts['stop'] - 1:,} to 1<" in shown(app)
    assert not button(app, "Latest").disabled and button(app, "Earlier").disabled


def test_an_act_outside_the_filter_is_shown_by_its_permalink(acts: dict[str, int]) -> None:
    app = open_page("log", by="nobody", act=str(acts["stop"]))
    assert REASON in html(app)


@pytest.mark.parametrize(
    "asked", [{"act": "99999"}, {"act": "x"}, {"before": "x"}, {"run_number": "x"}, {"since": "x"}]
)
def test_an_address_that_makes_no_sense_is_a_sentence_or_nothing(asked: dict[str, str]) -> None:
    assert not open_page("log", **asked).exception
