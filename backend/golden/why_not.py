"""Why a recipe does not keep a lumisection: the clauses that failed there, what they saw, and whose word that was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Engine

from backend.db import transaction
from backend.golden.clauses import Clause, clause_verdicts, clauses_of_recipe
from backend.golden.keeping import frame_now
from backend.golden.past import frame_as_of
from backend.golden.places import names_read
from backend.golden.scope import Scope
from backend.golden.selection import Selection, selected
from backend.golden.whose import whose_words
from backend.queries import SaidBy
from backend.rules import Json, Rule
from models.lumis import LumiRange, LumiSet


@dataclass(frozen=True, slots=True)
class SeenFact:
    """A fact as a clause saw it, and whose word it is; none where nobody said it, as of a run's number."""

    name: str
    value: Json
    said: SaidBy | None


@dataclass(frozen=True, slots=True)
class ClauseVerdict:
    """A clause of the recipe, whether it holds, and the facts that it read."""

    clause: Clause
    holds: bool
    seen: tuple[SeenFact, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """What a recipe says of a lumisection of one dataset, clause by clause.

    A lumisection that the dataset does not have is kept by no recipe: ``is_known`` is false then, and no clause is
    judged.
    """

    dataset_id: int
    run_number: int
    dataset: str
    lumisection: int
    as_of: int
    is_known: bool
    clauses: tuple[ClauseVerdict, ...]

    @property
    def is_kept(self) -> bool:
        """Whether the recipe keeps the lumisection of this dataset."""
        return self.is_known and not self.failed

    @property
    def failed(self) -> tuple[ClauseVerdict, ...]:
        """The clauses that do not hold."""
        return tuple(verdict for verdict in self.clauses if not verdict.holds)

    @property
    def held(self) -> tuple[ClauseVerdict, ...]:
        """The clauses that hold."""
        return tuple(verdict for verdict in self.clauses if verdict.holds)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Lumisections of a dataset that a recipe rejects by the same clauses."""

    clauses: tuple[Clause, ...]
    lumisections: LumiSet


@dataclass(frozen=True, slots=True)
class RejectedOfDataset:
    """What a recipe rejects of one dataset, the largest part first; and what it keeps."""

    dataset_id: int
    run_number: int
    dataset: str
    as_of: int
    kept: LumiSet
    rejected: tuple[Rejected, ...]


def why_not(
    on: Engine,
    rule: Rule,
    *,
    datasets: str | Iterable[int],
    run_number: int,
    lumisection: int,
    as_of: int | None = None,
) -> tuple[Why, ...]:
    """What the recipe says of a lumisection of each of the datasets that is of the run; none if none is.

    Parameters
    ----------
    datasets, as_of
        As :func:`~backend.golden.selection.select` takes them, and it raises what that raises.
    """
    selection = _of_run(on, rule, datasets, run_number, as_of)
    clauses = clauses_of_recipe(rule)
    here = selection.in_full().filter(pl.lit(lumisection).is_between("first", "last"))
    verdicts = clause_verdicts(here, clauses)
    names = names_read(rule)
    told = []
    for row in selection.by_dataset.select("dataset_id", "name").rows():
        id_, name = row
        at = here["dataset_id"].index_of(id_)
        found: tuple[ClauseVerdict, ...] = ()
        if at is not None:
            facts, holds = here.row(at, named=True), verdicts.row(at, named=True)
            with transaction(on) as session:
                said = whose_words(
                    session, names, run_number=run_number, dataset=name, lumisection=lumisection, as_of=selection.as_of
                )
            found = tuple(
                ClauseVerdict(c, holds[c.column], tuple(SeenFact(n, _json(facts[n]), said.get(n)) for n in c.reads))
                for c in clauses
            )
        told.append(Why(id_, run_number, name, lumisection, selection.as_of, at is not None, found))
    return tuple(told)


def rejected_of_run(
    on: Engine, rule: Rule, *, datasets: str | Iterable[int], run_number: int, as_of: int | None = None
) -> tuple[RejectedOfDataset, ...]:
    """The lumisections of a run that the recipe rejects, by the clauses that fail there, dataset by dataset.

    Parameters
    ----------
    datasets, as_of
        As :func:`~backend.golden.selection.select` takes them, and it raises what that raises.
    """
    selection = _of_run(on, rule, datasets, run_number, as_of)
    clauses = clauses_of_recipe(rule)
    rows = selection.in_full()
    verdicts = clause_verdicts(rows, clauses)
    return tuple(
        _of_dataset(rows, verdicts, clauses, id_=id_, run_number=run_number, name=name, as_of=selection.as_of)
        for id_, name in selection.by_dataset.select("dataset_id", "name").rows()
    )


def _of_dataset(
    rows: pl.DataFrame,
    verdicts: pl.DataFrame,
    clauses: Sequence[Clause],
    *,
    id_: int,
    run_number: int,
    name: str,
    as_of: int,
) -> RejectedOfDataset:
    where = rows["dataset_id"] == id_
    ranges: dict[tuple[bool, ...], list[LumiRange]] = {}
    spans = rows.filter(where).select("first", "last").rows()
    for holds, (first, last) in zip(verdicts.filter(where).rows(), spans, strict=True):
        ranges.setdefault(holds, []).append(LumiRange(first, last))
    kept = LumiSet.of(ranges.pop((True,) * len(clauses), ()))
    parts = [
        Rejected(tuple(c for c, is_so in zip(clauses, holds, strict=True) if not is_so), LumiSet.of(found))
        for holds, found in ranges.items()
    ]
    parts.sort(key=lambda part: (-len(part.lumisections), part.lumisections.ranges))
    return RejectedOfDataset(id_, run_number, name, as_of, kept, tuple(parts))


def _of_run(on: Engine, rule: Rule, datasets: str | Iterable[int], run_number: int, as_of: int | None) -> Selection:
    names, scope = names_read(rule), Scope.of(datasets, (run_number, run_number))
    frame = frame_now(on, scope, names) if as_of is None else frame_as_of(on, scope, names, as_of)
    return selected(frame, rule)


def _json(value: Json) -> Json:
    """The value as people know it: a number that is whole is written as one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
