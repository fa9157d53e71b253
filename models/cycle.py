"""Cycles: dated batches of datasets to certify. What they are, every word said of them, and how they stand now."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, ForeignKey, Identity, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.log import change_set_reference, word_id


class CycleIdentity(SQLModel, table=True):
    """A cycle, by its number. Append-only; its name and all else are words, and may change."""

    __tablename__ = "cycle"

    id: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=False), primary_key=True))
    change_set: int = Field(sa_column=change_set_reference())


class CycleChange(SQLModel, table=True):
    """What somebody said of a cycle, and which datasets were put into it or taken out. Append-only.

    ``said`` is attribute → value: ``name``, ``description``, ``deadline`` (a moment), ``state.<workspace>``
    (``pending``, ``completed``; null: not the workspace's any more), ``desks`` (all its workspaces, said when they
    change) and ``deleted``.
    """

    __tablename__ = "cycle_change"
    __table_args__ = (Index("cycle_change_cycle", "cycle_id", "id"),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    cycle_id: int = Field(sa_column=Column(Integer, ForeignKey("cycle.id"), nullable=False))
    said: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    added: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    removed: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))


class CycleNow(SQLModel, table=True):
    """Projection: a cycle as it stands now; one that is deleted has no row.

    ``states`` is workspace → ``pending`` or ``completed``; ``datasets`` are ids, ascending.
    """

    __tablename__ = "cycle_now"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    description: str = Field(sa_column=Column(Text, nullable=False))
    deadline: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    states: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    datasets: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
