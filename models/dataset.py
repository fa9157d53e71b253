"""Projection: every dataset as it stands now, with its counts per flag and status and its searchable words."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Computed, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel


class Dataset(SQLModel, table=True):
    """A dataset as it stands now.

    ``states`` is workspace → state. ``known`` is null unless the dataset's source says which lumisections it has;
    then it narrows the run's; ``lumisections`` is how many it has. ``counts`` are lumisections per flag and status,
    counted within the known ones and laid out as ``models.attributes.count_position`` says; ``bits`` are those of what
    OMS fills per value FALSE and TRUE, as ``models.attributes.bit_position`` says. ``notes`` is column id →
    comments and causes in force, and ``words`` their text index. What desks look through stands in ``dataset_brief``
    too.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index("dataset_run_name", "run_number", "name", unique=True),
        Index("dataset_name", "name", "run_number"),
        Index("dataset_last_change", "last_change"),
        Index("dataset_words", "words", postgresql_using="gin"),
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
    bits: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    notes: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    words: Any = Field(
        default=None,
        sa_column=Column(TSVECTOR, Computed("jsonb_to_tsvector('simple', notes, '[\"string\"]')", persisted=True)),
    )
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
