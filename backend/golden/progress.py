"""How luminosity became certified, by run, by fill and as it grew: delivered, recorded, DCS-good and certified."""

from enum import StrEnum

import numpy as np
import polars as pl
from sqlalchemy import text
from sqlmodel import Session

from backend.golden.loss import View, account
from backend.golden.weighing import Weighed

STEPS = ("delivered_per_pb", "recorded_per_pb", "dcs_good_per_pb", "certified_per_pb")
"""The way of luminosity; each is part of the one before."""

_RUNS = text("SELECT run_number, fill_number, oms ->> 'era' AS era, start_time FROM run WHERE run_number = ANY(:runs)")
_ATTRIBUTES: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "fill_number": pl.Int64(),
    "era": pl.String(),
    "start_time": pl.Datetime("us", "UTC"),
}


class Along(StrEnum):
    """What luminosity is added up along."""

    TIME = "Time"
    FILL = "Fill"
    RUN = "Run"

    @property
    def column(self) -> str:
        """The column that says where a run stands."""
        return {"Time": "start_time", "Fill": "fill_number", "Run": "run_number"}[self.value]


def progress(session: Session, weighed: Weighed) -> pl.DataFrame:
    """The runs that a recipe was asked about, with what became of them.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · fill_number i64 · era str · start_time datetime (UTC) · lumisections i64 · certified i64``
        (lumisections) ``· without_luminosity i64 · delivered_per_pb f64 · recorded_per_pb f64 · dcs_good_per_pb f64 ·
        certified_per_pb f64``; runs ascending. Fill, era and time are null where OMS does not say.
    """
    by_run = of_runs(weighed)
    rows = session.execute(_RUNS, {"runs": by_run["run_number"].to_list()}).all()
    attributes = pl.DataFrame([tuple(row) for row in rows], schema=_ATTRIBUTES, orient="row")
    joined = by_run.join(attributes, on="run_number", how="left", maintain_order="left")
    return joined.select(*_ATTRIBUTES, *by_run.columns[1:])


def of_runs(weighed: Weighed) -> pl.DataFrame:
    """The columns of :func:`progress` that need no registry."""
    is_dcs_good = ~account(weighed, View.DCS).is_lost[weighed.combination]
    is_kept = weighed.keeps[weighed.combination]
    frame = pl.DataFrame(
        {
            "run_number": weighed.run,
            "lumisections": weighed.lumisections,
            "certified": weighed.lumisections * is_kept,
            "without_luminosity": weighed.weights.without,
            "delivered_per_pb": weighed.weights.delivered,
            "recorded_per_pb": weighed.weights.recorded,
            "dcs_good_per_pb": np.where(is_dcs_good, weighed.weights.recorded, 0.0),
            "certified_per_pb": np.where(is_kept, weighed.weights.recorded, 0.0),
        }
    )
    return frame.group_by("run_number").agg(pl.all().sum()).sort("run_number")


def cumulative(runs: pl.DataFrame, along: Along) -> pl.DataFrame:
    """The luminosity up to and with each run, in the order of time, fills or run numbers.

    Runs of which OMS does not say where they stand stand where the run before them does.

    Parameters
    ----------
    runs
        As :func:`progress` gives them.

    Returns
    -------
    pl.DataFrame
        ``at`` (time, fill or run) ``· run_number i64 · era str``, and the four steps, added up, in /pb.
    """
    placed = runs.sort("run_number").with_columns(pl.col(along.column).forward_fill().backward_fill().alias("at"))
    ordered = placed.sort("at", "run_number", nulls_last=True)
    return ordered.select("at", "run_number", "era", pl.col(STEPS).cum_sum())


def eras(cumulated: pl.DataFrame) -> pl.DataFrame:
    """Where each era begins and ends: ``era str · first · last``, in the order of :func:`cumulative`."""
    known = cumulated.drop_nulls("era").group_by("era", maintain_order=True)
    return known.agg(pl.col("at").min().alias("first"), pl.col("at").max().alias("last"))


def by_fill(runs: pl.DataFrame) -> pl.DataFrame:
    """What became of each fill, and its efficiencies; runs without a fill are left out.

    Returns
    -------
    pl.DataFrame
        ``fill_number i64 · era str · runs i64 · start_time datetime``, the four steps in /pb, and ``data_taking f64 ·
        dcs_good f64 · certification f64 · golden_over_dcs f64`` from 0 to 1, null where there is nothing to divide by.
    """
    delivered, recorded, dcs_good, certified = map(pl.col, STEPS)
    fills = runs.drop_nulls("fill_number").group_by("fill_number")
    summed = fills.agg(
        pl.col("era").drop_nulls().first(), pl.len().cast(pl.Int64).alias("runs"), pl.col("start_time").min(),
        pl.col(STEPS).sum(),
    )  # fmt: skip
    shares = {
        "data_taking": _share(recorded, delivered),
        "dcs_good": _share(dcs_good, recorded),
        "certification": _share(certified, recorded),
        "golden_over_dcs": _share(certified, dcs_good),
    }
    return summed.sort("fill_number").with_columns(**shares)


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
