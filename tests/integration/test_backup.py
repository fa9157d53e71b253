"""A registry as one file, and back: row for row, or a sentence and nothing done."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backend.backup import restore_backup, write_backup
from backend.db import check_schema, engine_for
from backend.embedded import Embedded
from backend.errors import DatabaseUnavailable, InvalidInput, WrongState
from backend.rebuild import rebuild


@pytest.fixture
def empty_url(postgresql: Embedded) -> Iterator[str]:
    """The URL of a database without a single table."""
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    yield postgresql.url("restored")
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE restored WITH (FORCE)")


def rows_of(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            table: [row for (row,) in connection.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')]  # type: ignore[arg-type]
            for (table,) in tables
        }


def test_a_season_comes_back_row_for_row_and_goes_on_working(
    small_season_url: str, empty_url: str, tmp_path: Path
) -> None:
    backup = write_backup(small_season_url, tmp_path / "kept")
    restored = restore_backup(empty_url, backup.path)

    assert (restored.acts, restored.latest_at) == (backup.acts, backup.latest_at)
    before = rows_of(small_season_url)
    assert rows_of(empty_url) == before
    assert len(before["run"]) == 8
    on = engine_for(empty_url)
    check_schema(on)
    rebuild(on)
    with psycopg.connect(empty_url) as connection, pytest.raises(psycopg.Error, match="append"):
        connection.execute("DELETE FROM change_set")
    on.dispose()


def test_a_registry_is_never_written_over(database_url: str, tmp_path: Path) -> None:
    backup = write_backup(database_url, tmp_path)
    with pytest.raises(WrongState, match="tables already: restore into a new, empty one"):
        restore_backup(database_url, backup.path)


@pytest.mark.parametrize(("content", "sentence"), [(b"run,class\n", "is not a backup"), (None, "There is no file")])
def test_what_is_no_backup_is_refused_and_nothing_is_done(
    empty_url: str, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "some.dump"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=sentence):
        restore_backup(empty_url, path)
    assert rows_of(empty_url) == {}


def test_half_a_backup_leaves_the_database_empty(small_season_url: str, empty_url: str, tmp_path: Path) -> None:
    whole = write_backup(small_season_url, tmp_path).path
    half = tmp_path / "half.dump"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(DatabaseUnavailable, match="cannot be restored"):
        restore_backup(empty_url, half)
    assert rows_of(empty_url) == {}


def test_only_the_newest_backups_are_kept_and_other_files_stay(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "letter.dump").write_text("mine")
    older = [tmp_path / f"registry-2026010{day}T000000Z-0000000001.dump" for day in (1, 2, 3)]
    for path in older:
        path.write_bytes(b"PGDMP")
    done = write_backup(database_url, tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["letter.dump", older[2].name, done.path.name])


def test_a_database_without_a_registry_has_nothing_to_back_up(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="holds no registry"):
        write_backup(empty_url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_named(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot be written to"):
        write_backup(database_url, tmp_path / "file")
