"""Locks taken before deciding: who reads what stands and then records, holds it in between: the run, the kind of
configuration, the source of luminosity."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from models.vocabulary import LuminositySource

_LOCK = text("SELECT run_number FROM run_identity WHERE run_number = ANY(:runs) ORDER BY run_number FOR UPDATE")


_LOCK_CONFIGURATION = text("SELECT pg_advisory_xact_lock(hashtext('configuration ' || :kind))")
_LOCK_LUMINOSITY = text("SELECT pg_advisory_xact_lock(hashtext('luminosity ' || :source))")


def lock_runs(session: Session, runs: Iterable[int]) -> frozenset[int]:
    """Lock the runs until the transaction ends; gives those that exist."""
    return frozenset(session.execute(_LOCK, {"runs": sorted(runs)}).scalars())


def lock_configuration(session: Session, kinds: Iterable[str]) -> None:
    """Hold all pieces of these kinds until the transaction ends: between the look and the record nobody else writes.

    A piece has no row of its own to lock before its first version, so the kind is locked; kinds go in ascending order.
    """
    for kind in sorted(set(kinds)):
        session.execute(_LOCK_CONFIGURATION, {"kind": kind})


def lock_luminosity(session: Session, sources: Iterable[str]) -> None:
    """Hold what these sources say of luminosity until the transaction ends.

    A source may speak of runs that the registry does not know, which have no row to lock. OMS speaks of runs that
    whoever records it holds, and need not be held as a whole.
    """
    for source in sorted({*sources} - {LuminositySource.OMS.value}):
        session.execute(_LOCK_LUMINOSITY, {"source": source})
