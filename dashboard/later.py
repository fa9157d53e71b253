"""What is imported beside the start: what the first page needs, while its browser loads; and all else after it."""

import ast
import asyncio
import importlib
import threading
from collections.abc import Iterable
from pathlib import Path

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


def import_for(scripts: Iterable[Path]) -> None:
    """Import what these scripts of pages import, so that whoever comes first need not wait for it."""
    for script in scripts:
        for node in ast.parse(script.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                importlib.import_module(node.module)
