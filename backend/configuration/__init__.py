"""What is configured and not coded: workspaces, rights, causes, rules; one versioned mechanism for every kind.

Each piece is a (kind, name) with a typed body. A change is an act in the log like any other: it has an author and a
reason, can be undone, and conflicts with a change of the same piece that its author had not seen.
"""

from backend.configuration.authors import Authored, authored, changed_by, version_in_force
from backend.configuration.bodies import (
    Body,
    Cause,
    CausesBody,
    PermissionBody,
    Side,
    WorkspaceBody,
    WorkspaceColumn,
    body_model,
    register_body,
)
from backend.configuration.configure import configure, refuse_locking_out
from backend.configuration.defaults import ensure_defaults, ensure_ready
from backend.configuration.reading import Piece, Version, causes, configuration, pieces, rights, versions, workspaces
from backend.configuration.shown import GLOBAL, columns_shown

__all__ = [
    "GLOBAL",
    "Authored",
    "Body",
    "Cause",
    "CausesBody",
    "PermissionBody",
    "Piece",
    "Side",
    "Version",
    "WorkspaceBody",
    "WorkspaceColumn",
    "authored",
    "body_model",
    "causes",
    "changed_by",
    "columns_shown",
    "configuration",
    "configure",
    "ensure_defaults",
    "ensure_ready",
    "pieces",
    "refuse_locking_out",
    "register_body",
    "rights",
    "version_in_force",
    "versions",
    "workspaces",
]
