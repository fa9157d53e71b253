"""The frames that a process keeps, so that the second question about the same datasets reads only what has changed."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from weakref import WeakKeyDictionary

import polars as pl
from sqlalchemy import Engine, text

from backend.db import Reader, snapshot
from backend.golden.frame import Frame
from backend.golden.ground import Ground
from backend.golden.places import LUMINOSITIES, RUN_NUMBER
from backend.golden.reading import (
    clock,
    read_attributes,
    read_columns,
    read_datasets,
    read_luminosities,
    read_said,
)
from backend.golden.scope import MOST_DATASETS, Scope

MOST_BYTES = 512 * 2**20
"""How much the frames of a process may take together; a season of Prompt datasets takes some 50 MB."""
_TOO_MANY_CHANGED = 5_000
"""More datasets than this having changed, all is read again."""

_CHANGED = text("""
    SELECT id, run_number FROM dataset WHERE last_change > :seen
    UNION SELECT d.id, d.run_number FROM dataset d JOIN run r ON r.run_number = d.run_number WHERE r.last_change > :seen
""")
_UNDONE = text("SELECT count(*) FROM change_set WHERE undoes IS NOT NULL AND id > :seen")
_BRIGHTENED = text("SELECT count(*) FROM luminosity WHERE last_change > :seen")


_FRAMES: WeakKeyDictionary[Engine, "Frames"] = WeakKeyDictionary()
_LOCK = Lock()


class Frames:
    """Frames by what is asked for, the least lately used dropped first. Threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_datasets: int = MOST_DATASETS) -> None:
        self._most_bytes = most_bytes
        self._most_datasets = most_datasets
        self._frames: OrderedDict[Scope, Frame] = OrderedDict()
        self._busy: dict[Scope, Lock] = {}
        self._lock = Lock()

    def frame(self, on: Engine, scope: Scope, reads: Iterable[str]) -> Frame:
        """The frame of a scope as it is now, with what is needed for the facts that are read.

        Raises
        ------
        InvalidInput
            If the pattern of the scope cannot be, or means too many datasets.
        """
        names = tuple(reads)
        with self._alone(scope):
            kept = self._frames.get(scope)
            if kept is None:
                scope.check(on)
            with snapshot(on) as read:
                if kept is None:
                    frame = _loaded(read, scope, names, most=self._most_datasets)
                else:
                    frame = _refreshed(read, kept, scope, names)
            self._keep(scope, frame)
        return frame

    def forget(self) -> None:
        """Drop every frame."""
        with self._lock:
            self._frames.clear()

    @property
    def size_bytes(self) -> int:
        """How much the frames take together."""
        with self._lock:
            return sum(frame.size_bytes for frame in self._frames.values())

    @contextmanager
    def _alone(self, scope: Scope) -> Iterator[None]:
        """One thread at a time reads a scope; others wait for what it reads."""
        with self._lock:
            busy = self._busy.setdefault(scope, Lock())
        with busy:
            yield

    def _keep(self, scope: Scope, frame: Frame) -> None:
        with self._lock:
            self._frames[scope] = frame
            self._frames.move_to_end(scope)
            taken = sum(kept.size_bytes for kept in self._frames.values())
            while taken > self._most_bytes and self._frames:
                dropped, gone = self._frames.popitem(last=False)
                taken -= gone.size_bytes
                self._busy.pop(dropped, None)


def frame_now(on: Engine, scope: Scope, reads: Iterable[str]) -> Frame:
    """The frame of a scope as it is now, read for this once; what it raises is what :meth:`Frames.frame` does."""
    scope.check(on)
    with snapshot(on) as read:
        return _loaded(read, scope, tuple(reads))


def frames_of(on: Engine) -> Frames:
    """The frames that this process keeps of a database, for as long as it keeps its engine."""
    with _LOCK:
        return _FRAMES.setdefault(on, Frames())


def _loaded(read: Reader, scope: Scope, names: Iterable[str], *, most: int = MOST_DATASETS) -> Frame:
    now, datasets = clock(read), read_datasets(read, scope, most=most)
    said = read_said(read, *_own_and_inherited(datasets))
    runs = datasets["run_number"]
    luminosity = read_luminosities(read, runs.unique().to_list()) if is_luminous(names) else {}
    run = read_attributes(read, runs, attributes(names))
    return Frame.of(Ground(now, datasets, said, read_columns(read), run, luminosity))


def _refreshed(read: Reader, frame: Frame, scope: Scope, names: Iterable[str]) -> Frame:
    """The frame as it is now, of which only what has changed since is read."""
    now, seen = clock(read), frame.ground.as_of
    if now == seen:
        return _completed(read, frame, names)
    if now < seen or read(_UNDONE.bindparams(seen=seen)).item():
        return _loaded(read, scope, names)
    changed = read(_CHANGED.bindparams(seen=seen))
    if changed.height > _TOO_MANY_CHANGED:
        return _loaded(read, scope, names)
    ground = replace(frame.ground, as_of=now, columns=read_columns(read))
    if ground.luminosity and read(_BRIGHTENED.bindparams(seen=seen)).item():
        runs = ground.datasets["run_number"].unique().to_list()
        ground = replace(ground, luminosity=read_luminosities(read, runs))
    ids = set(changed["id"].to_list())
    found = read_datasets(read, scope, only=ids) if ids else ground.datasets.clear()
    if not found.height and ids.isdisjoint(_ids(ground.datasets)) and ground.columns == frame.ground.columns:
        return _completed(read, frame.on(ground), names)
    return Frame.of(_changed(read, ground, found, ids, names))


def _changed(read: Reader, ground: Ground, found: pl.DataFrame, changed: set[int], names: Iterable[str]) -> Ground:
    """The ground with what was found of the changed datasets in place of what it had of them."""
    stale = list(changed)
    kept = ground.datasets.filter(~pl.col("dataset_id").is_in(stale))
    datasets = pl.concat([kept, found]).sort("run_number", "dataset_id")
    ids = _ids(datasets)
    said = ground.said.filter(pl.col("dataset_id").is_in(list(ids)) & ~pl.col("dataset_id").is_in(stale))
    missing = ids - set(said["dataset_id"].to_list())
    anew = (part & missing for part in _own_and_inherited(datasets))
    said = pl.concat([said, read_said(read, *anew)]).sort("dataset_id")
    wanted = attributes(names) | ground.run.keys()
    luminosity = ground.luminosity
    if luminosity or is_luminous(names):
        luminosity = read_luminosities(read, datasets["run_number"].unique().to_list())
    run = read_attributes(read, datasets["run_number"], wanted)
    return replace(ground, datasets=datasets, said=said, run=run, luminosity=luminosity)


def _completed(read: Reader, frame: Frame, names: Iterable[str]) -> Frame:
    """The frame with what it lacks of the facts that are read."""
    ground = frame.ground
    if missing := attributes(names) - ground.run.keys():
        ground = replace(ground, run={**ground.run, **read_attributes(read, ground.datasets["run_number"], missing)})
    if is_luminous(names) and not ground.luminosity:
        runs = ground.datasets["run_number"].unique().to_list()
        ground = replace(ground, luminosity=read_luminosities(read, runs))
    return frame if ground is frame.ground else frame.on(ground)


def attributes(names: Iterable[str]) -> set[str]:
    """The attributes of runs that facts stand for: of ``run.oms.energy`` it is ``oms.energy``."""
    return {name.removeprefix("run.") for name in names if name.startswith("run.") and name != RUN_NUMBER}


def is_luminous(names: Iterable[str]) -> bool:
    """Whether one of the facts is a luminosity."""
    return not LUMINOSITIES.isdisjoint(names)


def _ids(datasets: pl.DataFrame) -> set[int]:
    """The datasets and the online ones that they inherit from."""
    own, inherited = _own_and_inherited(datasets)
    return own | inherited


def _own_and_inherited(datasets: pl.DataFrame) -> tuple[set[int], set[int]]:
    return set(datasets["dataset_id"].to_list()), set(datasets["online_id"].drop_nulls().to_list())
