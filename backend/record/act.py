"""An act: everything one actor says at once, for one reason. What :func:`~backend.record.record` takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.lumis import LumiRange
from models.vocabulary import ActKind, GoldenJsonKind, LuminositySource, Origin


@dataclass(frozen=True, slots=True, order=True)
class DatasetKey:
    """A dataset as people name it: run and name."""

    run_number: int
    name: str

    def __str__(self) -> str:
        return f"{self.run_number} {self.name}"


@dataclass(frozen=True, slots=True)
class RunSaid:
    """Attributes said of a run; with ``withdraws``, earlier words of those origins about them are taken back."""

    run_number: int
    said: Mapping[str, Any]
    origin: Origin
    withdraws: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetSaid:
    """Attributes said of a dataset; as :class:`RunSaid`."""

    dataset: DatasetKey
    said: Mapping[str, Any]
    origin: Origin
    withdraws: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class LumisectionSaid:
    """One value for some columns over a range of a dataset; with ``withdraws`` (and no value), earlier words go."""

    dataset: DatasetKey
    columns: tuple[int, ...]
    range: LumiRange
    value: int | None
    origin: Origin
    cause: str | None = None
    comment: str | None = None
    withdraws: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class LuminositySaid:
    """Luminosity in /pb from lumisection ``first`` on, as a source gives it; null where it does not know."""

    run_number: int
    source: LuminositySource
    first: int
    delivered: Sequence[float | None]
    recorded: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class ConfigurationSaid:
    """A new version of a piece of configuration; no body takes it away."""

    kind: str
    name: str
    body: Mapping[str, Any] | None
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class CycleSaid:
    """Attributes said of a cycle, and the ids of datasets that come into it or go; see ``models/cycle.py``."""

    cycle: int
    said: Mapping[str, Any] = field(default_factory=dict)
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldenJsonMade:
    """A golden JSON that comes into the registry; the attributes are the columns of ``models/golden_json.py``."""

    id: int
    kind: GoldenJsonKind
    content: str
    sha256: str
    runs: int
    lumisections: int
    first_run: int | None
    last_run: int | None
    delivered_per_pb: float | None
    recorded_per_pb: float | None
    without_luminosity: int
    recipe_name: str | None = None
    recipe_version: int | None = None
    rule: Any = None
    pattern: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    as_of: int | None = None
    datasets: tuple[int, ...] = ()
    came_as: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GoldenJsonSaid:
    """Attributes said of a golden JSON; see ``models/golden_json.py``."""

    golden_json: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What one actor says in one change set.

    ``new_runs``, ``new_datasets``, ``new_cycles`` and ``new_golden_jsons`` are what begins to exist by this act.
    ``undoes`` and ``scope`` are for :func:`~backend.record.undo` alone.
    """

    by: str
    why: str
    kind: ActKind
    new_runs: tuple[int, ...] = ()
    new_datasets: tuple[DatasetKey, ...] = ()
    runs: tuple[RunSaid, ...] = ()
    datasets: tuple[DatasetSaid, ...] = ()
    lumisections: tuple[LumisectionSaid, ...] = ()
    luminosities: tuple[LuminositySaid, ...] = ()
    configurations: tuple[ConfigurationSaid, ...] = ()
    new_cycles: tuple[int, ...] = ()
    cycles: tuple[CycleSaid, ...] = ()
    new_golden_jsons: tuple[GoldenJsonMade, ...] = ()
    golden_jsons: tuple[GoldenJsonSaid, ...] = ()
    undoes: int | None = None
    scope: Mapping[str, Sequence[int]] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The change set that an act became."""

    change_set: int
    at: datetime
