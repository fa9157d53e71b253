"""A run as OMS holds it: its attributes, its lumisections, the units of both, and how it can change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.vocabulary import SECONDS_PER_LUMI

Row = dict[str, object]
"""Attributes as JSON has them: int, float, bool, str, list or None by name."""

Units = Mapping[str, str]
"""The unit of each attribute that has one, as OMS writes it."""

VOLATILE = ("l1_triggers_counter", "hlt_physics_counter")
"""Counters that run up while a run is being taken."""


@dataclass(frozen=True, slots=True)
class OmsRun:
    """One run with its lumisections, which are made only when asked for."""

    attributes: Row
    units: Units
    lumisection_units: Units
    count: int
    """How many lumisections OMS lists for the run."""
    rows: Callable[[], tuple[Row, ...]]
    whole: "OmsRun | None" = None
    """The finished run of which this is the beginning, if it is still being taken."""

    @property
    def run_number(self) -> int:
        return int(str(self.attributes["run_number"]))

    @property
    def last_update(self) -> datetime:
        return read_time(str(self.attributes["last_update"]))


def with_rows(run: OmsRun, rows: tuple[Row, ...]) -> OmsRun:
    """The run with other lumisections."""
    return replace(run, count=len(rows), rows=lambda: rows)


def cut(run: OmsRun, count: int) -> OmsRun:
    """The run while it is being taken, after its first ``count`` lumisections: no end, counters still running up."""
    whole = run.whole or run
    rows = whole.rows()[:count]
    share = len(rows) / max(whole.count, 1)
    counters = {key: _scaled(whole.attributes.get(key), share) for key in VOLATILE}
    so_far = {"end_time": None, "duration": None, "last_update": rows[-1]["end_time"]}
    attributes = whole.attributes | _totals(rows) | counters | so_far
    return replace(with_rows(whole, rows), attributes=attributes, whole=whole)


def grown(run: OmsRun, count: int) -> OmsRun:
    """The run with ``count`` lumisections more: those it still had to come, then copies of its last one."""
    if run.whole and run.count + count <= run.whole.count:
        return cut(run, run.count + count)
    rows = list(run.rows())
    while len(rows) < run.count + count:
        rows.append(_following(rows[-1], rows[-2] if len(rows) > 1 else rows[-1]))
    return _as_its_rows_say(with_rows(run, tuple(rows)))


def shrunk(run: OmsRun, last: int) -> OmsRun:
    """The run without the lumisections after number ``last``."""
    kept = tuple(row for row in run.rows() if _number(row) <= last)
    return _as_its_rows_say(with_rows(run, kept))


def without(run: OmsRun, first: int, last: int) -> OmsRun:
    """The run without the lumisections ``first`` to ``last``: a hole, if there are others after them."""
    rows = tuple(row for row in run.rows() if not first <= _number(row) <= last)
    return replace(with_rows(run, rows), whole=run.whole and without(run.whole, first, last))


def changed(run: OmsRun, attributes: Row) -> OmsRun:
    """The run with other attributes."""
    return replace(run, attributes=run.attributes | attributes, whole=run.whole and changed(run.whole, attributes))


def lumisections_changed(run: OmsRun, first: int, last: int, *, attributes: Row) -> OmsRun:
    """The run with other attributes in the lumisections ``first`` to ``last``."""
    rows = tuple(row | attributes if first <= _number(row) <= last else row for row in run.rows())
    whole = run.whole and lumisections_changed(run.whole, first, last, attributes=attributes)
    return replace(with_rows(run, rows), whole=whole)


def write_time(time: datetime) -> str:
    """A time as OMS writes it: ``2018-09-30T11:23:52Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> datetime:
    """The time that OMS wrote."""
    return datetime.fromisoformat(text)


def _as_its_rows_say(run: OmsRun) -> OmsRun:
    """The run with the totals, and if it is over the end, of the lumisections it has now."""
    rows = run.rows()
    if not rows:
        return run
    totals = _totals(rows)
    if run.attributes.get("end_time"):
        begin, end = read_time(str(run.attributes["start_time"])), read_time(str(rows[-1]["end_time"]))
        totals |= {"end_time": write_time(end), "duration": int((end - begin).total_seconds())}
    return replace(run, attributes=run.attributes | totals)


def _totals(rows: tuple[Row, ...]) -> Row:
    """What the last lumisections say of the whole run: luminosity counts up, and may be null at the very end."""
    names = ("delivered_lumi", "recorded_lumi", "end_lumi")
    totals = {name: next((row[name] for row in reversed(rows) if row[name] is not None), None) for name in names}
    return {"last_lumisection_number": rows[-1]["lumisection_number"]} | totals


def _following(last: Row, before: Row) -> Row:
    shift = timedelta(seconds=SECONDS_PER_LUMI)
    times = {key: write_time(read_time(str(last[key])) + shift) for key in ("start_time", "end_time")}
    grown = {key: _continued(last[key], before[key]) for key in ("delivered_lumi", "recorded_lumi")}
    return last | times | grown | {"lumisection_number": _number(last) + 1}


def _continued(last: object, before: object) -> object:
    if isinstance(last, int | float) and isinstance(before, int | float):
        return round(2 * last - before, 6)
    return last


def _scaled(value: object, share: float) -> object:
    return int(value * share) if isinstance(value, int | float) else value


def _number(row: Row) -> int:
    return int(str(row["lumisection_number"]))
