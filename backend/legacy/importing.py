"""The log of the registry from the tables of the original: staged, named as the registry does, and written, at once."""

from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Engine

from backend.configuration.defaults import default_columns
from backend.errors import InvalidInput, WrongState
from backend.legacy import acts, attributes, lumisections
from backend.legacy.report import Report
from backend.legacy.tables import ORPHANS, STAGED
from models.attributes import FIRST_OTHER_COLUMN
from models.vocabulary import INVERTED, OFFLINE_COMPONENTS, ColumnKind

Progress = Callable[[float, str], None]

LUMINOSITY_UNITS = {"fb": 1e3, "pb": 1.0, "nb": 1e-3, "ub": 1e-6}
"""What a luminosity of the original is multiplied by to be in /pb, by the unit that brilcalc wrote it in."""

_HELD = "SELECT n, (SELECT count(*) FROM change_set) FROM clock FOR UPDATE"
_PLAIN_STEPS = (
    ("runs and datasets", acts.RUNS),
    ("runs and datasets", acts.DATASETS),
    ("attributes of runs", attributes.SAID_OF_RUNS),
    ("attributes of runs", attributes.KNOWN),
    ("attributes of runs", attributes.WORDS_OF_RUNS),
    ("attributes of datasets", attributes.SAID_OF_DATASETS),
    ("attributes of datasets", attributes.WORDS_OF_DATASETS),
)
_LUMISECTION_STEPS = (
    ("flags", lumisections.FLAGS),
    ("bits and prescales", lumisections.TEXTS),
    ("bits and prescales", lumisections.BITS),
    ("bits and prescales", "ANALYZE spoken_bit"),
    ("bits and prescales", lumisections.BIT_WORDS),
)
_BROUGHT = {
    "acts": "SELECT count(*) FROM change_set",
    "of these without anything said, numbers that the original skipped": (
        f"SELECT count(*) FROM change_set WHERE why = '{acts.GAP}'"
    ),
    "runs": "SELECT count(*) FROM run_identity",
    "datasets": "SELECT count(*) FROM dataset_identity",
    "columns of lumisections": "SELECT count(*) FROM lumisection_column",
    "words about runs": "SELECT count(*) FROM run_change",
    "words about datasets": "SELECT count(*) FROM dataset_change",
    "words about lumisections": "SELECT count(*) FROM lumisection_change",
    "words about luminosity": "SELECT count(*) FROM luminosity_change",
}


def write_log(on: Engine, original: Connection[Any], *, unit: str = "pb", progress: Progress) -> Report:
    """Write the history of the original into the log of an empty registry, wholly or not at all.

    The projections wait for a rebuild.

    Parameters
    ----------
    unit
        What the original's luminosities per lumisection are in: a key of ``LUMINOSITY_UNITS``.

    Raises
    ------
    WrongState
        If the registry is not empty.
    InvalidInput
        If the unit is not known, or the original holds no act.
    """
    if unit not in LUMINOSITY_UNITS:
        raise InvalidInput(f"Luminosity is in {', '.join(LUMINOSITY_UNITS)}, not in {unit!r}.")
    report = Report()
    with on.connect() as opened, opened.begin():
        registry: Any = opened.connection.driver_connection
        registry.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        _refuse_filled(registry)
        for number, staged in enumerate(STAGED):
            progress(0.5 * number / len(STAGED), f"reading {staged.name.replace('_', ' ')}")
            _stage(original, registry, staged.name, staged.columns, staged.question)
        if not _count(registry, "SELECT count(*) FROM their_act"):
            raise InvalidInput("The original holds no act.")
        _write(registry, unit, progress)
        _tell(original, registry, report)
    return report


def _refuse_filled(registry: Connection[Any]) -> None:
    clock, there = registry.execute(_HELD).fetchone() or (0, 0)
    if clock or there:
        raise WrongState(f"The registry holds {max(clock, there):,} acts: the original is imported into an empty one.")


def _stage(original: Connection[Any], registry: Connection[Any], name: str, columns: str, question: str) -> None:
    """Fill a table of the registry that goes at the end with the answer to a question to the original."""
    registry.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    out: Any = f"COPY ({question}) TO STDOUT"
    into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
    with registry.cursor().copy(into) as written, original.cursor().copy(out) as read:
        for block in read:
            written.write(block)
    registry.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))


def _write(registry: Connection[Any], unit: str, progress: Progress) -> None:
    for statement in (acts.RIGHT_AWAY, lumisections.BEYOND, acts.ACTS):
        registry.execute(statement)
    registry.execute("CREATE TEMP TABLE known_workspace (name text) ON COMMIT DROP")
    registry.execute(
        "INSERT INTO known_workspace SELECT unnest(%s::text[])", [["global", "online", *OFFLINE_COMPONENTS]]
    )
    for number, (what, statement) in enumerate(_PLAIN_STEPS):
        progress(0.5 + 0.2 * number / len(_PLAIN_STEPS), f"writing {what}")
        registry.execute(statement)
    registry.execute(lumisections.SAID_OF_FLAGS)
    registry.execute(lumisections.SAID_OF_BITS)
    registry.execute("ANALYZE said_of_flag")
    registry.execute("ANALYZE said_of_bit")
    _number_columns(registry)
    for number, (what, statement) in enumerate(_LUMISECTION_STEPS):
        progress(0.7 + 0.25 * number / len(_LUMISECTION_STEPS), f"writing {what}")
        registry.execute(statement)
    progress(0.95, "writing luminosity")
    registry.execute(lumisections.LUMINOSITY.format(unit=LUMINOSITY_UNITS[unit]))
    registry.execute(acts.CLOCK)


def _number_columns(registry: Connection[Any]) -> None:
    """Number what the original speaks of as the registry would: its own columns first, in their order."""
    spoken = {name: (kind, act) for name, kind, act in registry.execute(lumisections.COLUMNS)}
    ordered = [str(column) for column in default_columns() if str(column) in spoken]
    flags, others = 1, FIRST_OTHER_COLUMN
    rows = []
    for name in [*ordered, *sorted(spoken.keys() - set(ordered))]:
        kind, act = spoken[name]
        workspace, _, column = name.partition("-")
        is_flag = kind == ColumnKind.FLAG
        rows.append((flags if is_flag else others, workspace, column, kind, name in INVERTED, act))
        flags, others = flags + is_flag, others + (not is_flag)
    registry.cursor().executemany(
        "INSERT INTO lumisection_column (id, workspace, name, kind, is_inverted, change_set)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        rows,
    )


def _tell(original: Connection[Any], registry: Connection[Any], report: Report) -> None:
    for what, question in _BROUGHT.items():
        report.brought[what] = _count(registry, question)
    for kind, question in (attributes.MISSES | lumisections.MISSES).items():
        count, examples = _row(registry, question)
        report.misses(kind, count, list(examples or ()))
    report.misses("events that belong to no act: left out", _count(original, ORPHANS), [])


def _count(connection: Connection[Any], question: str) -> int:
    return int(_row(connection, question)[0])


def _row(connection: Connection[Any], question: str) -> tuple[Any, ...]:
    asked: Any = question
    row = connection.execute(asked).fetchone()
    assert row is not None
    return tuple(row)
