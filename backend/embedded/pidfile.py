"""Which server works in a data folder: what ``postmaster.pid`` says, believed only where the processes agree."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from backend.errors import DatabaseUnavailable

SECONDS_FOR_ORPHANS = 10.0
"""How long the processes of a killed server get to notice that it is gone."""

NOBODYS_PID = 2**31 - 1
"""A process number above every kernel's maximum: PostgreSQL sees at once that nobody has it."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The first process of a server, as its file describes it."""

    pid: int
    socket_folder: Path
    is_ready: bool


def running_postmaster(data: Path, *, owner: int) -> Postmaster | None:
    """The server at work in ``data``; after ``None`` another one may be started there.

    A process number alone proves nothing: it may be a zombie's, or by now another program's. A server is a living
    process that works *in* the folder. A file that names none is made harmless, yet kept where it can be read, so that
    PostgreSQL still makes its own check of memory left behind.

    Raises
    ------
    DatabaseUnavailable
        If processes of a server that is gone do not end.
    """
    written = _read(data)
    living = _processes_in(data, owner)
    if written and written.pid in living:
        return written
    deadline = time.monotonic() + SECONDS_FOR_ORPHANS
    while living:
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"PostgreSQL processes {sorted(living)} work in {data} without a usable postmaster.pid: end them first."
            )
        time.sleep(0.05)
        living = _processes_in(data, owner)
    _make_harmless(data / "postmaster.pid", written)
    return None


def _read(data: Path) -> Postmaster | None:
    """Line 1 is the process, line 5 the socket folder, line 8 how far it is."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        state = lines[7].strip() if len(lines) > 7 else ""
        return Postmaster(int(lines[0]), Path(lines[4] if len(lines) > 4 else ""), state == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _make_harmless(file: Path, written: Postmaster | None) -> None:
    if written is None:
        file.unlink(missing_ok=True)
        return
    rest = file.read_text(encoding="utf-8").splitlines(keepends=True)[1:]
    file.write_text(f"{NOBODYS_PID}\n{''.join(rest)}", encoding="utf-8")


def _processes_in(data: Path, owner: int) -> set[int]:
    """The living processes whose working directory is ``data``, as that of every PostgreSQL process is."""
    if not data.exists():
        return set()
    folder = data.stat()
    return {int(p.name) for p in Path("/proc").iterdir() if p.name.isdecimal() and _works_in(p, folder, owner)}


def _works_in(process: Path, folder: os.stat_result, owner: int) -> bool:
    try:
        name, _, state = (
            (process / "stat").read_text(encoding="utf-8", errors="replace").partition("(")[2].rpartition(")")
        )
        if state.split()[0] in "ZX":
            return False
        try:
            return os.path.samestat((process / "cwd").stat(), folder)
        except PermissionError:  # root without CAP_SYS_PTRACE may not look: then its name and owner must do
            return name == "postgres" and process.stat().st_uid == owner
    except (FileNotFoundError, ProcessLookupError):
        return False
