"""The filters that a person keeps: the one in force by its name, all of them to choose from, and to keep this one."""

from collections.abc import Sequence

import streamlit as st

from backend.db import engine, transaction
from backend.errors import RegistryError
from backend.queries import (
    EVERYTHING,
    Catalogue,
    Filter,
    SavedFilter,
    delete_filter,
    format_filter,
    save_filter,
    saved_filters,
)
from backend.queries.saved_filters import LONGEST_NAME
from dashboard.components.act_bar import Done, announce
from dashboard.literal import literal
from dashboard.permits import Permit, permitted_submit
from dashboard.session import actor, person

_NAME, _REFUSED = "filter-name", "filter-save-refused"


def saved_popover(key: str, asked: Filter, catalogue: Catalogue) -> None:
    """Draw the popover of one's own filters.

    Parameters
    ----------
    key
        Of the text field of the filter; what is chosen is put there, and so into the address.
    asked
        The filter that is in force; everything, if what is typed cannot be read.
    """
    with transaction(engine()) as session:
        kept = saved_filters(session, person(), subject=catalogue.subject)
    typed = format_filter(asked, catalogue)
    name = next((one.name for one in kept if one.typed == typed), None)
    with st.popover(f"★ {literal(name)}" if name else "☆ Saved", type="tertiary", key="filter-saved"):
        _list(kept, key)
        _keep(kept, asked, catalogue)


def _list(kept: Sequence[SavedFilter], key: str) -> None:
    if not kept:
        st.caption("You have saved none yet.")
    for one in kept:
        with st.container(key=f"filter-saved-{one.id}", horizontal=True, vertical_alignment="center"):
            st.button(
                literal(one.name),
                key=f"filter-choose-{one.id}",
                type="tertiary",
                help=literal(one.typed),
                on_click=st.session_state.update,
                kwargs={key: one.typed},
            )
            st.button(
                "Delete",
                key=f"filter-delete-{one.id}",
                help=f"Delete “{literal(one.name)}”",
                on_click=_delete,
                args=(one,),
            )


def _keep(kept: Sequence[SavedFilter], asked: Filter, catalogue: Catalogue) -> None:
    """The form that keeps the filter in force; a name that is taken is given to it instead, and that can be undone."""
    given = Permit(person().is_verified, "Sign in: filters are kept per person.")
    given = given.and_if(asked != EVERYTHING, "Ask for something first: this lets everything through.")
    with st.form("filter-keep", border=False):
        st.text_input("Save this filter as", key=_NAME, max_chars=LONGEST_NAME, disabled=not given.is_given)
        permitted_submit("Save", given, key="filter-save", on_click=_save, args=(kept, asked, catalogue))
    if not given.is_given:
        st.caption(literal(given.reason))
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(literal(refused))


def _save(kept: Sequence[SavedFilter], asked: Filter, catalogue: Catalogue) -> None:
    name = st.session_state[_NAME].strip()
    before = next((one for one in kept if one.name == name), None)
    try:
        saved = _write(catalogue.subject, name, asked)
    except RegistryError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_NAME] = ""
    if before is None:
        announce(Done(f"Filter “{saved.name}” saved", lambda: _forget(saved)))
    else:
        announce(Done(f"Filter “{saved.name}” is another one now", lambda: _again(before)))


def _delete(one: SavedFilter) -> None:
    try:
        announce(_forget(one))
    except RegistryError as error:
        announce(Done(str(error)))


def _forget(one: SavedFilter) -> Done:
    with transaction(engine()) as session:
        delete_filter(session, actor(), one.id)
    return Done(f"Filter “{one.name}” deleted", lambda: _again(one))


def _again(one: SavedFilter) -> Done:
    """As it was."""
    saved = _write(one.subject, one.name, one.filter)
    return Done(f"Filter “{one.name}” is as it was", lambda: _forget(saved))


def _write(subject: str, name: str, asked: Filter) -> SavedFilter:
    with transaction(engine()) as session:
        return save_filter(session, actor(), subject=subject, name=name, filter=asked)
