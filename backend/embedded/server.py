"""One PostgreSQL server below one folder, shared by every process that holds a lease on it.

A lease is a shared lock that the kernel takes back however its process ends. The server outlives its users' deaths
and their terminals; whoever gives back the last lease stops it. One folder is used from one machine (or container)
at a time. Why it is done so: docs/decisions/0001-embedded-postgresql.md.
"""

import atexit
import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Self
from urllib.parse import quote

from backend.embedded.data import ensure_data, write_parameters
from backend.embedded.pidfile import Postmaster, running_postmaster
from backend.embedded.programs import Programs, find_programs, last_words
from backend.embedded.socket_folder import PORT, own_socket_folder, socket_file
from backend.errors import DatabaseUnavailable
from backend.settings import settings

SECONDS_TO_START = 120
"""Recovery after a crash included."""

SECONDS_TO_STOP = 60
"""The last checkpoint included."""


class Embedded:
    """The server below ``root``; ``start`` takes a lease on it, ``release`` gives it back.

    Parameters
    ----------
    root
        Folder of the data, the log and the locks; made when missing.
    programs
        PostgreSQL programs to use; none: what RR_PG_BIN names, else the wheel's, PATH's or Debian's.
    """

    def __init__(self, root: Path, *, programs: Programs | None = None) -> None:
        self.root = root.expanduser().resolve()
        self.data = self.root / "pgdata"
        self.log = self.root / "pg.log"
        self._programs = programs
        self._socket_folder: Path | None = None
        self._lease: TextIOWrapper | None = None
        self._holder = 0

    def start(self) -> Self:
        """Take a lease, and start the server if none answers. Called again, it revives a server that was killed.

        Raises
        ------
        DatabaseUnavailable
            If there can be no server here; the sentence says what to do.
        """
        try:
            self._programs = self._programs or find_programs(settings().pg_bin)
            self.root.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._take_lease()
                try:
                    ensure_data(self.root, self._programs)
                    self._ensure_server(self._programs)
                except BaseException:
                    self._give_back()
                    raise
        except OSError as error:
            place = error.filename or self.root
            raise DatabaseUnavailable(f"The embedded PostgreSQL cannot use {place}: {error.strerror}.") from error
        return self

    def url(self, database: str = "postgres") -> str:
        """Where a database is, for libpq, psycopg and ADBC; SQLAlchemy wants ``postgresql+psycopg`` in front."""
        if self._socket_folder is None:
            raise DatabaseUnavailable(f"The embedded PostgreSQL in {self.root} has not been started.")
        return f"postgresql://postgres@/{quote(database, safe='')}?host={quote(str(self._socket_folder))}&port={PORT}"

    def is_answering(self) -> bool:
        """Whether the server takes connections now: asked of the server, not of a process number."""
        if self._programs is None or self._socket_folder is None:
            return False
        where = ("-h", str(self._socket_folder), "-p", str(PORT), "-t", "5")
        return self._programs.run("pg_isready", "-q", *where, folder=self.root)[0] == 0

    def release(self, stop: bool = True) -> bool:
        """Give the lease back and, if it was the last one, stop the server. True if it was the last one.

        A process that ends in order does this by itself. A forked one has no lease of its own, so it gives none back.
        """
        if self._programs is None or self._lease is None or self._holder != os.getpid():
            return False
        with self._alone():
            try:
                is_last = _is_the_only_holder(self._lease)
                if is_last and stop:
                    self._stop(self._programs)
            finally:
                self._give_back()
        return is_last

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time looks, starts and stops; the kernel frees the lock even of a killed one."""
        with (self.root / ".start.lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _take_lease(self) -> None:
        if self._lease is None or self._holder != os.getpid():
            self._lease = (self.root / ".leases.lock").open("a", encoding="utf-8")
            self._holder = os.getpid()
            fcntl.flock(self._lease, fcntl.LOCK_SH)
            atexit.register(self.release)

    def _give_back(self) -> None:
        if self._lease is not None:
            self._lease.close()
            self._lease = None
            atexit.unregister(self.release)

    def _ensure_server(self, programs: Programs) -> None:
        running = running_postmaster(self.data, owner=programs.owner)
        if running is not None:
            if self._becomes_reachable(running, owner=programs.owner):
                return
            self._stop(programs)
        self._socket_folder = own_socket_folder(self.root, programs)
        write_parameters(self.data, self._socket_folder, port=PORT, programs=programs)
        self._launch(programs)

    def _becomes_reachable(self, running: Postmaster, *, owner: int) -> bool:
        """Wait for a server that comes up or recovers; false if it ended, or if its socket was swept away."""
        self._socket_folder = running.socket_folder
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self.is_answering():
                return True
            now = running_postmaster(self.data, owner=owner)
            if now is None or (now.is_ready and not socket_file(now.socket_folder).exists()):
                return False
            time.sleep(0.1)
        raise DatabaseUnavailable(
            f"PostgreSQL runs in {self.data} as process {running.pid}, but has not answered for {SECONDS_TO_START} s."
        )

    def _launch(self, programs: Programs) -> None:
        self.log.touch(mode=0o600)
        programs.hand_over(self.log)
        log_before = self.log.stat().st_size
        wait = ("-w", "-t", str(SECONDS_TO_START), "-l", self.log.name)
        try:
            code, output = programs.run("pg_ctl", "start", *wait, folder=self.root, data=self.data)
        except BaseException:  # Ctrl-C while it comes up: nobody else can be using it yet
            programs.run("pg_ctl", "stop", "-m", "immediate", folder=self.root, data=self.data)
            self._remove_socket_folder()
            raise
        if code != 0:
            self._remove_socket_folder()
            with self.log.open("rb") as log:
                log.seek(log_before)
                said = last_words(log.read().decode(errors="replace")) or last_words(output)
            raise DatabaseUnavailable(f"PostgreSQL did not start in {self.root}: {said} (see {self.log.name})")

    def _stop(self, programs: Programs) -> None:
        wait = ("-w", "-t", str(SECONDS_TO_STOP), "-m", "fast")
        _, output = programs.run("pg_ctl", "stop", *wait, folder=self.root, data=self.data)
        if running_postmaster(self.data, owner=programs.owner) is not None:
            raise DatabaseUnavailable(f"PostgreSQL in {self.root} did not stop: {last_words(output)}")
        self._remove_socket_folder()

    def _remove_socket_folder(self) -> None:
        """Unless a server has its socket there, as one that still recovers."""
        if self._socket_folder is not None:
            with contextlib.suppress(OSError):
                self._socket_folder.rmdir()


def _is_the_only_holder(lease: TextIOWrapper) -> bool:
    """Only then does its shared lock become an exclusive one."""
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
