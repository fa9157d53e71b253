"""An actor: who is about to do something, as the login says. Never from a bare header, never from a form."""

from dataclasses import dataclass

from backend.access.grants import Grant


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, by the name that the log will show, with the e-groups that the login vouches for.

    An actor who is not verified may read and nothing else, whatever e-groups are claimed. ``scope`` is what a personal
    token lets its owner do of what the e-groups allow; none: all of it, and an empty one reads alone.
    """

    name: str
    egroups: frozenset[str]
    is_verified: bool
    scope: frozenset[Grant] | None = None


VISITOR = Actor("visitor", frozenset(), is_verified=False)
"""Anybody who is not signed in."""
