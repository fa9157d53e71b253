"""The tables of an account of losses, and the way down from each of their lines to runs and lumisections."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from backend.golden.cells import Bools
from backend.golden.loss import CATEGORIES, Loss
from backend.golden.loss_mapping import CLASSES, Category, categories_of, kind_of
from backend.golden.ranges import merged, written
from backend.golden.weighing import distinct
from backend.projections.segments import Ints
from models.lumi_json import GoldenJson


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a table: of one class, or where a category, a clause or a combination of clauses fails.

    One of the four is given; ``clause`` is its index in the recipe, ``combination`` those of all that fail.
    """

    of_class: Category | None = None
    category: Category | None = None
    clause: int | None = None
    combination: tuple[int, ...] | None = None


def by_category(loss: Loss) -> pl.DataFrame:
    """What each category loses, the greatest exclusive loss first.

    Returns
    -------
    pl.DataFrame
        ``category str · exclusive_runs i64 · exclusive_lumisections i64 · exclusive_delivered_per_pb f64 ·
        exclusive_recorded_per_pb f64 · exclusive_without_luminosity i64 · share f64`` of the total lost recorded,
        and the five again as ``inclusive_…``. Short run, Tracker HV and Mixed are classes too: their exclusive
        columns add up with those of the others to what is lost. Mixed has no inclusive loss of its own: null.
        Categories that lose nothing are left out.
    """
    sums, pairs = _sums(loss), _pairs(loss)
    lost = loss.lost.recorded_per_pb
    rows = []
    for at, category in enumerate(CATEGORIES):
        exclusive, inclusive = loss.told == at, _where_fails(loss, category)
        if not (exclusive.any() or inclusive.any()):
            continue
        alone = _measured(sums, pairs, exclusive, "exclusive")
        wide = _measured(sums, pairs, inclusive, "inclusive")
        if category is Category.MIXED:
            wide = dict.fromkeys(wide)
        part = alone["exclusive_recorded_per_pb"] or 0.0
        rows.append({"category": category.value, **alone, "share": part / lost if lost > 0 else None, **wide})
    frame = pl.DataFrame(rows, schema=_BY_CATEGORY)
    return frame.sort("exclusive_recorded_per_pb", "exclusive_lumisections", descending=True, maintain_order=True)


def by_clause(loss: Loss) -> pl.DataFrame:
    """What each clause of the view loses, in the order of the recipe.

    Returns
    -------
    pl.DataFrame
        ``clause i64 · text str · categories list[str] · kind str``, and ``runs · lumisections · delivered_per_pb ·
        recorded_per_pb · without_luminosity`` as ``alone_…``, where no other clause fails, and as ``inclusive_…``.
    """
    sums, pairs = _sums(loss), _pairs(loss)
    is_alone = (loss.failed.sum(axis=1) == 1) & loss.is_lost
    rows = []
    for at, clause in enumerate(loss.weighed.clauses):
        if not loss.view.has(kind_of(clause.reads)):
            continue
        fails = loss.failed[:, at] & loss.is_lost
        named = {"clause": clause.index, "text": clause.text, "kind": kind_of(clause.reads).value}
        of = {"categories": sorted(c.value for c in categories_of(clause.reads))}
        alone, wide = (_measured(sums, pairs, w, n) for w, n in ((fails & is_alone, "alone"), (fails, "inclusive")))
        rows.append({**named, **of, **alone, **wide})
    return pl.DataFrame(rows, schema=_BY_CLAUSE)


def by_combination(loss: Loss) -> pl.DataFrame:
    """What is lost where exactly these clauses fail together, the greatest loss first; they add up to the total.

    Returns
    -------
    pl.DataFrame
        ``clauses list[i64] · categories list[str] · class str · runs i64 · lumisections i64 · delivered_per_pb f64 ·
        recorded_per_pb f64 · without_luminosity i64``. ``clauses`` is empty where no clause of the recipe fails: a
        dataset of the run does not have the lumisection, or was left out.
    """
    where = np.flatnonzero(loss.is_lost)
    line, shown = distinct(loss.failed[where], loss.is_lost[where])
    shown = where[shown]
    of_class = pl.Series([CATEGORIES[at].value for at in loss.told[shown].tolist()], dtype=pl.String)
    columns = {
        "clauses": _lists(loss.failed[shown], [clause.index for clause in loss.weighed.clauses], pl.Int64()),
        "categories": _lists(loss.category[shown], [category.value for category in CATEGORIES], pl.String()),
        "class": of_class,
        "runs": _runs_by_line(loss, where, line, len(shown)),
        **{name: _by_line(values[where], line, len(shown)) for name, values in _sums(loss).items()},
    }
    frame = pl.DataFrame(columns, schema=_BY_COMBINATION)
    return frame.sort("recorded_per_pb", "lumisections", descending=True, maintain_order=True)


def runs_of(loss: Loss, part: Part | None = None) -> pl.DataFrame:
    """Run by run what a part loses, or all that is lost.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · lumisections i64 · delivered_per_pb f64 · recorded_per_pb f64 · without_luminosity i64 ·
        ranges str``, as people write them: ``1–59, 63``; runs ascending.
    """
    where = _cells(loss, part)
    weighed = loss.weighed
    frame = pl.DataFrame(
        {
            "run_number": weighed.run[where],
            "lumisections": weighed.lumisections[where],
            "delivered_per_pb": weighed.weights.delivered[where],
            "recorded_per_pb": weighed.weights.recorded[where],
            "without_luminosity": weighed.weights.without[where],
        }
    )
    summed = frame.group_by("run_number").agg(pl.all().sum()).sort("run_number")
    ranges = pl.DataFrame(dict(zip(("run_number", "first", "last"), merged(*weighed.ranges(where)), strict=True)))
    texts = ranges.group_by("run_number", maintain_order=True).agg(written())
    return summed.join(texts, on="run_number", how="left", maintain_order="left")


def lost_json(loss: Loss, part: Part | None = None) -> GoldenJson:
    """The lumisections that a part loses, or all that are lost."""
    return loss.weighed.json(_cells(loss, part))


def _cells(loss: Loss, part: Part | None) -> Bools:
    """Which ranges are of the part."""
    return np.asarray(_combinations_of(loss, part)[loss.weighed.combination])


def _combinations_of(loss: Loss, part: Part | None) -> Bools:
    if part is None:
        return loss.is_lost
    if part.of_class is not None:
        return np.asarray(loss.told == CATEGORIES.index(part.of_class))
    if part.category is not None:
        return _where_fails(loss, part.category)
    if part.clause is not None:
        at = [clause.index for clause in loss.weighed.clauses].index(part.clause)
        return np.asarray(loss.failed[:, at] & loss.is_lost)
    wanted = part.combination or ()
    return np.array([bool(loss.is_lost[at]) and _indexes(loss, at) == wanted for at in range(len(loss.told))], bool)


def _where_fails(loss: Loss, category: Category) -> Bools:
    """The combinations that are lost and fail for a category, or are of a class that no clause stands for."""
    at = CATEGORIES.index(category)
    return np.asarray((loss.category[:, at] & loss.is_lost) | ((loss.told == at) & (category in CLASSES)))


def _indexes(loss: Loss, at: int) -> tuple[int, ...]:
    """The clauses that fail in a combination."""
    return tuple(loss.weighed.clauses[i].index for i in np.flatnonzero(loss.failed[at]).tolist())


def _lists(which: Bools, names: Sequence[object], kind: pl.DataType) -> pl.Series:
    """For each row the names of the columns in which it is so."""
    row, column = np.nonzero(which)
    named = pl.DataFrame({"row": row, "name": pl.Series(names, dtype=kind).gather(pl.Series(column))})
    lists = named.group_by("row", maintain_order=True).agg("name")
    rows = pl.DataFrame({"row": np.arange(len(which))})
    joined = rows.join(lists, on="row", how="left", maintain_order="left")["name"]
    return joined.fill_null(pl.Series([[]], dtype=pl.List(kind)))


def _by_line(values: np.ndarray, line: Ints, lines: int) -> np.ndarray:
    """The values of combinations, summed by the line of the table that each is in."""
    return np.bincount(line, weights=values, minlength=lines).astype(values.dtype)


def _runs_by_line(loss: Loss, where: Ints, line: Ints, lines: int) -> Ints:
    """In how many runs the combinations of each line are found."""
    of_combination = np.full(len(loss.told), -1)
    of_combination[where] = line
    combination, run = _pairs(loss)
    pairs = pl.DataFrame({"line": of_combination[combination], "run": run}).unique()
    found = pairs["line"].to_numpy()
    return np.bincount(found[found >= 0], minlength=lines)


def _sums(loss: Loss) -> dict[str, np.ndarray]:
    """What the ranges hold, summed by combination."""
    weighed = loss.weighed
    return {
        "lumisections": weighed.of_combinations(weighed.lumisections).astype(np.int64),
        "delivered_per_pb": weighed.of_combinations(weighed.weights.delivered),
        "recorded_per_pb": weighed.of_combinations(weighed.weights.recorded),
        "without_luminosity": weighed.of_combinations(weighed.weights.without).astype(np.int64),
    }


def _pairs(loss: Loss) -> tuple[Ints, Ints]:
    """Every combination with every run that has it, once; runs by their position among all."""
    _, run = np.unique(loss.weighed.run, return_inverse=True)
    pairs = pl.DataFrame({"combination": loss.weighed.combination, "run": run}).unique()
    return pairs["combination"].to_numpy(), pairs["run"].to_numpy()


def _measured(
    sums: dict[str, np.ndarray], pairs: tuple[Ints, Ints], where: Bools, name: str
) -> dict[str, float | None]:
    """How many runs and what else these combinations hold, in columns that begin with the name."""
    combination, run = pairs
    is_there = np.zeros(int(run.max(initial=-1)) + 1, bool)
    is_there[run[where[combination]]] = True
    return {
        f"{name}_runs": int(is_there.sum()),
        **{f"{name}_{measure}": held[where].sum() for measure, held in sums.items()},
    }


def _schema(*names: str) -> dict[str, pl.DataType]:
    return {f"{name}{measure}": kind for name in names for measure, kind in _MEASURES.items()}


_MEASURES: dict[str, pl.DataType] = {
    "runs": pl.Int64(),
    "lumisections": pl.Int64(),
    "delivered_per_pb": pl.Float64(),
    "recorded_per_pb": pl.Float64(),
    "without_luminosity": pl.Int64(),
}
_TEXT, _TEXTS, _NUMBER = pl.String(), pl.List(pl.String()), pl.Int64()
_BY_CATEGORY = {"category": _TEXT, **_schema("exclusive_"), "share": pl.Float64(), **_schema("inclusive_")}
_BY_CLAUSE = {"clause": _NUMBER, "text": _TEXT, "categories": _TEXTS, "kind": _TEXT, **_schema("alone_", "inclusive_")}
_BY_COMBINATION = {"clauses": pl.List(pl.Int64()), "categories": _TEXTS, "class": _TEXT, **_schema("")}
