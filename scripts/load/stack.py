"""The registry as real processes for soak, faults and several machines: each by a name, each with its own environment.

>>> with Stack(folder) as stack:                             # doctest: +SKIP
...     web = stack.web()                                    # "http://127.0.0.1:43121", the API is below /api
...     api = stack.api("api-2", {"RR_DEMO_ROLE": "shifter"})
...     stack.worker()
...     stack.kill("worker")
...     stack.restart("worker")
...     stack.memory("web")
...     stack.database.kill()
...     stack.database.start()
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import psutil

from backend.db import upgrade
from scripts.demo_told import environment_for, sources
from scripts.load.database import Database
from scripts.load.oms import SimulatedOms
from scripts.processes import Processes, Program, ProgramFailed, free_port

ROOT = Path(__file__).parents[2]
SECONDS_TO_COME_UP = 90.0
_SIMULATOR = "simulator"
_WORKER_BEGINS = "begins: "
"""What a worker writes into its log when its loop begins."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a program is started, the first time and again."""

    command: Sequence[str]
    environment: Mapping[str, str]
    address: str | None = None
    health: str | None = None
    """Where it says that it is up; a program without one is up when its log says so."""


class Stack:
    """Database, simulated OMS and any number of web, API and worker processes, all on this machine.

    Start and restart from a thread that lives as long as the stack: programs end with the thread that started them.

    Parameters
    ----------
    folder
        Of the logs (``logs/NAME.log``, after a restart ``NAME.2.log``), and of the database unless another is named.
    database_folder
        Where the embedded PostgreSQL keeps its files, such as a tmpfs.
    database_url
        A server of one's own in place of the embedded one; it is brought to this program's schema.
    database_environment
        For the processes of the embedded PostgreSQL alone, when the stack begins.
    season, pace
        What the simulated OMS takes, as for ``python -m scripts.simulator``; without a season there is none.
    environment
        For every program, beside what the demo is told.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_folder: Path | None = None,
        database_url: str | None = None,
        database_environment: Mapping[str, str] | None = None,
        season: str | None = "2018",
        pace: str = "1",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._given_url = database_url
        self._own = None if database_url else Database(database_folder or folder / "database", database_environment)
        self._season, self._pace = season, pace
        self._more = dict(environment or {})
        self._sources: dict[str, str] = {}
        self._oms: SimulatedOms | None = None
        self._processes = Processes(folder / "logs")
        self._recipes: dict[str, Recipe] = {}
        self._started: dict[str, list[Program]] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)  # the database may have to run as another account
        try:
            if self._own:
                self._own.start()
            else:
                upgrade(self.url)
            if self._season:
                self._simulate(self._season)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._oms:
            self._oms.close()
        try:
            self._processes.stop()
        finally:
            if self._own:
                self._own.stop()

    @property
    def database(self) -> Database:
        """The server of its own: ``kill``, ``start``, ``is_answering``, ``memory``."""
        assert self._own, "the database was given: it is not this stack's to kill"
        return self._own

    @property
    def url(self) -> str:
        """The libpq URL of the database itself, whatever stands between it and the programs."""
        return self._given_url or self.database.url

    @property
    def oms(self) -> SimulatedOms:
        """The simulated OMS: ``silence``, ``speak``, ``fault``, ``change``, ``state``."""
        assert self._oms, "the stack has no season"
        return self._oms

    def web(self, name: str = "web", environment: Mapping[str, str] | None = None) -> str:
        """Start a dashboard with the API below ``/api``, and wait until it answers; gives its address."""
        port = free_port()
        command = ["-m", "streamlit", "run", "dashboard/app.py", "--server.address", "127.0.0.1"]
        command += ["--server.port", str(port), "--server.headless", "true"]
        return self._serve(name, command, environment, port=port, health="/_stcore/health")

    def api(self, name: str = "api", environment: Mapping[str, str] | None = None) -> str:
        """Start the API alone, and wait until it answers; gives its address."""
        port = free_port()
        command = ["-m", "uvicorn", "backend.api:app", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
        return self._serve(name, command, environment, port=port, health="/health")

    def worker(self, name: str = "worker", environment: Mapping[str, str] | None = None) -> None:
        """Start a worker, and wait until its loop begins; in the table of jobs it has its name here."""
        told = self._environment({"RR_WORKER_NAME": name, **(environment or {})})
        self._add(name, Recipe([sys.executable, "-m", "backend.jobs"], told))

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start another program of the checkout, which nobody waits for."""
        self._recipes[name] = Recipe(list(command), self._environment(environment or {}))
        self._start(name)

    def address(self, name: str) -> str:
        """Where a web or API process listens; the same after a restart."""
        address = self._recipes[name].address
        assert address, f"{name} has no address"
        return address

    def kill(self, name: str) -> None:
        """kill -9 to a program and all that it started."""
        self._processes.end(self._program(name), signal.SIGKILL)

    def terminate(self, name: str) -> float:
        """Ask a program to end, and wait until it has; gives the seconds that it took."""
        asked = time.monotonic()
        self._processes.end(self._program(name), signal.SIGTERM, seconds=SECONDS_TO_COME_UP)
        return time.monotonic() - asked

    def freeze(self, name: str) -> None:
        """Let a program do nothing, as on a machine that hangs: its connections stay open."""
        self._program(name).process.send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on."""
        self._program(name).process.send_signal(signal.SIGCONT)

    def restart(self, name: str, environment: Mapping[str, str] | None = None, *, wait: bool = True) -> float:
        """Start a program that has ended (or end it first) as before, with this beside; gives the seconds to be up."""
        if self.is_alive(name):
            self.terminate(name)
        recipe = self._recipes[name]
        told = {**recipe.environment, **(environment or {})}
        self._recipes[name] = Recipe(recipe.command, told, recipe.address, recipe.health)
        begun = time.monotonic()
        self._start(name)
        if wait:
            self.wait_up(name)
        return time.monotonic() - begun

    def is_alive(self, name: str) -> bool:
        """Whether its process runs."""
        return name in self._started and self._program(name).process.poll() is None

    def is_up(self, name: str) -> bool:
        """Whether it answers (web, API), or has begun (worker)."""
        recipe = self._recipes[name]
        if recipe.address is None:
            return _WORKER_BEGINS in self._program(name).log.read_text(encoding="utf-8", errors="replace")
        return is_well(f"{recipe.address}{recipe.health}")

    def wait_up(self, name: str, *, seconds: float = SECONDS_TO_COME_UP) -> None:
        """Wait for it; :class:`ProgramFailed` with the end of its log if it ends or takes too long."""
        program = self._program(name)
        deadline = time.monotonic() + seconds
        while not self.is_up(name):
            if program.process.poll() is not None or time.monotonic() > deadline:
                raise ProgramFailed(f"{name} did not come up. The end of its log:\n{program.last_words()}")
            time.sleep(0.1)

    def memory(self, name: str) -> int:
        """Bytes of a program and all that it started (RSS); of ``"database"`` what is shared is counted once (PSS)."""
        if name == "database":
            return self.database.memory()
        first = psutil.Process(self.pid(name))
        total = 0
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def pid(self, name: str) -> int:
        """The first process of a program."""
        return self._program(name).process.pid

    def log(self, name: str) -> str:
        """All that a program wrote, since its first start."""
        return "".join(started.log.read_text(encoding="utf-8", errors="replace") for started in self._started[name])

    @property
    def names(self) -> list[str]:
        """The programs, in the order of their first start."""
        return list(self._recipes)

    def _simulate(self, season: str) -> None:
        announced = self.folder / "simulator.json"
        announced.unlink(missing_ok=True)
        command = [sys.executable, "-m", "scripts.simulator", "--season", season, "--pace", self._pace, "--port", "0"]
        self._recipes[_SIMULATOR] = Recipe([*command, "--announce", str(announced)], self._environment({}))
        program = self._start(_SIMULATOR)
        self._processes.wait_until(announced.exists, program, seconds=SECONDS_TO_COME_UP)
        said = json.loads(announced.read_text(encoding="utf-8"))
        self._sources, self._oms = sources(said), SimulatedOms(said)

    def _serve(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None, *, port: int, health: str
    ) -> str:
        address = f"http://127.0.0.1:{port}"
        told = self._environment(environment or {})
        self._add(name, Recipe([sys.executable, *command], told, address, health))
        return address

    def _add(self, name: str, recipe: Recipe) -> None:
        assert name not in self._recipes, f"there is a {name} already"
        self._recipes[name] = recipe
        self._start(name)
        self.wait_up(name)

    def _start(self, name: str) -> Program:
        recipe, starts = self._recipes[name], self._started.setdefault(name, [])
        log = name if not starts else f"{name}.{len(starts) + 1}"
        starts.append(self._processes.start(log, recipe.command, environment=recipe.environment, folder=ROOT))
        return starts[-1]

    def _program(self, name: str) -> Program:
        return self._started[name][-1]

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        told = environment_for(self.url, self.folder, role=None) | self._sources
        return {**told, "RR_DEMO_ROLE": "dc-expert", "RR_API_REQUESTS_PER_SECOND": "1000", **self._more, **more}


def is_well(url: str) -> bool:
    """Whether a health page answers 200."""
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
