"""Where the embedded PostgreSQL may live, and what it refuses to touch."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.embedded import Embedded
from backend.embedded.programs import Programs
from backend.errors import DatabaseUnavailable
from tests.lease_holders import IS_ROOT, Holder, says_one, socket_folder_of, until


@pytest.mark.parametrize("name", ["with a space", 'it\'s "$HOME" `id`', "ü", "/".join(["a" * 40] * 5)])
def test_any_folder_will_do(root: Path, embedded: Callable[[Path], Embedded], name: str) -> None:
    folder = root / "as" / name
    folder.mkdir(parents=True)
    (root / "pgdata").rename(folder / "pgdata")
    server = embedded(folder).start()
    assert says_one(server.url())
    assert (folder / "pg.log").exists()


def test_an_initdb_killed_half_way_is_begun_again(
    folder: Path, embedded: Callable[[Path], Embedded], holder: Callable[..., Holder]
) -> None:
    killed = holder(folder)
    until(lambda: any(folder.glob("pgdata.new-*/base/1")))
    killed.kill()
    assert not (folder / "pgdata").exists()
    assert says_one(embedded(folder).start().url())
    assert not list(folder.glob("pgdata.new-*"))


def test_files_that_are_no_postgresql_are_never_touched(folder: Path) -> None:
    (folder / "pgdata").mkdir()
    (folder / "pgdata" / "thesis.tex").touch()
    with pytest.raises(DatabaseUnavailable, match="no PostgreSQL data"):
        Embedded(folder).start()
    assert (folder / "pgdata" / "thesis.tex").exists()


def test_data_of_another_major_version_is_refused(root: Path, programs: Programs) -> None:
    (root / "pgdata" / "PG_VERSION").write_text("12\n", encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match=rf"made by PostgreSQL 12, but .* are {programs.major}: .*RR_PG_BIN"):
        Embedded(root).start()


def test_a_folder_that_cannot_be_is_named_in_the_complaint(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"cannot use .*file/below: Not a directory\."):
        Embedded(folder / "file" / "below").start()


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(
    root: Path, other_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(other_folder))
    with (root / "pgdata" / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("max_connections = many\n")
    with pytest.raises(DatabaseUnavailable, match=r"did not start in .*postgresql\.conf.* contains errors"):
        Embedded(root).start()
    assert not list(other_folder.iterdir())


@pytest.mark.parametrize("how", ["open to others", "a link", "of somebody else"])
def test_a_socket_folder_that_others_may_enter_is_refused(
    root: Path, embedded: Callable[[Path], Embedded], other_folder: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "of somebody else" and not IS_ROOT:
        pytest.skip("only root can make somebody else's folder")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(other_folder))
    server = embedded(root).start()
    folder = socket_folder_of(server)
    server.release()
    (other_folder / "elsewhere").mkdir(mode=0o700)
    if how == "a link":
        folder.symlink_to(other_folder / "elsewhere")
    else:
        folder.mkdir(mode=0o755 if how == "open to others" else 0o700)
    if how == "of somebody else":
        os.chown(folder, 4242, 4242)
    try:
        with pytest.raises(DatabaseUnavailable, match="mode 0700"):
            server.start()
    finally:
        folder.unlink() if how == "a link" else folder.rmdir()
