"""The simulator running: in a thread for tests, with a handle that changes the season while somebody reads it."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn

from scripts.simulator import oms
from scripts.simulator.faults import Fault, Faults
from scripts.simulator.feed import SCENARIO, Feed, feed_of, recorded_scenario
from scripts.simulator.holdings import Holdings
from scripts.simulator.oms import OmsRun
from scripts.simulator.pace import Pace, read_pace
from scripts.simulator.provider import Provider
from scripts.simulator.season import Season
from scripts.simulator.seasons import season_named, season_of
from scripts.simulator.server import app_for
from scripts.simulator.site import EXCHANGE_PATH, GUI_PATH, OMS_PATH, REALM_PATH, TOKEN_PATH, Site
from scripts.simulator.tokens import Tokens

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulated CERN that listens on ``port``: its addresses, and everything that can be done to it.

    Every change to a run moves its ``last_update`` past everything said so far, unless it is made ``silently``.
    """

    site: Site
    port: int

    @property
    def oms_url(self) -> str:
        return f"http://{HOST}:{self.port}{OMS_PATH}"

    @property
    def oms_token_url(self) -> str:
        return f"http://{HOST}:{self.port}{TOKEN_PATH}"

    @property
    def oms_exchange_url(self) -> str:
        return f"http://{HOST}:{self.port}{EXCHANGE_PATH}"

    @property
    def dqm_gui_url(self) -> str:
        return f"http://{HOST}:{self.port}{GUI_PATH}"

    @property
    def issuer(self) -> str:
        """The issuer of logins and tokens; its discovery document is below it."""
        return f"http://{HOST}:{self.port}{REALM_PATH}"

    @property
    def feed(self) -> Feed:
        return self.site.holdings.feed

    @property
    def faults(self) -> Faults:
        return self.site.faults

    @property
    def tokens(self) -> Tokens:
        return self.site.tokens

    @property
    def provider(self) -> Provider:
        return self.site.provider

    @property
    def holdings(self) -> Holdings:
        return self.site.holdings

    def announcement(self) -> dict[str, str | int]:
        """Where everything is, as ``--announce`` writes it."""
        return {
            "oms_url": self.oms_url,
            "oms_token_url": self.oms_token_url,
            "dqm_gui_url": self.dqm_gui_url,
            "oidc_issuer": self.issuer,
            "oidc_token_url": self.oms_token_url,
            "season": self.feed.name,
            "runs": len(self.feed.runs),
        }

    def fail(self, kind: str, **how: float | int | str) -> Fault:
        """Switch a fault on; see :meth:`Faults.add`."""
        return self.faults.add(kind, **how)  # type: ignore[arg-type]

    def run(self, run_number: int) -> OmsRun:
        """The run as OMS has it now."""
        return self.holdings.run(run_number)

    def grow(self, run_number: int, lumisections: int = 1, *, silently: bool = False) -> OmsRun:
        """The run gets more lumisections."""
        return self.holdings.change(run_number, lambda run: oms.grown(run, lumisections), silently=silently)

    def shrink(self, run_number: int, last: int, *, silently: bool = False) -> OmsRun:
        """The run loses its lumisections after number ``last``."""
        return self.holdings.change(run_number, lambda run: oms.shrunk(run, last), silently=silently)

    def drop_lumisections(self, run_number: int, first: int, last: int, *, silently: bool = False) -> OmsRun:
        """OMS no longer lists these lumisections of the run."""
        return self.holdings.change(run_number, lambda run: oms.without(run, first, last), silently=silently)

    def change_lumisections(
        self, run_number: int, first: int, last: int, *, silently: bool = False, **attributes: object
    ) -> OmsRun:
        """OMS says something else of these lumisections of the run."""
        return self.holdings.change(
            run_number, lambda run: oms.lumisections_changed(run, first, last, attributes=attributes), silently=silently
        )

    def change(self, run_number: int, *, silently: bool = False, **attributes: object) -> OmsRun:
        """OMS says something else of the run."""
        return self.holdings.change(run_number, lambda run: oms.changed(run, attributes), silently=silently)

    def touch(self, run_number: int) -> OmsRun:
        """Only ``last_update`` moves on."""
        return self.holdings.change(run_number, lambda run: run)

    def reopen(self, run_number: int, lumisections: int) -> OmsRun:
        """The run is still being taken, after its first lumisections; :meth:`grow` and :meth:`finish` go on."""
        return self.holdings.change(run_number, lambda run: oms.cut(run, lumisections))

    def finish(self, run_number: int) -> OmsRun:
        """A run that was being taken ends."""
        return self.holdings.change(run_number, lambda run: run.whole or run)

    def put(self, run: OmsRun, *, silently: bool = False) -> OmsRun:
        """Put this version of a run in place, or add it."""
        return self.holdings.put(run, silently=silently)

    def remove(self, run_number: int) -> OmsRun:
        """Take a run out of OMS; :meth:`put` puts it back."""
        return self.holdings.remove(run_number)

    def apply_revision(self, index: int) -> OmsRun:
        """Put a recorded later version of a run in place (season ``scenario``)."""
        return self.holdings.apply_revision(index)


def feed_named(season: str | Season | Feed, *, dcs: Path | None = None, golden: Path | None = None) -> Feed:
    """The feed of a season by its name, of a pair of files, or of a season built by hand."""
    if isinstance(season, Feed):
        return season
    if isinstance(season, Season):
        return feed_of(season)
    if dcs and golden:
        return feed_of(season_of(season, dcs, golden))
    return recorded_scenario() if season == SCENARIO else feed_of(season_named(season))


@contextmanager
def running_simulator(
    season: str | Season | Feed = "2018",
    *,
    port: int = 0,
    pace: Pace | str = "max",
    faults: Iterable[Fault] = (),
    require_token: bool = True,
    tokens: Tokens | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Simulator]:
    """A simulator that listens in a thread of this process until the context ends.

    Parameters
    ----------
    pace
        As for ``--pace``: ``"max"``, ``"default"``, runs per second as text, or a :class:`Pace`.
    faults
        Faults that are switched on from the start.
    tokens
        Another lifetime, or the only clients that are let in.
    clock
        The seconds that the pace counts.
    """
    chosen = pace if isinstance(pace, Pace) else read_pace(pace)
    holdings = Holdings(feed_named(season), chosen, clock)
    with listening(port) as sock:
        site = Site(holdings, tokens or Tokens(), Faults(list(faults)), requires_token=require_token)
        simulator = Simulator(site, sock.getsockname()[1])
        server = Server(simulator)
        thread = Thread(target=server.run, kwargs={"sockets": [sock]}, name="simulator", daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            yield simulator
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def _wait(server: "Server", thread: Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The simulator ended before it listened.")
        time.sleep(0.002)


def listening(port: int) -> socket.socket:
    """A socket bound to the loopback address; port 0 takes a free one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, port))
    return sock


class Server(uvicorn.Server):
    """uvicorn for one simulator, that says when it listens."""

    def __init__(
        self, simulator: Simulator, on_listening: Callable[[Simulator], None] = lambda simulator: None
    ) -> None:
        site = simulator.site
        super().__init__(
            uvicorn.Config(
                app_for(site), http=site.lines.protocol(), ws="none", lifespan="off", log_config=None,
                access_log=False, timeout_keep_alive=75, timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        self._simulator = simulator
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_listening(self._simulator)
