"""Which pages elsewhere may ask from a browser: those of ``RR_API_ORIGINS``, never just any."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.asked import settings_of_app
from backend.api.edge.request_ids import HEADER

_SHOWN = ("ETag", "Link", "Retry-After", "X-Change-Set", HEADER)
_SENT = ("Authorization", "Content-Type", "If-None-Match", HEADER)


class Cors:
    """Tells browsers which origins may read the answers. Cookies are for none of them: a page shows a token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._for: dict[tuple[str, ...], ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, with what a browser has to know."""
        origins = settings_of_app(scope["app"]).api_origins_listed if scope["type"] == "http" else ()
        await self._of(origins)(scope, receive, send)

    def _of(self, origins: tuple[str, ...]) -> ASGIApp:
        if not origins:
            return self.app
        if origins not in self._for:
            self._for[origins] = CORSMiddleware(
                self.app,
                allow_origins=origins,
                allow_methods=("GET", "POST", "PUT", "DELETE"),
                allow_headers=_SENT,
                expose_headers=_SHOWN,
            )
        return self._for[origins]
