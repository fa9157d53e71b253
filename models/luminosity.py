"""Projection: delivered and recorded luminosity of every lumisection, one row per run and source."""

from sqlalchemy import ARRAY, BigInteger, Column, Double, Integer, Text
from sqlmodel import Field, SQLModel


class Luminosity(SQLModel, table=True):
    """Luminosity in /pb; element i of the arrays is lumisection i from 1 (SQL counts so too); null: unknown."""

    __tablename__ = "luminosity"

    run_number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    delivered: list[float | None] = Field(sa_column=Column(ARRAY(Double), nullable=False))
    recorded: list[float | None] = Field(sa_column=Column(ARRAY(Double), nullable=False))
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
