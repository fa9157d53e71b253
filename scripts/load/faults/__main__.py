"""Does every fault to a registry under load, and prints the table; 1 if something went otherwise than it must."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scripts.load.faults import crowding, disk, killing, sources
from scripts.load.faults.row import HEAD, Row
from scripts.load.faults.scene import NotWell, Scene, scene
from scripts.load.skewed_clock import NoCompiler, SkewedClock

ON_ONE_REGISTRY: Mapping[str, Callable[[Scene], Row]] = {
    "worker": killing.worker_killed,
    "web": killing.web_killed,
    "database": killing.database_killed,
    "two-workers": killing.one_of_two_workers,
    "oms": sources.oms_silent,
    "connections": crowding.connections_in_use,
    "migration": crowding.migration_while_reading,
}
DISK, CLOCK = "disk", "clock"


def main() -> int:
    """Parse, do them one after another, print each line as it is known."""
    parser = argparse.ArgumentParser(prog="./scripts/faults", description=__doc__)
    names = [*ON_ONE_REGISTRY, CLOCK, DISK]
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"only these: {', '.join(names)}")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep logs and pictures of the pages here")
    parser.add_argument("--quick", action="store_true", help="few writers and readers, for a short time")
    options = parser.parse_args()
    if unknown := set(options.faults) - set(names):
        parser.error(f"there is no fault {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = options.faults or names
    print(HEAD, flush=True)
    is_well = True
    with tempfile.TemporaryDirectory(prefix="run-registry-faults-") as made:
        folder = options.pictures or Path(made)
        for row in rows(chosen, folder.resolve(), quick=options.quick):
            print(row, flush=True)
            is_well = is_well and row.is_well
    return 0 if is_well else 1


def rows(chosen: list[str], folder: Path, *, quick: bool) -> Iterator[Row]:
    """The lines of the faults that are chosen; some share a registry, some need one of their own."""
    if shared := [fault for name, fault in ON_ONE_REGISTRY.items() if name in chosen]:
        with scene(folder / "registry", quick=quick) as at:
            for fault in shared:
                yield _done(fault, at)
    if CLOCK in chosen:
        yield from clocks(folder / "clock", quick=quick)
    if DISK in chosen:
        yield from full_disk(folder / "disk", quick=quick)


def clocks(folder: Path, *, quick: bool) -> Iterator[Row]:
    """On a registry whose worker and database have clocks of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        of_worker, of_database = SkewedClock(folder, "worker"), SkewedClock(folder, "database")
    except NoCompiler as error:
        yield Row("clock of a machine jumps", skipped=str(error))
        return
    with scene(folder, database_environment=of_database.environment, quick=quick) as at:
        sources.restarted_with(at, of_worker)
        yield _done(lambda scene: sources.clock_of_worker(scene, of_worker), at)
        yield _done(lambda scene: sources.clock_of_database(scene, of_database), at)


def full_disk(folder: Path, *, quick: bool) -> Iterator[Row]:
    """On a registry whose database lies on a small disk."""
    try:
        with disk.small_disk(folder / "volume") as volume, scene(folder, database_folder=volume, quick=quick) as at:
            yield _done(disk.disk_full, at)
    except disk.NoSmallDisk as error:
        yield Row(disk.FAULT, skipped=str(error))


def _done(fault: Callable[[Scene], Row], at: Scene) -> Row:
    try:
        return fault(at)
    except NotWell as error:
        return Row((fault.__doc__ or fault.__name__).splitlines()[0], wrong=(str(error),))


if __name__ == "__main__":
    sys.exit(main())
