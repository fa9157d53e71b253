"""The data folder of the embedded PostgreSQL: made whole or not at all, and read only by programs that fit it."""

import shutil
import tempfile
from pathlib import Path

from backend.embedded.programs import Programs, last_words
from backend.errors import DatabaseUnavailable

UNFINISHED = "pgdata.new-"
"""How the names of folders begin that initdb is at work in, or was when it was killed."""

PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": "run-registry",
}
"""For a small machine; parallel workers are off because they need a /dev/shm that containers keep tiny."""


def ensure_data(root: Path, programs: Programs) -> Path:
    """The data folder below ``root``, made when missing.

    Raises
    ------
    DatabaseUnavailable
        If it cannot be made or entered, is no PostgreSQL data, or is that of another major version or user.
    """
    if not programs.may_enter(root):
        raise DatabaseUnavailable(
            f"PostgreSQL cannot run as root here, and user {programs.owner} cannot enter {root}: "
            "choose a folder that everybody may enter, or set DATABASE_URL to a server."
        )
    data = root / "pgdata"
    if not (data / "PG_VERSION").exists():
        _create(root, data, programs=programs)
    made_by = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if made_by != str(programs.major):
        raise DatabaseUnavailable(
            f"{data} was made by PostgreSQL {made_by}, but the programs in {programs.folder} are {programs.major}: "
            f"let RR_PG_BIN name PostgreSQL {made_by}, or dump there and restore into another folder."
        )
    owner = data.stat().st_uid
    if owner != programs.owner:
        raise DatabaseUnavailable(
            f"{data} belongs to user {owner}, but PostgreSQL would run as user {programs.owner}: "
            "start it as the same user as before, or choose another folder."
        )
    return data


def write_parameters(data: Path, socket_folder: Path, *, port: int, programs: Programs) -> None:
    """Say how the next server of ``data`` runs; postgresql.conf itself stays the user's."""
    in_list = str(socket_folder).replace('"', '""')
    said = PARAMETERS | {"port": str(port), "unix_socket_directories": f'"{in_list}"'}
    lines = ["# Written anew at every start; what postgresql.auto.conf says wins.\n"]
    for name, value in said.items():
        escaped = value.replace("\\", "\\\\").replace("'", "''")
        lines.append(f"{name} = '{escaped}'\n")
    file = data / "registry.conf"
    file.write_text("".join(lines), encoding="utf-8")
    programs.hand_over(file)


def _create(root: Path, data: Path, *, programs: Programs) -> None:
    """Make it beside its place and rename: an interrupted initdb leaves nothing that looks like data.

    The beside is a new one each time, because the initdb of a killed process may still be at work in the last one.
    """
    if data.exists() and any(data.iterdir()):
        raise DatabaseUnavailable(f"{data} holds files that are no PostgreSQL data: move them elsewhere first.")
    new = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=root))
    programs.hand_over(new)
    options = ["-E", "UTF8", "--locale=C", "-U", "postgres", "-A", "trust", "--data-checksums"]
    if programs.major >= 17:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    code, output = programs.run("initdb", *options, folder=root, data=new)
    if code != 0:
        shutil.rmtree(new, ignore_errors=True)
        raise DatabaseUnavailable(f"PostgreSQL could not make its data in {root}: {last_words(output)}")
    with (new / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("include 'registry.conf'\n")
    new.rename(data)
    for given_up in root.glob(f"{UNFINISHED}*"):
        shutil.rmtree(given_up, ignore_errors=True)
