"""Programs that live and die together: what ./scripts/demo does to the ones it starts."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.processes import PortTaken, Processes, Program, ProgramFailed, ensure_free

HERE = Path(__file__).resolve().parents[2]
OBEDIENT = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
TELLING = """
import signal, sys, time
def end(*_):
    print("ended at", time.monotonic(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("child", child.pid, flush=True)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path / "logs")
    yield started
    started.hurry()
    started.stop()


def start(processes: Processes, name: str, code: str) -> Program:
    """Start a stand-in and wait until it is up."""
    command = [sys.executable, "-c", code]
    program = processes.start(name, command, environment=dict(os.environ), folder=processes.logs.parent)
    processes.wait_until(lambda: b"up" in program.log.read_bytes(), program, seconds=20)
    return program


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def test_all_end_and_the_last_one_started_ends_first(processes: Processes) -> None:
    first, second = (start(processes, name, TELLING) for name in ("simulator", "web"))
    processes.stop()
    ends = [float(p.log.read_text(encoding="utf-8").split("ended at")[1]) for p in (first, second)]
    assert ends[1] < ends[0]
    assert not is_alive(first.process.pid)
    assert not processes.running


def test_what_a_program_started_goes_with_it(processes: Processes) -> None:
    log = start(processes, "web", PARENT).log.read_text(encoding="utf-8")
    child = int(log.split()[1])
    assert is_alive(child)
    processes.stop()
    until(lambda: not is_alive(child))


def test_one_that_does_not_listen_is_killed(processes: Processes) -> None:
    program = start(processes, "web", STUBBORN)
    processes.hurry()
    processes.stop()
    assert program.process.returncode == -signal.SIGKILL


def test_one_that_ends_is_named_with_its_code_and_its_last_words(processes: Processes) -> None:
    start(processes, "api", OBEDIENT)
    start(processes, "worker", "print('up', flush=True); raise SystemExit('no such table: run')")
    until(lambda: processes.running[-1].process.poll() is not None)
    with pytest.raises(ProgramFailed, match=r"(?s)worker ended \(exit code 1\).*no such table: run"):
        processes.check()


def test_one_that_was_killed_is_named_with_the_signal(processes: Processes) -> None:
    program = start(processes, "web", OBEDIENT)
    processes.check()
    program.process.kill()
    program.process.wait()
    with pytest.raises(ProgramFailed, match=r"web ended \(signal SIGKILL\)"):
        processes.check()


def test_one_that_does_not_come_up_in_time_is_named(processes: Processes) -> None:
    program = start(processes, "api", "print('up, but not really', flush=True); import time; time.sleep(60)")
    with pytest.raises(ProgramFailed, match=r"(?s)api did not come up in 0 s\..*not really"):
        processes.wait_until(lambda: False, program, seconds=0.2)


def test_another_one_that_ends_meanwhile_is_not_waited_past(processes: Processes) -> None:
    start(processes, "simulator", "print('up', flush=True)")
    with pytest.raises(ProgramFailed, match=r"simulator ended \(exit code 0\)"):
        start(processes, "api", "import time; time.sleep(60)")


def test_the_log_of_the_time_before_is_kept(processes: Processes) -> None:
    start(processes, "api", "print('up the first time', flush=True); import time; time.sleep(60)")
    processes.stop()
    start(processes, "api", OBEDIENT)
    assert "first time" in (processes.logs / "api.previous.log").read_text(encoding="utf-8")


def test_ctrl_c_in_the_terminal_reaches_only_the_one_that_watches(processes: Processes) -> None:
    program = start(processes, "web", OBEDIENT)
    assert os.getsid(program.process.pid) == program.process.pid != os.getsid(0)


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux has no setpriv here")
def test_they_end_even_if_the_one_that_watches_is_killed(tmp_path: Path) -> None:
    watcher = (
        "import sys, time, os\nfrom pathlib import Path\nfrom scripts.processes import Processes\n"
        "processes = Processes(Path(sys.argv[1]))\n"
        f"command = [sys.executable, '-c', {OBEDIENT!r}]\n"
        "program = processes.start('web', command, environment=dict(os.environ), folder=Path('/'))\n"
        "processes.wait_until(lambda: b'up' in program.log.read_bytes(), program, seconds=20)\n"
        "print(program.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", watcher, str(tmp_path)], cwd=HERE, stdout=subprocess.PIPE) as watching:
        assert watching.stdout
        pid = int(watching.stdout.readline())
        assert is_alive(pid)
        watching.kill()
        until(lambda: not is_alive(pid))


def test_a_taken_port_is_said_with_the_option_that_chooses_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken by another program: .* with --port"):
            ensure_free(port, option="--port")
    ensure_free(port, option="--port")
