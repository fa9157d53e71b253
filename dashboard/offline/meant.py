"""What one key ticks: the datasets of the whole filter in which Express agrees, and all of the filter."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.queries import DatasetRow, Filter
from dashboard.offline.asked import ROWS
from dashboard.offline.data import MOST_TICKED, page_of_datasets
from dashboard.offline.look import where_express_agrees
from dashboard.offline.sheets import Sheet, id_of
from dashboard.offline.toolbar import Desk


@dataclass(frozen=True, slots=True)
class Meant:
    """Datasets that a button ticks: what it says of them, their ids, asked when it is pressed, and its key.

    ``why_not`` is why it cannot be pressed; none: it can.
    """

    label: str
    ids: Callable[[], frozenset[str]]
    shortcut: str
    help: str
    why_not: str | None = None


def meant(desk: Desk, asked: Filter, sheet: Sheet, agreeing: frozenset[str], *, total: int) -> tuple[Meant, Meant]:
    """What ``E`` and ``A`` tick.

    Parameters
    ----------
    agreeing
        The ids of this page in which Express agrees: of the whole filter, where it is no more than ``total`` rows.
    """

    def every() -> tuple[DatasetRow, ...]:
        return page_of_datasets(desk, asked, sort=(), page=1, size=MOST_TICKED).rows

    is_one_page = total <= ROWS
    return (
        Meant(
            f"Express agrees ({len(agreeing)})" if is_one_page else f"Express agrees, of all {total:,}",
            lambda: agreeing if is_one_page else where_express_agrees(every(), sheet),
            "E",
            "Tick the open datasets in which Express agrees: all of the filter, those of other pages too",
        ),
        Meant(
            f"All {total:,}",
            lambda: frozenset(map(id_of, every())),
            "A",
            "Tick all datasets of the filter, those of other pages too",
            f"Narrow the filter: {MOST_TICKED:,} datasets are the most that can be ticked."
            if total > MOST_TICKED
            else None,
        ),
    )
