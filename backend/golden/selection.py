"""Selection: the lumisections of some datasets that a recipe keeps, run by run."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl
from sqlalchemy import Engine

from backend.errors import InvalidInput
from backend.golden.cells import Bools, Spans
from backend.golden.clauses import clauses_of_recipe
from backend.golden.frame import Frame
from backend.golden.judging import Judged, expanded, facts_of_rows, judge
from backend.golden.keeping import frames_of
from backend.golden.of_runs import in_runs
from backend.golden.past import frame_as_of
from backend.golden.places import Level, level_of, names_read
from backend.golden.scope import Scope
from backend.rules import Rule
from models.lumi_json import GoldenJson
from models.vocabulary import DatasetState

GLOBAL_STATE, PRESCALE = "dataset.global_state", "lumisection.oms.prescale_name"


class OfSeveral(StrEnum):
    """What is kept of a run of which several datasets are asked."""

    INTERSECTION = "what every dataset keeps"
    UNION = "what any dataset keeps"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows a selection.

    Parameters
    ----------
    only_completed
        Only datasets that the workspace ``global`` has COMPLETED.
    runs
        Only runs from the first to the last of these.
    within
        Only these lumisections.
    prescales
        Only lumisections in which one of these prescale columns was used, by name (``2.0e34``); any, if none is named.
    of_several
        What is kept of a run of which several datasets are asked.
    """

    only_completed: bool = False
    runs: tuple[int, int] | None = None
    within: GoldenJson | None = None
    prescales: tuple[str, ...] = ()
    of_several: OfSeveral = OfSeveral.INTERSECTION


ALL = Options()


@dataclass(frozen=True)
class Selection:
    """What a recipe keeps of some datasets, as of a change set.

    ``kept`` is the golden JSON; ``within``, if it is not none, the lumisections to which the options narrowed it.
    """

    rule: Rule
    options: Options
    as_of: int
    kept: GoldenJson
    within: GoldenJson | None
    _frame: Frame
    _asked: Bools
    _judged: Judged

    @cached_property
    def candidates(self) -> GoldenJson:
        """The known lumisections of all datasets that were asked, of a run with several those of any."""
        ground = self._frame.ground
        known = in_runs(ground.datasets["run_number"].to_numpy(), self._asked, ground.known, is_enough=True)
        return known if self.within is None else known & self.within

    @cached_property
    def by_dataset(self) -> pl.DataFrame:
        """The datasets that were asked and how much the recipe keeps of each, before those of a run are combined.

        ``dataset_id i32 · run_number i32 · name str · global_state str · lumisections i64 · kept i64``, by run number
        and id.
        """
        dataset = self._frame.cells.dataset[self._judged.cell]
        length = self._judged.last - self._judged.first + 1
        known = np.bincount(dataset, length, minlength=self._frame.datasets).astype(np.int64)
        kept = np.bincount(dataset, length * self._judged.keep, minlength=self._frame.datasets).astype(np.int64)
        datasets = self._frame.ground.datasets.select("dataset_id", "run_number", "name")
        state = self._frame.fact(GLOBAL_STATE).alias("global_state")
        counts = [pl.Series("lumisections", known), pl.Series("kept", kept)]
        return datasets.with_columns(state, *counts).filter(pl.Series(self._asked))

    @cached_property
    def several(self) -> dict[int, tuple[str, ...]]:
        """The runs of which several datasets were asked, with the names of these."""
        runs = self.by_dataset.group_by("run_number", maintain_order=True).agg(pl.col("name"))
        return {run: tuple(names) for run, names in runs.rows() if len(names) > 1}

    @cached_property
    def frame(self) -> pl.DataFrame:
        """What was judged, row by row: elementary segments, or single lumisections where luminosity was read.

        ``run_number i32 · dataset_id i32 · first i64 · last i64 · keep bool``, a column for each fact that the recipe
        reads, named as it names it; sorted by run, dataset and first lumisection. Facts of single lumisections are null
        in rows of several, which some other clause has rejected.
        """
        return self._rows(self._judged)

    def in_full(self) -> pl.DataFrame:
        """As :attr:`frame`, but where the recipe reads luminosity or the number, every row is one lumisection."""
        if level_of(names_read(self.rule)) is not Level.LUMISECTION:
            return self.frame
        rows = expanded(self._frame, self._asked[self._frame.cells.dataset])
        of_cell = self._frame.cells.dataset[rows.cell]
        kept = self.frame.filter("keep").select("dataset_id", "first", "keep")
        frame = self._rows(Judged(rows.cell, rows.first, rows.last, self._asked[of_cell])).drop("keep")
        return frame.join(kept, on=["dataset_id", "first"], how="left", maintain_order="left").with_columns(
            pl.col("keep").fill_null(False)
        )

    def _rows(self, judged: Judged) -> pl.DataFrame:
        of_dataset = self._frame.cells.dataset[judged.cell]
        datasets = self._frame.ground.datasets.select("run_number", "dataset_id")[of_dataset]
        facts = facts_of_rows(self._frame, names_read(self.rule), judged)
        rows = datasets.with_columns(
            pl.Series("first", judged.first), pl.Series("last", judged.last), pl.Series("keep", judged.keep), *facts
        )
        return rows if self._asked.all() else rows.filter(pl.Series(self._asked[of_dataset]))


def select(
    on: Engine,
    rule: Rule,
    *,
    datasets: str | Iterable[int],
    options: Options = ALL,
    as_of: int | None = None,
) -> Selection:
    """What a recipe keeps of the datasets, now or as of a change set.

    Parameters
    ----------
    datasets
        A pattern of names as ``SIMILAR TO`` reads it (``/PromptReco/Collisions2018%/DQM``; an empty one means all), or
        ids. Hidden datasets are left out; ``online`` is asked only where the pattern has that word in it.
    as_of
        The change set; now unless said. The same change set gives the same selection for ever.

    Raises
    ------
    InvalidRule
        If the rule reads what is no fact of recipes, or costs more than it may.
    InvalidInput
        If the pattern or the runs cannot be; if too many datasets are asked; or if several of a run are asked and that
        is to be refused.
    """
    names = names_read(rule)
    scope = Scope.of(datasets, options.runs)
    frame = frames_of(on).frame(on, scope, names) if as_of is None else frame_as_of(on, scope, names, as_of)
    return selected(frame, rule, options)


def selected(frame: Frame, rule: Rule, options: Options = ALL) -> Selection:
    """What a recipe keeps of the datasets of a frame, which must hold what it reads; raises as :func:`select` does."""
    asked = _asked(frame, options)
    if options.of_several is OfSeveral.REFUSE:
        _refuse_several(frame, asked)
    judged = judge(frame, clauses_of_recipe(rule), among=asked)
    run = frame.ground.datasets["run_number"].to_numpy()
    is_enough = options.of_several is OfSeveral.UNION
    kept = in_runs(run, asked, judged.spans(frame.cells), is_enough=is_enough)
    within = _within(frame, asked, options)
    return Selection(
        rule, options, frame.ground.as_of, kept if within is None else kept & within, within, frame, asked, judged
    )


def _within(frame: Frame, asked: Bools, options: Options) -> GoldenJson | None:
    """The lumisections to which the options narrow a selection, if they do."""
    if not options.prescales:
        return options.within
    where = frame.fact(PRESCALE).cast(pl.String).is_in(options.prescales).fill_null(False).to_numpy()
    cells = frame.cells
    spans = Spans(cells.dataset[where], cells.first[where], cells.last[where])
    found = in_runs(frame.ground.datasets["run_number"].to_numpy(), asked, spans, is_enough=True)
    return found if options.within is None else found & options.within


def _asked(frame: Frame, options: Options) -> Bools:
    """Of which datasets of the frame it is asked."""
    if not options.only_completed:
        return np.ones(frame.datasets, bool)
    is_completed = (frame.fact(GLOBAL_STATE) == DatasetState.COMPLETED.value).fill_null(False)
    return is_completed.to_numpy()


def _refuse_several(frame: Frame, asked: Bools) -> None:
    datasets = frame.ground.datasets.filter(pl.Series(asked))
    several = datasets.filter(pl.col("run_number").is_duplicated())
    if not several.height:
        return
    run, runs = several["run_number"][0], several["run_number"].n_unique()
    names = ", ".join(several.filter(pl.col("run_number") == run)["name"])
    others = f"; so have {runs - 1} other runs" if runs > 1 else ""
    raise InvalidInput(f"Run {run} has several of the datasets: {names}{others}.")
