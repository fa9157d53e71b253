"""The looks at OMS as jobs: what they keep from tick to tick, and what they tell afterwards."""

from collections.abc import Callable
from datetime import datetime

from backend.classify.recording import classify_run
from backend.ingest.looks import BEGINNING, Look, look_by_last_update, sweep_by_run_number
from backend.ingest.oms import Oms
from backend.ingest.runs import Outcome
from backend.jobs.job import Ending, Kept, Report, Tick

Work = Callable[[Tick], Report]

_NAMED = 3
"""So many runs that could not be believed are named in the sentence."""


def looking_by_last_update(oms: Oms, *, first_run: int) -> Work:
    """The job that takes in what OMS updated lately; it keeps the watermark, and the runs to be asked again."""

    def look(tick: Tick) -> Report:
        found = look_by_last_update(
            tick.engine,
            oms,
            since=_watermark(tick.kept),
            again=[int(run) for run in tick.kept.get("failed", ())],
            first_run=first_run,
            classify=classify_run,
            is_stopping=tick.is_stopping,
        )
        return _report(tick, found, kept=_to_keep(found))

    return look


def sweeping_by_run_number(oms: Oms, *, first_run: int) -> Work:
    """The job that goes through all runs of OMS for those that the registry lacks."""

    def sweep(tick: Tick) -> Report:
        found = sweep_by_run_number(
            tick.engine, oms, first_run=first_run, classify=classify_run, is_stopping=tick.is_stopping
        )
        return _report(tick, found, kept=None)

    return sweep


def told(look: Look) -> str:
    """What a look brought, in a sentence.

    >>> told(Look(runs={Outcome.NEW: (360459, 360460), Outcome.UNCHANGED: (360458,)}))
    '3 runs: 2 new.'
    """
    total = sum(map(len, look.runs.values()))
    news = [f"{len(runs)} {outcome}" for outcome, runs in look.runs.items() if outcome is not Outcome.UNCHANGED]
    brought = f"{total} run{'s' * (total != 1)}: {', '.join(news) or 'nothing new'}." if total else "Nothing new."
    reasons = [*look.failures.values(), *look.doubts]
    if not reasons:
        return brought
    more = f" And {len(reasons) - _NAMED} more." if len(reasons) > _NAMED else ""
    return f"{brought} {len(reasons)} could not be believed: {' '.join(reasons[:_NAMED])}{more}"


def _watermark(kept: Kept) -> datetime:
    text = kept.get("watermark")
    return BEGINNING if text is None else datetime.fromisoformat(text)


def _to_keep(look: Look) -> Kept:
    assert look.watermark is not None
    return {"watermark": look.watermark.isoformat(), "failed": sorted(look.again)}


def _report(tick: Tick, look: Look, *, kept: Kept | None) -> Report:
    if look.stopped_by is None:
        return Report(told(look), kept)
    ending = Ending.STOPPED if tick.is_stopping() else Ending.FAILED
    return Report(f"{look.stopped_by} Before that: {told(look)}", kept, ending)
