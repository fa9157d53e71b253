"""Who writes through the API. Never a header that anybody can send: a verified identity, or nobody."""

from fastapi import Request
from starlette.exceptions import HTTPException

from backend.access import Actor, demo_actor, why_no_demo
from backend.api.asked import settings_of


def writer(request: Request) -> Actor:
    """Who acts: the demo's identity with ``RR_AUTH=demo``, for this machine; otherwise nobody, which is 401."""
    chosen = settings_of(request)
    if chosen.auth != "demo":
        raise HTTPException(401, "Whoever writes has to say who they are; this registry knows no way for scripts yet.")
    peer, headers = request.client.host if request.client else None, request.headers
    if why := why_no_demo(peer=peer, host=headers.get("host"), origin=headers.get("origin")):
        raise HTTPException(401, why)
    return demo_actor(chosen.demo_role)
