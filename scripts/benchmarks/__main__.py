"""Measures what the registry costs and prints a table; ``--write`` keeps it in docs/benchmarks.md."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backend.db import engine_for
from backend.embedded import Embedded
from scripts.benchmarks.groups import GROUPS, Registries
from scripts.benchmarks.growth.measuring import SIZES, measure_growth
from scripts.benchmarks.machine import machine, today
from scripts.benchmarks.measure import HEAD, Measure
from scripts.benchmarks.page import PAGE, keep, merged, part_of, rows_of

GROWTH = "growth"
FIGURES = "figures"
QUICK_RUNS = 2_000


def main() -> int:
    """Measure, print, and keep if asked to; 1 if a target was missed."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what it started is ended then too
    if options.quick:
        return _quick()
    wanted = options.only or [*GROUPS, GROWTH]
    with _server(options.data) as server:
        on = engine_for(server.url())
        where = machine(on)
        on.dispose()
        print(f"{where}, {today()}.", flush=True)
        is_met = True
        if groups := [name for name in GROUPS if name in wanted]:
            measures = _measured(server, groups)
            is_met = all(measure.is_met for measure in measures)
            if options.write:
                _keep(measures, where, is_whole=not options.only)
        if GROWTH in wanted:
            grown = measure_growth(server, options.sizes)
            is_met = grown.is_met and is_met
            print(grown.table(), flush=True)
            if options.write:
                keep(GROWTH, f"{_on(where)}\n\n{grown.table()}")
    return 0 if is_met else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./scripts/bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep what was measured in docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help=f"the main figures on {QUICK_RUNS:,} runs, in a minute")
    parser.add_argument(
        "--only", nargs="+", choices=[*GROUPS, GROWTH], metavar="NAME", help=f"of {', '.join([*GROUPS, GROWTH])}"
    )
    parser.add_argument("--growth", dest="only", action="store_const", const=[GROWTH], help="as --only growth")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="runs of the growth, as in 6000,20000,60000")
    parser.add_argument("--data", type=Path, help="keep the databases of the growth in this folder for the next time")
    return parser


def _sizes(typed: str) -> tuple[int, ...]:
    sizes = tuple(sorted({int(word) for word in typed.split(",")}))
    if sizes[0] < 1:
        raise ValueError(typed)
    return sizes


def _measured(server: Embedded, groups: Sequence[str]) -> list[Measure]:
    registries, measures = Registries(server), list[Measure]()
    print(HEAD, flush=True)
    try:
        for name in groups:
            for measure in GROUPS[name](registries):
                measures.append(measure)
                print(measure.row(), flush=True)
    finally:
        registries.close()
    return measures


def _quick() -> int:
    with _server(None) as server:
        grown = measure_growth(server, (QUICK_RUNS,), is_quick=True)
        print(grown.table(), flush=True)
    return 0 if grown.is_met else 1


def _keep(measures: Sequence[Measure], where: str, *, is_whole: bool) -> None:
    """All rows anew, or only those that were measured."""
    rows = [measure.row() for measure in measures]
    if not is_whole:
        rows = merged(rows_of(part_of(PAGE.read_text(encoding="utf-8"), FIGURES)), rows)
    keep(FIGURES, "\n".join((_on(where), "", HEAD, *rows)))


def _on(where: str) -> str:
    return f"Measured on {where}; everything on one machine."


@contextmanager
def _server(folder: Path | None) -> Iterator[Embedded]:
    with tempfile.TemporaryDirectory(prefix="run-registry-bench-") as temporary:
        server = Embedded(folder or Path(temporary)).start()
        try:
            yield server
        finally:
            server.release()


if __name__ == "__main__":
    sys.exit(main())
