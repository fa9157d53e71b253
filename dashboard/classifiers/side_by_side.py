"""The card with two versions beside each other, as trees in words or as text."""

from html import escape

import streamlit as st

from backend.rules.facts import FactCatalogue
from dashboard.classifiers.desk import Desk, Sheet
from dashboard.classifiers.drawn import side_html
from dashboard.classifiers.in_address import chosen, key_of
from dashboard.rule_diff import Pair, count_of, texts_beside, trees_beside
from dashboard.rule_words import worded
from dashboard.session import to_address

TREE, TEXT = "tree", "text"


def side_by_side_card(desk: Desk, catalogue: FactCatalogue) -> None:
    """Draw the card."""
    with st.container(key="cl-sides-head", horizontal=True, vertical_alignment="center"):
        st.html('<h2 class="rr-h2">Versions side by side</h2>', width="content")
        st.space("stretch")
        view = st.segmented_control(
            "As",
            [TREE, TEXT],
            format_func={TREE: "Rule tree", TEXT: "Text"}.__getitem__,
            key=key_of("view", (TREE, TEXT), TREE),
            required=True,
            on_change=chosen,
            args=("view", TREE),
            label_visibility="collapsed",
        )
    with st.container(key="cl-sides-pick", horizontal=True, gap=None):
        _pick(desk, "against", desk.against)
        _pick(desk, "version", desk.sheet)
    if desk.against is None:
        st.html('<div class="cl-none">There is one version; what you change appears here beside it.</div>')
        return
    is_text = view == TEXT or desk.sheet.body is None or desk.against.body is None
    pairs = _texts(desk.against, desk.sheet) if is_text else _trees(desk.against, desk.sheet, catalogue)
    with st.container(key="cl-sides", gap=None):
        left, right = (side_html(pairs, side, mono=is_text) for side in ("left", "right"))
        st.html(f'<div class="rr-sides">{left}{right}</div>')
    st.html(_foot(pairs, desk.against, desk.sheet, "line" if is_text else "branch"))


def _pick(desk: Desk, which: str, sheet: Sheet | None) -> None:
    names = list(desk.sheets)
    now = next((name for name, held in desk.sheets.items() if held is sheet), None)
    key = f"cl-pick-{which}-{desk.name}-{now}"

    def picked() -> None:
        to_address(**{which: st.session_state[key]})

    st.selectbox(
        "Version on the left" if which == "against" else "Version on the right",
        names,
        index=None if now is None else names.index(now),
        format_func=lambda name: _label(desk, name),
        key=key,
        on_change=picked,
        label_visibility="collapsed",
        placeholder="compare with …",
    )


def _label(desk: Desk, name: str) -> str:
    sheet = desk.sheets[name]
    if sheet.is_draft:
        return f"{sheet.label}, {sheet.draft.by or 'yours'}"
    version = next(v for v in desk.versions if str(v.version) == name)
    since = f"in force since {version.at:%d %b}" if version.is_in_force else f"{version.by}, {version.at:%d %b %Y}"
    return f"{sheet.label}  {since}"


def _trees(left: Sheet, right: Sheet, catalogue: FactCatalogue) -> tuple[Pair, ...]:
    assert left.body is not None and right.body is not None
    return trees_beside(worded(left.body.parsed, catalogue), worded(right.body.parsed, catalogue))


def _texts(left: Sheet, right: Sheet) -> tuple[Pair, ...]:
    return texts_beside(left.draft.text, right.draft.text)


def _foot(pairs: tuple[Pair, ...], left: Sheet, right: Sheet, noun: str) -> str:
    added, removed, same = (count_of(pairs, change) for change in ("added", "removed", "same"))
    plural = {"line": "lines", "branch": "branches"}[noun]
    other = "".join(
        f"<span>{escape(name)} {escape(str(before))} → {escape(str(right.draft.fields.get(name)))}</span>"
        for name, before in left.draft.fields.items()
        if right.draft.fields.get(name) != before and name != "description"
    )
    return (
        f'<div class="cl-foot"><span class="k add">+</span>{added} {noun if added == 1 else plural} added '
        f'<span class="k del">−</span>{removed} removed {other}<span class="rr-label">{same} the same</span></div>'
    )
