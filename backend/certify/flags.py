"""To flag: many components and ranges of several datasets in one act; and to give them back to the machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from backend.access import Actor
from backend.certify.places import Checked, Place, checked_places, workspace_of
from backend.certify.said import text_or_none
from backend.certify.sayable import refuse_unknown_cause, refuse_unsayable
from backend.record import Act, LumisectionSaid, Recorded, record
from models.vocabulary import ActKind, Origin, Status


@dataclass(frozen=True, slots=True)
class Flag:
    """A status that a person says of a place, with a cause that the workspace offers, and a comment."""

    place: Place
    status: Status
    cause: str | None = None
    comment: str | None = None


def flag_lumisections(
    session: Session, actor: Actor, flags: Sequence[Flag], *, why: str = "", seen: int | None
) -> Recorded:
    """Say the status of components over ranges; all of it, or nothing.

    Raises
    ------
    NotPermitted, NotFound, WrongState
        As :func:`~backend.certify.places.checked_places`.
    InvalidInput
        Likewise; also if a person cannot say the status, BAD has no comment of three characters or more, or a
        workspace does not offer the cause.
    Conflict
        If somebody flagged the same component in overlapping lumisections after ``seen``.
    """
    checked = checked_flags(session, actor, flags)
    said = tuple(word for flag in flags for word in _words(flag, checked))
    act = Act(by=actor.name, why=why.strip() or _in_short(flags), kind=ActKind.FLAG, lumisections=said)
    return record(session, act, seen=seen)


def give_back(session: Session, actor: Actor, places: Sequence[Place], *, why: str = "", seen: int | None) -> Recorded:
    """Give components back to the machine: what people said there is withdrawn, and what rules say holds again.

    As :func:`flag_lumisections`; nothing is said of status, cause and comment.
    """
    checked = checked_places(session, actor, places)
    said = tuple(
        LumisectionSaid(
            place.dataset, checked.columns_of(place), where, None, Origin.PERSON, withdraws=(Origin.PERSON,)
        )
        for place in places
        for where in place.where.ranges
    )
    told = "; ".join(f"{', '.join(place.components)} {place.where}" for place in places[:3])
    act = Act(
        by=actor.name,
        why=why.strip() or f"given back to the machine: {told}",
        kind=ActKind.WITHDRAW,
        lumisections=said,
    )
    return record(session, act, seen=seen)


def checked_flags(session: Session, actor: Actor, flags: Sequence[Flag], *, are_held: bool = True) -> Checked:
    """See that these flags can be said by the actor; as :func:`flag_lumisections`."""
    checked = checked_places(session, actor, [flag.place for flag in flags], are_held=are_held)
    for flag in flags:
        refuse_unsayable(flag.status, flag.comment)
    named: dict[str | None, list[str]] = {}
    for flag in flags:
        named.setdefault(flag.cause, []).extend(map(workspace_of, flag.place.components))
    for cause, workspaces in named.items():
        refuse_unknown_cause(session, cause, workspaces)
    return checked


def _words(flag: Flag, checked: Checked) -> list[LumisectionSaid]:
    return [
        LumisectionSaid(
            flag.place.dataset,
            checked.columns_of(flag.place),
            where,
            int(flag.status),
            Origin.PERSON,
            cause=text_or_none(flag.cause, what="cause"),
            comment=text_or_none(flag.comment, what="comment"),
        )
        for where in flag.place.where.ranges
    ]


def _in_short(flags: Sequence[Flag]) -> str:
    """``tracker-strip 10–20 BAD: HV trip``; the first, and how many more."""
    first = flags[0]
    told = f"{', '.join(first.place.components)} {first.place.where} {first.status.word}"
    comment = text_or_none(first.comment, what="comment")
    more = f"; {len(flags) - 1} more" if len(flags) > 1 else ""
    return f"{told}: {comment}{more}" if comment else f"{told}{more}"
