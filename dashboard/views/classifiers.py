"""Classifiers: what the rules say, what changed in them and who did, what a draft would change before it is saved."""

import streamlit as st

from dashboard.classifiers.checked import check
from dashboard.classifiers.choosing import KINDS, choose_component, choose_kind, find, name_on_desk
from dashboard.classifiers.data import catalogue_of, shelf_of
from dashboard.classifiers.desk import desk_of
from dashboard.classifiers.editor import editor_card
from dashboard.classifiers.impact import impact_card
from dashboard.classifiers.landing import landing_card
from dashboard.classifiers.listed import classifier_list, in_order, version_list
from dashboard.classifiers.newly import new_popover
from dashboard.classifiers.playground import playground_card, tried_on
from dashboard.classifiers.side_by_side import side_by_side_card
from dashboard.classifiers.taken import download_popover
from models.vocabulary import ConfigurationKind


def classifiers() -> None:
    """The page, top to bottom: which classifiers, the list, and the four cards of the chosen one."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        kind = choose_kind()
        shelf = shelf_of(kind)
        component = choose_component(shelf) if kind is ConfigurationKind.COMPONENT else ""
        listed, heading = find(in_order(shelf.pieces), component)
        st.space("stretch")
        download_popover(kind, listed)
        new_popover(kind, component, shelf.seen)
    name = name_on_desk(kind, shelf, component, listed)
    with st.container(key="cl-main", horizontal=True, gap="small"):
        with st.container(key="cl-list", width=236):
            classifier_list(kind, listed, shelf=shelf, chosen=name, heading=heading or KINDS[kind.value])
            landing, side = st.container(key="cl-landing", gap=None), st.container(key="cl-history", gap=None)
        with st.container(key="cl-cards"):
            _cards(kind, name, side)
    if component:
        with landing:
            landing_card(component)


def _cards(kind: ConfigurationKind, name: str, side: st.delta_generator.DeltaGenerator) -> None:
    desk = desk_of(kind, name) if name else None
    if desk is None:
        st.html('<div class="cl-none">Choose a classifier in the list, or write a new one.</div>')
        return
    with side:
        version_list(desk)
    catalogue = catalogue_of(desk.sheet.draft.subject)
    checked = check(desk.sheet.draft, catalogue)
    tried = tried_on(checked.body, desk.name)
    with st.container(key="cl-row-upper", horizontal=True, gap="small"):
        with st.container(key="cl-editor", gap=None):
            editor_card(desk, checked, catalogue, tried)
        with st.container(key="cl-try", gap=None):
            playground_card(desk, checked.body, catalogue, tried)
    with st.container(key="cl-row-lower", horizontal=True, gap="small"):
        with st.container(key="cl-sides-card", gap=None):
            side_by_side_card(desk, catalogue)
        with st.container(key="cl-impact-card", gap=None):
            impact_card(desk, checked.body, tried)


classifiers()
