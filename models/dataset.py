"""Projection: every dataset as it stands now, with its counts per flag and status and its searchable words."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Computed, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel

from models.vocabulary import OFFLINE_COMPONENTS

IN_GUI = """jsonb_path_exists(attributes, '$.keyvalue().key ? (@ starts with "gui.")')"""
"""Whether the DQM GUI shows the dataset: it was seen there under some name (``gui.<name>``)."""

IN_SIGHT = "name <> 'online' AND NOT is_hidden"
"""What an offline desk lists unless asked for more. Written as in the indexes of the desks."""

EDITABLE = "IN ('OPEN', 'SIGNOFF', 'COMPLETED')"
"""The states in which a workspace works on a dataset. Written as in the indexes of the desks."""


def _desk_indexes() -> Iterator[Index]:
    """For every workspace its states, and what its desk lists, in order; a workspace made later is read without."""
    for workspace in sorted({"global", *OFFLINE_COMPONENTS}):
        state = f"(states ->> '{workspace}')"
        yield Index(f"dataset_state_{workspace}", text(state))
        yield _listing(f"dataset_desk_{workspace}", f"{state} {EDITABLE} AND {IN_SIGHT}")
    yield _listing("dataset_in_sight", IN_SIGHT)


def _listing(name: str, listed: str) -> Index:
    return Index(name, "run_number", "id", postgresql_include=["lumisections"], postgresql_where=text(listed))


class Dataset(SQLModel, table=True):
    """A dataset as it stands now.

    ``states`` is workspace → state. ``known`` is null unless the dataset's source says which lumisections it has;
    then it narrows the run's; ``lumisections`` is how many it has. ``counts`` are lumisections per flag and status,
    counted within the known ones and laid out as ``models.attributes.count_position`` says. ``notes`` is column id →
    comments and causes in force, and ``words`` their text index.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index("dataset_run_name", "run_number", "name", unique=True),
        Index("dataset_name", "name", "run_number"),
        Index("dataset_last_change", "last_change"),
        Index("dataset_words", "words", postgresql_using="gin"),
        Index("dataset_in_gui", text(f"({IN_GUI})")),
        *_desk_indexes(),
    )

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    run_number: int = Field(sa_column=Column(Integer, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    states: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    is_hidden: bool = Field(default=False)
    known: list[int] | None = Field(default=None, sa_column=Column(ARRAY(SmallInteger)))
    attributes: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    lumisections: int = Field(default=0)
    counts: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    notes: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    words: Any = Field(
        default=None,
        sa_column=Column(TSVECTOR, Computed("jsonb_to_tsvector('simple', notes, '[\"string\"]')", persisted=True)),
    )
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
