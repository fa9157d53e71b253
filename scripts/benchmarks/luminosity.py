"""What luminosity costs: a year of brilcalc that comes in, and that of a golden JSON."""

from collections.abc import Iterator

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.golden.luminosity import luminosity_of_json
from backend.ingest.luminosity import import_brilcalc
from models.lumi_json import GoldenJson
from scripts.benchmarks.measure import Measure, timed

_LENGTH, _LONG = 600, 1_500
_FIRST_RUN, _FIRST_LONG_RUN = 380_000, 300_000

_LONG_RUNS = text("""
    INSERT INTO luminosity (run_number, source, delivered, recorded, last_change)
    SELECT :first + n, 'oms', series.said, series.said, 1 FROM generate_series(0, :runs - 1) n,
        LATERAL (SELECT array_agg(CASE WHEN i % 50 > 0 THEN random() * 0.5 END) AS said
                 FROM generate_series(1, :length + n * 0) i) AS series
""")


def measure_luminosity(on: Engine, *, runs: int) -> Iterator[Measure]:
    """The lines about luminosity, on an empty database: of so many runs, and a file with a quarter as many."""
    count = runs // 4 * _LENGTH
    file = _a_year(runs // 4)
    yield timed(
        f"import of brilcalc, {runs // 4:,} runs with {count:,} lumisections, all new",
        lambda: import_brilcalc(on, file, name="year.csv", by="bench"),
        times=1,
        target_ms=5_000,
    )
    yield timed(
        "the same file again, nothing new", lambda: import_brilcalc(on, file, name="year.csv", by="bench"), times=3
    )
    with on.begin() as connection:
        connection.execute(_LONG_RUNS, {"first": _FIRST_LONG_RUN, "runs": runs, "length": _LONG})
    json = GoldenJson.of_ranges((_FIRST_LONG_RUN + n, 1, _LONG) for n in range(runs))
    yield timed(
        f"luminosity of a JSON of {runs:,} runs with {runs * _LONG:,} lumisections",
        lambda: _weighed(on, json),
        times=5,
        target_ms=1_000,
        warm_up=1,
    )


def _weighed(on: Engine, json: GoldenJson) -> float:
    with transaction(on) as session:
        return luminosity_of_json(session, json).recorded_per_pb


def _a_year(runs: int) -> str:
    lines = (
        f"{_FIRST_RUN + run}:9666,{n}:{n},05/24/24 11:04:03,STABLE BEAMS,6800,0.{n % 400:09},0.{n % 390:09},59.6,HFET\n"
        for run in range(runs)
        for n in range(1, _LENGTH + 1)
    )
    return "#run:fill,ls,time,beamstatus,E(GeV),delivered(/fb),recorded(/fb),avgpu,source\n" + "".join(lines)
