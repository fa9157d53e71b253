"""The list that a visit looks at: a tick, a key or a preview reads it again only if there was an act since."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from backend.queries import DatasetsPage, Filter, Sort
from dashboard.offline.asked import ROWS
from dashboard.offline.data import page_of_datasets
from dashboard.offline.look import Looked, looked_at
from dashboard.offline.sheets import Sheet
from dashboard.offline.toolbar import Desk

_KEPT = "offline-listed"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a desk's list, and each of its rows with what Express and others say of it."""

    page: DatasetsPage
    rows: tuple[Looked, ...]


def listed(desk: Desk, asked: Filter, sheet: Sheet, *, sort: Sequence[Sort], page: int, as_of: int) -> Listed:
    """The page, counted from 1, as it stands since the latest act, ``as_of``."""
    wanted = (desk, asked, sheet, tuple(sort), page, as_of)
    kept: tuple[object, Listed] | None = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == wanted:
        return kept[1]
    found = page_of_datasets(desk, asked, sort=sort, page=page, size=ROWS)
    read = Listed(found, looked_at(found.rows, sheet))
    st.session_state[_KEPT] = (wanted, read)
    return read
