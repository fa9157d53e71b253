"""An application that is imported when it is first asked: the first page does not wait for what it does not need."""

import asyncio
import importlib
import threading

from starlette.types import ASGIApp, Receive, Scope, Send


class Later:
    """Stands for the application ``name`` of ``module`` wherever an ASGI application is wanted.

    What the import raises is raised to whoever asked, and the next one tries again.
    """

    def __init__(self, module: str, name: str = "app") -> None:
        self._module, self._name = module, name
        self._alone = threading.Lock()
        self._app: ASGIApp | None = None

    def load(self) -> ASGIApp:
        """The application; imported once, by whichever thread is first."""
        with self._alone:
            if self._app is None:
                self._app = getattr(importlib.import_module(self._module), self._name)
            return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, in time after the import; pages are answered meanwhile."""
        app = self._app or await asyncio.to_thread(self.load)
        await app(scope, receive, send)
