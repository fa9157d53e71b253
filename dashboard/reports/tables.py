"""What a report says, as titled tables of words: one source for the page, the HTML file and the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from backend.golden.progress import STEPS
from backend.golden.standing import Standing, taken_and_kept
from backend.queries.periods import Span
from backend.queries.reporting import MOST_WORDS, Report
from dashboard.golden.words import share

_MOST = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the head: what it is, how much, and what stands beside it."""

    label: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table; ``numbers`` are the columns that stand at the right, ``runs`` the one that names runs.

    ``empty`` is what is said where there is no row.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    numbers: frozenset[int] = frozenset()
    runs: int | None = None


def title_of(report: Report) -> str:
    """How the report is called."""
    kind = "Daily shift report" if report.period.span is Span.DAY else "Weekly data certification report"
    return f"{kind}, {report.period.name}"


def figures_of(report: Report, standing: Standing | None) -> tuple[Figure, ...]:
    """The figures of the head."""
    steps = taken_and_kept(report.runs, None if standing is None else standing.runs)
    delivered, recorded, dcs_good, certified = (float(steps[step].sum()) for step in STEPS)
    significant = int(report.runs["is_significant"].fill_null(value=False).sum())
    found = [
        Figure("Runs", f"{report.runs.height:,}", f"{significant:,} significant"),
        Figure("Delivered", f"{delivered:,.1f} /pb"),
        Figure("Recorded", f"{recorded:,.1f} /pb", f"{_share(recorded, delivered)} of delivered"),
    ]
    if standing is not None:
        found.append(Figure("DCS-good", f"{dcs_good:,.1f} /pb", f"{_share(dcs_good, recorded)} of recorded"))
        found.append(Figure("Certified", f"{certified:,.1f} /pb", f"{_share(certified, recorded)} of recorded"))
    waits = report.to_sign_off.height
    return (*found, Figure("To sign off", f"{waits:,}", "runs"))


def sheets_of(report: Report, standing: Standing | None) -> tuple[Sheet, ...]:
    """The tables: a shift begins with what is open, data certification with what differs."""
    runs, said, cycles = _runs(report), _said(report), _cycles(report)
    is_open = (_open(report), _desks(report))
    differs = (_express(report), _states(report))
    lost = (_lost(standing),) if standing is not None else ()
    if report.period.span is Span.DAY:
        return (*is_open, runs, said, *differs, *lost, cycles)
    return (*differs, *lost, *is_open, cycles, said, runs)


def _runs(report: Report) -> Sheet:
    heads = ("Run", "Fill", "Class", "Started", "LS", "Recorded /pb", "State", "Not good", "Stop reason")
    rows = tuple(
        (
            str(row["run_number"]),
            _text(row["fill_number"]),
            _text(row["run_class"]) + ("" if row["is_significant"] else " (not significant)"),
            _moment(row["start_time"]),
            f"{row['lumisections']:,}",
            f"{row['recorded_per_pb'] or 0:,.2f}",
            "running" if row["is_running"] else _text(row["state"]),
            row["not_good"],
            row["stop_reason"] or "",
        )
        for row in report.runs.iter_rows(named=True)
    )
    return Sheet("Runs", heads, rows, "No run began in this time.", frozenset({4, 5}), 0)


def _said(report: Report) -> Sheet:
    heads = ("Run", "Dataset", "Components", "LS", "Status", "Cause and comment", "By", "At")
    rows = [
        (
            str(row["run_number"]),
            row["dataset"],
            row["components"],
            row["lumisections"],
            row["status"],
            ": ".join(filter(None, (row["cause"], row["comment"]))),
            row["by"],
            _moment(row["at"]),
        )
        for row in report.said.filter(pl.col("status") != "GOOD").iter_rows(named=True)
    ]
    good = report.said.height - len(rows)
    more = "the latest " if report.said.height == MOST_WORDS else ""
    title = "Flags changed by people since" + (
        f" (GOOD was said {more}{good:,} times more: see the Log)" if good else ""
    )
    return Sheet(title, heads, _first(rows), "Nobody set a flag to anything but GOOD.", runs=0)


def _express(report: Report) -> Sheet:
    heads = ("Run", "Component", "Express", "Prompt", "LS", "Which", "Cause and comment", "Dataset")
    rows = [
        (
            str(row["run_number"]),
            row["component"],
            row["express"],
            row["prompt"],
            f"{row['lumisections']:,}",
            row["ranges"],
            row["comments"],
            row["dataset"],
        )
        for row in report.express.iter_rows(named=True)
    ]
    return Sheet(
        "Express against Prompt", heads, _first(rows), "They agree wherever both have a verdict.", frozenset({4}), 0
    )


def _states(report: Report) -> Sheet:
    heads = ("Run", "Dataset", "Global", "Workspace", "Its state", "What it says")
    rows = [tuple(map(_text, row)) for row in report.states.iter_rows()]
    return Sheet("Workspaces against global", heads, _first(rows), "All are as far as global is.", runs=0)


def _open(report: Report) -> Sheet:
    waits = ", ".join(map(str, report.to_sign_off["run_number"])) or "none"
    changed = ", ".join(map(str, report.changed["run_number"])) or "none"
    rows = [("Runs to sign off", waits), ("Runs that OMS changed after sign-off", changed)]
    return Sheet("Open items", ("What", "Runs"), tuple(rows), "")


def _desks(report: Report) -> Sheet:
    """The workspaces that have not completed all datasets of these runs."""
    columns = ("workspace", "waiting", "open", "signoff", "completed")
    left = report.open.filter(pl.col("waiting") + pl.col("open") + pl.col("signoff") > 0).select(columns)
    rows = tuple((workspace, *(f"{n:,}" for n in counts)) for workspace, *counts in left.iter_rows())
    heads = ("Workspace", "Waiting", "OPEN", "SIGNOFF", "COMPLETED")
    empty = "Every workspace has completed its datasets of these runs."
    return Sheet("Datasets to complete", heads, rows, empty, frozenset({1, 2, 3, 4}))


def _cycles(report: Report) -> Sheet:
    rows = tuple(
        (
            cycle.name,
            "no deadline" if cycle.deadline is None else f"{cycle.deadline:%d %b %Y}",
            f"{len(cycle.datasets):,}",
            ", ".join(
                f"{p.workspace} {p.completed}/{p.of}" for p in cycle.progress.values() if p.of and not p.may_complete
            )
            or "all workspaces are done",
        )
        for cycle in report.cycles
    )
    return Sheet("Cycles", ("Cycle", "Deadline", "Datasets", "Not done"), rows, "No cycle is pending.", frozenset({2}))


def _lost(standing: Standing) -> Sheet:
    by = standing.lost.group_by("category").agg(
        pl.col("recorded_per_pb", "lumisections").sum(), pl.col("run_number").unique().sort()
    )
    rows = [
        (row["category"], f"{row['recorded_per_pb']:,.2f}", f"{row['lumisections']:,}", _few(row["run_number"]))
        for row in by.sort("recorded_per_pb", "lumisections", descending=True).iter_rows(named=True)
    ]
    title = f"Lost, by {standing.recipe}"
    return Sheet(title, ("To", "Recorded /pb", "LS", "Runs"), tuple(rows), "Nothing was lost.", frozenset({1, 2}))


def _few(runs: Sequence[int]) -> str:
    shown = ", ".join(map(str, runs[:8]))
    return shown if len(runs) <= 8 else f"{shown} and {len(runs) - 8} more"


def _first(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    if len(rows) <= _MOST:
        return tuple(rows)
    blank = [""] * (len(rows[0]) - 1)
    return (*rows[:_MOST], (f"and {len(rows) - _MOST:,} more", *blank))


def _share(part: float, whole: float) -> str:
    return share(part / whole if whole else None)


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%d %b %H:%M}"


def _text(value: object) -> str:
    return "—" if value is None else str(value)
