"""What Explore reads: points and correlations, kept by the act after which they were read."""

from dataclasses import replace

import polars as pl
import streamlit as st

from backend.queries.exploring import by_dcs_bits, runs_as_points
from backend.queries.live import latest_change
from dashboard.data import reading
from dashboard.explore.asked import Asked


def points_now(asked: Asked) -> pl.DataFrame:
    """The runs as points, as they stand now."""
    points = _points(replace(asked, within=None), _now())
    return points if asked.within is None else asked.within.of(points)


def bits_now(asked: Asked) -> pl.DataFrame:
    """How the quantity goes with the DCS bits now."""
    return _bits(asked, _now())


@st.cache_data(max_entries=8, show_spinner="The runs are read …", hash_funcs={Asked: repr})
def _points(asked: Asked, change_set: int) -> pl.DataFrame:
    with reading() as session:
        return runs_as_points(session, y=asked.y, x=asked.x, colour=asked.colour, filter=asked.filter)


@st.cache_data(max_entries=8, show_spinner="The runs are read …", hash_funcs={Asked: repr})
def _bits(asked: Asked, change_set: int) -> pl.DataFrame:
    with reading() as session:
        return by_dcs_bits(session, y=asked.y, filter=asked.filter)


def _now() -> int:
    with reading() as session:
        return latest_change(session).change_set
