"""What nobody foresaw: the trace goes into the log under the request's id, the caller is told that and nothing else."""

import logging

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.edge.request_ids import request_id

log = logging.getLogger(__name__)


class Faults:
    """Answers 500 where an error comes out of a route, inside of all that counts and marks answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, and answer for what goes wrong."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            log.exception("request %s %s %s failed", request_id(scope), scope["method"], scope["path"])
            if has_begun:
                raise
            sentence = f"The registry failed to answer ({type(error).__name__}); it is written in its log"
            answer = JSONResponse({"err": f"{sentence} under {request_id(scope)}."}, status_code=500)
            await answer(scope, receive, send)
