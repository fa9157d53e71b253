"""How much luminosity each lumisection of many runs holds, now or once, each run from the best source that knows it.

Read through ADBC into flat arrays, outside any transaction that the session has open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from sqlalchemy import text
from sqlmodel import Session

from backend.db import bulk
from backend.projections.segments import Ints
from backend.queries.luminosity import BEST_FIRST
from backend.rebuild.words import all_undone
from models.vocabulary import LuminositySource

Floats = npt.NDArray[np.float64]

_NOW = text("""
    SELECT run_number, source, delivered, recorded FROM luminosity
    WHERE source = ANY(string_to_array(:sources, ','))
      AND (:runs = '' OR run_number = ANY(string_to_array(:runs, ',')::int[]))
""")
_WORDS = text("""
    SELECT c.run_number, c.source, c.change_set, c.first::int4 AS first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE s.kind <> 'proposal' AND c.change_set <= :until AND c.source = ANY(string_to_array(:sources, ','))
      AND (:runs = '' OR c.run_number = ANY(string_to_array(:runs, ',')::int[]))
    ORDER BY c.id
""")


@dataclass(frozen=True, slots=True)
class Luminosities:
    """Luminosity of many runs in /pb, lumisection after lumisection, run after run; not a number where unknown.

    ``runs`` is ascending. The lumisections 1, 2, … of ``runs[i]`` begin at ``starts[i]`` of ``delivered`` and
    ``recorded`` and end before ``starts[i + 1]``. ``sources`` says whose word the figures of a run are.
    """

    runs: Ints
    starts: Ints
    delivered: Floats
    recorded: Floats
    sources: Mapping[int, LuminositySource]


def luminosities(
    session: Session,
    run_numbers: Iterable[int] | None = None,
    *,
    sources: Sequence[LuminositySource] = BEST_FIRST,
    as_of: int | None = None,
) -> Luminosities:
    """The luminosity of these runs (of all, if none are named), each from the first of the sources that knows it.

    Parameters
    ----------
    run_numbers
        The runs, whether the registry knows them or not; those that no source knows are left out of the answer.
    as_of
        The change set after which it is looked at, folded from the log; none: as it stands now.
    """
    runs = None if run_numbers is None else sorted(set(run_numbers))
    if runs == []:
        return _arranged({})
    asked = {"sources": ",".join(sources), "runs": ",".join(map(str, runs or ()))}
    engine = session.get_bind().engine
    if as_of is None:
        known = _now(bulk(engine, _NOW.bindparams(**asked)))
    else:
        known = _folded(session, bulk(engine, _WORDS.bindparams(**asked, until=as_of)), as_of)
    best: dict[int, tuple[LuminositySource, Floats, Floats]] = {}
    for source in reversed(sources):
        best |= {run: (source, *series) for (run, said_by), series in known.items() if said_by == source}
    return _arranged(best)


_Known = dict[tuple[int, str], tuple[Floats, Floats]]
"""(Run, source) → delivered and recorded from lumisection 1 on."""


def _now(frame: pl.DataFrame) -> _Known:
    keys = zip(frame["run_number"].to_list(), frame["source"].to_list(), strict=True)
    return dict(zip(keys, zip(_pieces(frame["delivered"]), _pieces(frame["recorded"]), strict=True), strict=True))


def _folded(session: Session, frame: pl.DataFrame, until: int) -> _Known:
    """The words that stand, the later over the earlier, as ``backend.projections.luminosity`` folds them."""
    undone = all_undone(session, until)
    known: _Known = {}
    keys = (frame[name].to_list() for name in ("run_number", "source", "change_set", "first"))
    words = zip(*keys, _pieces(frame["delivered"]), _pieces(frame["recorded"]), strict=True)
    for run, source, act, first, delivered, recorded in words:
        if act in undone.acts("runs", run):
            continue
        before = known.get((run, source), (np.empty(0), np.empty(0)))
        known[run, source] = _over(before[0], first, delivered), _over(before[1], first, recorded)
    return known


def _over(before: Floats, first: int, said: Floats) -> Floats:
    begin = first - 1
    after = np.full(max(len(before), begin + len(said)), np.nan)
    after[: len(before)] = before
    after[begin : begin + len(said)] = said
    return after


def _pieces(lists: pl.Series) -> list[Floats]:
    """Each list of a column as an array of its own; null is not a number."""
    lengths = lists.list.len().to_numpy()
    flat = lists.filter(pl.Series(lengths > 0)).explode().cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.split(flat, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _arranged(best: Mapping[int, tuple[LuminositySource, Floats, Floats]]) -> Luminosities:
    runs = sorted(best)
    lengths = [max(len(best[run][1]), len(best[run][2])) for run in runs]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    delivered, recorded = (np.full(int(starts[-1]), np.nan) for _ in range(2))
    for run, start in zip(runs, starts.tolist(), strict=False):
        for series, said in zip((delivered, recorded), best[run][1:], strict=True):
            series[start : start + len(said)] = said
    return Luminosities(np.array(runs, np.int64), starts, delivered, recorded, {run: best[run][0] for run in runs})
