"""Before a write: exactly what becomes what, what is left out and why, one comment, and one button with the count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.certify.plan import LeftOut
from backend.jobs.batching import Batch
from backend.record import DatasetKey, Recorded
from dashboard import look
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.login.identity import is_refused_by_login, refused_by_login_notice
from dashboard.task_watch import leave_to_worker
from models.vocabulary import Status

PREVIEW = "offline-preview-opened"
TICKED = "offline-ticked-ids"
"""The ids of the ticked rows, in the state of the visit."""

BY_WORKER = "So many at once are left to the worker, as a task."

_SIGN_OFF = "offline-sign-off"
_ONE_ACT = "One act in the log, undone with one click."
_MOST_RUNS = 24
_MOST_LEFT_OUT = 6


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a component becomes: its lumisections by status, now and then, and in words."""

    component: str
    datasets: int
    lumisections: int
    now: Mapping[Status | None, int]
    then: Mapping[Status | None, int]
    in_words: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person says with the act."""

    comment: str = ""
    cause: str | None = None
    and_sign_off: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be done, in figures, and the command that does it.

    Parameters
    ----------
    confirm, done
        The button, with the count in it, and what the act bar says afterwards.
    command, errand
        What does it; and the task that is asked for in its place, where it is so large that a worker does it.
    comment, least_comment
        What the comment is asked with, if it is, and how many characters it needs.
    sign_off, signing
        What the box for signing off in the same act says, and what would be done with it.
    """

    title: str
    figures: tuple[tuple[int, str], ...]
    confirm: str
    done: str
    command: Callable[[Session, Actor, Wish], Recorded]
    errand: Callable[[Session, Actor, Wish], Batch] | None = None
    change: str = ""
    becomes: tuple[Becomes, ...] = ()
    datasets: tuple[tuple[DatasetKey, int], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    comment: str | None = None
    least_comment: int = 0
    causes: tuple[str, ...] = ()
    sign_off: str | None = None
    signing: "Preview | None" = None
    is_empty: bool = False


def show(preview: Preview) -> None:
    """Open the preview; the page draws it as a dialog."""
    st.session_state[PREVIEW] = preview


def preview_dialog() -> None:
    """Draw the preview that is open, if there is one."""
    preview: Preview | None = st.session_state.get(PREVIEW)
    if preview is not None:
        st.dialog(preview.title, width="large", on_dismiss=close)(_draw)(preview)


def close() -> None:
    """Let go of the preview; nothing was changed."""
    st.session_state.pop(PREVIEW, None)


def _draw(opened: Preview) -> None:
    preview = opened.signing if opened.signing and st.session_state.get(_SIGN_OFF, True) else opened
    with st.container(key="offline-preview"):
        refused_by_login_notice()
        st.html(_figures(preview) + _table(preview.becomes) + _runs(preview.datasets) + _left_out(preview.left_out))
        wish = _wish(opened)
        with st.container(key="offline-preview-foot", horizontal=True, vertical_alignment="center"):
            st.caption(_ONE_ACT if preview.errand is None else f"{_ONE_ACT} {BY_WORKER}", width="content")
            st.space("stretch")
            if st.button("Cancel", key="offline-cancel"):
                close()
                st.rerun()
            why_not = _why_not(preview, wish)
            if st.button(
                preview.confirm,
                type="primary",
                key="offline-confirm",
                shortcut="Mod+Enter",
                disabled=why_not is not None,
                help=why_not and literal(why_not),
            ):
                _confirmed(preview, wish)


def _wish(preview: Preview) -> Wish:
    comment, cause, and_sign_off = "", None, False
    if preview.causes:
        cause = st.selectbox("Cause", preview.causes, index=None, key="offline-cause", placeholder="none")
    if preview.comment is not None:
        comment = st.text_input(preview.comment, key="offline-comment", max_chars=2_000)
    if preview.sign_off is not None:
        and_sign_off = st.checkbox(preview.sign_off, key=_SIGN_OFF, value=True)
    return Wish(comment, cause, and_sign_off)


def _why_not(preview: Preview, wish: Wish) -> str | None:
    if preview.is_empty:
        return "Nothing would change."
    if len(wish.comment.strip()) < preview.least_comment:
        return f"Say why, in {preview.least_comment} characters or more."
    return None


def _confirmed(preview: Preview, wish: Wish) -> None:
    """Done or refused, the preview closes: what is said then stands in the act bar or above the page.

    Only if the login is over it stays, with what was typed.
    """
    errand = preview.errand
    if errand is None:
        is_done = do(preview.done, lambda session, who: preview.command(session, who, wish))
    else:
        is_done = leave_to_worker(preview.done, lambda session, who: errand(session, who, wish))
    if is_done:
        st.session_state[TICKED] = frozenset()
    if not is_refused_by_login():
        close()
    st.rerun()


def _figures(preview: Preview) -> str:
    cells = (f"<div><b>{n:,}</b><span>{escape(label)}</span></div>" for n, label in preview.figures)
    change = f'<div class="change">{escape(preview.change)}</div>' if preview.change else ""
    return f'<div class="rr-preview-figures">{"".join(cells)}{change}</div>'


def _table(becomes: tuple[Becomes, ...]) -> str:
    if not becomes:
        return ""
    rows = (
        f"<tr><th>{escape(b.component)}</th><td>{b.datasets:,}</td><td>{b.lumisections:,}</td>"
        f"<td>{bar_html(b.now)}</td><td>→</td><td>{bar_html(b.then)}</td><td>{escape(b.in_words)}</td></tr>"
        for b in becomes
    )
    head = "<tr><th>Component</th><th>Datasets</th><th>LS</th><th>Now</th><th></th><th>Then</th><th>In words</th></tr>"
    return f'<table class="rr-preview-table">{head}{"".join(rows)}</table>'


def bar_html(counts: Mapping[Status | None, int]) -> str:
    """Lumisections by status as a bar in true proportion, the worst at the left; in words on hover."""
    total = sum(counts.values())
    order = look.draw_order()
    shown = sorted(((look.token_of(s), s, n) for s, n in counts.items() if n), key=lambda part: order.index(part[0]))
    said = ", ".join(f"{n:,} {'unsaid' if s is None else s.word}" for _, s, n in shown)
    parts = "".join(f'<b class="{token.lower()}" style="flex:{n / total:.5f}"></b>' for token, _, n in shown)
    return f'<span class="rr-bar" title="{escape(said)}" role="img" aria-label="{escape(said)}">{parts}</span>'


def _runs(datasets: tuple[tuple[DatasetKey, int], ...]) -> str:
    if not datasets:
        return ""
    shown = "".join(f"<span><b>{key.run_number}</b> {n:,}</span>" for key, n in datasets[:_MOST_RUNS])
    more = len(datasets) - _MOST_RUNS
    rest = f"<span>and {more:,} more</span>" if more > 0 else ""
    return f'<div class="rr-label">Runs, lumisections</div><div class="rr-preview-runs">{shown}{rest}</div>'


def _left_out(left_out: tuple[LeftOut, ...]) -> str:
    if not left_out:
        return ""
    rows = "".join(
        f"<div><b>{one.dataset.run_number}</b> <code>{escape(one.dataset.name)}</code> "
        f"<span>{escape(one.why)}</span></div>"
        for one in left_out[:_MOST_LEFT_OUT]
    )
    more = len(left_out) - _MOST_LEFT_OUT
    rest = f"<div>and {more:,} more</div>" if more > 0 else ""
    head = f"<div><b>{len(left_out):,} left out</b> <span>nothing is changed in them</span></div>"
    return f'<div class="rr-left-out">{head}{rows}{rest}</div>'
