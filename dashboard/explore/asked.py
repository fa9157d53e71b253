"""What is plotted: the quantities along the axes, what colours the points, and which figure; in the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from backend.configuration import GLOBAL, Side
from backend.errors import InvalidFilter
from backend.queries import RUNS, Filter, Kind
from backend.queries.quantities import Quantity, quantity, worst_of
from dashboard.choice import choice
from dashboard.components.filter_bar import filter_bar
from dashboard.data import catalogue, components_of
from dashboard.explore.area import Area, read_area
from dashboard.session import from_address, to_address
from models.vocabulary import DCS_BITS, Status

POINTS, DISTRIBUTION, BITS = "points", "distribution", "bits"
PLOTS = {POINTS: "Points", DISTRIBUTION: "Distribution", BITS: "DCS bits"}
_ALONG = {"run_number": "Run", "fill_number": "Fill", "start_time": "Time"}
_Y = "recorded_per_pb"
_WORST = "worst "
_COLOURS = {
    "run_class": "class",
    "state": "state",
    "is_significant": "significant",
    "l1_hlt_mode": "L1/HLT mode",
    "fill_type": "fill type",
    "": "nothing",
}
_SHARES = (Status.BAD, Status.GOOD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET, Status.NO_VALUE_FOUND)
_PLOTTED = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.TIME})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is plotted, of which runs; ``within`` is the part of the figure that one looks at closer."""

    plot: str
    y: Quantity
    x: Quantity
    colour: Quantity | None
    filter: Filter
    within: Area | None = None


def asked() -> Asked | None:
    """Draw the controls and the filter; none where what the address asks for cannot be plotted, which is said."""
    components = components_of(Side.ONLINE, GLOBAL)
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Explore</span>', width="content")
        plot = choice("explore", "plot", PLOTS, label="Figure")
        y = _picked("y", _quantities(components), default=_Y, label="What", width=230)
        x = "run_number"
        if plot == POINTS:
            st.html('<span class="rr-label">against</span>', width="content")
            x = _picked("x", _ALONG | _quantities(components), default="run_number", label="Against", width=190)
        colour = ""
        if plot != BITS:
            st.html('<span class="rr-label">coloured by</span>', width="content")
            colour = _picked("colour", _colours(components), default="run_class", label="Coloured by", width=170)
        st.space("stretch")
        ways_out = st.container(key="explore-ways", horizontal=True, width="content")
    st.session_state["explore-ways-out"] = ways_out
    filter_ = filter_bar(components)
    try:
        of_y, of_x = quantity(y, catalogue()), quantity(x, catalogue())
        within = read_area(from_address("within"), y=of_y, x=of_x) if plot == POINTS else None
        return Asked(plot, of_y, of_x, _colour(colour), filter_, within)
    except InvalidFilter as error:
        st.error(str(error), icon=":material/scatter_plot:")
        return None


def _colour(text: str) -> Quantity | None:
    if not text:
        return None
    if text.startswith(_WORST):
        of = text.removeprefix(_WORST)
        if of not in catalogue().flags:
            raise InvalidFilter(f"There is no component {of!r:.80}.")
        return worst_of(of)
    return quantity(text, catalogue())


def _picked(name: str, words: Mapping[str, str], *, default: str, label: str, width: int) -> str:
    """A choice among many that may also be typed; the address holds it as it is written."""
    key = f"explore-{name}"
    if key not in st.session_state:
        st.session_state[key] = from_address(name, default)
    options = list(words)
    if st.session_state[key] not in words and st.session_state[key] is not None:
        options.append(st.session_state[key])
    chosen = st.selectbox(
        label,
        options,
        format_func=lambda value: words.get(value, value),
        key=key,
        label_visibility="collapsed",
        accept_new_options=True,
        width=width,
        help="Attributes, parts of a run with a status or a DCS bit; or type oms. and any number that OMS gives",
    )
    said = default if chosen is None else str(chosen)
    to_address(**{name: None if said == default else said or "nothing"})
    return "" if said == "nothing" else said


def _quantities(components: Iterable[str]) -> dict[str, str]:
    numbers = {a.name: f"{a.label} ({a.unit})" if a.unit else a.label for a in RUNS.attributes if a.kind in _PLOTTED}
    shares = {f"{component} {s.word}": f"{component} {s.word}" for component in components for s in _SHARES}
    bits = {f"{bit} {value}": f"{bit} {value}" for bit in DCS_BITS for value in ("false", "true")}
    return numbers | shares | bits


def _colours(components: Iterable[str]) -> dict[str, str]:
    return _COLOURS | {f"{_WORST}{component}": f"worst of {component}" for component in components}
