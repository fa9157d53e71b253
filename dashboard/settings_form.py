"""A form over one piece of configuration: what it was when it was opened, why it changes, and who wrote it before.

A form stays on the version that it was opened on: who saves over what somebody wrote meanwhile is told, not obeyed.
Only where nothing is typed, and nobody but oneself changed the piece since, as by Undo, does it begin anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Generic, TypeVar

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.configuration import Body, Piece, Version
from backend.record import Recorded
from dashboard.doing import Command, do
from dashboard.literal import literal
from dashboard.permits import Permit, permitted_button
from dashboard.session import person, to_address
from dashboard.settings_data import changed_since

B = TypeVar("B", bound=Body)
WithReason = Callable[[Session, Actor, str], Recorded]
"""What is done, given a session, who does it, and the reason."""

NEW = "new"
"""In the address in place of a name: a piece that is being written for the first time."""


@dataclass(frozen=True, slots=True)
class Form(Generic[B]):
    """An open form: the piece as it was (none: a new one), the act up to which that was seen, and its widgets' key."""

    tab: str
    piece: Piece[B] | None
    seen: int
    key: str


def open_form(tab: str, name: str, piece: Piece[B] | None, seen: int) -> Form[B]:
    """The form over this piece, as it was opened; says so where the piece was changed since."""
    kept = st.session_state.get(_held(tab))
    if kept is None or kept[0] != name:
        return _begin(tab, name, piece, seen)
    form: Form[B] = kept[1]
    by = _changed_by(form, piece)
    if not by:
        return form
    if set(by) == {person().name} and not _is_typed(form):
        return _begin(tab, name, piece, seen)
    who = "You" if by[0] == person().name else literal(by[0])
    with st.container(key="form-moved-on", horizontal=True, vertical_alignment="center"):
        st.warning(f"{who} changed this since you began. What you typed is still here, and is not saved.")
        st.button("Look again", on_click=close_form, args=(tab,))
    return form


def close_form(tab: str, name: str | None = None) -> None:
    """Let go of the form; the next look begins from what is saved. A name puts another piece into it."""
    st.session_state.pop(_held(tab), None)
    if name is not None:
        to_address(name=name)


def save_row(
    form: Form[B], given: Permit, *, done: str, command: WithReason, name: str, ready: Permit | None = None
) -> str:
    """The reason, which is given back, and the button that saves; then the form begins from what was saved.

    Parameters
    ----------
    given
        Whether one may change this at all.
    ready
        Whether it can be saved as it is typed now; none: it can.
    name
        Of the piece that one looks at afterwards.
    """
    why = st.text_input(
        "Why", key=f"{form.key}-why", placeholder="what the log will say", max_chars=300, disabled=not given.is_given
    )
    st.session_state.setdefault(_untouched(form), _typed(form))
    wanted = with_reason(given if not given.is_given or ready is None else ready, why)
    if not wanted.is_given:
        st.caption(literal(wanted.reason))
    if permitted_button("Save", wanted, key=f"{form.key}-save", type="primary"):
        act(form, done, lambda session, who: command(session, who, why), name=name)
    return why


def with_reason(given: Permit, why: str) -> Permit:
    """The permit, given only with a reason: nothing is configured without one."""
    return given.and_if(bool(why.strip()), "Say why: the log will hold it.")


def act(form: Form[B], done: str, command: Command, *, name: str | None = None) -> None:
    """Do it; then the form begins anew, on the piece of this name."""
    if do(done, command):
        close_form(form.tab, name)
        st.cache_data.clear()  # columns, desks and rights are kept for a while, and are other ones now
        st.cache_resource.clear()
    st.rerun()


def versions_html(said: Sequence[Version]) -> str:
    """The versions as a time line: number, author, time, reason."""
    items = "".join(
        f'<li class="person{"" if v.is_in_force else " before"}"><b>v{v.version}</b> {escape(v.by)} '
        f'<span class="rr-label">{v.at:%d %b %Y %H:%M} UTC · change set {v.change_set}</span>{_standing(v)}'
        f"<div>{escape(v.why)}</div></li>"
        for v in said
    )
    return f'<div class="rr-h2">Versions</div><ol class="rr-timeline">{items}</ol>'


def _standing(version: Version) -> str:
    said = "" if version.body is not None else "taken away"
    said = said or ("in force" if version.is_in_force else "")
    said += "" if version.is_enabled else " out of play"
    return f' <span class="rr-pill">{said.strip()}</span>' if said.strip() else ""


def _held(tab: str) -> str:
    return f"form-{tab}"


def _begin(tab: str, name: str, piece: Piece[B] | None, seen: int) -> Form[B]:
    turn = int(st.session_state.get("form-turn", 0)) + 1
    st.session_state["form-turn"] = turn
    form = Form(tab, piece, seen, f"form-{turn}")
    st.session_state[_held(tab)] = (name, form)
    return form


def _changed_by(form: Form[B], piece: Piece[B] | None) -> tuple[str, ...]:
    about = form.piece or piece
    return () if about is None else changed_since(about.body.kind, about.name, form.seen)


def _untouched(form: Form[B]) -> str:
    """Where it is kept what the fields held when the form was opened."""
    return f"{form.key}:opened"


def _typed(form: Form[B]) -> Mapping[str, Any]:
    """What the fields of the form hold; a button holds nothing."""
    fields = {str(name): held for name, held in st.session_state.items() if str(name).startswith(f"{form.key}-")}
    return {name: held for name, held in fields.items() if not isinstance(held, bool)}


def _is_typed(form: Form[B]) -> bool:
    opened = st.session_state.get(_untouched(form), {})
    return any(held != opened.get(name) for name, held in _typed(form).items())
