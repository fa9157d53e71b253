"""Who may do what: an actor's e-groups against the matrix of rights. Pure judgement, asked before every write.

>>> may(demo_actor("tracker-certifier"), Action.FLAGS, "tracker", matrix=Matrix.of(DEFAULT_RIGHTS))
True
>>> may(demo_actor("tracker-certifier"), Action.FLAGS, "ecal", matrix=Matrix.of(DEFAULT_RIGHTS))
False
"""

from backend.access.actions import CONFIGURING, Action
from backend.access.actor import VISITOR, Actor
from backend.access.default_rights import DEFAULT_RIGHTS
from backend.access.demo import DEMO_ROLES, demo_actor
from backend.access.demo_guard import why_no_demo
from backend.access.differences import RightsDifference, rights_differences
from backend.access.grants import EVERYTHING, EVERYWHERE, Grant, covered, read_grants
from backend.access.rights import Matrix, may, require, what_any_may, what_may, who_may

__all__ = [
    "CONFIGURING",
    "DEFAULT_RIGHTS",
    "DEMO_ROLES",
    "EVERYTHING",
    "EVERYWHERE",
    "VISITOR",
    "Action",
    "Actor",
    "Grant",
    "Matrix",
    "RightsDifference",
    "covered",
    "demo_actor",
    "may",
    "read_grants",
    "require",
    "rights_differences",
    "what_any_may",
    "what_may",
    "who_may",
    "why_no_demo",
]
