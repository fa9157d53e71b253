"""From what is kept of datasets to what is kept of runs: one dataset alone, what all of a run's keep, or what any."""

import numpy as np
import numpy.typing as npt

from backend.golden.cells import Bools, Spans
from models.lumi_json import GoldenJson
from models.lumis import LumiRange, LumiSet

_STRIDE = 1 << 16
"""More than the highest lumisection plus one."""


def in_runs(run: npt.NDArray[np.int32], asked: Bools, spans: Spans, *, is_enough: bool) -> GoldenJson:
    """The lumisections that stand in the spans of every dataset of their run, or, if that is enough, of any.

    Parameters
    ----------
    run
        The run of each dataset, ascending.
    asked
        Which datasets count.
    spans
        Disjoint within a dataset; sorted by dataset and first lumisection.
    """
    if not len(spans):
        return GoldenJson()
    whole = _merged(spans)
    chosen = asked[whole.dataset]
    of_run = run[whole.dataset[chosen]].astype(np.int64)
    begin, end = of_run * _STRIDE + whole.first[chosen], of_run * _STRIDE + whole.last[chosen] + 1
    edges, at = np.unique(np.concatenate((begin, end)), return_inverse=True)
    signs = np.repeat((1, -1), len(begin))
    covered = np.cumsum(np.bincount(at, signs, len(edges)).astype(np.int64))
    holds = covered >= (1 if is_enough else _asked_of(run, asked, edges // _STRIDE))
    before = np.append(False, holds[:-1])
    first, stop = edges[holds & ~before], edges[~holds & before]
    return _json(first // _STRIDE, first % _STRIDE, stop % _STRIDE - 1)


def _merged(spans: Spans) -> Spans:
    """The spans, those that go on where the one before ends made one with it."""
    dataset, first, last = spans.dataset, spans.first, spans.last
    begins = np.append(True, (dataset[1:] != dataset[:-1]) | (first[1:] != last[:-1] + 1))
    return Spans(dataset[begins], first[begins], last[np.append(begins[1:], True)])


def _asked_of(run: npt.NDArray[np.int32], asked: Bools, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many datasets were asked of each of the wanted runs."""
    runs, counts = np.unique(run[asked], return_counts=True)
    found: npt.NDArray[np.int64] = counts[np.searchsorted(runs, wanted)]
    return found


def _json(run: npt.NDArray[np.int64], first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> GoldenJson:
    """The lumisections of disjoint, unmergeable ranges, sorted by run and first lumisection."""
    ranges = list(map(LumiRange, first.tolist(), last.tolist()))
    runs, begins = np.unique(run, return_index=True)
    ends = np.append(begins, len(ranges))[1:]
    sets = zip(runs.tolist(), begins.tolist(), ends.tolist(), strict=True)
    return GoldenJson({number: LumiSet(tuple(ranges[begin:end])) for number, begin, end in sets})
