"""Operational rows: the tokens that people made for their scripts, and who signed in with which e-groups.

Not part of the log. A token's row is its own record: who made it and when, who revoked it and when; rows are never
deleted, what a token is never changes, and a revoked one stays revoked: a trigger refuses everything else.
"""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel


class KnownPerson(SQLModel, table=True):
    """Somebody who signed in, with the e-groups that the login vouched for then; a token of theirs has no others."""

    __tablename__ = "known_person"

    name: str = Field(sa_column=Column(Text, primary_key=True))
    egroups: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    seen_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class PersonalToken(SQLModel, table=True):
    """A secret that a script shows in its owner's name, kept as its SHA-256.

    ``scope`` holds grants as people write them (``flags:tracker``, ``*``); none of them: the token reads alone.
    """

    __tablename__ = "personal_token"
    __table_args__ = (
        Index("personal_token_digest", "digest", unique=True),
        Index("personal_token_name", "owner", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True))
    owner: str = Field(sa_column=Column(Text, ForeignKey("known_person.name"), nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    scope: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_by: str | None = Field(default=None, sa_column=Column(Text))
    last_used_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
