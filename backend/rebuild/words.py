"""The words of many datasets at once, as they stood after some change set: read through ADBC into arrays."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from sqlalchemy import Engine, select, text
from sqlmodel import Session, col

from backend.db import bulk
from backend.projections.segments import Ints, Words
from backend.projections.undone import Undo, Undone
from models.log import ChangeSet

_WORDS = text("""
    SELECT w.id AS change, w.change_set, w.dataset_id AS dataset, w.columns AS "column", w.first, w.last,
           coalesce(w.value, 0) AS value, w.origin, w.withdraws,
           coalesce(w.cause, '') <> '' OR coalesce(w.comment, '') <> '' AS is_noted
    FROM lumisection_change w
    JOIN change_set s ON s.id = w.change_set
    WHERE s.kind <> 'proposal' AND w.change_set <= :until
      AND w.dataset_id BETWEEN :first AND :last
      AND (:ids = '' OR w.dataset_id = ANY(string_to_array(:ids, ',')::int[]))
""")
EVER = 2**62
"""Later than any change set."""


def all_undone(session: Session, until: int = EVER) -> Undone:
    """Every undo in the log, up to and including a change set."""
    query = select(ChangeSet.id, ChangeSet.undoes, ChangeSet.scope)  # type: ignore[call-overload]  # SQLModel columns
    rows = session.execute(query.where(col(ChangeSet.undoes).is_not(None), col(ChangeSet.id) <= until))
    return Undone.of(Undo(id_, undoes, scope) for id_, undoes, scope in rows)


def words_until(
    on: Engine,
    undone: Undone,
    *,
    until: int = EVER,
    datasets: Iterable[int] = (),
    between: tuple[int, int] = (1, 2**31 - 1),
) -> Words:
    """The words that stand after a change set: neither undone nor proposals.

    Parameters
    ----------
    undone
        The undos up to that change set (:func:`all_undone`).
    until
        The change set; the latest unless said.
    datasets
        Only of these datasets, unless empty.
    between
        Only of dataset ids in this closed interval.
    """
    ids = sorted(datasets)
    first, last = (max(between[0], ids[0]), min(between[1], ids[-1])) if ids else between
    bound = _WORDS.bindparams(until=until, first=first, last=last, ids=",".join(map(str, ids)))
    frame = _one_per_column_and_origin(bulk(on, bound))
    words = _as_words(frame)
    return words.take(_standing(words.dataset, frame["change_set"].to_numpy(), undone))


def _one_per_column_and_origin(frame: pl.DataFrame) -> pl.DataFrame:
    """A row per column, and for a withdrawal per origin that it takes back (``origin``; ``is_withdrawal``)."""
    takes_back = pl.col("withdraws").is_not_null()
    says = frame.filter(~takes_back).with_columns(is_withdrawal=pl.lit(False))
    taken = frame.filter(takes_back).with_columns(origin=pl.col("withdraws"), is_withdrawal=pl.lit(True))
    return pl.concat([says, taken.explode("origin").cast({"origin": says.schema["origin"]})]).explode("column")


def _as_words(frame: pl.DataFrame) -> Words:
    def ints(name: str) -> Ints:
        return frame[name].to_numpy().astype(np.int64)

    return Words(
        dataset=ints("dataset"),
        column=ints("column"),
        first=ints("first"),
        last=ints("last"),
        value=ints("value"),
        change=ints("change"),
        origin=ints("origin"),
        is_withdrawal=frame["is_withdrawal"].to_numpy().astype(bool),
        is_noted=frame["is_noted"].to_numpy().astype(bool),
    )


def _standing(dataset: Ints, acts: Ints, undone: Undone) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    stands = ~np.isin(acts, list(undone.everywhere))
    for named in undone.named("datasets"):
        of_it = dataset == named
        stands[of_it] = ~np.isin(acts[of_it], list(undone.acts("datasets", named)))
    return stands
