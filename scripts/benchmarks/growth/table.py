"""The table of growth: a line for each figure, a column for each number of runs, and what ten times the runs cost."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured at one size; ``target`` is what it may be with 60,000 runs on two cores."""

    name: str
    value: float
    unit: str = "ms"
    target: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is no more than it may be."""
        return self.target is None or self.value <= self.target


@dataclass(frozen=True, slots=True)
class Grown:
    """The figures by number of runs, and the day on which each number of runs was measured."""

    figures: Mapping[int, tuple[Figure, ...]]
    measured: Mapping[int, str]

    @property
    def sizes(self) -> list[int]:
        """The numbers of runs, least first."""
        return sorted(self.figures)

    @property
    def is_met(self) -> bool:
        """Whether no target is missed at the largest size."""
        return all(figure.is_met for figure in self.figures[self.sizes[-1]])

    def table(self) -> str:
        """The table in Markdown."""
        sizes = self.sizes
        heads = [f"{runs:,} runs" for runs in sizes]
        grows = [_times(sizes[-1] / sizes[0])] if len(sizes) > 1 else []
        lines = [
            _row(["what", *heads, "target", "met", *(f"with {times} the runs" for times in grows)]),
            _row(["---", *["---:"] * len(heads), "---:", "---", *["---:"] * len(grows)]),
        ]
        lines += [self._line(figure) for figure in self.figures[sizes[-1]]]
        lines.append(_row(["measured on", *(self.measured[runs] for runs in sizes), "", "", *[""] * len(grows)]))
        return "\n".join(lines)

    def _line(self, figure: Figure) -> str:
        found = [self._at(runs, figure.name) for runs in self.sizes]
        cells = [figure.name if figure.unit == "" else f"{figure.name}, {figure.unit}"]
        cells += ["" if f is None else _number(f.value) for f in found]
        cells.append("" if figure.target is None else f"≤ {figure.target:,.0f}")
        cells.append("" if figure.target is None else ("yes" if figure.is_met else "**no**"))
        if len(found) > 1:
            cells.append(_times(figure.value / found[0].value) if found[0] and found[0].value else "")
        return _row(cells)

    def _at(self, runs: int, name: str) -> Figure | None:
        return next((figure for figure in self.figures[runs] if figure.name == name), None)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < 100 and value != int(value) else f"{value:,.0f}"


def _times(ratio: float) -> str:
    return f"× {ratio:.1f}" if ratio < 9.95 else f"× {ratio:.0f}"
