"""What OMS last said of a run: its words alone, in their order, whoever overrode, rejected or undid them since.

Words of ingest and proposals are OMS speaking. An accepted proposal is a person repeating it, and is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.ingest.says import KNOWN
from backend.projections.attributes import AttributeChange, attributes_in_force
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.segments import NO_SEGMENTS, SegmentArrays, SpokenWord, fold_segments, spread
from models.lumis import LumiSet
from models.vocabulary import ONLINE, ActKind, LuminositySource, Origin

OMS_SPEAKS = (ActKind.INGEST, ActKind.PROPOSAL)

_RUN = text("""
    SELECT c.id, c.change_set, c.run_number, c.origin, c.said, c.withdraws, s.kind, s."by"
    FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND s.kind = ANY(:kinds) AND (c.origin = :rule OR :rule = ANY(c.withdraws))
    ORDER BY c.id
""")
_LUMISECTIONS = text("""
    SELECT c.change_set, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM dataset_identity d
    JOIN lumisection_change c ON c.dataset_id = d.id
    JOIN change_set s ON s.id = c.change_set
    WHERE d.run_number = :run AND d.name = :online AND s.kind = ANY(:kinds)
      AND (c.origin = :rule OR :rule = ANY(c.withdraws))
    ORDER BY c.id
""")
_LUMINOSITY = text("""
    SELECT c.change_set, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND c.source = :source AND s.kind = ANY(:kinds)
    ORDER BY c.id
""")


@dataclass(frozen=True, slots=True)
class Words:
    """Words about a run, its online lumisections and its luminosity; the last two with the act each belongs to."""

    attributes: Sequence[AttributeChange]
    lumisections: Sequence[tuple[int, SpokenWord]]
    luminosities: Sequence[tuple[int, LuminosityWord]]


@dataclass(frozen=True, slots=True)
class Said:
    """What follows from words: attributes as the log names them, segments, luminosity from lumisection 1 on."""

    attributes: Mapping[str, Any]
    segments: SegmentArrays
    delivered: Sequence[float | None]
    recorded: Sequence[float | None]

    @property
    def known(self) -> LumiSet:
        """The lumisections that the run is said to have."""
        return LumiSet.pairs(self.attributes.get(KNOWN) or ())


NOTHING = Said({}, NO_SEGMENTS, (), ())
"""What OMS said of a run before it first spoke of it."""


def last_said(session: Session, run_number: int) -> Said:
    """What OMS last said of the run; nothing, if it never spoke of it."""
    return what_follows(words_about(session, run_number))


def words_about(session: Session, run_number: int, *, kinds: Iterable[ActKind] = OMS_SPEAKS) -> Words:
    """The words of rules in acts of these kinds, and those that take such words back."""
    asked = {
        "run": run_number,
        "kinds": [kind.value for kind in kinds],
        "rule": int(Origin.RULE),
        "online": ONLINE,
        "source": LuminositySource.OMS.value,
    }
    return Words(
        attributes=attributes_about(session, run_number, kinds=kinds),
        lumisections=[(act, SpokenWord(*word)) for act, *word in session.execute(_LUMISECTIONS, asked).all()],
        luminosities=[(act, LuminosityWord(*word)) for act, *word in session.execute(_LUMINOSITY, asked).all()],
    )


def attributes_about(
    session: Session, run_number: int, *, kinds: Iterable[ActKind] = OMS_SPEAKS
) -> list[AttributeChange]:
    """As :func:`words_about`, only the attributes of the run."""
    asked = {"run": run_number, "kinds": [kind.value for kind in kinds], "rule": int(Origin.RULE)}
    return [AttributeChange(*row) for row in session.execute(_RUN, asked).all()]


def what_follows(words: Words) -> Said:
    """The words folded: among those of rules the later one wins."""
    delivered, recorded = fold_luminosity(word for _, word in words.luminosities)
    return Said(
        attributes=attributes_in_force(words.attributes),
        segments=fold_segments(spread([word for _, word in words.lumisections]), (Origin.RULE,)),
        delivered=delivered,
        recorded=recorded,
    )
