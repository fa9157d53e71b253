"""What the Log page reads: acts, the difference that one made, and whether it may be taken back."""

from collections.abc import Iterable

from backend.certify.taking_back import Undoable, undoable
from backend.errors import NotFound
from backend.queries.difference import DifferenceMade, difference_made
from backend.queries.log import EVERY_ACT, LogEntry, LogFilter, LogPage, log_page
from backend.record.loading import load_undone
from dashboard.data import reading
from dashboard.session import person

AT_ONCE = 60
"""So many acts are one page of the Log."""


def page_of_acts(asked: LogFilter, before: int | None) -> LogPage:
    """The acts that a filter lets through, latest first: those before a change set, or the latest."""
    with reading() as session:
        return log_page(session, filter=asked, before=before, limit=AT_ONCE)


def undone_now(entries: Iterable[LogEntry]) -> frozenset[int]:
    """Those of the acts that do not hold at all: an undo that was itself undone counts no more."""
    ids = frozenset(entry.change_set for entry in entries)
    with reading() as session:
        return ids & load_undone(session, ids).everywhere


def one_act(change_set: int) -> LogEntry:
    """One act by its number.

    Raises
    ------
    NotFound
        If there is no such act.
    """
    with reading() as session:
        found = log_page(session, filter=EVERY_ACT, before=change_set + 1, limit=1).entries
    if not found or found[0].change_set != change_set:
        raise NotFound(f"There is no change set {change_set}.")
    return found[0]


def difference_of(change_set: int, run_number: int | None) -> DifferenceMade:
    """What held before the act and after it; of one run alone, if named."""
    with reading() as session:
        return difference_made(session, change_set, run_number=run_number)


def may_take_back(change_set: int) -> Undoable:
    """Whether who looks at the page may undo the act, and if not, why not."""
    with reading() as session:
        return undoable(session, person(), change_set)
