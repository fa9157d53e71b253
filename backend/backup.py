"""All that the registry holds as one file, and back: pg_dump's own format, taken while everybody works on.

>>> write_backup(url, Path("backups"))              # doctest: +SKIP
Backup(path=PosixPath('backups/registry-20261124T120000Z-0000012345.dump'), acts=12345, ...)
"""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backend.embedded.programs import find_programs, last_words
from backend.errors import DatabaseUnavailable, InvalidInput, WrongState

_NAME = re.compile(r"registry-\d{8}T\d{6}Z-\d{10}\.dump")
_UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, how many acts are in it for certain, when the latest of them was, and bytes."""

    path: Path
    acts: int
    latest_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored registry holds: its schema, its acts, and when the latest of them was."""

    schema: str
    acts: int
    latest_at: datetime


def write_backup(url: str, folder: Path, *, keep: int | None = None, programs: Path | None = None) -> Backup:
    """Write all of the database at a libpq URL into a new file of a folder; what people do meanwhile is not held up.

    The file's name tells when and up to which act. It stands under that name only when it is complete. With ``keep``
    the oldest backups of the folder are removed until so many are left; other files are never touched.

    Raises
    ------
    InvalidInput
        If the folder cannot be written to, or ``keep`` is below 1.
    DatabaseUnavailable
        If the database does not answer, holds no registry, or its programs cannot read it.
    """
    if keep is not None and keep < 1:
        raise InvalidInput(f"At least one backup has to be kept, not {keep}.")
    acts, latest_at = _acts(url)
    path = folder / f"registry-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{acts:010d}.dump"
    unfinished = path.with_suffix(path.suffix + _UNFINISHED)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _run(url, programs, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished}")
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(f"The backup cannot be written to {folder}: {error.strerror}.") from error
    for old in _backups(folder)[: -keep if keep else 0]:
        old.unlink()
    return Backup(path, acts, latest_at, path.stat().st_size)


def restore_backup(url: str, path: Path, *, programs: Path | None = None) -> Restored:
    """Fill the empty database at a libpq URL from a backup, wholly or not at all.

    Raises
    ------
    InvalidInput
        If there is no such file, or it is not a backup.
    WrongState
        If the database is not empty: a registry is never written over.
    DatabaseUnavailable
        If the database does not answer.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}.")
    found = _one(url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    if found[0]:
        raise WrongState(f"The database holds {found[0]} tables already: restore into a new, empty one.")
    try:
        _run(
            url, programs, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(path), reads=True
        )
    except DatabaseUnavailable as error:
        if not _is_archive(path):
            raise InvalidInput(f"{path} is not a backup of the registry.") from error
        raise
    acts, latest_at = _acts(url)
    (counted,) = _one(url, "SELECT count(*) FROM change_set")
    if counted != acts:
        raise DatabaseUnavailable(f"{path} holds {counted} acts where its clock says {acts}: it is damaged.")
    (schema,) = _one(url, "SELECT version_num FROM alembic_version")
    return Restored(schema, acts, latest_at)


def _backups(folder: Path) -> list[Path]:
    """The backups of a folder, oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"PGDMP"


def _acts(url: str) -> tuple[int, datetime]:
    acts, latest_at = _one(url, "SELECT n, at FROM clock")
    return acts, latest_at


def _one(url: str, question: str) -> tuple[Any, ...]:
    """The single row of an answer."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise DatabaseUnavailable("The database holds no registry.") from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"The database does not answer: {str(error).splitlines()[0]}") from error
    assert row is not None
    return row


def _run(url: str, programs: Path | None, program: str, *arguments: str, reads: bool = False) -> None:
    """Run one of PostgreSQL's programs on a database; its password goes by the environment, which ``ps`` hides."""
    asked: dict[str, Any] = conninfo_to_dict(url)
    password = asked.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    done = subprocess.run(
        [
            str(find_programs(programs).folder / program),
            f"--dbname={make_conninfo(**asked)}",
            "--no-password",
            *arguments,
        ],
        env=environment | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        what = "restored" if reads else "backed up"
        raise DatabaseUnavailable(f"The database cannot be {what}: {last_words(done.stderr)}")
