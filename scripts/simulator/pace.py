"""How a season arrives: all at once, or run after run, the newest still being taken."""

from dataclasses import dataclass

DEFAULT_AT_ONCE = 100
DEFAULT_PER_SECOND = 3.0
LAST_RUN_SECONDS = 60.0
"""The last run of the season is watched for so long."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``per_second`` runs a second after the first ``at_once``; ``None``: everything is there from the start."""

    per_second: float | None = None
    at_once: int = DEFAULT_AT_ONCE

    def position(self, seconds: float, runs: int) -> float:
        """How far the season of so many runs has come.

        A position of 120.25 means: 120 runs are over, a quarter of the 121st has been taken. It goes on growing at the
        same pace after the last run, so that what comes later than the run (datasets in the DQM GUI) comes too.
        """
        if self.per_second is None:
            return float("inf")
        begun = max(min(self.at_once, runs) - 1, 0)
        until_last = max(runs - 1 - begun, 0) / self.per_second
        if seconds <= until_last:
            return begun + seconds * self.per_second
        of_last = (seconds - until_last) / LAST_RUN_SECONDS
        if of_last < 1.0:
            return runs - 1 + of_last
        return runs + (seconds - until_last - LAST_RUN_SECONDS) * self.per_second


ALL_AT_ONCE = Pace()


def read_pace(text: str) -> Pace:
    """The pace that ``--pace`` names: ``default``, ``max``, or runs per second.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if text == "max":
        return ALL_AT_ONCE
    if text == "default":
        return Pace(DEFAULT_PER_SECOND)
    per_second = float(text)
    if not 0.0 < per_second < float("inf"):
        raise ValueError(f"A season arrives at more than 0 runs per second, not {text}.")
    return Pace(per_second)
