"""The card beside the grid: what is ticked, and the keys that say something of it or move it on."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.access import Action
from backend.certify.datasets import right_to_move
from backend.certify.ticked import CLOSED
from backend.configuration import GLOBAL
from dashboard import look
from dashboard.literal import literal
from dashboard.offline.acts import Selection, certify, move
from dashboard.offline.flagging import say
from dashboard.offline.meant import Meant
from dashboard.offline.preview import PREVIEW, TICKED
from dashboard.permits import Permit, permit, permitted_button
from models.vocabulary import SAYABLE, DatasetState, Status

ONLY = "offline-only"
"""The component that the next status is meant for; none: all of them."""

_MOST_KEYED = 9
_MOVES = (
    ("Open now", (DatasetState.WAITING, DatasetState.NOT_SIGNIFICANT), DatasetState.OPEN, None),
    ("Sign off", (DatasetState.OPEN,), DatasetState.SIGNOFF, "Shift+S"),
    ("Complete", (DatasetState.SIGNOFF,), DatasetState.COMPLETED, "Shift+D"),
    ("Back to SIGNOFF", (DatasetState.COMPLETED,), DatasetState.SIGNOFF, None),
    ("Reopen", (DatasetState.SIGNOFF, DatasetState.COMPLETED), DatasetState.OPEN, None),
)
"""What it is called, from which states, to which, and its key; those without a key are shown where they apply."""

_KEYS = {
    "↑ ↓": "move",
    "Space": "tick",
    "⇧ Space": "tick to here",
    "↵": "open the strip",
    "/": "to the filter",
    "?": "all keys",
}


def ticked_card(ticked: Selection, means: Sequence[Meant]) -> None:
    """Draw the card, with the buttons that tick many at once."""
    with st.container(key="offline-ticked", width=236):
        st.html(_figures(ticked))
        for meant in means:
            _ticking(meant)
        st.html('<div class="rr-section rr-label">Set all components</div>')
        _statuses(ticked)
        st.html('<div class="rr-section rr-label">Move</div>')
        _moves(ticked)
        st.html(_keys())


def _ticking(meant: Meant) -> None:
    st.button(
        meant.label,
        key=f"offline-tick-{meant.shortcut.lower()}",
        shortcut=_unless_previewing(meant.shortcut),
        width="stretch",
        disabled=meant.why_not is not None,
        help=meant.why_not or meant.help,
        on_click=_tick,
        args=(meant,),
    )


def _figures(ticked: Selection) -> str:
    open_ones = ticked.in_state(DatasetState.OPEN)
    closed = ticked.in_state(*CLOSED)
    rest = len(ticked.rows) - len(open_ones) - len(closed)
    lines = [f"{len(open_ones):,} editable, {sum(row.lumisections for row in open_ones):,} LS"]
    lines += [f"{len(closed):,} closed, will be left out"] if closed else []
    lines += [f"{rest:,} not open here"] if rest else []
    said = "".join(f"<div>{escape(line)}</div>" for line in lines)
    figure = f"<b>{len(ticked.rows):,}</b><span>datasets</span>"
    return f'<div class="rr-ticked"><span class="rr-label">Ticked</span><br>{figure}{said}</div>'


def _statuses(ticked: Selection) -> None:
    only = st.session_state.get(ONLY)
    only = only if only in ticked.components else None
    for status in SAYABLE:
        is_quick = status is Status.GOOD and only is None
        permitted_button(
            status.word.capitalize() + ("" if is_quick else "…"),
            _may_certify(ticked) if is_quick else _may_say(ticked),
            key=f"offline-set-{status.name.lower()}",
            width="stretch",
            shortcut=_unless_previewing(look.status_look(status).key),
            type="primary" if is_quick else "secondary",
            help=_meaning(status, is_quick=is_quick),
            on_click=_open,
            args=(ticked, status),
        )
    if not (right := _right(ticked)).is_given:
        st.caption(literal(right.reason))
    if 1 < len(ticked.components) <= _MOST_KEYED:
        _limit_to(ticked.components, only)


def _open(ticked: Selection, status: Status) -> None:
    """What the key means now: the component may have been chosen a moment ago, by another key."""
    only = st.session_state.get(ONLY)
    only = only if only in ticked.components else None
    if status is Status.GOOD and only is None:
        certify(ticked)
    else:
        say(ticked, (only,) if only else ticked.components, status)


def _limit_to(components: Sequence[str], only: str | None) -> None:
    with st.container(key="offline-only-of", horizontal=True, gap="xsmall"):
        st.html('<span class="rr-label">Only</span>', width="content")
        for at, component in enumerate(components, 1):
            st.button(
                component.partition("-")[2],
                key=f"offline-only-{at}",
                shortcut=_unless_previewing(str(at)),
                type="primary" if only == component else "tertiary",
                on_click=_limit,
                args=(None if only == component else component,),
            )


def _moves(ticked: Selection) -> None:
    for label, states, to, shortcut in _MOVES:
        count = len(ticked.in_state(*states))
        if not count and shortcut is None:
            continue
        given = permit(right_to_move(to), ticked.workspace)
        needs = f"needs {' or '.join(states)} first"
        permitted_button(
            f"{label} {count:,}" if count else f"{label} :small[:gray[{needs}]]",
            given.and_if(bool(count), needs),
            key=f"offline-move-{label.lower().replace(' ', '-')}",
            width="stretch",
            shortcut=_unless_previewing(shortcut) if count else None,
            on_click=move,
            args=(ticked, states, to),
            kwargs={"with_closed": any(state in CLOSED for state in states)},
        )


def _unless_previewing(key: str | None) -> str | None:
    """While a preview is open, no key opens another one behind it."""
    return None if PREVIEW in st.session_state else key


def _may_certify(ticked: Selection) -> Permit:
    return _of_open(_right(ticked), ticked)


def _may_say(ticked: Selection) -> Permit:
    if ticked.workspace == GLOBAL:
        return Permit(False, "Choose a workspace: the global one has no components of its own.")
    return _of_open(_right(ticked), ticked)


def _right(ticked: Selection) -> Permit:
    """The right to flag here; of the global desk, in every workspace."""
    return permit(Action.FLAGS, None if ticked.workspace == GLOBAL else ticked.workspace)


def _of_open(given: Permit, ticked: Selection) -> Permit:
    given = given.and_if(bool(ticked.rows), "Tick datasets first: Space, or E where Express agrees.")
    is_open = bool(ticked.in_state(DatasetState.OPEN))
    return given.and_if(is_open, f"None of the ticked datasets is OPEN in {ticked.workspace}.")


def _meaning(status: Status, *, is_quick: bool) -> str:
    if is_quick:
        return "Quick certification: GOOD where a rule says GOOD, NOTSET or nothing; BAD, STANDBY and EXCLUDED stay"
    return f"Every lumisection of the open ones becomes {status.word}, after a preview"


def _tick(meant: Meant) -> None:
    st.session_state[TICKED] = meant.ids()


def _limit(component: str | None) -> None:
    st.session_state[ONLY] = component


def _keys() -> str:
    rows = "".join(
        f"<span>{''.join(f'<kbd>{escape(k)}</kbd>' for k in keys.split())}</span><span>{escape(does)}</span>"
        for keys, does in _KEYS.items()
    )
    return f'<div class="rr-section rr-label">Keys</div><div class="rr-keys">{rows}</div>'
