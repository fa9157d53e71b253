"""The folder of the server's socket: short enough for the kernel, and closed to everybody else."""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backend.embedded.programs import Programs
from backend.errors import DatabaseUnavailable

PORT = 5432
"""Only a part of the socket's name: nothing listens on the network."""

LONGEST_SOCKET_PATH = 107
"""The kernel's limit for the path of a unix socket, in bytes (unix(7))."""


def socket_file(folder: Path) -> Path:
    """The socket that a server with this folder listens on."""
    return folder / f".s.PGSQL.{PORT}"


def own_socket_folder(root: Path, programs: Programs) -> Path:
    """A folder for the server below ``root``, empty, made when missing: who may enter it may do everything.

    Raises
    ------
    DatabaseUnavailable
        If its place is taken by somebody else's folder, or by one that others may enter.
    """
    name = f"run-registry-{os.geteuid()}-{hashlib.sha256(bytes(root)).hexdigest()[:10]}"
    fitting = (place / name for place in _places(programs) if _fits(place / name))
    folder = next(fitting)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        programs.hand_over(folder)
    found = folder.lstat()
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != programs.owner or mode != 0o700:
        raise DatabaseUnavailable(
            f"{folder} should be a folder of user {programs.owner} with mode 0700, but it belongs to user "
            f"{found.st_uid} with mode {mode:04o}: remove it, or set another TMPDIR."
        )
    for left_behind in folder.iterdir():
        left_behind.unlink()
    return folder


def _places(programs: Programs) -> Iterator[Path]:
    """The user's runtime folder if it is really the user's, else where temporary files go."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if not programs.changes_owner and runtime.is_dir() and runtime.stat().st_uid == os.geteuid():
        yield runtime
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")


def _fits(folder: Path) -> bool:
    return len(bytes(socket_file(folder))) <= LONGEST_SOCKET_PATH
