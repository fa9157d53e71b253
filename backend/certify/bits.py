"""DCS bits of an offline dataset: what OMS says is overridden there, to true or to false, and given back to OMS."""

from collections.abc import Sequence

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.certify.places import Place, refuse_outside
from backend.certify.said import text_or_none
from backend.certify.sayable import SHORTEST_COMMENT
from backend.certify.standing import standing_datasets
from backend.configuration import GLOBAL
from backend.errors import InvalidInput, NotFound
from backend.record import Act, LumisectionSaid, Recorded, columns_by_name, record
from models.vocabulary import OMS_WORKSPACE, ONLINE, ActKind, Bit, ColumnKind, Origin


def set_bits(
    session: Session,
    actor: Actor,
    places: Sequence[Place],
    value: bool,
    *,
    comment: str,
    why: str = "",
    seen: int | None,
) -> Recorded:
    """Say of bits (``bpix_ready``, as the components of the places) that they are true or false in a dataset.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not override bits; if there is no such dataset or bit.
    WrongState
        If a dataset is not OPEN in the global workspace.
    InvalidInput
        If it is the online one, which is as OMS says; if there is no comment of three characters or more; if a range
        does not begin and end in known lumisections.
    Conflict
        If somebody set the same bit in overlapping lumisections after ``seen``.
    """
    columns = _checked(session, actor, places)
    told = text_or_none(comment, what="comment")
    if len(told or "") < SHORTEST_COMMENT:
        raise InvalidInput(f"A DCS bit needs a comment of {SHORTEST_COMMENT} characters or more, not {told or ''!r}.")
    said = tuple(
        LumisectionSaid(place.dataset, numbers, where, int(Bit.of(value)), Origin.PERSON, comment=told)
        for place, numbers in zip(places, columns, strict=True)
        for where in place.where.ranges
    )
    reason = why.strip() or f"{_in_short(places)} {str(value).lower()}: {told}"
    return record(session, Act(by=actor.name, why=reason, kind=ActKind.FLAG, lumisections=said), seen=seen)


def give_back_bits(
    session: Session, actor: Actor, places: Sequence[Place], *, why: str = "", seen: int | None
) -> Recorded:
    """Let bits of a dataset be as OMS says again. As :func:`set_bits`."""
    columns = _checked(session, actor, places)
    said = tuple(
        LumisectionSaid(place.dataset, numbers, where, None, Origin.PERSON, withdraws=(Origin.PERSON,))
        for place, numbers in zip(places, columns, strict=True)
        for where in place.where.ranges
    )
    reason = why.strip() or f"as OMS says again: {_in_short(places)}"
    return record(session, Act(by=actor.name, why=reason, kind=ActKind.WITHDRAW, lumisections=said), seen=seen)


def _checked(session: Session, actor: Actor, places: Sequence[Place]) -> list[tuple[int, ...]]:
    """The numbers of the columns of each place."""
    permitted(session, actor, Action.DCS_BITS)
    datasets = standing_datasets(session, {place.dataset for place in places})
    known = columns_by_name(session)
    bits = {c.name: c.id for c in known.values() if c.workspace == OMS_WORKSPACE and c.kind is ColumnKind.BIT}
    if unknown := [bit for place in places for bit in place.components if bit not in bits]:
        raise NotFound(f"There is no DCS bit {unknown[0]!r}.")
    if online := [key for key in datasets if key.name == ONLINE]:
        raise InvalidInput(f"The bits of {online[0]} are as OMS says; they are overridden in an offline dataset alone.")
    for dataset in datasets.values():
        dataset.refuse_unless_open(GLOBAL)
    refuse_outside(places, datasets)
    return [tuple(bits[bit] for bit in dict.fromkeys(place.components)) for place in places]


def _in_short(places: Sequence[Place]) -> str:
    return "; ".join(f"{', '.join(place.components)} {place.where}" for place in places[:3])
