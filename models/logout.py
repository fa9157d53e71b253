"""Operational rows: who logged out, and which logins that ended. Not part of the log: it says nothing of runs."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field, SQLModel


class Logout(SQLModel, table=True):
    """The last logout of a person: when, and the newest login that it ended, both for every process to know."""

    __tablename__ = "logout"

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    newest: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
