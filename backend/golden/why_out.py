"""Why lumisections of some golden JSONs are not in another: the clauses that failed when the other was made."""

from itertools import compress

import numpy as np
import polars as pl

from backend.golden.compare import Comparison
from backend.golden.ranges import joined, json_of, places, ranges_of, written
from backend.golden.weighing import Weighed


def why_out(comparison: Comparison, json: int, weighed: Weighed) -> pl.DataFrame:
    """Why lumisections of other JSONs are not in this one, where the registry judged them for it.

    Parameters
    ----------
    json
        Position of the JSON, of which ``weighed`` is what it was made of.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · pattern i64 · ranges str · lumisections i64 · clauses list[i64] · texts list[str]``, the
        clauses that fail; an empty list where none does, null where the registry was not asked about the lumisections.
        By run and pattern.
    """
    missing = comparison.ranges.filter(pl.Series(~comparison.patterns[:, json])[comparison.ranges["pattern"]])
    found = _overlaps(missing, weighed)
    asked = found.with_columns(pl.Series("combination", weighed.combination).gather(found["cell"]))
    lines = asked.vstack(_unasked(missing, asked)) if missing.height else asked
    keys = ("run_number", "pattern", "combination")
    counted = written(), (pl.col("last") - pl.col("first") + 1).sum().alias("lumisections")
    table = joined(lines, *keys).group_by(*keys, maintain_order=True).agg(*counted)
    return table.join(_reasons(weighed), on="combination", how="left", maintain_order="left").drop("combination")


def _overlaps(ranges: pl.DataFrame, weighed: Weighed) -> pl.DataFrame:
    """``run_number · first · last · pattern · cell`` of what was weighed of the ranges; ``cell`` is its position."""
    run, first, last = (ranges[name].to_numpy() for name in ("run_number", "first", "last"))
    begin = np.searchsorted(places(weighed.run, weighed.last), places(run, first))
    end = np.searchsorted(places(weighed.run, weighed.first), places(run, last), side="right")
    times = np.maximum(end - begin, 0)
    row = np.repeat(np.arange(len(run)), times)
    cell = np.repeat(begin - (np.cumsum(times) - times), times) + np.arange(len(row))
    columns = {
        "run_number": run[row],
        "first": np.maximum(first[row], weighed.first[cell]),
        "last": np.minimum(last[row], weighed.last[cell]),
        "pattern": ranges["pattern"].to_numpy()[row],
        "cell": cell,
    }
    return pl.DataFrame(columns)


def _unasked(missing: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """The lumisections among the missing of which the registry was not asked, as further rows of those it was."""
    lines = [asked.clear()]
    for (pattern,), of_pattern in missing.group_by("pattern", maintain_order=True):
        judged = asked.filter(pl.col("pattern") == pattern)
        both = (
            json_of(*(of[name].to_numpy() for name in ("run_number", "first", "last"))) for of in (of_pattern, judged)
        )
        run, first, last = ranges_of(next(both) - next(both))
        none = {name: pl.lit(None, asked.schema[name]) for name in ("cell", "combination")}
        further = pl.DataFrame({"run_number": run, "first": first, "last": last})
        lines.append(further.with_columns(pattern=pl.lit(pattern, pl.Int64), **none))
    return pl.concat(lines)


def _reasons(weighed: Weighed) -> pl.DataFrame:
    """``combination · clauses · texts``: which clauses fail in each combination."""
    failing = [list(compress(weighed.clauses, fails)) for fails in weighed.failed.tolist()]
    columns = {
        "combination": list(range(len(failing))),
        "clauses": [[clause.index for clause in clauses] for clauses in failing],
        "texts": [[clause.text for clause in clauses] for clauses in failing],
    }
    kinds = (pl.Int64(), pl.List(pl.Int64()), pl.List(pl.String()))
    return pl.DataFrame(columns, schema=dict(zip(columns, kinds, strict=True)))
