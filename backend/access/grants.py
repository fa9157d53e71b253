"""Grants: one action that an e-group may do, in one workspace or in all, and the form in which people write it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from backend.access.actions import Action
from backend.errors import InvalidInput

EVERYWHERE = "*"
"""In place of a workspace: all of them, those that are still to come included."""

EVERYTHING = "*"
"""In place of a grant: every action everywhere, those that are still to come included."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action; ``workspace`` names where, for actions that are per workspace, and is none for the others."""

    action: Action
    workspace: str | None = None

    def __str__(self) -> str:
        """The grant as people write it: ``run.class``, ``flags:tracker``, ``flags:*``."""
        return self.action.value if self.workspace is None else f"{self.action.value}:{self.workspace}"


def covered(granted: Collection[Grant], action: Action, workspace: str | None = None) -> bool:
    """Whether these grants hold the action in the workspace; none: in every workspace, or where it plays no part."""
    if not action.per_workspace:
        return Grant(action) in granted
    return Grant(action, EVERYWHERE) in granted or (workspace is not None and Grant(action, workspace) in granted)


def read_grants(texts: Iterable[str]) -> frozenset[Grant]:
    """The grants that are written ``run.class``, ``flags:tracker``, ``flags:*``; a lone ``*`` is every action.

    Raises
    ------
    InvalidInput
        If there is no such action; if a workspace is missing or makes no sense.
    """
    grants: set[Grant] = set()
    for text in texts:
        grants |= _ALL if text == EVERYTHING else {_read(text)}
    return frozenset(grants)


_ALL = frozenset(Grant(action, EVERYWHERE if action.per_workspace else None) for action in Action)
_ACTIONS = {action.value: action for action in Action}


def _read(text: str) -> Grant:
    if (whole := _ACTIONS.get(text)) is not None:
        if whole.per_workspace:
            raise InvalidInput(f"The right {text!r} needs a workspace: {text}:tracker, or {text}:* for all.")
        return Grant(whole)
    word, colon, workspace = text.rpartition(":")
    action = _ACTIONS.get(word)
    if action is None:
        nearest = get_close_matches(word if colon else text, _ACTIONS, n=1)
        hint = f" Is {nearest[0]!r} meant?" if nearest else ""
        raise InvalidInput(f"There is no right {text!r}.{hint}")
    if not action.per_workspace:
        raise InvalidInput(f"The right {word!r} is not per workspace, so {text!r} makes no sense.")
    if not workspace:
        raise InvalidInput(f"The right {text!r} lacks the workspace after the colon.")
    return Grant(action, workspace)
