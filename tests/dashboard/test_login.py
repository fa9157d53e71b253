"""Login: where it leads back to, what a browser keeps of it, when it is over, and what a page shows then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.responses import Response
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from backend.errors import InvalidSettings, LoginEnded
from backend.identity import Login, read_login
from backend.identity.proxy import ProxyGate, Scope
from backend.settings import Settings, settings
from dashboard.login.configured import secrets_for_login
from dashboard.login.cookies import kept_claims, login_of, set_login
from dashboard.login.logins import Logins, logins
from dashboard.login.paths import login_path, own_path
from dashboard.login.who import vouched_for
from scripts.simulator.accounts import account_of
from tests.coroutines import run

NOW = datetime.now(UTC)
CHOSEN = Settings(
    auth="oidc",
    oidc_issuer="https://auth.example.org/auth/realms/cern",
    oidc_client_id="run-registry",
    oidc_client_secret=SecretStr("s3cret"),
    oidc_redirect_url="https://registry.example.org/oauth2callback",
    cookie_secret=SecretStr("c" * 32),
)
STREAMLIT = {"is_logged_in": True, "provider": "default", "origin": "https://registry.example.org"}


@pytest.fixture(autouse=True)
def at_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now is when a test begins, not when it was collected: minutes may lie between."""
    monkeypatch.setitem(globals(), "NOW", datetime.now(UTC))


def claims(role: str = "shifter", *, ago: float = 60, lasts: float = 600, groups: int = 0) -> dict[str, object]:
    """What Streamlit keeps of a login that was made so many seconds ago and lasts so many."""
    made = NOW - timedelta(seconds=ago)
    times = {"iat": int(made.timestamp()), "exp": int((made + timedelta(seconds=lasts)).timestamp())}
    return STREAMLIT | account_of(role).claims(more_groups=groups) | times | {"nonce": "n", "sid": "s", "azp": "x"}


def login(*, ago: float, role: str = "shifter") -> Login:
    return read_login(claims(role, ago=ago), CHOSEN)


@pytest.mark.parametrize(
    "path", ["/", "/run?run=325057&ls=20-30", "/online?filter=tracker-strip%20BAD%20%3E%205", "/é"]
)
def test_a_login_leads_back_to_a_page_with_its_query(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "run", "//example.org", "///example.org", "https://example.org/", "/\\example.org", "\\\\example.org",
        "/\texample", "/run\r\nSet-Cookie: a=b", "javascript:alert(1)", "/oauth2callback?code=1", "/auth/logout",
        "/login?next=/login", "/login", "/api/runs/1", "/_stcore/health", "/" + "a" * 2001, "//[bad",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(path: str) -> None:
    assert own_path(path) == "/"


def test_the_way_in_holds_all_of_the_address() -> None:
    assert login_path("http://h/offline", [("filter", "a & b"), ("x", "1"), ("x", "2")]) == (
        "/login?next=%2Foffline%3Ffilter%3Da%2B%2526%2Bb%26x%3D1%26x%3D2"
    )
    assert login_path(None, []) == "/login?next=%2F"


def test_the_provider_is_configured_without_a_file() -> None:
    auth = secrets_for_login(CHOSEN)["auth"]
    assert auth["server_metadata_url"] == "https://auth.example.org/auth/realms/cern/.well-known/openid-configuration"
    assert (auth["client_secret"], auth["cookie_secret"]) == ("s3cret", "c" * 32)
    assert secrets_for_login(CHOSEN.model_copy(update={"auth": "demo"})) == {}


def test_what_a_login_lacks_is_named() -> None:
    lacking = CHOSEN.model_copy(update={"oidc_client_id": None, "cookie_secret": None})
    with pytest.raises(InvalidSettings, match="RR_OIDC_CLIENT_ID, RR_COOKIE_SECRET are not set"):
        secrets_for_login(lacking)
    elsewhere = CHOSEN.model_copy(update={"oidc_redirect_url": "https://registry.example.org/"})
    with pytest.raises(InvalidSettings, match="ends in /oauth2callback"):
        secrets_for_login(elsewhere)


def _as_streamlit_sets_it(said: dict[str, object], tokens: dict[str, str]) -> Response:
    response = Response()

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(get_cookie_secret(), name, value)

    def put(name: str, value: str) -> None:
        response.set_cookie(name, sign(name, value).decode())

    for name, value in (("_streamlit_user", said), ("_streamlit_user_tokens", tokens)):
        set_cookie_with_chunks(put, sign, name, value, cookie_attr_size=100)
    return response


def test_of_somebody_in_600_groups_a_browser_keeps_less_than_a_kilobyte() -> None:
    said, known = claims(groups=600), {"cms-dqm-runregistry-online-shifters", "cms-dqm-oncall"}
    before = _as_streamlit_sets_it(said, {"id_token": "x" * 40_000, "access_token": "y" * 40_000})
    found = login_of(before.headers.getlist("set-cookie"))
    assert found is not None
    kept, after = kept_claims(found[0], CHOSEN, known=lambda: known), Response()
    set_login(after, kept, found[1], chosen=CHOSEN, sent={"_streamlit_user_3": "old", "other": "x"})
    headers = after.headers.getlist("set-cookie")
    left = [header for header in headers if "Max-Age=0" in header]
    assert [header.partition("=")[0] for header in left] == ["_streamlit_user_3"]
    assert sum(len(header) for header in headers if header not in left) < 1_024
    assert login_of(headers) == (kept, {})
    assert read_login(kept, CHOSEN).egroups == {"cms-dqm-runregistry-online-shifters"}


def test_of_somebody_in_few_groups_all_are_kept_and_nothing_that_is_not_read() -> None:
    kept = kept_claims(claims(), CHOSEN, known=frozenset)
    assert read_login(kept, CHOSEN) == read_login(claims(), CHOSEN)
    assert {"nonce", "sid", "azp", "groups"} & set(kept) == set()
    assert STREAMLIT.items() <= kept.items()


def test_the_cookies_of_a_login_are_for_https_alone_and_end_with_it() -> None:
    response = Response()
    set_login(response, claims(ago=0, lasts=600), {"id_token": "short"}, chosen=CHOSEN, sent=())
    for header in response.headers.getlist("set-cookie"):
        (morsel,) = SimpleCookie(header).values()
        assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "lax")
        assert 570 < int(morsel["max-age"]) <= 600


def test_a_new_login_in_the_same_browser_stands_for_the_old_one_of_that_person() -> None:
    seen, old, new = Logins(), login(ago=60), login(ago=5)
    assert seen.newest("b", old) == old
    assert seen.newest("b", new) == seen.newest("b", old) == new
    assert seen.newest("another", old) == old
    assert seen.newest("b", login(ago=90, role="dc-expert")).user_id == "jnovak"
    assert seen.newest("", old) == old


def test_a_logout_ends_all_logins_of_that_person_so_far() -> None:
    seen, old, elsewhere = Logins(), login(ago=60), login(ago=30)
    seen.newest("another", elsewhere)
    seen.end(old, now=NOW)
    assert seen.ended_at(old) == seen.ended_at(elsewhere) == NOW
    assert seen.ended_at(login(ago=5)) is None
    assert seen.ended_at(login(ago=60, role="dc-expert")) is None


def _through_a_proxy(headers: dict[str, str], chosen: Settings) -> dict[str, str]:
    """The headers as the pages see them behind the gate."""
    seen: dict[str, str] = {}

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        seen.update((name.decode(), value.decode()) for name, value in scope["headers"])

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    gate = ProxyGate(app, lambda _: chosen)
    run(gate({"type": "websocket", "headers": raw, "client": ("10.1.2.3", 40_000)}, None, None))
    return seen


def test_what_a_proxy_says_is_believed_as_long_as_roles_are() -> None:
    chosen = Settings(auth="proxy", proxy_networks="10.1.0.0/16", proxy_secret=SecretStr("p" * 32))
    said = {"X-Forwarded-User": "stanaka", "X-Forwarded-Groups": "cms-dqm-oncall", "X-RR-Proxy-Secret": "p" * 32}
    headers = Headers(_through_a_proxy(said, chosen))
    last = NOW + timedelta(seconds=chosen.roles_max_age_seconds)
    found = vouched_for(headers, chosen, since=NOW, now=last - timedelta(seconds=1)).actor()
    assert (found.name, found.egroups, found.is_verified) == ("stanaka", {"cms-dqm-oncall"}, True)
    with pytest.raises(LoginEnded, match=r"too old since .* reload the page"):
        vouched_for(headers, chosen, since=NOW, now=last).actor()
    assert not vouched_for(Headers(said), chosen, since=NOW, now=NOW).actor().is_verified


def _box() -> None:
    from backend.access import DEFAULT_RIGHTS, Matrix
    from dashboard.login.identity import identity_box
    from dashboard.login.who import who

    identity_box(who(), Matrix.of(DEFAULT_RIGHTS))


def _page() -> None:
    import streamlit as st

    from backend.errors import LoginEnded
    from dashboard.login.identity import login_notice, login_page
    from dashboard.login.who import may_read, who
    from dashboard.session import actor, person

    if not may_read():
        login_page(who())
        st.stop()
    login_notice(who())
    st.markdown(f"shown: {person().name}")
    try:
        st.markdown(f"acts: {actor().name}")
    except LoginEnded as error:
        st.markdown(f"refused: {error}")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """A page in front of somebody who logs in through a provider."""
    for name, value in CHOSEN.model_dump(exclude_unset=True).items():
        shown = value.get_secret_value() if isinstance(value, SecretStr) else value
        monkeypatch.setenv(f"RR_{name.upper()}", str(shown))
    monkeypatch.setattr("dashboard.login.who.logged_out_at", lambda login: None)
    settings.cache_clear()
    logins.cache_clear()
    yield AppTest.from_function(_page)
    settings.cache_clear()
    logins.cache_clear()


def said(page: AppTest, user: dict[str, object]) -> list[str]:
    page.user = user
    return [one.value for one in (*page.run().warning, *page.markdown)]


def test_who_logged_in_acts_under_their_name(page: AppTest) -> None:
    assert said(page, claims()) == ["shown: S. Tanaka (stanaka)", "acts: S. Tanaka (stanaka)"]


def test_who_did_not_sees_the_way_in_and_nothing_else(page: AppTest) -> None:
    assert said(page, {"is_logged_in": False} | account_of("shifter").claims()) == []
    assert "Log in to see it" in page.html[1].proto.body


def test_who_did_not_may_read_where_that_is_configured(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RR_READ_WITHOUT_LOGIN", "true")
    settings.cache_clear()
    assert said(page, {}) == ["shown: visitor", "acts: visitor"]


def test_a_login_that_ran_out_is_still_shown_but_does_nothing(page: AppTest) -> None:
    at = datetime.fromtimestamp(int((NOW - timedelta(seconds=5)).timestamp()), UTC)
    refusal = f"Your login ended at {at:%H:%M} UTC; log in again."
    assert said(page, claims(ago=65, lasts=60)) == [refusal, "shown: S. Tanaka (stanaka)", f"refused: {refusal}"]


def test_a_page_of_a_login_that_ran_out_an_hour_ago_shows_nothing_more(page: AppTest) -> None:
    (refusal,) = said(page, claims(ago=3_700, lasts=60))
    assert refusal.startswith("Your login ended ")
    assert "Log in to see it" in page.html[1].proto.body


def test_after_a_logout_elsewhere_the_page_is_closed(page: AppTest) -> None:
    logins().end(read_login(claims(), CHOSEN), now=NOW)
    assert said(page, claims()) == [f"You logged out at {NOW:%H:%M} UTC; log in again."]


def test_a_name_is_shown_as_it_is_and_other_groups_are_counted(page: AppTest) -> None:
    box = AppTest.from_function(_box)
    box.user = claims(groups=600) | {"name": "[S. Tanaka](https://example.org)"}
    box.run()
    assert box.markdown[0].value == r"**\[S. Tanaka\](https://example.org) (stanaka)**"
    assert [one.value for one in box.caption][:2] == [
        "cms-dqm-runregistry-online-shifters, cms-shiftlist_shifters_dqm_p5",
        "and 602 e-groups without rights here",
    ]


def test_claims_of_nobody_log_nobody_in(page: AppTest) -> None:
    (refusal,) = said(page, claims() | {"sub": None, "cern_upn": None})
    assert refusal == "The login does not say who it is of: it has no claim cern_upn or sub."
