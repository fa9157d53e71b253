"""May this actor do this? Asked first by every command, against the rights in force."""

from sqlmodel import Session

from backend.access import Action, Actor, require
from backend.configuration import rights


def permitted(session: Session, actor: Actor, action: Action, *workspaces: str) -> None:
    """See that the actor may do this, in each of the workspaces that are named.

    Raises
    ------
    NotPermitted
        If not; the sentence names the e-groups that may.
    """
    matrix = rights(session)
    for workspace in dict.fromkeys(workspaces) or (None,):
        require(actor, action, workspace, matrix=matrix)
