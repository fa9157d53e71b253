"""The people of the demo: a role in the identity switcher is a name and the e-groups such a person has."""

from collections.abc import Mapping

from backend.access.actor import VISITOR, Actor
from backend.access.egroups import (
    ADMINS,
    CERTIFIERS,
    DATA_CERTIFICATION,
    EXPERTS,
    OFFLINE_TRACKER_SHIFTERS,
    ON_CALL,
    ONLINE_SHIFTERS,
    SHIFT_LIST,
)
from backend.errors import InvalidInput


def _person(name: str, *egroups: str) -> Actor:
    return Actor(name, frozenset(egroups), is_verified=True)


_NAMES = {"tracker-certifier": "A. Keller", "tracker-admin": "A. Petrov"}

DEMO_ROLES: Mapping[str, Actor] = {
    "visitor": VISITOR,
    "shifter": _person("S. Tanaka", ONLINE_SHIFTERS, SHIFT_LIST),
    "on-call": _person("K. Ito", ON_CALL),
    "dc-expert": _person("J. Novak", DATA_CERTIFICATION),
    "admin": _person("L. Moreau", EXPERTS),
    "tracker-shifter": _person("M. Okafor", OFFLINE_TRACKER_SHIFTERS),
    **{
        f"{workspace}-{role}": _person(_NAMES.get(f"{workspace}-{role}", f"{workspace} {role}"), egroup)
        for role, egroups in (("certifier", CERTIFIERS), ("admin", ADMINS))
        for workspace, egroup in egroups.items()
    },
}
"""Role → who plays it, in the order in which the switcher offers them. Exists for ``RR_AUTH=demo`` alone."""


def demo_actor(role: str) -> Actor:
    """The demo's person of that role.

    Raises
    ------
    InvalidInput
        If the demo has no such role; the sentence names those it has.
    """
    if role not in DEMO_ROLES:
        raise InvalidInput(f"The demo has no role {role!r}; it has {', '.join(DEMO_ROLES)}.")
    return DEMO_ROLES[role]
