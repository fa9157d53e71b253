"""Filters that people keep under a name, and share by a link: the one operational thing that a page writes itself.

Saving needs no right, only a login: nothing that others see depends on it. A filter is kept as text, checked, and read
again when it is used, so that one of an attribute or component that is gone says so instead of finding nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.access import Actor
from backend.errors import InvalidInput, NotFound, NotPermitted
from backend.queries.attributes import RUNS, Catalogue
from backend.queries.dataset_attributes import DATASETS
from backend.queries.filter_text import format_filter, parse_filter
from backend.queries.filters import EVERYTHING, Filter, checked

LONGEST_NAME = 80
SUBJECTS = {catalogue.subject: catalogue for catalogue in (RUNS, DATASETS)}
"""What there are filters of: runs and datasets."""

_SAVE = text("""
    INSERT INTO saved_filter (owner, subject, name, filter, saved_at) VALUES (:owner, :subject, :name, :filter, now())
    ON CONFLICT (owner, subject, name) DO UPDATE SET filter = excluded.filter, saved_at = excluded.saved_at
    RETURNING id, owner, subject, name, filter AS typed, saved_at
""")
_MINE = text("""
    SELECT id, owner, subject, name, filter AS typed, saved_at FROM saved_filter
    WHERE owner = :owner AND subject = :subject ORDER BY lower(name), name
""")
_ONE = text("SELECT id, owner, subject, name, filter AS typed, saved_at FROM saved_filter WHERE id = :id")
_DELETE = text("DELETE FROM saved_filter WHERE id = :id RETURNING id")


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter that somebody keeps; ``subject`` is ``run`` or ``dataset``, ``typed`` its text."""

    id: int
    owner: str
    subject: str
    name: str
    typed: str
    saved_at: datetime

    @property
    def filter(self) -> Filter:
        """The filter.

        Raises
        ------
        InvalidFilter
            If it names what there is no more.
        """
        return parse_filter(self.typed, SUBJECTS[self.subject])


def save_filter(session: Session, actor: Actor, *, subject: str, name: str, filter: Filter) -> SavedFilter:
    """Keep a filter under a name; one's own filter of that name is replaced, and keeps its id.

    Raises
    ------
    NotPermitted
        If the actor is not signed in.
    InvalidInput
        If there is no such subject, the name cannot be, or the filter cannot be or lets everything through.
    """
    _require_login(actor)
    catalogue, kept = _catalogue(subject), name.strip()
    if not 0 < len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise InvalidInput(f"A filter cannot be named {kept!r:.100}: 1 to {LONGEST_NAME} characters.")
    tree = checked(filter, catalogue)
    if tree == EVERYTHING:
        raise InvalidInput(f"The filter {kept!r} lets everything through: there is nothing to save.")
    said = {"owner": actor.name, "subject": subject, "name": kept, "filter": format_filter(tree, catalogue)}
    return _saved(session.execute(_SAVE, said).one())


def saved_filters(session: Session, actor: Actor, *, subject: str) -> tuple[SavedFilter, ...]:
    """The filters that a person keeps of a subject, by name; of somebody who is not signed in, none.

    Raises
    ------
    InvalidInput
        If there is no such subject.
    """
    _catalogue(subject)
    rows = session.execute(_MINE, {"owner": actor.name, "subject": subject}) if actor.is_verified else ()
    return tuple(map(_saved, rows))


def saved_filter(session: Session, id_: int) -> SavedFilter:
    """The filter with this id, whosever it is: a link shows everybody the same.

    Raises
    ------
    NotFound
        If there is none, or no more.
    """
    row = session.execute(_ONE, {"id": id_}).one_or_none()
    if row is None:
        raise NotFound(f"There is no saved filter {id_}; it may have been deleted.")
    return _saved(row)


def delete_filter(session: Session, actor: Actor, id_: int) -> None:
    """Forget a filter of one's own; links to it stop working.

    Raises
    ------
    NotPermitted
        If the actor is not signed in, or it is somebody else's.
    NotFound
        If there is none.
    """
    _require_login(actor)
    found = saved_filter(session, id_)
    if found.owner != actor.name:
        raise NotPermitted(f"{actor.name} may not delete the filter {found.name!r}: it is {found.owner}'s.")
    if session.execute(_DELETE, {"id": id_}).first() is None:
        raise NotFound(f"There is no saved filter {id_}; it may have been deleted.")


def _require_login(actor: Actor) -> None:
    if not actor.is_verified:
        raise NotPermitted(f"{actor.name} is not signed in: filters are kept per person.")


def _catalogue(subject: str) -> Catalogue:
    if subject not in SUBJECTS:
        raise InvalidInput(f"There are no filters of {subject!r:.40}; there are those of {' and '.join(SUBJECTS)}.")
    return SUBJECTS[subject]


def _saved(row: Row[Any]) -> SavedFilter:
    return SavedFilter(**row._mapping)
