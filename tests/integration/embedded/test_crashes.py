"""The embedded PostgreSQL comes back, whatever was done to it."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.embedded import Embedded
from backend.errors import DatabaseUnavailable
from tests.lease_holders import (
    kill_and_wait,
    postmaster,
    processes_in,
    remember,
    remembered,
    says_one,
    socket_folder_of,
    until,
)


def test_a_killed_server_comes_back_with_every_commit(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    server = embedded(root).start()
    remember(server.url(), "BAD")
    kill_and_wait(postmaster(server))
    assert not server.is_answering()
    assert remembered(server.start().url()) == ["BAD"]
    assert server.release()


def test_a_killed_server_that_nobody_reaps_comes_back(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    become_subreaper, stays_one = ctypes.CDLL(None).prctl, 36  # PR_SET_CHILD_SUBREAPER: its orphans become ours
    become_subreaper(stays_one, 1)
    try:
        server = embedded(root).start()
        pid = postmaster(server)
        os.kill(pid, signal.SIGKILL)
        until(lambda: "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
        assert says_one(server.start().url())
        assert postmaster(server) != pid
    finally:
        become_subreaper(stays_one, 0)
        for orphan in (pid, *processes_in(root / "pgdata")):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan, os.WNOHANG)


def test_a_pid_that_another_program_has_by_now_is_not_believed(
    root: Path, embedded: Callable[[Path], Embedded]
) -> None:
    server = embedded(root).start()
    kill_and_wait(postmaster(server))
    with subprocess.Popen(["sleep", "60"]) as other:
        file = server.data / "postmaster.pid"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text(f"{other.pid}\n{''.join(lines[1:])}", encoding="utf-8")
        for left in socket_folder_of(server).glob("*.lock"):
            left.write_text(f"{other.pid}\n{''.join(lines[1:])}", encoding="utf-8")
        try:
            assert says_one(server.start().url())
            assert other.poll() is None, "the other program is left alone"
        finally:
            other.kill()


@pytest.mark.parametrize("content", ["", "\n", "nonsense\n/where\n"])
def test_a_pid_file_without_a_pid_is_not_believed(
    root: Path, embedded: Callable[[Path], Embedded], content: str
) -> None:
    (root / "pgdata" / "postmaster.pid").write_text(content, encoding="utf-8")
    assert says_one(embedded(root).start().url())


def test_no_second_server_is_started_beside_one_whose_pid_file_is_gone(
    root: Path, embedded: Callable[[Path], Embedded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.embedded.pidfile.SECONDS_FOR_ORPHANS", 0.2)
    server = embedded(root).start()
    file = server.data / "postmaster.pid"
    content = file.read_text(encoding="utf-8")
    file.write_text("", encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match=r"without a usable postmaster\.pid"):
        embedded(root).start()
    file.write_text(content, encoding="utf-8")
    assert server.release()


def test_a_server_whose_socket_was_swept_away_is_started_again(
    root: Path, embedded: Callable[[Path], Embedded]
) -> None:
    server = embedded(root).start()
    shutil.rmtree(socket_folder_of(server))
    assert says_one(server.start().url())


def test_a_running_server_is_found_where_it_is_when_the_runtime_folder_changes(
    root: Path, embedded: Callable[[Path], Embedded], monkeypatch: pytest.MonkeyPatch, other_folder: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(other_folder))
    first = embedded(root).start()
    if first.data.stat().st_uid != os.geteuid():
        pytest.skip("root's runtime folder is closed to the account that PostgreSQL runs as here")
    assert socket_folder_of(first).parent == other_folder
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    second = embedded(root).start()
    assert second.url() == first.url()
    assert says_one(second.url())
