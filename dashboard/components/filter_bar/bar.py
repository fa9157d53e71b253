"""The filter bar. The address of the page holds the filter as text; chips, form and text field all change it there."""

from collections.abc import Sequence

import streamlit as st

from backend.errors import InvalidFilter
from backend.queries import (
    EVERYTHING,
    RUNS,
    AllOf,
    AnyOf,
    Catalogue,
    Condition,
    Filter,
    Operator,
    all_of,
    format_filter,
    parse_filter,
)
from dashboard.components.filter_bar.form import condition_form
from dashboard.components.filter_bar.saved import saved_popover
from dashboard.filter_words import in_words
from dashboard.literal import literal

FILTER = "filter"
"""The name of the filter in the address of a page, and the key of its text field."""
NOTHING = Condition("run_number", Operator.LESS, 0)
"""The filter of who typed what cannot be read: acts on *the whole filter* would else be acts on everything."""
EXAMPLE_OF_RUNS = "run 324200-325175 and (state = OPEN or tracker-strip BAD > 5)"


def filter_bar(components: Sequence[str], catalogue: Catalogue = RUNS, *, example: str = EXAMPLE_OF_RUNS) -> Filter:
    """Draw the bar and give the filter; what cannot be read is said under the bar, and lets nothing through.

    Parameters
    ----------
    components
        The flags that can be asked for, such as ``tracker-strip``.
    catalogue
        The attributes that can be asked for: those of runs, or of datasets.
    example
        What stands in the empty text field.
    """
    st.session_state.setdefault(FILTER, st.query_params.get(FILTER, ""))
    try:
        asked, refused = parse_filter(st.session_state[FILTER], catalogue), None
    except InvalidFilter as error:
        asked, refused = EVERYTHING, f"{error} Nothing is shown until the filter can be read."
    with st.container(key="filter-bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<span class="rr-label">Filter</span>', width="content")
        _chips(asked, catalogue)
        with st.popover("+ Rule", type="tertiary", key="filter-add"):
            condition_form(components, lambda rule: _add(rule, catalogue), catalogue)
        st.text_input(
            "Filter as text",
            key=FILTER,
            placeholder=example,
            label_visibility="collapsed",
            help="Press / to come here. Attributes, and / or, ( ), flags such as tracker-strip BAD > 5, "
            "and DCS bits such as bpix_ready false > 10.",
            bind="query-params",
        )
        st.button(
            "Clear",
            type="tertiary",
            key="filter-clear",
            on_click=_set,
            args=(EVERYTHING, catalogue),
            disabled=not st.session_state[FILTER],
        )
        saved_popover(FILTER, asked, catalogue)
    if refused:
        st.error(literal(refused), icon=":material/filter_alt_off:")
    return NOTHING if refused else asked


def _chips(asked: Filter, catalogue: Catalogue) -> None:
    parts = asked.parts if isinstance(asked, AllOf) else (asked,)
    for place, part in enumerate(parts):
        rest = all_of((*parts[:place], *parts[place + 1 :]))
        kind = "group" if isinstance(part, AnyOf) else "chip"
        st.button(
            f"{in_words(part, catalogue)}  ×",
            key=f"filter-{kind}-{place}",
            help="Take this out of the filter",
            on_click=_set,
            args=(rest, catalogue),
        )


def _add(added: Filter, catalogue: Catalogue) -> None:
    try:
        asked = parse_filter(st.session_state[FILTER], catalogue)
    except InvalidFilter:
        asked = EVERYTHING
    parts = asked.parts if isinstance(asked, AllOf) else (asked,)
    _set(all_of((*parts, added)), catalogue)


def _set(asked: Filter, catalogue: Catalogue) -> None:
    st.session_state[FILTER] = format_filter(asked, catalogue)
