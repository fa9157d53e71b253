"""Who somebody is: what a login, a token or a proxy vouches for, verified, becomes the actor of what they do.

Nothing else makes a verified :class:`~backend.access.Actor` but the demo (``backend/access/demo.py``) and a task, which
acts as the one who asked for it (``backend/jobs/asker.py``).
"""

from backend.identity.claims import Login, actor_from_claims, claim, claim_names, read_login

__all__ = ["Login", "actor_from_claims", "claim", "claim_names", "read_login"]
