"""Who asked for a task that changes the registry in that person's name, and which act it became."""

import re

from pydantic import BaseModel, ConfigDict

from backend.access import Actor, read_grants
from backend.errors import NotPermitted
from backend.record import Recorded

_TOLD = re.compile(r"^Recorded as change set (\d+)\.$")


class Asker(BaseModel):
    """Who asks, with the e-groups that the login vouched for; the rights are asked again when the work is done.

    ``scope`` is that of the token that asked, as people write grants: what a worker does for it may no more than it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    egroups: frozenset[str]
    scope: tuple[str, ...] | None = None

    @classmethod
    def of(cls, actor: Actor) -> "Asker":
        """The asker that an actor is.

        Raises
        ------
        NotPermitted
            If the actor is not verified: a task is done in the name of somebody.
        """
        if not actor.is_verified:
            raise NotPermitted(f"{actor.name} (not signed in) may not have anything done: sign in first.")
        scope = None if actor.scope is None else tuple(sorted(map(str, actor.scope)))
        return cls(name=actor.name, egroups=actor.egroups, scope=scope)

    @property
    def actor(self) -> Actor:
        """The actor that the work is done as."""
        scope = None if self.scope is None else read_grants(self.scope)
        return Actor(self.name, self.egroups, is_verified=True, scope=scope)


def told(done: Recorded) -> str:
    """What a task says that became an act."""
    return f"Recorded as change set {done.change_set}."


def act_of(message: str) -> int | None:
    """The change set that a task became, by what it said at its end; none, if there was nothing to record."""
    found = _TOLD.match(message)
    return None if found is None else int(found.group(1))
