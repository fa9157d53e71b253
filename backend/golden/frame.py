"""The frame that recipes are judged on: elementary segments of datasets, with the facts that recipes have read so far.

It is cut wherever any column of a dataset changes, whatever a rule reads: so one frame serves every rule, and a rule
that reads further facts only adds columns to it. Nothing in it is ever changed; threads may share it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from backend.golden.cells import Cells, ColumnSpans, cut
from backend.golden.facts import of_cells, of_dataset
from backend.golden.ground import Ground, spans_of
from backend.golden.places import Level, level_of


@dataclass(frozen=True, slots=True)
class Frame:
    """Datasets, cut into elementary segments (cells), and the columns of facts that were asked for so far."""

    ground: Ground
    cells: Cells
    _own: ColumnSpans
    _inherited: ColumnSpans
    _facts: dict[str, pl.Series] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, ground: Ground) -> "Frame":
        """The frame of what recipes judge."""
        ids = ground.datasets["dataset_id"].to_numpy().astype(np.int64)
        online = ground.datasets["online_id"].fill_null(0).to_numpy().astype(np.int64)
        own = spans_of(ground.said, ids)
        inherited = spans_of(ground.said, np.where(online == ids, 0, online))
        inherited = inherited.take(np.isin(inherited.column, [column.id for column in ground.columns.oms.values()]))
        cells = cut(len(ids), ground.known, (own.spans, inherited.spans))
        return cls(ground, cells, own.by_column(), inherited.by_column())

    def on(self, ground: Ground) -> "Frame":
        """The same frame, where the ground has changed in nothing but its moment, or has more attributes."""
        return replace(self, ground=ground)

    @property
    def datasets(self) -> int:
        """How many datasets there are."""
        return self.ground.datasets.height

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        arrays = (self._own, self._inherited)
        spans = sum(getattr(a, name).nbytes for a in arrays for name in ("column", "dataset", "first", "last", "value"))
        facts = sum(series.estimated_size() for series in list(self._facts.values()))
        ground = self.ground.said.estimated_size() + self.ground.datasets.estimated_size()
        luminosity = sum(len(delivered) * 64 for delivered, _ in self.ground.luminosity.values())
        return int(spans + facts + ground + luminosity + self.cells.size_bytes)

    def fact(self, name: str) -> pl.Series:
        """A fact with an element for each dataset, or for each cell if it can differ between them."""
        found = self._facts.get(name)
        if found is None:
            is_of_dataset = level_of([name]) is Level.DATASET
            found = of_dataset(name, self.ground) if is_of_dataset else self._of_cells(name)
            self._facts[name] = found
        return found

    def _of_cells(self, name: str) -> pl.Series:
        return of_cells(name, self.ground, cells=self.cells, own=self._own, inherited=self._inherited)

    def facts_of_datasets(self, names: Iterable[str]) -> pl.DataFrame:
        """Facts of runs and datasets, a row for each dataset."""
        return pl.DataFrame([self.fact(name) for name in names])

    def facts_of_cells(self, names: Iterable[str]) -> pl.DataFrame:
        """Facts that differ in nothing smaller than cells, a row for each cell."""
        at = pl.Series(self.cells.dataset)
        columns = [self.fact(n).gather(at) if level_of([n]) is Level.DATASET else self.fact(n) for n in names]
        return pl.DataFrame(columns)
