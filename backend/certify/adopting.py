"""Default rights that came with a later version: they do not come by themselves, and are adopted in one act."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, select

from backend.access import DEFAULT_RIGHTS, Action, Actor, RightsDifference, rights_differences
from backend.certify.permitted import permitted
from backend.configuration import PermissionBody, pieces
from backend.errors import InvalidInput
from backend.record import Act, ConfigurationSaid, Recorded, lock_configuration, record
from models.log import ConfigurationChange
from models.vocabulary import ActKind, ConfigurationKind

_KIND = ConfigurationKind.PERMISSION


def differences_of_rights(session: Session) -> tuple[RightsDifference, ...]:
    """In what the rights in force differ from those that this version starts with, by e-group."""
    ever: dict[str, set[str]] = {}
    said = select(ConfigurationChange.name, ConfigurationChange.body).where(ConfigurationChange.kind == _KIND.value)
    for name, body in session.exec(said):
        ever.setdefault(name, set()).update((body or {}).get("grants", ()))
    return rights_differences(_standing(session), ever, DEFAULT_RIGHTS)


def adopt_rights(
    session: Session, actor: Actor, *, egroups: Iterable[str] | None = None, why: str, seen: int | None
) -> Recorded:
    """Give e-groups the default rights that they never had here, in one act; what people took away stays taken away.

    Parameters
    ----------
    egroups
        Of which e-groups; none: of all that lack some.

    Raises
    ------
    NotPermitted
        If the actor may not change rights.
    InvalidInput
        If there is no reason, or nothing is new for these.
    Conflict
        If somebody changed the rights of one of them after ``seen``, or at the same moment.
    """
    permitted(session, actor, Action.PERMISSION)
    if not why.strip():
        raise InvalidInput("To adopt default rights needs a reason.")
    lock_configuration(session, [_KIND.value])
    wanted = None if egroups is None else set(egroups)
    found = [d for d in differences_of_rights(session) if d.new and (wanted is None or d.egroup in wanted)]
    if not found:
        raise InvalidInput("No default right is new here: whatever is missing was taken away by people.")
    standing = _standing(session)
    said = tuple(ConfigurationSaid(_KIND.value, d.egroup, _body(standing.get(d.egroup, ()), d)) for d in found)
    return record(session, Act(by=actor.name, why=why, kind=ActKind.CONFIGURE, configurations=said), seen=seen)


def _standing(session: Session) -> Mapping[str, tuple[str, ...]]:
    return {name: piece.body.grants for name, piece in pieces(session, PermissionBody).items() if piece.is_enabled}


def _body(grants: Iterable[str], difference: RightsDifference) -> dict[str, object]:
    body = PermissionBody(grants=(*grants, *map(str, difference.new)))
    return body.model_dump(mode="json")
