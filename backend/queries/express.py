"""Where Express agrees: the datasets of which Express says what a quick certification would make of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.projections.datasets import known_of
from backend.queries.columns import ColumnsCatalogue
from backend.queries.flag_counts import FlagCounts
from backend.queries.flags import FlagInForce, Flags, flags_in_force
from models.lumis import EMPTY, LumiSet
from models.vocabulary import Status

EXPRESS = "/Express/"
"""How the names of Express datasets begin."""

_PAIRS = text("""
    SELECT d.id, d.known, e.id AS express, e.known AS express_known, r.known AS run_known
    FROM dataset d
    JOIN dataset e ON e.run_number = d.run_number AND e.id <> d.id AND starts_with(e.name, :express) AND NOT e.is_hidden
    JOIN run r ON r.run_number = d.run_number
    WHERE d.id = ANY(:ids) AND NOT starts_with(d.name, :express)
    ORDER BY d.id, e.name
""")


_OF_RUNS = text("""
    SELECT DISTINCT ON (run_number) id, run_number, name, lumisections, counts FROM dataset
    WHERE run_number = ANY(:runs) AND starts_with(name, :express) AND NOT is_hidden ORDER BY run_number, id
""")


@dataclass(frozen=True, slots=True)
class ExpressSays:
    """What the Express dataset of a run says: component → code of :class:`Status` → its lumisections."""

    id: int
    run_number: int
    name: str
    lumisections: int
    counts: Mapping[str, Mapping[int, int]]


def express_of_runs(session: Session, runs: Iterable[int], *, columns: ColumnsCatalogue) -> dict[int, ExpressSays]:
    """Run → its first Express dataset, of those runs that have one that is not hidden."""
    rows = session.execute(_OF_RUNS, {"runs": sorted(set(runs)), "express": EXPRESS}).all()
    return {
        run: ExpressSays(id_, run, name, lumisections, FlagCounts(counts, columns.flags))
        for id_, run, name, lumisections, counts in rows
    }


def where_express_agrees(session: Session, ids: Sequence[int], *, columns: Collection[int]) -> tuple[int, ...]:
    """The datasets, of these, whose verdicts equal those of a dataset of Express of the same run.

    A dataset without a verdict yet, NOTSET or NO VALUE FOUND, counts as GOOD: that is what one says who agrees. They
    agree only if they do in every column and lumisection, and Express has a verdict in each.

    Parameters
    ----------
    columns
        The columns that are compared.
    """
    pairs = session.execute(_PAIRS, {"ids": list(ids), "express": EXPRESS}).all()
    flags = flags_in_force(session, {id_ for pair in pairs for id_ in (pair.id, pair.express)}, columns)
    agreeing = {
        pair.id for pair in pairs if _agree(flags, pair.id, pair.express, columns, known_of(pair.known, pair.run_known))
    }
    return tuple(id_ for id_ in dict.fromkeys(ids) if id_ in agreeing)


def _agree(flags: Flags, dataset: int, express: int, columns: Iterable[int], known: LumiSet) -> bool:
    return all(
        _verdicts(flags.get((dataset, column), ()), known, is_lenient=True)
        == _verdicts(flags.get((express, column), ()), known, is_lenient=False)
        and _is_complete(flags.get((express, column), ()), known)
        for column in columns
    )


def _verdicts(flags: Iterable[FlagInForce], known: LumiSet, *, is_lenient: bool) -> dict[Status, LumiSet]:
    """Status → where; with leniency what nobody has judged yet is GOOD."""
    found: dict[Status, LumiSet] = {}
    judged = EMPTY
    for flag in flags:
        where = LumiSet((flag.range,)) & known
        judged = judged | where
        status = Status.GOOD if is_lenient and flag.status in _NO_VERDICT else flag.status
        found[status] = found.get(status, EMPTY) | where
    if is_lenient:
        found[Status.GOOD] = found.get(Status.GOOD, EMPTY) | (known - judged)
    return {status: where for status, where in found.items() if where}


def _is_complete(flags: Iterable[FlagInForce], known: LumiSet) -> bool:
    return not known - LumiSet.of(flag.range for flag in flags if flag.status not in _NO_VERDICT)


_NO_VERDICT = frozenset({Status.NOTSET, Status.NO_VALUE_FOUND})
