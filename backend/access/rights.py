"""The judgement: may this actor do this here? One function, asked by every command, route and page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from backend.access.actions import Action
from backend.access.actor import Actor
from backend.access.grants import EVERYWHERE, Grant, covered, read_grants
from backend.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class Matrix:
    """E-group → what its members may do."""

    grants: Mapping[str, frozenset[Grant]]

    @classmethod
    def of(cls, rights: Mapping[str, Iterable[str]]) -> Self:
        """The matrix from grants as people write them; see :func:`~backend.access.read_grants`."""
        return cls({egroup: read_grants(texts) for egroup, texts in rights.items()})

    def __contains__(self, cell: tuple[str, Action, str | None]) -> bool:
        """Whether members of the e-group may do the action in the workspace; none: in every workspace."""
        egroup, action, workspace = cell
        return covered(self.grants.get(egroup, frozenset()), action, workspace)


def may(actor: Actor, action: Action, workspace: str | None = None, *, matrix: Matrix) -> bool:
    """Whether the actor may do this in the workspace; none: in every workspace, or where it plays no part.

    By a personal token it has to be in the token's scope, too: whatever that says, its owner's rights are the most.
    """
    if not actor.is_verified or (actor.scope is not None and not covered(actor.scope, action, workspace)):
        return False
    return any((egroup, action, workspace) in matrix for egroup in actor.egroups)


def require(actor: Actor, action: Action, workspace: str | None = None, *, matrix: Matrix) -> None:
    """See that the actor may do this.

    Raises
    ------
    NotPermitted
        If not; the sentence names the e-groups that may. Its middle part is what existing clients look for.
    """
    if may(actor, action, workspace, matrix=matrix):
        return
    where = f" in {workspace}" if action.per_workspace and workspace is not None else ""
    who = actor.name if actor.is_verified else f"{actor.name} (not signed in)"
    if actor.scope is not None and not covered(actor.scope, action, workspace):
        who += f", by a token for {', '.join(map(str, sorted(actor.scope))) or 'reading'},"
    allowed = ", ".join(who_may(action, workspace, matrix=matrix)) or "none has this right yet"
    raise NotPermitted(
        f"{who} may not {action.meaning}{where}. User needs to be part of any of the following e-groups: {allowed}."
    )


def who_may(action: Action, workspace: str | None = None, *, matrix: Matrix) -> tuple[str, ...]:
    """The e-groups whose members may do this in the workspace, by name."""
    return tuple(sorted(egroup for egroup in matrix.grants if (egroup, action, workspace) in matrix))


def what_may(egroup: str, *, matrix: Matrix) -> tuple[Grant, ...]:
    """What members of the e-group may do, in the order of the catalogue of actions."""
    return what_any_may((egroup,), matrix=matrix)


def what_any_may(egroups: Iterable[str], *, matrix: Matrix) -> tuple[Grant, ...]:
    """What somebody may do who is in all of these e-groups, in the order of the catalogue of actions.

    What is granted for one workspace and for all of them is told once, as for all.
    """
    order = {action: place for place, action in enumerate(Action)}
    granted = frozenset[Grant]().union(*(matrix.grants.get(egroup, frozenset()) for egroup in egroups))
    told = (g for g in granted if g.workspace in (None, EVERYWHERE) or Grant(g.action, EVERYWHERE) not in granted)
    return tuple(sorted(told, key=lambda grant: (order[grant.action], grant.workspace or "")))
