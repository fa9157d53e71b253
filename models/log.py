"""The log: one clock, one row per act, and the append-only tables that hold every word ever said.

Nothing here is ever updated or deleted; a trigger refuses it. The projections (``models/run.py``,
``models/dataset.py`` …) are folded from these rows and can be made again at any time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def change_set_reference() -> Column[int]:
    """The column by which every word belongs to an act."""
    return Column(BigInteger, ForeignKey("change_set.id"), nullable=False, index=True)


def word_id() -> Column[int]:
    """The number of a word: larger is later, within one run or dataset."""
    return Column(BigInteger, Identity(always=False), primary_key=True)


class Clock(SQLModel, table=True):
    """One row. Taken last in a transaction, so that change-set ids have no gaps and are ordered by commit."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("one", name="clock_is_one_row"),)

    one: bool = Field(default=True, primary_key=True)
    n: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))


class ChangeSet(SQLModel, table=True):
    """One act by one actor: who, when, why, what kind; an undo names the act it takes back.

    ``scope`` narrows an undo to ``{"datasets": [id, …], "runs": [number, …]}``; none means all of the act.
    """

    __tablename__ = "change_set"
    __table_args__ = (
        Index("change_set_undoes", "undoes", postgresql_where=text("undoes IS NOT NULL")),
        Index("change_set_by_at", "by", "at"),
        CheckConstraint("undoes < id", name="an_undo_comes_later"),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    why: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False, index=True))
    undoes: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("change_set.id")))
    scope: dict[str, list[int]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class RunChange(SQLModel, table=True):
    """What somebody said of a run's attributes, or which origins' words about them are withdrawn.

    ``said`` is attribute → value. OMS attributes are named ``oms.energy``, the registry's own ``run_class``,
    ``is_significant``, ``state``, ``stop_reason``; ``known`` holds the lumisections that OMS knows as pairs. Where
    ``withdraws`` names origins, the values in ``said`` are null: earlier words of those origins are taken back.
    """

    __tablename__ = "run_change"
    __table_args__ = (Index("run_change_run", "run_number", "id"),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    run_number: int = Field(sa_column=Column(Integer, ForeignKey("run_identity.run_number"), nullable=False))
    origin: int = Field(sa_column=Column(SmallInteger, nullable=False))
    said: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    withdraws: list[int] | None = Field(default=None, sa_column=Column(ARRAY(SmallInteger)))


class DatasetChange(SQLModel, table=True):
    """What somebody said of a dataset's attributes; as :class:`RunChange`.

    Attributes: ``state.<workspace>``, ``hidden``, ``known`` (only where the dataset's source says so).
    """

    __tablename__ = "dataset_change"
    __table_args__ = (Index("dataset_change_dataset", "dataset_id", "id"),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    dataset_id: int = Field(sa_column=Column(Integer, ForeignKey("dataset_identity.id"), nullable=False))
    origin: int = Field(sa_column=Column(SmallInteger, nullable=False))
    said: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    withdraws: list[int] | None = Field(default=None, sa_column=Column(ARRAY(SmallInteger)))


class LumisectionChange(SQLModel, table=True):
    """One value for a set of columns over a range of lumisections, or the withdrawal of earlier words there."""

    __tablename__ = "lumisection_change"
    __table_args__ = (
        Index("lumisection_change_dataset", "dataset_id", "id"),
        CheckConstraint("1 <= first AND first <= last", name="a_range_is_a_range"),
        CheckConstraint("(value IS NULL) = (withdraws IS NOT NULL)", name="a_word_says_or_withdraws"),
    )

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    dataset_id: int = Field(sa_column=Column(Integer, ForeignKey("dataset_identity.id"), nullable=False))
    columns: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    first: int = Field(sa_column=Column(SmallInteger, nullable=False))
    last: int = Field(sa_column=Column(SmallInteger, nullable=False))
    value: int | None = Field(default=None, sa_column=Column(Integer))
    origin: int = Field(sa_column=Column(SmallInteger, nullable=False))
    cause: str | None = Field(default=None, sa_column=Column(Text))
    comment: str | None = Field(default=None, sa_column=Column(Text))
    withdraws: list[int] | None = Field(default=None, sa_column=Column(ARRAY(SmallInteger)))


class LuminosityChange(SQLModel, table=True):
    """Luminosity per lumisection from one source, in /pb, from lumisection ``first`` on; null where unknown.

    The run need not be one that the registry knows: a brilcalc file may hold more runs than OMS gave us.
    """

    __tablename__ = "luminosity_change"
    __table_args__ = (Index("luminosity_change_run", "run_number", "id"),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    run_number: int = Field(sa_column=Column(Integer, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    first: int = Field(sa_column=Column(SmallInteger, nullable=False))
    delivered: list[float | None] = Field(sa_column=Column(ARRAY(Double), nullable=False))
    recorded: list[float | None] = Field(sa_column=Column(ARRAY(Double), nullable=False))


class ConfigurationChange(SQLModel, table=True):
    """One version of one piece of configuration; a null body takes it away."""

    __tablename__ = "configuration_change"
    __table_args__ = (Index("configuration_change_name", "kind", "name", "version", unique=True),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    kind: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    body: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    is_enabled: bool = Field(default=True)
