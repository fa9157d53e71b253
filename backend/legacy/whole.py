"""All of the import: the log, its projections, the check, and what the original kept without a history."""

from typing import Any

from psycopg import Connection
from sqlalchemy import Engine

from backend.legacy.checking import check
from backend.legacy.configuration import bring_configuration
from backend.legacy.cycles import bring_cycles
from backend.legacy.golden import bring_golden_jsons
from backend.legacy.importing import Progress, write_log
from backend.legacy.report import Report
from backend.rebuild import rebuild


def import_legacy(
    on: Engine,
    original: Connection[Any],
    *,
    unit: str = "pb",
    checked_runs: int = 200,
    progress: Progress = lambda share, what: None,
) -> Report:
    """Bring the original's history into an empty registry and hold the outcome against it.

    The log is written in one transaction: an import that is interrupted before its end leaves the registry empty, one
    that is interrupted later is begun again in a new database. Cycles, golden JSONs and configuration, of which the
    original kept no history, are said after its last act.

    Parameters
    ----------
    unit
        What luminosities per lumisection are in (``LUMINOSITY_UNITS``).
    checked_runs
        How many runs, spread over all, are compared with the original lumisection by lumisection.

    Raises
    ------
    WrongState, InvalidInput
        As :func:`~backend.legacy.importing.write_log`.
    """
    report = write_log(on, original, unit=unit, progress=lambda share, what: progress(0.6 * share, what))
    rebuild(on, progress=lambda share, what: progress(0.6 + 0.3 * share, f"folding {what}"))
    progress(0.9, "holding it against the original")
    check(on, original, report, runs=checked_runs)
    progress(0.95, "cycles, golden JSONs and configuration")
    bring_cycles(on, original, report)
    bring_golden_jsons(on, original, report)
    bring_configuration(on, original, report)
    progress(1.0, "done")
    return report
