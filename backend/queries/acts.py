"""Acts by their number: a page of the log as the original's clients turn it, by place instead of by act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries.runs import MOST_ROWS

_COUNT = text("SELECT count(*) FROM change_set")
_PAGE = text("""
    SELECT id, "by", why, at FROM change_set ORDER BY id DESC OFFSET :offset LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act in one line: its number, whose it was, why and when."""

    change_set: int
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ActsPage:
    """Some acts, the latest first, and how many there are in all."""

    acts: tuple[ActLine, ...]
    total: int


def acts_page(session: Session, *, offset: int = 0, limit: int = 50) -> ActsPage:
    """A page of all acts, the latest first. What is shown moves while others act; :func:`log_page` does not.

    Raises
    ------
    InvalidFilter
        If the offset or the limit cannot be.
    """
    if offset < 0 or not 0 <= limit <= MOST_ROWS:
        raise InvalidFilter(f"A page of {limit} acts from act {offset} on cannot be: 0 to {MOST_ROWS}, from 0 on.")
    rows = session.execute(_PAGE, {"offset": offset, "limit": limit})
    return ActsPage(tuple(ActLine(*row) for row in rows), session.execute(_COUNT).scalar_one())
