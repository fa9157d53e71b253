"""The words of an act with their ids, taken from the sequences before the clock: folding needs no lock on it."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.projections.attributes import AttributeChange
from backend.projections.luminosity import LuminosityWord
from backend.projections.segments import SpokenWord
from backend.record.act import Act, DatasetSaid, RunSaid
from backend.record.loading import LoadedWord
from backend.record.reach import Reach

PENDING = 2**62
"""Stands for the change set that is being recorded, until the clock has given its number."""

_NUMBERS = text("""
    SELECT array(SELECT nextval('run_change_id_seq') FROM generate_series(1, :runs)),
           array(SELECT nextval('dataset_change_id_seq') FROM generate_series(1, :datasets)),
           array(SELECT nextval('lumisection_change_id_seq') FROM generate_series(1, :lumisections)),
           array(SELECT nextval('luminosity_change_id_seq') FROM generate_series(1, :luminosities))
""")


@dataclass(frozen=True, slots=True)
class Numbered:
    """The words of an act, numbered; dataset keys resolved to ids."""

    runs: list[AttributeChange]
    datasets: list[AttributeChange]
    words: list[LoadedWord]
    luminosities: list[tuple[int, str, LuminosityWord]]


def number(session: Session, act: Act, reach: Reach) -> Numbered:
    """Give every word of the act its id."""
    ids = reach.ids
    runs, datasets, lumisections, luminosities = session.execute(
        _NUMBERS,
        {
            "runs": len(act.runs),
            "datasets": len(act.datasets),
            "lumisections": len(act.lumisections),
            "luminosities": len(act.luminosities),
        },
    ).one()
    return Numbered(
        runs=[_attribute(i, s.run_number, s, act) for i, s in zip(runs, act.runs, strict=True)],
        datasets=[_attribute(i, ids[s.dataset], s, act) for i, s in zip(datasets, act.datasets, strict=True)],
        words=[
            LoadedWord(
                SpokenWord(
                    change=i,
                    dataset=ids[s.dataset],
                    columns=s.columns,
                    first=s.range.first,
                    last=s.range.last,
                    value=s.value,
                    origin=s.origin,
                    withdraws=s.withdraws or None,
                    is_noted=bool(s.cause or s.comment),
                ),
                PENDING,
                s.cause,
                s.comment,
            )
            for i, s in zip(lumisections, act.lumisections, strict=True)
        ],
        luminosities=[
            (s.run_number, s.source.value, LuminosityWord(i, s.first, s.delivered, s.recorded))
            for i, s in zip(luminosities, act.luminosities, strict=True)
        ],
    )


def _attribute(id_: int, of: int, said: RunSaid | DatasetSaid, act: Act) -> AttributeChange:
    return AttributeChange(id_, PENDING, of, said.origin, said.said, said.withdraws or None, act.kind, act.by)
