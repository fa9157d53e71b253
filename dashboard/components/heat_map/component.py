"""The heat map in a page: the same sheet as the quality grid's, drawn with a run as a column and without words."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard import look
from dashboard.components.quality_grid.sheet import AttributeColumn, GridRow, QualityColumn
from dashboard.components.quality_grid.wire import sheet_bytes

_GRID = Path(__file__).parents[1] / "quality_grid"
_OWN = Path(__file__).parent


def heat_map(
    *,
    columns: Sequence[QualityColumn],
    runs: Sequence[GridRow],
    key: str,
    open_run: Callable[[str, str], None],
) -> None:
    """Draw it.

    Parameters
    ----------
    columns
        The components: its rows, from the top.
    runs
        Its columns, from the left. Their attributes ``fill_number`` and ``run_class`` are shown beneath and on hover.
        Equal sheets are not sent again.
    open_run
        Called with the run and the component of a cell that was clicked, before the page runs again.
    """

    def chosen() -> None:
        said = (st.session_state.get(key) or {}).get("opened") or {}
        run, column = said.get("run"), said.get("column")
        if isinstance(run, str) and isinstance(column, str):
            open_run(run, column)

    attributes = (
        AttributeColumn("fill_number", "Fill", 52, "id"),
        AttributeColumn("run_class", "Class", 90, "class"),
    )
    sheet = sheet_bytes(key, [*attributes, *columns], runs)
    _MAP(data=sheet, key=key, height="content", on_opened_change=chosen)


def _script(folder: Path, *parts: str) -> str:
    return "\n".join((folder / part).read_text(encoding="utf-8") for part in parts)


_MAP = st.components.v2.component(
    "run_registry.heat_map",
    html='<div class="heat"></div>',
    css=look.css_variables(":host") + _script(_GRID, "grid.css") + _script(_OWN, "heat.css"),
    js=_script(_GRID, "sheet.js", "bar.js", "card.js") + _script(_OWN, "heat.js"),
)
