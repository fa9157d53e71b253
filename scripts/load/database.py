"""The database of a load: an embedded PostgreSQL as durable as in production, that can be killed like a power cut."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import psutil

from backend.db import upgrade
from backend.embedded import Embedded


class Database:
    """One server below a folder, which may lie on a small tmpfs; migrated when first started.

    ``environment`` is for its processes alone, such as a clock of their own.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._server = Embedded(folder)
        self._environment = dict(environment or {})
        self._is_migrated = False

    @property
    def url(self) -> str:
        """The libpq URL; the same after every start."""
        return self._server.url()

    @property
    def folder(self) -> Path:
        """The folder of data, log and locks."""
        return self._server.root

    def start(self) -> None:
        """Start it, or revive it after it was killed: PostgreSQL replays its log first."""
        with mock.patch.dict(os.environ, self._environment):
            self._server.start()
        if not self._is_migrated:
            upgrade(self.url)
            self._is_migrated = True

    def is_answering(self) -> bool:
        """Whether it takes connections now."""
        return self._server.is_answering()

    def kill(self) -> None:
        """kill -9 to every process of the server at once: nothing is flushed, nothing is closed in order."""
        with contextlib.suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.pid)
            first.suspend()
            server = [first, *first.children(recursive=True)]
            for process in server:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
            psutil.wait_procs(server, timeout=10)

    def stop(self) -> None:
        """Give it back in order."""
        self._server.release()

    @property
    def pid(self) -> int:
        """The first process of the server."""
        return int((self._server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def memory(self) -> int:
        """Bytes of all its processes; what they share is counted once (PSS)."""
        first = psutil.Process(self.pid)
        total = 0
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
        return total
