"""Everything that can go wrong with a source, on demand: for the next answers, or now and then by a seeded chance."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock


class FaultKind(StrEnum):
    """What goes wrong with one answer."""

    ERROR = "error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503 with Retry-After."""
    SLOW = "slow"
    """The answer comes, ``seconds`` late."""
    DROP = "drop"
    """The connection is closed before a byte is answered."""
    CUT = "cut"
    """The connection is closed in the middle of the answer."""
    TRUNCATED = "truncated"
    """A complete HTTP answer whose JSON ends in the middle."""
    MISSING = "missing lumisections"
    """Some lumisections are left out of the answer."""
    NONSENSE = "nonsense"
    """A string stands where a number belongs."""
    WRONG_KEY = "wrong key"
    """A token is signed by a key that nobody published, under the name of one that is."""
    EXPIRED_TOKEN = "expired token"
    """A token is given out a day late: it has ended."""
    STALE_TOKEN = "stale token"
    """401, as if the token had ended early."""


@dataclass(slots=True)
class Fault:
    """A fault that is switched on: for the next ``times`` answers, or with ``probability`` until switched off."""

    kind: FaultKind
    times: int | None = 1
    probability: float = 1.0
    path: str = ""
    """Only answers whose path contains this, such as ``/lumisections``."""
    seconds: float = 1.0
    seed: int = 0
    struck: int = 0
    """How many answers it has spoiled so far."""
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0 or (self.times is not None and self.times < 1):
            raise ValueError(f"A fault strikes at least once and with probability 0 to 1, not {self}.")
        self._random = Random(f"fault {self.kind} {self.seed}")

    def strikes(self, path: str) -> bool:
        """Whether it spoils the answer to this request; asked once per request."""
        if self.path not in path or self.is_over or self._random.random() >= self.probability:
            return False
        self.struck += 1
        return True

    @property
    def is_over(self) -> bool:
        return self.times is not None and self.struck >= self.times


@dataclass(slots=True)
class Faults:
    """The faults that are switched on, in the order in which they were."""

    active: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(
        self,
        kind: FaultKind | str,
        *,
        times: int | None = None,
        probability: float | None = None,
        path: str = "",
        seconds: float = 1.0,
        seed: int = 0,
    ) -> Fault:
        """Switch a fault on: once, unless ``times`` or a ``probability`` (then until cleared) says otherwise."""
        if times is None and probability is None:
            times = 1
        chance = 1.0 if probability is None else probability
        fault = Fault(FaultKind(kind), times, chance, path, seconds=seconds, seed=seed)
        with self._lock:
            self.active = [*self.active, fault]
        return fault

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self.active = []

    def on(self, path: str) -> list[Fault]:
        """The faults that strike the answer to this request; those that are over are forgotten."""
        with self._lock:
            struck = [fault for fault in self.active if fault.strikes(path)]
            self.active = [fault for fault in self.active if not fault.is_over]
        return struck


def nonsense(row: dict[str, object], seed: int) -> dict[str, object]:
    """The attributes with a word where one of the numbers was."""
    numbers = [key for key, value in row.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    return row | {Random(seed).choice(numbers): "n/a"} if numbers else row


def some_missing(rows: list[dict[str, object]], seed: int) -> list[dict[str, object]]:
    """The rows without a tenth of them, but always without one."""
    gone = set(Random(seed).sample(range(len(rows)), max(1, len(rows) // 10))) if rows else set()
    return [row for at, row in enumerate(rows) if at not in gone]
