"""How a year stands: what of the luminosity taken is DCS-good and certified by a recipe now, and what was lost to whom.

It is asked again whenever anything changed, so it answers by run; whoever shows it sums the days or fills it shows.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from sqlalchemy import Engine

from backend.classify import Classifier, RecipeBody
from backend.db import transaction
from backend.golden.loss import CATEGORIES, Loss, account
from backend.golden.progress import STEPS, progress
from backend.golden.selection import Options, select
from backend.golden.weighing import weigh_selection

LOST = {
    "run_number": pl.Int64(),
    "category": pl.String(),
    "lumisections": pl.Int64(),
    "recorded_per_pb": pl.Float64(),
}
"""The columns of :attr:`Standing.lost`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a recipe makes of some runs, as of a change set.

    Parameters
    ----------
    runs
        As :func:`backend.golden.progress.progress` gives them.
    lost
        ``run_number i64 · category str · lumisections i64 · recorded_per_pb f64``: what is lost, each lumisection told
        once, so that the categories add up to recorded minus certified.
    """

    recipe: str
    version: int
    as_of: int
    runs: pl.DataFrame = field(repr=False)
    lost: pl.DataFrame = field(repr=False)


def standing(on: Engine, recipe: Classifier[RecipeBody], runs: tuple[int, int]) -> Standing:
    """What the recipe makes of the datasets that it is asked of, in the runs from the first to the last.

    Raises
    ------
    InvalidRule, InvalidInput
        As :func:`backend.golden.selection.select`.
    """
    selection = select(on, recipe.rule, datasets=recipe.body.datasets, options=Options(runs=runs))
    with transaction(on) as session:
        weighed = weigh_selection(session, selection)
        found = progress(session, weighed)
    return Standing(recipe.name, recipe.version, selection.as_of, found, lost_by_run(account(weighed)))


def lost_by_run(loss: Loss) -> pl.DataFrame:
    """What is lost, by run and the class that is told of it: the columns :data:`LOST`, by run and the field's order."""
    weighed = loss.weighed
    told = loss.told[weighed.combination]
    is_lost = told >= 0
    frame = pl.DataFrame(
        {
            "run_number": weighed.run[is_lost],
            "told": told[is_lost].astype(np.int64),
            "lumisections": weighed.lumisections[is_lost],
            "recorded_per_pb": weighed.weights.recorded[is_lost],
        }
    )
    summed = frame.group_by("run_number", "told").agg(pl.all().sum()).sort("run_number", "told")
    names = pl.Series("category", [CATEGORIES[at].value for at in summed["told"]], dtype=pl.String)
    return summed.with_columns(names).select(list(LOST)).cast(LOST)  # type: ignore[arg-type]  # polars wants a wider mapping


def taken_and_kept(taken: pl.DataFrame, runs: pl.DataFrame | None) -> pl.DataFrame:
    """The runs that were taken, each with the four steps of its luminosity.

    A run of which the recipe was not asked (no dataset yet, or not of its class) has nothing certified. Where both OMS
    and the account know what was recorded, the account's figures stand: they are of the best source.

    Parameters
    ----------
    taken
        As :func:`backend.queries.taking.runs_taken` gives them.
    runs
        As :attr:`Standing.runs`; none while that is not known yet, and then DCS-good and certified are null.

    Returns
    -------
    pl.DataFrame
        The columns of ``taken``, with the four :data:`~backend.golden.progress.STEPS` and ``is_asked bool``.
    """
    if runs is None:
        unknown = (pl.lit(None, pl.Float64).alias(step) for step in STEPS[2:])
        return _filled(taken, *STEPS[:2]).with_columns(*unknown, is_asked=pl.lit(value=False))
    joined = taken.join(runs.select("run_number", *STEPS), on="run_number", how="left", suffix="_kept")
    known = {step: pl.coalesce(f"{step}_kept", step) for step in STEPS[:2]}
    asked = joined.with_columns(**known, is_asked=pl.col(STEPS[3]).is_not_null())
    return _filled(asked, *STEPS).select(*taken.columns, *STEPS[2:], "is_asked")


def _filled(frame: pl.DataFrame, *steps: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(list(steps)).fill_null(0.0))
