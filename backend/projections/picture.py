"""What the projections shall hold: the rows that an act, a rebuild or a look at the past folds out of the words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backend.projections.attributes import AttributeChange
from backend.projections.datasets import dataset_attributes, known_of
from backend.projections.segments import SegmentArrays, Words, fold_segments
from backend.projections.summaries import (
    Counts,
    Notes,
    bit_counts,
    counts_array,
    flag_counts,
    notes_in_force,
    notes_object,
)
from models.attributes import COUNTED_BITS, COUNTS_PER_FLAG, FIRST_OTHER_COLUMN

Row = dict[str, Any]


@dataclass(slots=True)
class Picture:
    """Rows of the projections as JSON values; what no longer exists is named in the ``gone`` lists.

    ``segments`` replace a dataset's whole row; ``columns`` (with the key ``touched``) only those columns of it.
    """

    runs: list[Row] = field(default_factory=list)
    datasets: list[Row] = field(default_factory=list)
    segments: list[Row] = field(default_factory=list)
    columns: list[Row] = field(default_factory=list)
    luminosities: list[Row] = field(default_factory=list)
    configurations: list[Row] = field(default_factory=list)
    cycles: list[Row] = field(default_factory=list)
    golden_jsons: list[Row] = field(default_factory=list)
    gone_runs: list[int] = field(default_factory=list)
    gone_datasets: list[int] = field(default_factory=list)
    gone_luminosities: list[tuple[int, str]] = field(default_factory=list)
    gone_configurations: list[tuple[str, str]] = field(default_factory=list)
    gone_cycles: list[int] = field(default_factory=list)
    gone_golden_jsons: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DatasetWords:
    """What is known of one dataset besides its lumisection words.

    ``touched`` are the columns to be replaced, none meaning all; ``old_counts``, ``old_bits`` and ``old_notes`` what
    holds in the others. ``changes`` are the attribute words that are not undone.
    """

    id: int
    run_number: int
    name: str
    run_known: Iterable[int]
    changes: list[AttributeChange]
    touched: set[int] | None
    old_counts: list[int]
    old_bits: list[int]
    old_notes: Mapping[str, Any]
    last_change: int
    changed_by: str


def draw_datasets(
    picture: Picture,
    datasets: Iterable[DatasetWords],
    *,
    words: Words,
    noted: Mapping[int, tuple[str | None, str | None]],
) -> None:
    """Fold the words and add the rows of ``dataset`` and ``segments`` to the picture.

    Parameters
    ----------
    words
        The lumisection words of all these datasets that are neither undone nor proposals.
    noted
        Word id → (cause, comment), for words that have either.
    """
    facts = [(dataset, dataset_attributes(dataset.changes)) for dataset in datasets]
    known = {d.id: known_of(attributes["known"], d.run_known) for d, attributes in facts}
    segments = fold_segments(words)
    counts = _by_dataset(flag_counts(segments, known) | bit_counts(segments, known))
    notes = _by_dataset(notes_in_force(segments, noted))
    for dataset, attributes in facts:
        row = {**attributes, "lumisections": len(known[dataset.id])}
        _draw_dataset(picture, dataset, row, counts.get(dataset.id, {}), notes.get(dataset.id, {}))
        _draw_segments(picture, dataset, segments)


def _draw_dataset(
    picture: Picture, dataset: DatasetWords, attributes: Row, counts: dict[int, Any], notes: dict[int, Any]
) -> None:
    touched = dataset.touched
    flags = {c: [0] * COUNTS_PER_FLAG for c in touched or () if c < FIRST_OTHER_COLUMN}
    bits = {c: [0] * len(COUNTED_BITS) for c in touched or () if c >= FIRST_OTHER_COLUMN}
    for column, row in counts.items():
        (flags if column < FIRST_OTHER_COLUMN else bits)[column] = row
    old_counts, old_bits = (None, None) if touched is None else (dataset.old_counts, dataset.old_bits)
    picture.datasets.append(
        {
            "id": dataset.id,
            "run_number": dataset.run_number,
            "name": dataset.name,
            **attributes,
            "counts": counts_array(flags, old_counts),
            "bits": counts_array(bits, old_bits, first_column=FIRST_OTHER_COLUMN),
            "notes": notes_object(notes, {} if touched is None else dataset.old_notes, touched or set()),
            "last_change": dataset.last_change,
            "changed_by": dataset.changed_by,
        }
    )


def _draw_segments(picture: Picture, dataset: DatasetWords, segments: SegmentArrays) -> None:
    if dataset.touched is not None and not dataset.touched:
        return
    begin, end = np.searchsorted(segments.dataset, [dataset.id, dataset.id + 1])
    own = segments.take(slice(int(begin), int(end)))
    row = {
        "dataset_id": dataset.id,
        "columns": own.column.tolist(),
        "firsts": own.first.tolist(),
        "lasts": own.last.tolist(),
        "values": own.value.tolist(),
        "changes": own.change.tolist(),
    }
    if dataset.touched is None:
        picture.segments.append(row)
    else:
        picture.columns.append(row | {"touched": sorted(dataset.touched)})


def _by_dataset(found: Counts | Notes) -> dict[int, dict[int, Any]]:
    sorted_: dict[int, dict[int, Any]] = {}
    for (dataset, column), value in found.items():
        sorted_.setdefault(dataset, {})[column] = value
    return sorted_
