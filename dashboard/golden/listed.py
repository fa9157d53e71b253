"""The golden JSONs that are kept, in a list: mine, all, or the official ones; one of them is looked at."""

from html import escape

import streamlit as st

from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard.golden.data import ALL, MINE, OFFICIAL, listed
from dashboard.golden.words import luminosity_words, moment
from dashboard.session import from_address, person, to_address

JSON = "json"
_WHICH = {MINE: "Mine", ALL: "All", OFFICIAL: "Official"}


def chosen_json() -> int | None:
    """The golden JSON that the address names; none if it names none."""
    said = from_address(JSON)
    return int(said) if said.isdecimal() and len(said) < 10 else None


def look_at(id_: int) -> None:
    """Put a golden JSON on the page."""
    to_address(json=str(id_))


def golden_list() -> int | None:
    """Draw the list; gives the id of the one that is looked at: that of the address, else the latest in the list."""
    with st.container(key="gj-list-head"):
        which = st.segmented_control(
            "Which", list(_WHICH), format_func=_WHICH.__getitem__, key="gj-which", default=ALL, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        sought = st.text_input(
            "Find", key="gj-find", placeholder="Find by name, tag, maker", label_visibility="collapsed"
        )
    rows = _rows(str(which), sought.strip())
    chosen = chosen_json() or (rows[0].id if rows else None)
    with st.container(key="gj-items", gap=None):
        for row in rows:
            _item(row, is_chosen=row.id == chosen)
        if not rows:
            st.html(f'<div class="gj-none">{_none_words(str(which), sought)}</div>')
    return chosen


def _rows(which: str, sought: str) -> list[GoldenJsonFacts]:
    """The rows of as many pages as were asked for."""
    pages = int(st.session_state.get("gj-pages", 1))
    page = listed(which, sought)
    rows = list(page.rows)
    for _ in range(pages - 1):
        if page.before is None:
            break
        page = listed(which, sought, page.before)
        rows.extend(page.rows)
    st.session_state["gj-has-more"] = page.before is not None
    return rows


def more_button() -> None:
    """The way to older ones."""
    if st.session_state.get("gj-has-more"):
        with st.container(key="gj-more"):
            st.button("Older ones", key="gj-older", type="tertiary", on_click=_more)


def _more() -> None:
    st.session_state["gj-pages"] = int(st.session_state.get("gj-pages", 1)) + 1


def _item(row: GoldenJsonFacts, *, is_chosen: bool) -> None:
    with st.container(key=f"gj-item-{'chosen' if is_chosen else 'other'}-{row.id}", gap=None):
        st.html(
            f'<div class="gj-item"><div><b title="{escape(row.file_name)}">{escape(name_of(row))}</b>'
            f"{_pill(row)}</div><span>{row.runs:,} runs · {luminosity_words(row.recorded_per_pb)}</span>"
            f"<span>#{row.id} · {escape(row.made_by)}, {moment(row.made_at)}</span></div>"
        )
        st.button(f"Look at {row.id}", key=f"gj-open-{row.id}", on_click=look_at, args=(row.id,))


def name_of(row: GoldenJsonFacts) -> str:
    """What it is called in lists."""
    return row.label or row.recipe_name or row.file_name


def _pill(row: GoldenJsonFacts) -> str:
    if row.official is not None:
        tone, word = ("good", "official") if row.is_latest else ("", "was official")
        return f'<span class="rr-pill {tone}" title="{escape(row.official)}">{word}</span>'
    return '<span class="rr-pill a">mine</span>' if row.made_by == person().name else ""


def _none_words(which: str, sought: str) -> str:
    if sought:
        return f"None has “{escape(sought)}”."
    return {
        MINE: "You have made none yet. Choose a recipe above and make one.",
        ALL: "There is none yet. Choose a recipe above and make the first.",
        OFFICIAL: "None is official yet.",
    }[which]
