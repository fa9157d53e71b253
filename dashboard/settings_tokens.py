"""Tokens for scripts: one's own, to make and to revoke; whoever answers for rights sees and revokes everybody's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

import streamlit as st

from backend.access import Action, Actor, Matrix, what_may
from backend.db import engine, transaction
from backend.identity.personal import PersonalToken, make_token, revoke_token
from backend.settings import settings
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.doing import attempt
from dashboard.literal import literal
from dashboard.login.known import keep_known
from dashboard.login.who import who
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import from_address, person, to_address
from dashboard.settings_data import matrix, tokens_seen
from dashboard.settings_form import NEW

_MADE = "token-made"
_SHOWN_FOR = timedelta(minutes=5)
"""A secret is not shown for longer, to whoever passes by a page that was left open."""

_READS, _ALL, _CHOSEN = "Read", "All that I may", "Chosen rights"
_WAYS = (_READS, _ALL, _CHOSEN)
_COLUMNS = (
    Column("Token", "name", 180),
    Column("Owner", width=150),
    Column("May"),
    Column("Made", "time", 150),
    Column("Ends", "time", 150),
    Column("Last used", "time", 150, title="by the minute"),
    Column("", "pill", 90),
)
_USE = """curl -H "Authorization: Bearer $RR_TOKEN" {address}/api/runs/327604"""


def tokens_tab() -> None:
    """The list, and beside it a new token or the one that one looks at."""
    rights, is_everybodys = matrix(), False
    if permit(Action.PERMISSION).is_given:
        is_everybodys = st.toggle("Everybody's", key="everybodys-tokens")
    found = {str(token.id): token for token in tokens_seen(person(), is_everybodys=is_everybodys)}
    chosen = from_address("name")
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=_COLUMNS,
                rows=[_row(token) for token in found.values()],
                key="tokens-list",
                label="Tokens",
                selected=chosen,
                choose=_look_at,
                empty="No script has a token of yours.",
            )
        with st.container(key="settings-side", width=420):
            if (secret := _just_made()) is not None:
                _shown_once(secret)
            elif chosen in found:
                _one(found[chosen])
            else:
                _new(rights)


def _row(token: PersonalToken) -> Row:
    word, tone = _standing(token)
    said = ", ".join(token.scope) or "read"
    cells = (token.name, token.owner, "all that the owner may" if token.scope == ("*",) else said)
    times = (token.made_at, token.expires_at, token.last_used_at)
    return Row(str(token.id), (*cells, *times, Mark(word, tone)), word != "good")


def _standing(token: PersonalToken) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "revoked", "quiet"
    if token.expires_at <= datetime.now(UTC):
        return "expired", "quiet"
    return "good", "accent"


def _new(rights: Matrix) -> None:
    """What a new token is called, may, and how long it is good."""
    given, most = (
        Permit(person().is_verified, "Log in: a token speaks in somebody's name."),
        settings().personal_token_days,
    )
    is_locked = not given.is_given
    st.html('<div class="rr-h2">A new token</div>')
    name = st.text_input(
        "Name", key="token-name", placeholder="the script that it is for", max_chars=80, disabled=is_locked
    )
    way = st.segmented_control("It may", _WAYS, default=_READS, key="token-way", required=True, disabled=is_locked)
    chosen: Sequence[str] = ()
    if way == _CHOSEN:
        chosen = st.multiselect("Rights", _own_rights(person(), rights), key="token-scope", disabled=is_locked)
    days = st.number_input("Days", 1, most, min(90, most), key="token-days", disabled=is_locked, width=120)
    ends = datetime.now(UTC) + timedelta(days=int(days))
    st.caption(
        f"Good until {ends:%d %b %Y}, and for {settings().personal_token_login_days:g} days after your last login. "
        "It never may more than you may yourself when it is used."
    )
    ready = given.and_if(bool(name.strip()), "Name it.").and_if(way != _CHOSEN or bool(chosen), "Choose a right.")
    permitted_button("Make the token", ready, key="token-make", type="primary", on_click=_make)


def _own_rights(actor: Actor, rights: Matrix) -> list[str]:
    """The grants that the person has, in the order of the catalogue, each once."""
    granted = {grant: None for egroup in sorted(actor.egroups) for grant in what_may(egroup, matrix=rights)}
    order = list(Action)
    return [str(grant) for grant in sorted(granted, key=lambda g: (order.index(g.action), g.workspace or ""))]


def _make() -> None:
    """Make it as the form says now: it may have been filled in further since the button was drawn."""
    said = st.session_state
    name, days = str(said["token-name"]), int(said["token-days"])
    scope = {_READS: (), _ALL: ("*",)}.get(str(said["token-way"]), tuple(said.get("token-scope", ())))
    if said["token-way"] == _CHOSEN and not scope:
        return

    def made(actor: Actor) -> None:
        keep_known(who())
        with transaction(engine()) as session:
            new = make_token(
                session, actor, name=name, scope=scope, days=days, most_days=settings().personal_token_days
            )
        st.session_state[_MADE] = (new.secret, datetime.now(UTC))

    attempt(f"The token {name.strip()!r} was made", made)


def _just_made() -> str | None:
    """The secret of the token that was made just now."""
    secret, at = st.session_state.get(_MADE, (None, None))
    if at is None or datetime.now(UTC) < at + _SHOWN_FOR:
        return secret
    del st.session_state[_MADE]
    return None


def _shown_once(secret: str) -> None:
    st.html('<div class="rr-h2">Copy it now: it is shown this once</div>')
    st.code(secret, language=None, wrap_lines=True)
    st.caption("Keep it like a password: in a file that you alone read, or in the environment as RR_TOKEN.")
    st.code(_USE.format(address=(st.context.url or "").rpartition("/")[0]), language="bash", wrap_lines=True)
    st.button("I have copied it", key="token-copied", on_click=_look_at, args=(None,))


def _one(token: PersonalToken) -> None:
    """A token that there is: what it may, and the button that ends it."""
    word, _ = _standing(token)
    st.html(f'<div class="rr-h2">{escape(token.name)}</div>')
    st.caption(literal(f"{token.owner} · {', '.join(token.scope) or 'reads'}"))
    if token.revoked_at is not None:
        st.caption(f"Revoked by {literal(token.revoked_by or '')} on {token.revoked_at:%d %b %Y %H:%M} UTC.")
    is_own = person().is_verified and token.owner == person().name
    given = Permit(True) if is_own else permit(Action.PERMISSION)
    with st.container(horizontal=True):
        permitted_button(
            "Revoke",
            given.and_if(word != "revoked", "It is revoked already."),
            key="token-revoke",
            help="At once and for good: scripts that show it are refused.",
            on_click=_revoke,
            args=(token,),
        )
        st.button("Another token", key="token-another", on_click=_look_at, args=(NEW,))


def _revoke(token: PersonalToken) -> None:
    def revoked(actor: Actor) -> None:
        with transaction(engine()) as session:
            revoke_token(session, actor, token.id, matrix=matrix())

    attempt(f"The token {token.name!r} is revoked", revoked)


def _look_at(id_: str | None) -> None:
    """Another token, or a new one; a secret that was shown is gone."""
    st.session_state.pop(_MADE, None)
    to_address(name=id_)
