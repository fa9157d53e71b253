"""Which columns a workspace shows: its own; the global one, what the others put forward."""

from collections.abc import Sequence

from backend.configuration.bodies import WorkspaceBody
from backend.errors import NotFound

GLOBAL = "global"
"""The workspace that looks at all the others."""


def columns_shown(workspaces: Sequence[WorkspaceBody], workspace: str) -> tuple[str, ...]:
    """The columns that a workspace shows, in order, as ``tracker-strip``.

    Raises
    ------
    NotFound
        If there is no such workspace among them.
    """
    chosen = next((w for w in workspaces if w.workspace == workspace), None)
    if chosen is None:
        raise NotFound(f"There is no workspace {workspace!r}.")
    if workspace == GLOBAL:
        return tuple(f"{w.workspace}-{c.name}" for w in workspaces for c in w.columns if c.in_global)
    return tuple(f"{workspace}-{c.name}" for c in chosen.columns)
