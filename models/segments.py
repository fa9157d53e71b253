"""Projection: the value of every column in every lumisection, as runs of equal value; one row per dataset."""

from sqlalchemy import ARRAY, BigInteger, Column, Integer, SmallInteger
from sqlmodel import Field, SQLModel


class Segments(SQLModel, table=True):
    """The segments of a dataset as parallel arrays, sorted by column, then first lumisection.

    Element i says: column ``columns[i]`` has ``values[i]`` from ``firsts[i]`` to ``lasts[i]``, because of word
    ``changes[i]`` of ``lumisection_change``. What nobody spoke of has no segment. Segments are *not* cut to the known
    lumisections; whoever counts or selects intersects with them. The view ``segment`` unnests the arrays.
    """

    __tablename__ = "segments"

    dataset_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    columns: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    firsts: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    lasts: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    values: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    changes: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
