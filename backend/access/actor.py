"""An actor: who is about to do something, as the login says. Never from a bare header, never from a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, by the name that the log will show, with the e-groups that the login vouches for.

    An actor who is not verified may read and nothing else, whatever e-groups are claimed.
    """

    name: str
    egroups: frozenset[str]
    is_verified: bool


VISITOR = Actor("visitor", frozenset(), is_verified=False)
"""Anybody who is not signed in."""
