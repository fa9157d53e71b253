"""The form that adds one rule to a filter: attribute, flag or DCS bit, how it is compared, with what."""

from collections.abc import Callable, Sequence

import streamlit as st

from backend.errors import InvalidFilter
from backend.queries import (
    BitCondition,
    Catalogue,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Quantifier,
    checked,
    operators_of,
    parse_filter,
)
from dashboard.literal import literal
from models.vocabulary import Status

_NEEDS_NO_VALUE = (Operator.IS_NULL, Operator.IS_NOT_NULL)
_EXTENTS = {
    "somewhere": Quantifier.ANY,
    "everywhere": Quantifier.ALL,
    "nowhere": Quantifier.NONE,
    "in more than … LS": None,
}


def condition_form(components: Sequence[str], add: Callable[[Filter], None], catalogue: Catalogue) -> None:
    """Draw the form; ``add`` is called with the rule when it is complete."""
    names = [a.name for a in catalogue.attributes]
    labels = {a.name: a.label for a in catalogue.attributes}
    what = st.selectbox(
        "What", [*names, *components, *catalogue.bits], format_func=lambda n: labels.get(n, n), key="filter-what"
    )
    if what in labels:
        _attribute(what, add, catalogue)
    elif what in catalogue.bits:
        _bit(what, add, catalogue)
    else:
        _flag(what, add, catalogue)


def _attribute(name: str, add: Callable[[Filter], None], catalogue: Catalogue) -> None:
    attribute = catalogue.find(name)
    operator = st.selectbox("How", operators_of(attribute.kind), format_func=str, key=f"filter-how-{attribute.kind}")
    unit = f", {attribute.unit}" if attribute.unit else ""
    if needs_value := operator not in _NEEDS_NO_VALUE:
        st.text_input(f"Value ({attribute.kind}{unit})", key="filter-value")
    st.caption(attribute.meaning)

    def rule() -> Filter:
        typed = st.session_state["filter-value"] if needs_value else ""
        return _condition(attribute.word, operator, typed, catalogue)

    _adder(rule, add)


def _condition(word: str, operator: Operator, typed: str, catalogue: Catalogue) -> Filter:
    """The rule that the form says, through the text form, so that lists, ranges and times are read in one place."""
    return parse_filter(f"{word} {operator.value} {typed}".strip(), catalogue)


def _flag(component: str, add: Callable[[Filter], None], catalogue: Catalogue) -> None:
    status = st.selectbox("Status", list(Status), format_func=lambda s: s.word, key="filter-status")
    quantifier = _extent()
    _adder(lambda: checked(FlagCondition(component, status, quantifier), catalogue), add)


def _bit(name: str, add: Callable[[Filter], None], catalogue: Catalogue) -> None:
    value = st.selectbox("DCS bit is", [False, True], format_func=lambda v: str(v).lower(), key="filter-bit")
    quantifier = _extent()
    st.caption("in the lumisections of the run, as OMS says")
    _adder(lambda: checked(BitCondition(name, value, quantifier), catalogue), add)


def _extent() -> Quantifier | Count:
    extent = st.selectbox("Where", list(_EXTENTS), key="filter-extent")
    more_than = 0
    if _EXTENTS[extent] is None:
        more_than = st.number_input("More than, lumisections", min_value=0, value=5, key="filter-more")
    return _EXTENTS[extent] or Count(Operator.MORE, int(more_than))


def _adder(rule: Callable[[], Filter | Condition], add: Callable[[Filter], None]) -> None:
    def added() -> None:
        try:
            add(rule())
        except InvalidFilter as error:
            st.session_state["filter-refused"] = str(error)

    st.button("Add", type="primary", key="filter-added", on_click=added)
    if refused := st.session_state.pop("filter-refused", None):
        st.error(literal(refused))
