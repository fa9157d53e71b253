"""A handful of programs that live and die together: started in order, watched, stopped in the other order."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_STOP = 4.0
"""How long a program may take to end in order before it is killed."""

LAST_LINES = 15


class ProgramFailed(Exception):
    """A program ended, or did not come up; the text has its last words."""


class PortTaken(Exception):
    """A port that was asked for cannot be had."""


@dataclass(frozen=True, slots=True)
class Program:
    """One running program with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])


class Processes:
    """The programs; their logs are files in one folder, and that of the time before is kept beside.

    Each program is a session of its own: a Ctrl-C in the terminal reaches only the one that watches, which then stops
    them in order. If even that one is killed, the kernel tells them to end (where util-linux has ``setpriv``).
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: list[Program] = []
        self._hurries = False

    def start(self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> Program:
        """Start one more."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(self.logs / f"{name}.previous.log")
        setpriv = shutil.which("setpriv")
        tied = [setpriv, "--pdeathsig", "TERM", *command] if setpriv else list(command)
        with log.open("wb") as output:
            process = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=dict(environment),
                start_new_session=True,
            )
        program = Program(name, process, log)
        self.running.append(program)
        return program

    def check(self) -> None:
        """Nothing, while all are alive.

        Raises
        ------
        ProgramFailed
            If one has ended.
        """
        for program in self.running:
            code = program.process.poll()
            if code is not None:
                how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
                raise ProgramFailed(f"{program.name} ended ({how}). The end of its log:\n{program.last_words()}")

    def wait_until(self, is_so: Callable[[], bool], program: Program, *, seconds: float) -> None:
        """Wait for a program to come up, while all the others stay alive.

        Raises
        ------
        ProgramFailed
            If one ends meanwhile, or this one takes too long.
        """
        deadline = time.monotonic() + seconds
        while not is_so():
            self.check()
            if time.monotonic() > deadline:
                raise ProgramFailed(
                    f"{program.name} did not come up in {seconds:.0f} s. The end of its log:\n{program.last_words()}"
                )
            time.sleep(0.1)

    def end(self, program: Program, number: signal.Signals, *, seconds: float = 0.0) -> None:
        """End one alone, with whatever it started: by a signal, and by force if it is there after so many seconds."""
        _signal_group(program.process, number)
        asked = time.monotonic()
        while program.process.poll() is None and not self._hurries and time.monotonic() - asked < seconds:
            time.sleep(0.02)
        _signal_group(program.process, signal.SIGKILL)
        program.process.wait()
        self.running.remove(program)

    def stop(self) -> None:
        """Stop all, the last one first: politely, then not; whatever they started goes with them."""
        while self.running:
            self.end(self.running[-1], signal.SIGTERM, seconds=SECONDS_TO_STOP)

    def hurry(self) -> None:
        """Make a ``stop`` that is under way wait no longer."""
        self._hurries = True


def ensure_free(port: int, *, option: str) -> None:
    """Refuse a port that another program listens on.

    Raises
    ------
    PortTaken
        If it cannot be had; the sentence names the option that chooses another.
    """
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            why = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be had ({error.strerror})"
            )
            raise PortTaken(f"Port {port} {why}: choose another one with {option}.") from error


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """To the program and all that it started; its group is there as long as one of them is."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
