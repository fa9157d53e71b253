"""Values per column and lumisection as a table, and the stretches of it that differ, as few words as say it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.projections.segments import Ints, SegmentArrays
from backend.record import DatasetKey, LuminositySaid, LumisectionSaid
from models.lumis import LumiRange
from models.vocabulary import LuminositySource, Origin

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

UNSAID = -(2**40)
"""Stands in a table where nobody says anything; no value in the database can be it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One row per column, ``columns`` ascending; one place per lumisection, ``numbers`` ascending, holes left out."""

    columns: Ints
    numbers: Ints
    values: Ints


def table_of(segments: SegmentArrays, columns: Ints, numbers: Ints, *, otherwise: int = UNSAID) -> Table:
    """What the segments of one dataset say in these columns and lumisections; ``otherwise`` where they say nothing."""
    own = segments.take(np.isin(segments.column, columns))
    begins = np.searchsorted(numbers, own.first, "left")
    lengths = np.searchsorted(numbers, own.last, "right") - begins
    begins += np.searchsorted(columns, own.column) * len(numbers)
    ends = np.cumsum(lengths)
    places = np.arange(lengths.sum()) + np.repeat(begins - ends + lengths, lengths)
    values = np.full((len(columns), len(numbers)), otherwise, np.int64)
    values.flat[places] = np.repeat(own.value, lengths)
    return Table(columns, numbers, values)


def lumisection_words(dataset: DatasetKey, table: Table, differs: Bools) -> tuple[LumisectionSaid, ...]:
    """The words that say the table where it differs; columns with the same value over the same range share one.

    Where the table is unsaid, the word takes back what rules said before.
    """
    shared: dict[tuple[int, int, int], list[int]] = {}
    columns, numbers = table.columns.tolist(), table.numbers.tolist()
    for row, begin, end in _stretches(table.numbers, table.values, differs):
        said = numbers[begin], numbers[end], int(table.values[row, begin])
        shared.setdefault(said, []).append(columns[row])
    return tuple(
        LumisectionSaid(
            dataset,
            tuple(of),
            LumiRange(first, last),
            None if value == UNSAID else value,
            Origin.RULE,
            withdraws=(Origin.RULE,) if value == UNSAID else (),
        )
        for (first, last, value), of in sorted(shared.items())
    )


def luminosity_words(
    run_number: int,
    numbers: Ints,
    *,
    delivered: Sequence[float | None],
    recorded: Sequence[float | None],
    differs: Bools,
    source: LuminositySource = LuminositySource.OMS,
) -> tuple[LuminositySaid, ...]:
    """The words that say the luminosity of these lumisections where it differs, one for each stretch of them."""
    return tuple(
        LuminositySaid(
            run_number,
            source,
            int(numbers[begin]),
            delivered[begin : end + 1],
            recorded[begin : end + 1],
        )
        for _, begin, end in _stretches(numbers, np.zeros((1, len(numbers)), np.int64), differs[np.newaxis])
    )


def luminosity_at(numbers: Ints, series: Sequence[float | None]) -> Floats:
    """The luminosity in these lumisections of a series that begins at lumisection 1; not a number where unknown."""
    reach = int(numbers[-1]) if len(numbers) else 0
    padded = np.full(max(reach, len(series)), np.nan)
    padded[: len(series)] = np.array(series, np.float64)
    at: Floats = padded[numbers - 1]
    return at


def unlike(a: Floats, b: Floats) -> Bools:
    """Where two series differ; unknown is like unknown."""
    differs: Bools = (a != b) & ~(np.isnan(a) & np.isnan(b))
    return differs


def _stretches(numbers: Ints, values: Ints, differs: Bools) -> Iterator[tuple[int, int, int]]:
    """(row, first place, last place) of each stretch of neighbours that differ and have one value."""
    joined = np.zeros(differs.shape, np.bool_)
    joined[:, 1:] = differs[:, 1:] & differs[:, :-1] & (values[:, 1:] == values[:, :-1]) & (np.diff(numbers) == 1)
    goes_on = np.zeros(differs.shape, np.bool_)
    goes_on[:, :-1] = joined[:, 1:]
    rows, begins = np.nonzero(differs & ~joined)
    ends = np.nonzero(differs & ~goes_on)[1]
    return zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True)
