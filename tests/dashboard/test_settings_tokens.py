"""Tokens on Settings without a browser: made and shown once, revoked, and whose one sees."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from backend.access import Action, demo_actor, may
from backend.configuration import ensure_defaults, rights
from backend.db import transaction
from backend.identity.personal import token_shown, tokens_of
from tests.pages import button, open_page, refused, speaking_to, told


@pytest.fixture(autouse=True)
def registry(engine: Engine) -> Iterator[None]:
    """A registry with its defaults."""
    ensure_defaults(engine)
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with speaking_to(url):
        yield


def page(role: str, **query: str) -> AppTest:
    app = open_page("settings", role=role, tab="Tokens", **query)
    assert not app.exception
    return app


def field(app: AppTest, key: str) -> AppTest:
    return next(f for f in [*app.text_input, *app.number_input, *app.multiselect] if f.key == key)


def secret_on(app: AppTest) -> str:
    return next(found[0] for code in app.code if (found := re.findall(r"^rr_[0-9a-f]{64}$", code.value)))


def made(app: AppTest, name: str = "nightly") -> str:
    field(app, "token-name").set_value(name).run()
    button(app, "Make the token").click().run()
    assert not app.exception
    return secret_on(app)


def test_a_token_is_shown_once_and_reads_unless_it_is_given_more(engine: Engine) -> None:
    app = page("tracker-certifier")
    assert button(app, "Make the token").disabled
    secret = made(app)
    assert told(app) == "The token 'nightly' was made"
    with transaction(engine) as session:
        shown = token_shown(session, secret, login_days=1)
        assert (shown.actor.name, shown.actor.scope) == ("A. Keller", frozenset())
    button(app, "I have copied it").click().run()
    assert not any(secret in element.value for element in app.code)
    assert "token-made" not in app.session_state


def test_a_secret_is_not_shown_on_a_page_that_was_left_open() -> None:
    app = page("tracker-certifier")
    secret = made(app)
    app.session_state["token-made"] = (secret, datetime.now(UTC) - timedelta(minutes=6))
    app.run()
    assert not any(secret in element.value for element in app.code)
    assert "token-made" not in app.session_state


def test_a_token_is_given_rights_that_one_has(engine: Engine) -> None:
    app = page("tracker-certifier")
    field(app, "token-name").set_value("nightly").run()
    app.session_state["token-way"] = "Chosen rights"
    app.run()
    assert button(app, "Make the token").disabled
    offered = field(app, "token-scope").options
    assert "flags:tracker" in offered and not any(right.endswith(":ecal") for right in offered)
    app.session_state["token-way"] = "Chosen rights"
    field(app, "token-scope").set_value(["flags:tracker"]).run()
    app.session_state["token-way"] = "Chosen rights"
    button(app, "Make the token").click().run()
    with transaction(engine) as session:
        actor = token_shown(session, secret_on(app), login_days=1).actor
        matrix = rights(session)
    assert may(actor, Action.FLAGS, "tracker", matrix=matrix)
    assert not may(actor, Action.DATASET_MOVE, "tracker", matrix=matrix)


def test_a_name_that_is_taken_is_refused_and_told(engine: Engine) -> None:
    app = page("tracker-certifier")
    made(app)
    button(app, "I have copied it").click().run()
    field(app, "token-name").set_value("nightly").run()
    button(app, "Make the token").click().run()
    assert "There is a token 'nightly' already" in refused(app)


def test_a_token_is_revoked_by_its_owner_and_by_whoever_answers_for_rights(engine: Engine) -> None:
    app = page("tracker-certifier")
    for name in ("nightly", "weekly"):
        made(app, name)
        button(app, "I have copied it").click().run()
    with transaction(engine) as session:
        nightly, weekly = sorted(tokens_of(session, demo_actor("tracker-certifier")), key=lambda t: t.name)
    app = page("tracker-certifier", name=str(nightly.id))
    button(app, "Revoke").click().run()
    assert told(app) == "The token 'nightly' is revoked"
    assert button(app, "Revoke").disabled
    other = page("dc-expert", name=str(weekly.id))
    assert not other.toggle and not [b for b in other.button if b.label == "Revoke"]
    admin = page("admin", name=str(weekly.id))
    admin.toggle(key="everybodys-tokens").set_value(True).run()
    button(admin, "Revoke").click().run()
    with transaction(engine) as session:
        by = {token.name: token.revoked_by for token in tokens_of(session, demo_actor("tracker-certifier"))}
    assert by == {"nightly": "A. Keller", "weekly": "L. Moreau"}


def test_the_name_of_a_token_is_shown_as_it_is(engine: Engine) -> None:
    app = page("tracker-certifier")
    made(app, "<b>x</b> [y](https://example.org)")
    button(app, "I have copied it").click().run()
    with transaction(engine) as session:
        (token,) = tokens_of(session, demo_actor("tracker-certifier"))
    html = [str(one.proto.body) for one in page("tracker-certifier", name=str(token.id)).html]
    assert any("&lt;b&gt;x&lt;/b&gt; [y](https://example.org)" in body for body in html)
    assert not any("<b>x</b>" in body for body in html)


def test_who_is_not_signed_in_makes_none() -> None:
    app = page("visitor")
    assert field(app, "token-name").disabled and button(app, "Make the token").disabled
