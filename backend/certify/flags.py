"""To flag: many components and ranges of several datasets in one act; and to give them back to the machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from backend.access import Actor
from backend.certify.places import Checked, Place, checked_places, workspace_of
from backend.certify.said import text_or_none
from backend.configuration import causes
from backend.errors import InvalidInput
from backend.record import Act, LumisectionSaid, Recorded, record
from models.vocabulary import SAYABLE, ActKind, Origin, Status

SHORTEST_COMMENT = 3
"""So many characters at least tell others why something is BAD."""


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
        _refuse_unsayable(flag)
    _refuse_unknown_causes(session, flags)
    return checked


def _refuse_unsayable(flag: Flag) -> None:
    if flag.status not in SAYABLE:
        raise InvalidInput(
            f"Nobody can say {flag.status.word}; there are {', '.join(status.word for status in SAYABLE)}."
        )
    comment = text_or_none(flag.comment, what="comment")
    if flag.status is Status.BAD and len(comment or "") < SHORTEST_COMMENT:
        raise InvalidInput(f"BAD needs a comment of {SHORTEST_COMMENT} characters or more, not {comment or ''!r}.")


def _refuse_unknown_causes(session: Session, flags: Sequence[Flag]) -> None:
    offered: dict[str, list[str]] = {}
    for flag in flags:
        cause = text_or_none(flag.cause, what="cause")
        for workspace in dict.fromkeys(map(workspace_of, flag.place.components)) if cause else ():
            if workspace not in offered:
                offered[workspace] = [known.word for known in causes(session, workspace)]
            if cause not in offered[workspace]:
                has = ", ".join(offered[workspace]) or "none"
                raise InvalidInput(f"{workspace} offers no cause {cause!r:.60}; it offers {has}.")


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
