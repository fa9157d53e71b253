"""Locks taken before deciding: who reads what OMS last said and then records, holds the run in between."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

_LOCK = text("SELECT run_number FROM run_identity WHERE run_number = ANY(:runs) ORDER BY run_number FOR UPDATE")


def lock_runs(session: Session, runs: Iterable[int]) -> frozenset[int]:
    """Lock the runs until the transaction ends; gives those that exist."""
    return frozenset(session.execute(_LOCK, {"runs": sorted(runs)}).scalars())
