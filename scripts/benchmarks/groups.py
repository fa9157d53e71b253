"""What is measured, by name, each on the registries that it wants: made when the first measure wants them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Engine

from backend.db import engine_for, upgrade
from backend.embedded import Embedded, ensure_database
from backend.start import make_ready
from scripts.benchmarks.certifying import measure_certifying
from scripts.benchmarks.clicks import measure_clicks
from scripts.benchmarks.comparing import measure_comparing
from scripts.benchmarks.dataset_questions import measure_dataset_questions
from scripts.benchmarks.grid import measure_grid
from scripts.benchmarks.ingesting import measure_ingest
from scripts.benchmarks.judging import measure_judging
from scripts.benchmarks.listing import measure_listing
from scripts.benchmarks.losing import measure_losing, measure_losing_of_selection
from scripts.benchmarks.luminosity import measure_luminosity
from scripts.benchmarks.many_runs import fill_with_runs
from scripts.benchmarks.measure import Measure
from scripts.benchmarks.overview import measure_exploring, measure_overview
from scripts.benchmarks.questions import measure_questions
from scripts.benchmarks.reading import measure_rebuild, measure_time_travel
from scripts.benchmarks.run_questions import measure_run_questions
from scripts.benchmarks.season import ingest_season
from scripts.benchmarks.selecting import measure_selecting
from scripts.benchmarks.serving import measure_serving
from scripts.benchmarks.writing import history, measure_writing
from scripts.simulator.running import Simulator, running_simulator

RUNS, DATASETS, BATCH = 60_000, 2_000, 500


@dataclass
class Registries:
    """Databases on one server, each made when it is first asked for; ``close`` lets go of them."""

    server: Embedded
    _open: ExitStack = field(default_factory=ExitStack)

    def fresh(self, name: str, *, ready: bool = True) -> Engine:
        """An empty registry; made ready unless a measure does that itself."""
        ensure_database(self.server.url(), name)
        upgrade(self.server.url(name))
        on = engine_for(self.server.url(name))
        self._open.callback(on.dispose)
        if ready:
            make_ready(on)
        return on

    @cached_property
    def simulator(self) -> Simulator:
        """OMS of 2018, all of it there."""
        return self._open.enter_context(running_simulator("2018", pace="max"))

    @cached_property
    def season(self) -> tuple[Engine, int]:
        """The season of 2018 as it is ingested, and how many runs it has."""
        on = self.fresh("season")
        return on, ingest_season(on, self.simulator)

    @cached_property
    def many(self) -> Engine:
        """60,000 runs and 200,000 datasets, in the projections alone."""
        on = self.fresh("many", ready=False)
        fill_with_runs(on, RUNS)
        return on

    def close(self) -> None:
        """Let go of the databases and of OMS."""
        self._open.close()


def _ingest(at: Registries) -> Iterator[Measure]:
    yield from measure_ingest(at.fresh("ingest"), at.simulator)


def _rebuild(at: Registries) -> Iterator[Measure]:
    on, runs = at.season
    yield from measure_rebuild(on, f"rebuild of the season of 2018, {runs} runs")


def _grid(at: Registries) -> Iterator[Measure]:
    yield from measure_grid(at.server.url(at.season[0].url.database or "season"))


def _losses(at: Registries) -> Iterator[Measure]:
    yield from measure_losing(datasets=DATASETS)


def _luminosity(at: Registries) -> Iterator[Measure]:
    yield from measure_luminosity(at.fresh("bright", ready=False), runs=DATASETS)


def _golden(at: Registries) -> Iterator[Measure]:
    on = at.fresh("certified")
    yield from measure_selecting(on, runs=DATASETS)
    yield from measure_losing_of_selection(on, runs=DATASETS)


def _writing(at: Registries) -> Iterator[Measure]:
    on = at.fresh("history")
    keys = history(on, datasets=DATASETS)
    yield from measure_writing(on, keys, batch=BATCH)
    yield from measure_time_travel(on, keys)


GROUPS: dict[str, Callable[[Registries], Iterator[Measure]]] = {
    "ingest": _ingest,
    "rebuild": _rebuild,
    "grid": _grid,
    "rules": lambda at: measure_judging(),
    "losses": _losses,
    "comparing": lambda at: measure_comparing(),
    "luminosity": _luminosity,
    "questions": lambda at: measure_questions(at.many, runs=RUNS),
    "runs": lambda at: measure_run_questions(at.many),
    "datasets": lambda at: measure_dataset_questions(at.many),
    "lists": lambda at: measure_listing(at.many),
    "explore": lambda at: measure_exploring(at.many),
    "overview": lambda at: measure_overview(_url_of(at)),
    "clicks": lambda at: measure_clicks(_url_of(at)),
    "readers": lambda at: measure_serving(_url_of(at)),
    "golden": _golden,
    "certifying": lambda at: measure_certifying(at.fresh("quick"), datasets=BATCH),
    "writing": _writing,
}
"""In the order of the table."""


def _url_of(at: Registries) -> str:
    return at.server.url(at.many.url.database or "many")
