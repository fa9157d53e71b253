"""All of the page's datasets, only those in which Express agrees, or only those that want to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import streamlit as st

from backend.queries import DatasetRow
from backend.queries.express import EXPRESS, ExpressSays
from dashboard.components.quality_grid import GridRow
from dashboard.offline.agreement import nothing_odd
from dashboard.offline.data import agreeing, express_of, where_ready, who_closed
from dashboard.offline.sheets import Sheet, grid_row, id_of
from dashboard.session import from_address, to_address
from models.vocabulary import DatasetState

_LOOK, _ALL = "look", "all"


class Agreement(Enum):
    """What Express has to say to an open dataset; of one that is not open nothing is asked any more."""

    AGREES = "agrees"
    ODD = "odd"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Looked:
    """A dataset, the Express dataset of its run if that is another one, whether they agree, and what else is told.

    ``hv_on`` is in how many lumisections the high voltage of the desk's detectors is on; none where nobody knows.
    """

    dataset: DatasetRow
    express: ExpressSays | None
    agreement: Agreement
    closed_by: str | None = None
    hv_on: int | None = None

    def as_row(self, sheet: Sheet) -> GridRow:
        """The dataset as a row of the grid."""
        return grid_row(self.dataset, self.express, sheet, closed_by=self.closed_by, hv_on=self.hv_on)

    @property
    def id(self) -> str:
        """The id of its row."""
        return id_of(self.dataset)


@dataclass(frozen=True, slots=True)
class Look:
    """Which of them are shown; none: all."""

    only: Agreement | None

    def lets_through(self, row: Looked) -> bool:
        """Whether this one is shown."""
        return self.only is None or row.agreement is self.only


EVERYTHING = Look(None)
"""All of them."""


def looked_at(rows: Sequence[DatasetRow], sheet: Sheet) -> tuple[Looked, ...]:
    """Each dataset with what Express says of its run."""
    express = express_of(rows)
    beside = ((row, express.get(row.run_number)) for row in rows)
    pairs = [(row, other if other is not None and other.id != row.id else None) for row, other in beside]
    same = agreeing((row for row, other in pairs if _is_calm(row, other, sheet)), sheet.judged)
    closed = who_closed(rows, sheet.workspace) if sheet.has_last_word else {}
    hv_on = where_ready(rows, sheet.bits) if sheet.bits else {}
    return tuple(
        Looked(
            row,
            other,
            _agreement(row, other, sheet, is_same=row.id in same),
            closed.get(row.id),
            hv_on.get(row.id),
        )
        for row, other in pairs
    )


def where_express_agrees(rows: Sequence[DatasetRow], sheet: Sheet) -> frozenset[str]:
    """The ids of the open ones, of these datasets, in which Express agrees."""
    open_ones = [row for row in rows if _is_asked(row, sheet)]
    return frozenset(row.id for row in looked_at(open_ones, sheet) if row.agreement is Agreement.AGREES)


def look_at(rows: Sequence[Looked]) -> Look:
    """Draw the choice, with how many there are of each; it stands in the address."""
    counts = {of: sum(row.agreement is of for row in rows) for of in Agreement}
    labels = {
        _ALL: f"All {len(rows)}",
        Agreement.AGREES.value: f"Express agrees {counts[Agreement.AGREES]}",
        Agreement.ODD.value: f"To look at {counts[Agreement.ODD]}",
    }
    asked = from_address(_LOOK, _ALL)
    chosen = st.segmented_control(
        "Of this page",
        list(labels),
        format_func=labels.__getitem__,
        key=f"look-{'-'.join(map(str, counts.values()))}",
        default=asked if asked in labels else _ALL,
        required=True,
        label_visibility="collapsed",
    )
    to_address(**{_LOOK: None if chosen == _ALL else str(chosen)})
    return Look(None if chosen == _ALL else Agreement(chosen))


def _is_asked(row: DatasetRow, sheet: Sheet) -> bool:
    return bool(sheet.components) and row.states.get(sheet.workspace) == DatasetState.OPEN


def _is_calm(row: DatasetRow, express: ExpressSays | None, sheet: Sheet) -> bool:
    """Whether nothing of it is odd, as far as counts tell; an Express dataset is judged by itself."""
    judge = row if row.name.startswith(EXPRESS) else express
    return judge is not None and _is_asked(row, sheet) and nothing_odd(row.counts, judge.counts, sheet.components)


def _agreement(row: DatasetRow, express: ExpressSays | None, sheet: Sheet, *, is_same: bool) -> Agreement:
    """A dataset agrees if Express says the same in every lumisection, and nothing of it is odd."""
    if not _is_asked(row, sheet):
        return Agreement.NOT_ASKED
    is_fine = _is_calm(row, express, sheet) and (is_same or row.name.startswith(EXPRESS))
    return Agreement.AGREES if is_fine else Agreement.ODD
