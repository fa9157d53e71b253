"""What a recipe saw where it did not keep lumisections: ``hcal-hcal BAD``, ``tecp_ready false``; for many at once."""

import polars as pl

from backend.golden.clauses import Clause, clauses_of_recipe
from backend.golden.ranges import joined, ranges_of, written
from backend.golden.selection import Selection
from models.lumi_json import GoldenJson

_KEYS = ("run_number", "dataset_id", "seen")


def seen_where_rejected(selection: Selection, json: GoldenJson) -> pl.DataFrame:
    """What the clauses that failed saw in lumisections of a JSON, dataset by dataset.

    Where two JSONs differ, this says for the one what was BAD in its datasets of what the other one keeps.

    Returns
    -------
    pl.DataFrame
        ``run_number i32 · dataset_id i32 · name str · ranges str · lumisections i64 · seen list[str]``: what is said
        of each fact that a failed clause reads, each once, in the order of the recipe; ``unknown`` where nothing is.
        Rows of runs ascending. Lumisections that the selection was not asked about, and those that the dataset keeps,
        are left out.
    """
    rows = _cut(selection.in_full(), json)
    failing = [text for clause in clauses_of_recipe(selection.rule) for text in _told(clause, rows.schema)]
    told = pl.concat_list(failing or [pl.lit(None, pl.String)])
    seen = rows.with_columns(told.list.drop_nulls().list.unique(maintain_order=True).alias("seen"))
    rejected = seen.filter(pl.col("seen").list.len() > 0).with_columns(pl.col("seen").list.join("\0"))
    counted = written(), (pl.col("last") - pl.col("first") + 1).sum().alias("lumisections")
    table = joined(rejected, *_KEYS).group_by(*_KEYS, maintain_order=True).agg(*counted)
    named = table.join(selection.by_dataset.select("dataset_id", "name"), on="dataset_id", maintain_order="left")
    listed = named.with_columns(pl.col("seen").str.split("\0"))
    return listed.select("run_number", "dataset_id", "name", "ranges", "lumisections", "seen")


def _told(clause: Clause, schema: pl.Schema) -> list[pl.Expr]:
    """What each fact of a clause is said to be, where the clause fails; null where it holds."""
    fails = ~clause.rule.condition().to_polars()
    return [pl.when(fails).then(_said(name, schema[name])) for name in clause.reads]


def _said(name: str, kind: pl.DataType) -> pl.Expr:
    """The last word of the name of a fact, and its value as people write it."""
    value = pl.col(name)
    if isinstance(kind, pl.List):
        text = value.list.join(" ")
    elif kind.is_float():
        is_whole = value == value.round()
        text = (
            pl.when(is_whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
        )
    else:
        text = value.cast(pl.String)
    return pl.lit(f"{name.rpartition('.')[2]} ") + text.fill_null("unknown")


def _cut(rows: pl.DataFrame, json: GoldenJson) -> pl.DataFrame:
    """The rows, cut down to the lumisections of the JSON."""
    run, begin, end = ranges_of(json)
    kind = rows.schema["run_number"]
    wanted = pl.DataFrame({"run_number": pl.Series(run).cast(kind), "begin": begin, "end": end})
    pairs = rows.join(wanted, on="run_number", maintain_order="left")
    met = pairs.filter((pl.col("first") <= pl.col("end")) & (pl.col("last") >= pl.col("begin")))
    return met.with_columns(
        pl.max_horizontal("first", "begin").alias("first"), pl.min_horizontal("last", "end").alias("last")
    )
