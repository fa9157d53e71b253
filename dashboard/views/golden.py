"""Golden JSON: made in a blink, explained to the last lumisection, compared with anything."""

import streamlit as st

from dashboard.asking import question
from dashboard.golden.asked import Asked, asked, live_words
from dashboard.golden.compared import compare_card
from dashboard.golden.data import analysis_of, facts_of
from dashboard.golden.head import head_card
from dashboard.golden.listed import golden_list, more_button
from dashboard.golden.lost import loss_card
from dashboard.golden.make import make_button, python_popover, refused_banner, upload_popover
from dashboard.golden.progress_card import progress_card
from dashboard.golden.publish import PAGE
from dashboard.golden.why import why_card
from dashboard.session import to_address


def golden() -> None:
    """The page, top to bottom: what would be made, those that are kept, and the chosen one from every side."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Golden JSON</span>', width="content")
        wanted = asked()
        st.html(live_words(wanted), width="content")
        st.space("stretch")
        _acts(wanted)
    refused_banner()
    with st.container(key="gj-main", horizontal=True, gap="small"):
        with st.container(key="gj-list", gap=None):
            chosen = golden_list()
            more_button()
        with st.container(key="gj-cards"):
            _cards(chosen)
    question(PAGE)


def _acts(wanted: Asked) -> None:
    if wanted.recipe and st.button("Edit recipe", key="gj-edit-recipe"):
        st.switch_page("views/classifiers.py", query_params={"kind": "recipe", "name": wanted.recipe})
    python_popover(wanted)
    make_button(wanted)


def _cards(chosen: int | None) -> None:
    facts = facts_of(chosen) if chosen is not None else None
    if facts is None:
        with st.container(key="gj-head", gap=None):
            gone = f"There is no golden JSON {chosen}; it may have been deleted. " if chosen is not None else ""
            st.html(f'<div class="gj-none">{gone}Choose a recipe above and make one, or upload a file.</div>')
            upload_popover()
        return
    to_address(json=str(facts.id))
    analysis = analysis_of(facts.id)
    with st.container(key="gj-head", gap=None):
        head_card(facts, analysis)
    if analysis is not None:
        with st.container(key="gj-row-upper", horizontal=True, gap="small"):
            with st.container(key="gj-progress", gap=None):
                progress_card(facts, analysis)
            with st.container(key="gj-loss", gap=None):
                loss_card(facts, analysis)
    with st.container(key="gj-row-lower", horizontal=True, gap="small"):
        with st.container(key="gj-compare", gap=None):
            compare_card(facts)
        with st.container(key="gj-why", gap=None):
            why_card(facts, analysis)


golden()
