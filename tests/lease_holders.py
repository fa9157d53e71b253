"""Other processes that hold a lease on an embedded PostgreSQL, and what one asks of a server in a test."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from backend.embedded import Embedded

HERE = Path(__file__).resolve().parents[1]
ORDINARY_USER = 65534
IS_ROOT = os.geteuid() == 0

HOLDER = """
import os
import sys
from pathlib import Path
from backend.embedded import Embedded
from backend.errors import DatabaseUnavailable
from backend.settings import settings
settings()
if sys.argv[2] != "as it is":  # only now: that user need not be able to read the interpreter
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
try:
    server = Embedded(Path(sys.argv[1])).start()
except DatabaseUnavailable as error:
    sys.exit(str(error))
print(server.url(), flush=True)
sys.stdin.readline()
print(server.release(), flush=True)
"""


class Holder:
    """Another process that holds a lease until it is told to give it back."""

    def __init__(self, root: Path, *, user: int | None = None, path: str | None = None) -> None:
        environment = dict(os.environ) | {"PYTHONPATH": str(HERE)} | ({"PATH": path} if path else {})
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(root), str(user or "as it is")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=environment,
            start_new_session=True,
        )

    def url(self) -> str:
        """Where its server is, once it is up."""
        assert self.process.stdout
        url = self.process.stdout.readline().strip()
        assert url, self.complaint()
        return url

    def gives_back(self) -> bool:
        """Whether it was the last one."""
        output, complaint = self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0, complaint
        return output.strip() == "True"

    def complaint(self) -> str:
        """What it says about why it has no server."""
        return self.process.communicate(timeout=60)[1].strip()

    def kill(self) -> None:
        """End it without a chance to give anything back."""
        with self.process:  # closes its pipes
            self.process.kill()


@contextlib.contextmanager
def an_open_folder() -> Iterator[Path]:
    """A folder that other accounts may enter, unlike pytest's: root may have to run PostgreSQL as one of them."""
    made = Path(tempfile.mkdtemp(prefix="rr test ", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def copy_data(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
    owner = source.stat()
    if owner.st_uid != os.geteuid():
        for path in (target, *target.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def postmaster(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def processes_in(data: Path) -> list[int]:
    """Living processes at work in a data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data and b"\nState:\tZ" not in (process / "status").read_bytes():
                found.append(int(process.name))
    return found


def socket_folder_of(server: Embedded) -> Path:
    return Path(psycopg.conninfo.conninfo_to_dict(server.url())["host"])


def says_one(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def remember(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS said (word text)")
        connection.execute("INSERT INTO said VALUES (%s)", [word])


def remembered(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM said")]


def kill_and_wait(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists())


def until(is_so: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)
