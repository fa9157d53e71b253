"""What happened since one last looked: the latest act, and the runs that later acts touched."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

_CLOCK = text("SELECT n, at FROM clock")
_SINCE = text("""
    WITH RECURSIVE undone AS (
        SELECT undoes FROM change_set WHERE id > :seen AND undoes IS NOT NULL
        UNION SELECT c.undoes FROM undone u JOIN change_set c ON c.id = u.undoes WHERE c.undoes IS NOT NULL)
    SELECT run_number FROM run WHERE last_change > :seen
    UNION SELECT run_number FROM dataset WHERE last_change > :seen
    UNION SELECT run_number FROM luminosity_change
          WHERE change_set > :seen OR change_set IN (SELECT undoes FROM undone)
""")


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest act in the log and when it was; 0 if nothing has happened yet."""

    change_set: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangedRuns:
    """The runs that acts after one change set touched, up to and including another."""

    change_set: int
    runs: frozenset[int]


def latest_change(session: Session) -> Latest:
    """The latest act in the log."""
    return Latest(*session.execute(_CLOCK).one())


def changes_since(session: Session, change_set: int) -> ChangedRuns:
    """The runs that were touched after a change set: themselves, one of their datasets, or their luminosity.

    Ask the next time with the ``change_set`` of the answer: ids are ordered by commit, so nothing is missed.
    """
    latest = latest_change(session)
    if latest.change_set <= change_set:
        return ChangedRuns(latest.change_set, frozenset())
    return ChangedRuns(latest.change_set, frozenset(session.execute(_SINCE, {"seen": change_set}).scalars()))
