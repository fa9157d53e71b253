"""What a report tells of a day or a week: its runs, what people said of them since, and what is still to be done."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import text
from sqlmodel import Session

from backend.queries.cycles import CycleFacts, cycles
from backend.queries.dataset_counters import states_by_workspace
from backend.queries.disagreements import express_against_prompt, states_against_global
from backend.queries.filters import Condition, Operator, all_of
from backend.queries.live import latest_change
from backend.queries.periods import Period
from backend.queries.runs import RunRow, Sort, runs_page
from backend.record.loading import load_undone
from models.lumis import LumiRange
from models.vocabulary import Origin, RunState, Status

MOST_RUNS = 2_000
MOST_WORDS = 500
"""So many words of people are told; a longer list is the Log's."""

_SAID = text("""
    SELECT s.id, s.at, s."by", d.run_number, d.name, w.first, w.last, w.value, w.cause, w.comment,
           array(SELECT c.workspace || '-' || c.name FROM lumisection_column c WHERE c.id = ANY(w.columns)
                 ORDER BY c.id)
    FROM lumisection_change w JOIN change_set s ON s.id = w.change_set JOIN dataset_identity d ON d.id = w.dataset_id
    WHERE w.origin = :person AND w.withdraws IS NULL AND s.at >= :since
      AND (s.at < :until OR d.run_number = ANY(:runs))
      AND EXISTS (SELECT FROM lumisection_column c WHERE c.id = ANY(w.columns) AND c.kind = 'flag')
    ORDER BY w.value = :good, w.id DESC LIMIT :most
""")
_RUNS: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "fill_number": pl.Int64(),
    "run_class": pl.String(),
    "is_significant": pl.Boolean(),
    "state": pl.String(),
    "start_time": pl.Datetime("us", "UTC"),
    "lumisections": pl.Int64(),
    "delivered_per_pb": pl.Float64(),
    "recorded_per_pb": pl.Float64(),
    "stop_reason": pl.String(),
    "is_running": pl.Boolean(),
    "is_changed_after_signoff": pl.Boolean(),
}
_WORDS: dict[str, pl.DataType] = {
    "change_set": pl.Int64(),
    "at": pl.Datetime("us", "UTC"),
    "by": pl.String(),
    "run_number": pl.Int64(),
    "dataset": pl.String(),
    "components": pl.String(),
    "lumisections": pl.String(),
    "status": pl.String(),
    "cause": pl.String(),
    "comment": pl.String(),
}
_OPEN: dict[str, pl.DataType] = {
    "workspace": pl.String(),
    "waiting": pl.Int64(),
    "open": pl.Int64(),
    "signoff": pl.Int64(),
    "completed": pl.Int64(),
}
_TOLD = (Status.BAD, Status.STANDBY)


@dataclass(frozen=True, slots=True)
class Report:
    """A period as it stands after a change set.

    Parameters
    ----------
    runs
        The runs that began in it, ascending: their attributes, and ``not_good str``, the flags of ``online`` that are
        BAD or STANDBY somewhere with their lumisections.
    said
        ``change_set · at · by · run_number · dataset · components · lumisections · status · cause · comment``: flags
        that people set in the period, or since then on its runs: GOOD last, latest first; what was undone is left out.
    express, states
        As ``backend.queries.disagreements`` gives them.
    open
        ``workspace · waiting · open · signoff · completed``: how many datasets of its runs are in which state.
    cycles
        The cycles that global has yet to complete.
    """

    period: Period
    change_set: int
    runs: pl.DataFrame
    said: pl.DataFrame
    express: pl.DataFrame
    states: pl.DataFrame
    open: pl.DataFrame
    cycles: tuple[CycleFacts, ...]

    @property
    def to_sign_off(self) -> pl.DataFrame:
        """The runs worth certifying that are over and that nobody has signed off."""
        is_open = (pl.col("state") == RunState.OPEN.value) & pl.col("is_significant") & ~pl.col("is_running")
        return self.runs.filter(is_open)

    @property
    def changed(self) -> pl.DataFrame:
        """The runs of which OMS says something else than when they were signed off."""
        return self.runs.filter("is_changed_after_signoff")


def report_of(session: Session, period: Period) -> Report:
    """The report of a period, as it stands now."""
    change_set = latest_change(session).change_set
    began = all_of(
        (
            Condition("start_time", Operator.AT_LEAST, period.since),
            Condition("start_time", Operator.LESS, period.until),
        )
    )
    rows = runs_page(session, filter=began, sort=(Sort("run_number"),), limit=MOST_RUNS, with_bits=False).rows
    numbers = [row.run_number for row in rows]
    return Report(
        period,
        change_set,
        _runs(rows),
        _said(session, period, numbers),
        express_against_prompt(session, numbers),
        states_against_global(session, numbers),
        _open(session, numbers),
        tuple(cycle for cycle in cycles(session, "global") if cycle.is_pending("global")),
    )


def _runs(rows: Sequence[RunRow]) -> pl.DataFrame:
    values = [(*(_plain(row, name) for name in _RUNS), not_good(row)) for row in rows]
    return pl.DataFrame(values, schema={**_RUNS, "not_good": pl.String()}, orient="row")


def _plain(row: RunRow, name: str) -> object:
    return row.run_number if name == "run_number" else row.attributes[name]


def not_good(row: RunRow) -> str:
    """The flags that are BAD or STANDBY somewhere, with how many lumisections: ``strip BAD 36, lumi STANDBY 2``."""
    if not row.is_significant:
        return ""
    found = [(name, status, of.get(status, 0)) for name, of in row.counts.items() for status in _TOLD]
    found.sort(key=lambda one: (one[1] is not Status.BAD, -one[2], one[0]))
    return ", ".join(f"{name.partition('-')[2]} {status.word} {n}" for name, status, n in found if n)


def _said(session: Session, period: Period, runs: Sequence[int]) -> pl.DataFrame:
    asked = {"since": period.since, "until": period.until, "runs": list(runs), "most": MOST_WORDS}
    rows = session.execute(_SAID, asked | {"person": Origin.PERSON, "good": Status.GOOD}).all()
    undone = load_undone(session, {row[0] for row in rows}).everywhere
    told = [
        (act, at, by, run, dataset, ", ".join(columns), str(LumiRange(first, last)), Status(value).word, cause, comment)
        for act, at, by, run, dataset, first, last, value, cause, comment, columns in rows
        if act not in undone
    ]
    return pl.DataFrame(told, schema=_WORDS, orient="row")


def _open(session: Session, runs: Sequence[int]) -> pl.DataFrame:
    counted = states_by_workspace(session, runs)
    columns = ("waiting dqm gui", "OPEN", "SIGNOFF", "COMPLETED")
    rows = [(workspace, *(of.get(state, 0) for state in columns)) for workspace, of in counted.items()]
    return pl.DataFrame([row for row in rows if any(row[1:])], schema=_OPEN, orient="row")
