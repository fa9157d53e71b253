"""Projection: every run as it stands now, one row each; the attributes people filter by are typed columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Double, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

_WEIGHED = (
    "fill_number start_time end_time duration_seconds energy_gev b_field_tesla delivered_per_pb recorded_per_pb "
    "run_class is_significant state lumisections proposed_by stable_beam hlt_key l1_key"
).split()
"""What tables are mostly filtered and sorted by; an index holds it and nothing else."""


def _moment() -> Column[datetime]:
    return Column(DateTime(timezone=True))


class Run(SQLModel, table=True):
    """A run as it stands now. Typed columns repeat those OMS attributes that people filter by; ``oms`` has all.

    ``known`` is the flat form of the lumisections OMS knows (first, last, first, last …); ``lumisections`` their
    number. ``proposed_by`` is the first pending proposal: OMS changed something after sign-off. ``last_change`` is
    the change set that last touched the row, ``changed_by`` whose it was.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("run_fill_number", "fill_number"),
        Index("run_start_time", "start_time"),
        Index("run_class_number", "run_class", "run_number"),
        Index("run_state_number", "state", "run_number"),
        Index("run_last_change", "last_change"),
        Index("run_weighed", "run_number", postgresql_include=_WEIGHED),
    )

    run_number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    fill_number: int | None = Field(default=None)
    start_time: datetime | None = Field(default=None, sa_column=_moment())
    end_time: datetime | None = Field(default=None, sa_column=_moment())
    oms_last_update: datetime | None = Field(default=None, sa_column=_moment())
    duration_seconds: int | None = Field(default=None)
    energy_gev: float | None = Field(default=None, sa_column=Column(Double))
    b_field_tesla: float | None = Field(default=None, sa_column=Column(Double))
    delivered_per_pb: float | None = Field(default=None, sa_column=Column(Double))
    recorded_per_pb: float | None = Field(default=None, sa_column=Column(Double))
    hlt_key: str | None = Field(default=None, sa_column=Column(Text))
    l1_key: str | None = Field(default=None, sa_column=Column(Text))
    l1_hlt_mode: str | None = Field(default=None, sa_column=Column(Text))
    injection_scheme: str | None = Field(default=None, sa_column=Column(Text))
    fill_type: str | None = Field(default=None, sa_column=Column(Text))
    clock_type: str | None = Field(default=None, sa_column=Column(Text))
    sequence: str | None = Field(default=None, sa_column=Column(Text))
    cmssw_version: str | None = Field(default=None, sa_column=Column(Text))
    stable_beam: bool | None = Field(default=None)
    hlt_physics_counter: int | None = Field(default=None, sa_column=Column(BigInteger))
    l1_rate_hz: float | None = Field(default=None, sa_column=Column(Double))
    components: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))

    run_class: str | None = Field(default=None, sa_column=Column(Text))
    is_significant: bool | None = Field(default=None)
    state: str | None = Field(default=None, sa_column=Column(Text))
    stop_reason: str | None = Field(default=None, sa_column=Column(Text))

    known: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    lumisections: int = Field(default=0)
    proposed_by: int | None = Field(default=None, sa_column=Column(BigInteger))
    oms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
