"""What ingest costs: a run as OMS serves it into the registry, without the time that the simulator itself takes.

Every answer of the simulator is fetched once and kept; what is timed is our own reading, deciding and recording.
"""

from collections.abc import Iterator
from types import TracebackType

import httpx
from pydantic import SecretStr
from sqlalchemy import Engine

from backend.classify.recording import classify_run
from backend.ingest.oms import Oms, open_oms
from backend.ingest.runs import ingest_run
from backend.settings import Settings
from scripts.benchmarks.measure import Measure, timed
from scripts.simulator.running import Simulator

LUMISECTIONS = 534
_RUNS = 30
_ORIGINAL = "314 ms (DCS only), 1,882 ms with luminosity"


class Remembered(httpx.BaseTransport):
    """Answers from memory what it has asked before; asks the source otherwise."""

    def __init__(self) -> None:
        self._source = httpx.HTTPTransport()
        self._answers: dict[tuple[str, str], tuple[int, httpx.Headers, bytes]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        key = (request.method, str(request.url))
        if key not in self._answers:
            answer = self._source.handle_request(request)
            content = answer.read()
            headers = httpx.Headers([h for h in answer.headers.raw if h[0].lower() != b"content-encoding"])
            self._answers[key] = (answer.status_code, headers, content)
        status, headers, content = self._answers[key]
        return httpx.Response(status, headers=headers, content=content)

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._source.close()


def measure_ingest(on: Engine, simulator: Simulator) -> Iterator[Measure]:
    """The lines about ingest, over the runs of the season whose length is nearest to 534 lumisections."""
    settings = Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="benchmark",
        oms_client_secret=SecretStr("benchmark"),
    )
    with open_oms(settings, network=Remembered()) as oms:
        runs = _runs_like(oms, simulator)
        for run in runs:
            oms.run(run), oms.lumisections(run)
        waiting = iter(runs)
        what = f"ingest of one new run, about {LUMISECTIONS} lumisections"
        new = timed(what, lambda: _look(on, oms, next(waiting)), times=len(runs), target_ms=35, original=_ORIGINAL)
        yield new
        again = iter(runs)
        yield timed("the same run looked at again, unchanged", lambda: _look(on, oms, next(again)), times=len(runs))


def _look(on: Engine, oms: Oms, run_number: int) -> None:
    run = oms.run(run_number)
    assert run is not None
    ingest_run(on, run, oms.lumisections(run_number), classify=classify_run)


def _runs_like(oms: Oms, simulator: Simulator) -> list[int]:
    season = simulator.feed.season
    assert season is not None
    return sorted(season.runs, key=lambda n: abs(len(season.runs[n].known) - LUMISECTIONS))[:_RUNS]
