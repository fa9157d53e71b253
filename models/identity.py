"""Identity tables: what exists. Append-only, part of the log, never rebuilt.

A run, a dataset or a column is named here once, by the act that first spoke of it; what is said of it stands in the
change tables, what holds now in the projections.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, SmallInteger, Text
from sqlmodel import Field, SQLModel

from models.log import change_set_reference


class RunIdentity(SQLModel, table=True):
    """A run, by its number."""

    __tablename__ = "run_identity"

    run_number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    change_set: int = Field(sa_column=change_set_reference())


class DatasetIdentity(SQLModel, table=True):
    """A dataset: one processing of a run. Every run has ``online`` from the start."""

    __tablename__ = "dataset_identity"
    __table_args__ = (Index("dataset_identity_run_name", "run_number", "name", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=False), primary_key=True))
    run_number: int = Field(sa_column=Column(Integer, ForeignKey("run_identity.run_number"), nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    change_set: int = Field(sa_column=change_set_reference())


class LumisectionColumn(SQLModel, table=True):
    """A thing that has a value per lumisection: a component's flag, a DCS bit, the prescale.

    Columns are rows, never DDL. ``is_inverted`` marks flags where BAD means keep (``dc-lowlumi``). Flags are
    numbered from 1, what OMS fills from 1001, so that the counts of flags make short arrays.
    """

    __tablename__ = "lumisection_column"
    __table_args__ = (
        Index("lumisection_column_name", "workspace", "name", unique=True),
        CheckConstraint("(id < 1001) = (kind = 'flag')", name="flags_are_numbered_first"),
    )

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    workspace: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    is_inverted: bool = Field(default=False)
    change_set: int = Field(sa_column=change_set_reference())


class ColumnText(SQLModel, table=True):
    """The dictionary of a text column: the number that stands in segments for a text such as a prescale's name."""

    __tablename__ = "column_text"
    __table_args__ = (Index("column_text_word", "column_id", "word", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=False), primary_key=True))
    column_id: int = Field(sa_column=Column(SmallInteger, ForeignKey("lumisection_column.id"), nullable=False))
    word: str = Field(sa_column=Column(Text, nullable=False))
    change_set: int = Field(sa_column=Column(BigInteger, ForeignKey("change_set.id"), nullable=False))
