"""What a request may carry: more than ``RR_API_BODY_BYTES`` is refused, also when it comes bit by bit."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.asked import settings_of_app


class BodyLimit:
    """Answers 413 to whoever sends more than the registry takes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass as far as it may."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = settings_of_app(scope["app"]).api_body_bytes
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            await JSONResponse({"err": _sentence(most)}, status_code=413)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, _sentence(most))
            return message

        await self.app(scope, counted, send)


def _sentence(most: int) -> str:
    return f"The body is larger than {most:,} bytes, the most that the registry takes."
