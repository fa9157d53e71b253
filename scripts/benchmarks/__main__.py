"""Measures the registry on a fresh embedded database and prints the table; ``--write`` keeps it in the docs."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

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
from scripts.benchmarks.measure import HEAD, Measure
from scripts.benchmarks.overview import measure_exploring, measure_overview
from scripts.benchmarks.questions import measure_questions
from scripts.benchmarks.reading import measure_rebuild, measure_time_travel
from scripts.benchmarks.season import ingest_season
from scripts.benchmarks.selecting import measure_selecting
from scripts.benchmarks.serving import measure_serving
from scripts.benchmarks.writing import history, measure_writing
from scripts.simulator.running import running_simulator

TABLE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
DATASETS = 2_000


def main() -> int:
    """Measure, print, and keep if asked to; 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="./scripts/bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, no browser")
    options = parser.parse_args()
    measures = []
    print(HEAD, flush=True)
    for measure in _measures(quick=options.quick):
        measures.append(measure)
        print(measure.row(), flush=True)
    if options.write:
        TABLE.write_text(_page(measures), encoding="utf-8")
    missed = [m for m in measures if m.target_ms is not None and m.median_ms > m.target_ms]
    return 1 if missed else 0


def _measures(*, quick: bool) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="run-registry-bench-") as folder:
        server = Embedded(Path(folder)).start()
        try:
            yield from _on(server, quick=quick)
        finally:
            server.release()


def _on(server: Embedded, *, quick: bool) -> Iterator[Measure]:
    def fresh(name: str) -> str:
        ensure_database(server.url(), name)
        upgrade(server.url(name))
        return server.url(name)

    season = engine_for(fresh("season"))
    make_ready(season)
    with running_simulator("2018", pace="max") as simulator:
        yield from measure_ingest(season, simulator)
        runs = ingest_season(season, simulator, most=80 if quick else None)
    yield from measure_rebuild(season, f"rebuild of the season of 2018, {runs} runs")
    if not quick:
        yield from measure_grid(server.url("season"))
    season.dispose()

    yield from measure_judging()
    yield from measure_losing(datasets=DATASETS // 10 if quick else DATASETS)
    yield from measure_comparing()
    bright = engine_for(fresh("bright"))
    yield from measure_luminosity(bright, runs=DATASETS // 10 if quick else DATASETS)
    bright.dispose()
    many = engine_for(fresh("many"))
    yield from measure_questions(many, runs=6_000 if quick else 60_000)
    yield from measure_dataset_questions(many)
    yield from measure_listing(many)
    if not quick:
        yield from measure_exploring(many)
        yield from measure_overview(server.url("many"))
        yield from measure_clicks(server.url("many"))
        yield from measure_serving(server.url("many"))
    many.dispose()
    certified = engine_for(fresh("certified"))
    make_ready(certified)
    yield from measure_selecting(certified, runs=DATASETS // 10 if quick else DATASETS)
    yield from measure_losing_of_selection(certified, runs=DATASETS // 10 if quick else DATASETS)
    certified.dispose()
    quick_ones = engine_for(fresh("quick"))
    make_ready(quick_ones)
    yield from measure_certifying(quick_ones, datasets=50 if quick else 500)
    quick_ones.dispose()
    past = engine_for(fresh("history"))
    make_ready(past)
    keys = history(past, datasets=DATASETS // 10 if quick else DATASETS)
    yield from measure_writing(past, keys, batch=len(keys) // 4)
    yield from measure_time_travel(past, keys)
    past.dispose()


def _page(measures: list[Measure]) -> str:
    rows = "\n".join(m.row() for m in measures)
    return _PAGE.format(
        when=datetime.now(UTC).strftime("%d %b %Y"),
        cores=os.cpu_count(),
        python=platform.python_version(),
        head=HEAD,
        rows=rows,
    )


_PAGE = """# Benchmarks

Made by `./scripts/bench --write` on {when}: {cores} cores, Python {python}, embedded PostgreSQL 18.6 with fsync on,
everything on one machine. Medians; a machine that does other work at the same time gives larger figures.
`./scripts/bench --quick` takes a tenth of the data. The last column is what the original takes for the like, as
measured on another day on a like machine.

{head}
{rows}

What scales with what: an edit with the words said before about the same column of the same dataset; a batch with its
datasets; a look into the past and a rebuild with all words; ingest with the number of ranges and the size of what OMS
answers, not with what is in the registry.
"""


if __name__ == "__main__":
    sys.exit(main())
