"""One command shows the registry, and takes everything away again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lease_holders import an_open_folder

HERE = Path(__file__).resolve().parents[2]
SECONDS_TO_COME_UP = 120


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that has said where it can be opened."""

    process: subprocess.Popen[str]
    data: Path
    port: int
    api_port: int

    def answer(self, path: str, *, alone: bool = False) -> object:
        """What the API says, below the dashboard or alone."""
        root = f"http://127.0.0.1:{self.api_port}" if alone else f"http://127.0.0.1:{self.port}/api"
        with urllib.request.urlopen(root + path, timeout=10) as answer:
            return json.load(answer)

    def runs(self) -> int:
        """How many runs the registry has."""
        body = json.dumps({"filter": {}, "page": 0, "page_size": 1, "sortings": []}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.api_port}/runs_filtered_ordered", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(json.load(answer)["count"])


@pytest.fixture
def folder() -> Iterator[Path]:
    with an_open_folder() as made:
        yield made


@pytest.fixture
def demo(folder: Path) -> Iterator[Callable[[], Demo]]:
    """Starts demos on one folder, and kills those that a test leaves."""
    started: list[Demo] = []

    def start() -> Demo:
        port, api_port = free_port(), free_port()
        command = [sys.executable, str(HERE / "scripts" / "demo"), "--season", "scenario", "--pace", "max"]
        command += ["--data", str(folder), "--port", str(port), "--api-port", str(api_port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
        one = Demo(process, folder, port, api_port)
        started.append(one)
        assert process.stdout
        said = ""
        while "Open http" not in said:
            line = process.stdout.readline()
            assert line, f"the demo ended:\n{said}"
            said += line
        return one

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.communicate(timeout=30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def processes_of(demo: Demo) -> set[int]:
    """Everything alive that the demo started, the database included."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            is_its_own = str(demo.data).encode() in said or (process / "cwd").readlink().is_relative_to(demo.data)
            if is_its_own and b"\nState:\tZ" not in (process / "status").read_bytes():
                found.add(int(process.name))
    return found - {os.getpid()}


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if is_so():
                return
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.2)


def said_of_another(shown: Demo) -> str:
    """What a demo says that is started on the folder of one that runs; it must refuse."""
    command = [sys.executable, str(HERE / "scripts" / "demo"), "--season", "scenario", "--data", str(shown.data)]
    command += ["--port", str(free_port()), "--api-port", str(free_port())]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    return said.stderr


def ends_with_everything(demo: Demo, number: signal.Signals) -> None:
    """A signal takes the demo away, soon and in order, and all that it started with it."""
    assert len(processes_of(demo)) > 5
    asked = time.monotonic()
    demo.process.send_signal(number)
    output, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 0, output
    assert time.monotonic() - asked < 15
    assert not processes_of(demo)


def test_runs_arrive_and_the_next_start_has_them_even_when_its_database_is_killed(
    demo: Callable[[], Demo],
) -> None:
    shown = demo()
    assert shown.answer("/health")
    assert shown.answer("/health", alone=True)
    until(lambda: shown.runs() > 0)
    assert said_of_another(shown) == f"demo: Another demo runs on {shown.data}: stop it, or give another --data.\n"
    kept = shown.runs()
    ends_with_everything(shown, signal.SIGTERM)
    again = demo()
    assert again.runs() >= kept
    pid_file = again.data / "database" / "pgdata" / "postmaster.pid"
    os.kill(int(pid_file.read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
    until(lambda: again.runs() >= kept)


@pytest.mark.long
def test_the_terminal_takes_everything_away_too(demo: Callable[[], Demo]) -> None:
    shown = demo()
    until(lambda: shown.runs() > 0)
    ends_with_everything(shown, signal.SIGINT)


@pytest.mark.long
def test_a_killed_worker_ends_the_demo_with_its_name(demo: Callable[[], Demo]) -> None:
    shown = demo()
    worker = next(pid for pid in processes_of(shown) if b"backend.jobs" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    output, _ = shown.process.communicate(timeout=30)
    assert shown.process.returncode == 1
    assert "worker ended (signal SIGKILL)" in output
    assert not processes_of(shown)


def test_a_taken_port_is_said_before_anything_is_started(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, str(HERE / "scripts" / "demo"), "--data", str(folder), "--port", str(port)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr == f"demo: Port {port} is taken by another program: choose another one with --port.\n"
    assert not list(folder.iterdir())
