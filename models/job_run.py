"""Operational rows: what each job of the worker last did. Not part of the log; may be pruned."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """One tick of one job. The unique (job, slot) makes a tick happen once among any number of workers."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("job_run_job_slot", "job", "slot", unique=True),
        Index("job_run_started", "job", "started_at"),
        Index("job_run_running", "job", postgresql_where=text("outcome = 'running'")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True))
    job: str = Field(sa_column=Column(Text, nullable=False))
    slot: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    worker: str = Field(sa_column=Column(Text, nullable=False))
    started_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    outcome: str = Field(default="running", sa_column=Column(Text, nullable=False))
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
