"""The page Classifiers without a browser: what it says of rules, drafts, rights and versions, and what would change."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from backend.access import demo_actor
from backend.classify import ComponentBody
from backend.classify.commands import restore_classifier, write_classifier
from backend.configuration import pieces
from backend.db import engine, transaction
from backend.queries import latest_change
from dashboard.classifiers.draft import Draft, draft_of, to_link
from models.vocabulary import ConfigurationKind
from tests.pages import speaking_to

VIEWS = Path(__file__).parents[2] / "dashboard" / "views"
NAME = "online/tracker-strip/BAD"
RUN = "325172"


@pytest.fixture(autouse=True)
def registry(small_season_url: str) -> Iterator[None]:
    """This process speaks to a small season's registry, as the demo would."""
    with speaking_to(small_season_url, RR_DEMO_ROLE="admin"):
        yield


def page(role: str = "admin", **query: str) -> AppTest:
    app = AppTest.from_file(str(VIEWS / "classifiers.py"), default_timeout=60)
    app.session_state["demo_role"] = role
    for key, value in ({"name": NAME} | query).items():
        app.query_params[key] = value
    return app.run()


def said(app: AppTest) -> str:
    """Everything that the page says in HTML."""
    return " ".join(str(html.proto.body) for html in app.get("html"))


def a_draft(text: str | None = None, **fields: object) -> Draft:
    """A draft that begins from what is in force."""
    with transaction(engine()) as session:
        seen = latest_change(session).change_set
        piece = pieces(session, ComponentBody)[NAME]
    draft = draft_of(ConfigurationKind.COMPONENT, NAME, piece.body, version=piece.version, seen=seen, by="A. Petrov")
    return replace(draft, text=text or draft.text, fields={**draft.fields, **fields})


def test_a_rule_is_shown_in_words_with_its_values_its_versions_and_who_wrote_them() -> None:
    app = page(run=RUN, ls="1")
    assert not app.exception
    html = said(app)
    assert "strip is BAD when any of" in html
    assert "TIB/TID is off" in html
    assert "Valid rule" in html
    assert "does not match" in html
    assert "setup, " in html


@pytest.mark.parametrize("kind", [kind.value for kind in ConfigurationKind if kind.value not in
                                  ("workspace", "permission", "accepted dataset", "cause")])  # fmt: skip
def test_every_kind_has_a_list_and_opens_its_first(kind: str) -> None:
    app = page(kind=kind, name="")
    assert not app.exception
    assert "Valid rule" in said(app)
    assert len([button for button in app.button if str(button.key).startswith("cl-open-")]) > 3


def test_a_draft_in_the_address_is_checked_compared_and_previewed() -> None:
    draft = a_draft('{ "and": [\n  { "==": [{ "var": "cms_active" }, true] }\n] }')
    app = page(draft=to_link(draft))
    assert not app.exception
    html = said(app)
    assert "draft v2" in html
    assert "Impact of the draft" in html
    assert "CMS is active" in html
    assert "2 branches added" in html
    assert "runs change" in html
    assert "Collisions18" in html


def test_a_draft_with_a_typo_says_where_and_cannot_be_saved() -> None:
    app = page(draft=to_link(a_draft('{ "or": [\n  { "==": [{ "var": "tob_redy" }, false] }\n] }')))
    assert not app.exception
    assert "Line 2: There is no fact &#x27;tob_redy&#x27;; did you mean &#x27;tob_ready&#x27;?" in said(app)
    assert not [button for button in app.button if button.key == "cl-save-confirm"]


def test_a_draft_that_nobody_can_read_is_refused_in_a_sentence() -> None:
    app = page(draft="eJwnonsense")
    assert not app.exception
    assert app.error[0].value.startswith("The draft in this address cannot be read")
    assert "strip is BAD when any of" in said(app)


def test_who_may_not_save_sees_who_may_and_nothing_to_press() -> None:
    app = page("ecal-admin", draft=to_link(a_draft(priority=4)))
    assert "cms-dqm-runregistry-admins-tracker" in said(app)
    assert not [button for button in app.button if button.key == "cl-save-confirm"]
    switches = [button for button in app.button if str(button.key).startswith("cl-switch-")]
    assert switches
    assert all(switch.disabled and "cms-dqm-runregistry-experts" in switch.help for switch in switches)


def test_who_runs_the_subsystem_saves_with_a_reason_and_takes_it_back() -> None:
    app = page("tracker-admin", draft=to_link(a_draft(priority=4)))
    assert app.button(key="cl-save-confirm").disabled
    app.text_input(key="cl-save-why").set_value("after the others").run()
    app.button(key="cl-save-confirm").click().run()
    assert not app.exception
    with transaction(engine()) as session:
        piece = pieces(session, ComponentBody)[NAME]
    assert (piece.version, piece.body.priority) == (2, 4)
    done = app.session_state["act-bar-done"]
    assert done.sentence == f"{NAME} v2 is saved"
    assert done.take_back().sentence.startswith("Undone")
    with transaction(engine()) as session:
        assert pieces(session, ComponentBody)[NAME].version == 1


def test_a_draft_that_somebody_was_faster_than_says_so_and_is_not_saved_over_it() -> None:
    draft = a_draft(priority=5)
    expert = demo_actor("admin")
    with transaction(engine()) as session:
        body = draft.with_field("priority", 6).body()
        seen = latest_change(session).change_set
        saved = write_classifier(session, expert, draft.kind, name=NAME, body=body, why="sixth", seen=seen)
    app = page("tracker-admin", draft=to_link(draft))
    assert "L. Moreau saved v" in said(app)
    app.text_input(key="cl-save-why").set_value("mine").run()
    app.button(key="cl-save-confirm").click().run()
    assert "L. Moreau changed component of" in app.error[0].value
    app.button(key="cl-rebase").click().run()
    assert "L. Moreau saved v" not in said(app)
    with transaction(engine()) as session:
        assert pieces(session, ComponentBody)[NAME].body.priority == 6
        restore_classifier(session, expert, draft.kind, name=NAME, version=1, why="tidy", seen=saved.change_set)


def test_two_versions_are_compared_on_the_newest_runs() -> None:
    draft = a_draft('{ "==": [{ "var": "cms_active" }, true] }')
    with transaction(engine()) as session:
        made = write_classifier(
            session, demo_actor("admin"), draft.kind, name=NAME, body=draft.body(), why="all", seen=draft.seen
        )
    latest = str(max(v for v in range(1, 20) if _has_version(v)))
    app = page(version="1", against=latest)
    assert not app.exception
    assert "Where the two differ" in said(app)
    assert "runs change" in said(app)
    with transaction(engine()) as session:
        restore_classifier(
            session, demo_actor("admin"), draft.kind, name=NAME, version=1, why="x", seen=made.change_set
        )


def _has_version(version: int) -> bool:
    from backend.configuration import versions

    with transaction(engine()) as session:
        return any(said.version == version for said in versions(session, ConfigurationKind.COMPONENT, name=NAME))


def test_a_recipe_is_tried_on_a_dataset_in_every_lumisection() -> None:
    app = page(kind="recipe", name="dcs-only 2018", run=RUN)
    assert not app.exception
    assert "a lumisection is kept when all of" in said(app)
    assert "match" in said(app)


def test_a_run_that_is_not_there_is_a_sentence() -> None:
    app = page(run="7")
    assert not app.exception
    assert "There is no run 7." in said(app)


def test_why_a_run_is_what_it_is_names_the_clause_and_the_value() -> None:
    app = AppTest.from_file(str(VIEWS / "run.py"), default_timeout=60)
    for key, value in {"run": RUN, "tab": "Why", "ls": "1-30", "why": "tracker-strip"}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    html = said(app)
    assert "the run is Collisions18 when all of" in html
    assert "collisions2018" in html
    assert "a run of Collisions18 is significant when" in html
    assert "GOOD</b> in LS 1–30" in html
    assert "online/tracker-strip/GOOD v1" in html
    assert "TOB is ready <i>ready</i>" in html


def test_an_address_that_the_browser_sends_late_does_not_take_back_what_was_typed_since() -> None:
    first, second = a_draft('{ "==": [1, 1] }'), a_draft('{ "==": [1, 1] }     ')
    app = page(draft=to_link(first))
    app.session_state["drafts-of-classifiers"][first.kind, first.name] = second
    app.query_params["draft"] = to_link(first)
    app.run()
    assert app.session_state["drafts-of-classifiers"][first.kind, first.name] == second
    assert app.query_params["draft"] in (to_link(second), [to_link(second)])
    app.query_params["draft"] = to_link(a_colleagues := a_draft('{ "==": [1, 2] }'))
    app.run()
    assert app.session_state["drafts-of-classifiers"][first.kind, first.name] == a_colleagues
