"""Operational rows: filters that people keep under a name. Not part of the log; nobody else's state depends on them."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text
from sqlmodel import Field, SQLModel


class SavedFilter(SQLModel, table=True):
    """A filter that a person keeps, as text; a link with its id shows the same to everybody.

    ``subject`` is what it is a filter of: ``run`` or ``dataset``.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (Index("saved_filter_name", "owner", "subject", "name", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True))
    owner: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    filter: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
