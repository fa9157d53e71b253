"""The CSV that ``brilcalc lumi --byls --output-style csv`` writes: delivered and recorded luminosity by lumisection.

Units are read from the header, lines are found by the names of their columns, and the summary at the end is held
against the lines, so that a file that was cut is not believed. Nothing is guessed: the first line that cannot be is
named.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backend.errors import InvalidInput
from backend.ingest.brilcalc_columns import Columns, Figure, columns_of, decimals_of, figures_of, place_of
from backend.projections.segments import Ints

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

MAX_BYTES = 64 * 2**20
"""The largest file that is read: a year of 300,000 lumisections has some 28 MB."""

_HEADER = "run:fill"
_LINES_PER_STEP = 50_000


@dataclass(frozen=True, slots=True)
class BrilcalcRun:
    """A run of the file: its lumisections ascending, and what each holds in /pb."""

    run_number: int
    numbers: Ints
    delivered: Floats
    recorded: Floats


@dataclass(frozen=True, slots=True)
class Brilcalc:
    """A file of brilcalc; runs ascending.

    ``tags`` is what brilcalc says of its data and norm tag, ``paths`` are the HLT paths to which it narrowed the
    luminosity (none: all of it), ``is_summed_up`` says whether there was a summary to hold the lines against.
    """

    runs: tuple[BrilcalcRun, ...]
    tags: str
    paths: tuple[str, ...]
    is_summed_up: bool

    @property
    def lumisections(self) -> int:
        """How many lumisections the file has."""
        return sum(len(run.numbers) for run in self.runs)

    @property
    def delivered_per_pb(self) -> float:
        """Delivered in all of the file."""
        return math.fsum(value for run in self.runs for value in run.delivered.tolist())

    @property
    def recorded_per_pb(self) -> float:
        """Recorded in all of the file."""
        return math.fsum(value for run in self.runs for value in run.recorded.tolist())


def read_brilcalc(content: str | bytes, *, progress: Progress = lambda share, what: None) -> Brilcalc:
    """The luminosities that a CSV of brilcalc holds.

    A lumisection ``n:n`` was recorded by CMS, ``n:0`` was only delivered. What no line names is not known.

    Raises
    ------
    InvalidInput
        If the file is longer than :data:`MAX_BYTES`, not a CSV of brilcalc by lumisection, wrong in a line (which is
        named), names a lumisection twice, or does not add up to its own summary. Nothing else is raised.
    """
    reading = _Reading()
    lines = _text(content).splitlines()
    for number, line in enumerate(lines, 1):
        reading.take(number, line)
        if number % _LINES_PER_STEP == 0:
            progress(number / len(lines), f"line {number:,} of {len(lines):,}")
    return reading.ended()


@dataclass(frozen=True, slots=True)
class _Total:
    """A line of the summary, in /pb, and how far its rounding may have moved it; how many lumisections it counts."""

    delivered: float
    recorded: float
    rounding: float
    lumisections: int | None


@dataclass(slots=True)
class _Reading:
    """A file as far as it is read; of lumisections, what was said of each and on which line."""

    columns: Columns | None = None
    summed: tuple[Figure, Figure] | None = None
    summary_names: Sequence[str] = ()
    summary: list[_Total] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    paths: dict[str, None] = field(default_factory=dict)
    runs: dict[int, dict[int, tuple[float, float, int]]] = field(default_factory=dict)
    recorded_by_cms: int = 0
    decimals: int = 0

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        if not line.strip():
            return
        comment = line.lstrip("# ")
        if comment.startswith(_HEADER):
            self.columns = columns_of(comment, number)
        elif line.startswith("#"):
            self._comment(comment, number)
        else:
            self._lumisection(number, line)

    def _comment(self, comment: str, number: int) -> None:
        cells = comment.split(",")
        if comment.startswith("Data tag"):
            self.tags.append(comment.strip())
        elif "totrecorded(" in comment:
            self.summary_names = [name.strip() for name in cells]
            self.summed = figures_of(self.summary_names, number, is_total=True)
        elif self.summed is not None and len(cells) == len(self.summary_names):
            delivered, recorded = self.summed
            counted = next((n for n in ("nls", "ncms") if n in self.summary_names), None)
            count = cells[self.summary_names.index(counted)] if counted else ""
            self.summary.append(
                _Total(
                    delivered.of(cells, number, most=math.inf),
                    recorded.of(cells, number, most=math.inf),
                    10.0 ** -decimals_of(cells[recorded.place]) * recorded.per_pb,
                    int(count) if count.isdecimal() else None,
                )
            )

    def _lumisection(self, number: int, line: str) -> None:
        columns = self.columns
        if columns is None:
            raise InvalidInput(
                f"Line {number}, {line[:40]!r}, comes before any header #run:fill,ls,…: this is not a file of "
                "brilcalc lumi --byls --output-style csv."
            )
        cells = line.split(",")
        if len(cells) != len(columns.names):
            raise InvalidInput(f"Line {number} has {len(cells)} columns; the header names {len(columns.names)}.")
        run, lumisection, is_by_cms = place_of(cells[0], cells[columns.lumisection], number)
        of_run = self.runs.setdefault(run, {})
        if lumisection in of_run:
            raise InvalidInput(
                f"Lines {of_run[lumisection][2]} and {number} both speak of lumisection {lumisection} of run {run}: "
                "which luminosity it has, they do not say."
            )
        figures = columns.delivered.of(cells, number), columns.recorded.of(cells, number)
        of_run[lumisection] = (*figures, number)
        self.recorded_by_cms += is_by_cms
        self.decimals = max(self.decimals, decimals_of(cells[columns.recorded.place]))
        if columns.path is not None:
            self.paths[cells[columns.path]] = None

    def ended(self) -> Brilcalc:
        """The file, all lines read."""
        if self.columns is None or not self.runs:
            raise InvalidInput(
                "This names no lumisection: it is not a file of brilcalc lumi --byls --output-style csv."
            )
        runs = tuple(_run(run, self.runs[run]) for run in sorted(self.runs))
        read = Brilcalc(runs, "; ".join(self.tags), tuple(self.paths), bool(self.summary))
        if self.summary:
            self._refuse_another_sum(read)
        return read

    def _refuse_another_sum(self, read: Brilcalc) -> None:
        assert self.columns is not None
        counts = [total.lumisections for total in self.summary]
        lines = read.lumisections if "nls" in self.summary_names else self.recorded_by_cms
        counted = sum(count for count in counts if count is not None)
        if None not in counts and counted != lines:
            raise InvalidInput(
                f"The file has {lines:,} lumisections and its summary says {counted:,}: it is not whole."
            )
        if self.columns.recorded.is_rate:
            return
        per_line = 10.0**-self.decimals * self.columns.recorded.per_pb
        rounding = per_line * read.lumisections + sum(total.rounding for total in self.summary)
        for what, sums, said in (
            ("delivered", read.delivered_per_pb, sum(total.delivered for total in self.summary)),
            ("recorded", read.recorded_per_pb, sum(total.recorded for total in self.summary)),
        ):
            if abs(said - sums) > rounding:
                raise InvalidInput(
                    f"The lines add up to {sums:.9g} /pb {what} and the summary says {said:.9g} /pb: the file is not "
                    "whole."
                )


def _text(content: str | bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"This is {len(content):,} long; of brilcalc no more than {MAX_BYTES:,} bytes are read.")
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(f"This is not text: byte {error.start + 1} is not UTF-8.") from error
    return content.removeprefix("\ufeff")


def _run(run: int, said: dict[int, tuple[float, float, int]]) -> BrilcalcRun:
    numbers = sorted(said)
    delivered, recorded = (np.array([said[number][side] for number in numbers], np.float64) for side in (0, 1))
    return BrilcalcRun(run, np.array(numbers, np.int64), delivered, recorded)
