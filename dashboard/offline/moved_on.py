"""Somebody changed a dataset of the page while one was looking: who, which, and whether it is among the ticked ones."""

import streamlit as st

from backend.queries import DatasetsPage, changes_since
from backend.queries.ticked_rows import TickedRow
from backend.record import DatasetKey
from dashboard.data import reading
from dashboard.literal import literal
from dashboard.offline.acts import Selection
from dashboard.offline.data import these
from dashboard.unavailable import or_its_sentence

_LOOK_AGAIN_SECONDS = 15
_JUST_READ = "offline-just-read"


def moved_on(found: DatasetsPage, selection: Selection) -> None:
    """Look every few seconds for what others did to the datasets that are shown; the page itself is not touched."""
    st.session_state[_JUST_READ] = True
    st.fragment(or_its_sentence(_banner), run_every=_LOOK_AGAIN_SECONDS)(found, frozenset(selection.ids))


def _banner(found: DatasetsPage, ticked: frozenset[int]) -> None:
    if st.session_state.pop(_JUST_READ, False):
        return
    changed = _changed(found)
    if not changed:
        return
    first = max(changed, key=lambda row: row.last_change)
    with st.container(key="offline-moved-on", horizontal=True, vertical_alignment="center"):
        st.markdown(_sentence(changed, first, ticked), width="stretch")
        if st.button("Show the change", key="offline-show-change"):
            st.switch_page(
                "views/run.py",
                query_params={"run": str(first.run_number), "datasets": first.name, "tab": "History"},
            )
        if st.button("Look again", key="offline-look-again"):
            st.rerun()


def _sentence(changed: list[TickedRow], first: TickedRow, ticked: frozenset[int]) -> str:
    others = len(changed) - 1
    more = f" and {others} more" if others else ""
    touched = sum(row.id in ticked for row in changed)
    of_ticked = f"{touched} of them among your ticked datasets" if touched else "none of your ticked datasets"
    who, name = literal(first.changed_by), literal(first.name)
    return f"**{who} changed {first.run_number} {name}{more} while you were looking:** {of_ticked}."


def _changed(found: DatasetsPage) -> list[TickedRow]:
    """The datasets of the page, as they are now, that were touched since they were read."""
    with reading() as session:
        runs = changes_since(session, found.change_set).runs
    keys = {DatasetKey(row.run_number, row.name) for row in found.rows if row.run_number in runs}
    return [row for row in these(keys) if row.last_change > found.change_set]
