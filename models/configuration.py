"""Projection: every piece of configuration as it stands now, in one mechanism for all kinds.

Workspaces and their columns, permissions, classifiers of each kind, recipes, accepted datasets and causes are all a
(kind, name) with a body; each change is a new version in ``configuration_change``.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Configuration(SQLModel, table=True):
    """The version in force of one piece of configuration."""

    __tablename__ = "configuration"

    kind: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    is_enabled: bool = Field(default=True)
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
