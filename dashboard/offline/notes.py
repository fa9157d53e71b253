"""What was said in a cell of a table of datasets."""

from collections.abc import Sequence

from dashboard.components.quality_grid import CellNote
from dashboard.notes import notes_of
from dashboard.offline.sheets import key_of


def notes_of_cell(id_: str, column: str) -> Sequence[CellNote]:
    """The words in force of a component of a dataset; those that people said, or that are not GOOD, first."""
    key = key_of(id_)
    return notes_of(key.run_number, key.name, column)
