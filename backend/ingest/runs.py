"""One run from OMS into the registry: what it says that it did not say before is recorded, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError
from sqlmodel import Session

from backend.db import transaction
from backend.errors import SourceNonsense
from backend.ingest.difference import Difference, difference
from backend.ingest.oms_columns import INGEST, oms_columns
from backend.ingest.oms_lumisections import OmsLumisections
from backend.ingest.oms_run import OmsRun
from backend.ingest.proposals import accept_proposal, pending_proposal
from backend.ingest.said import NOTHING, Said, last_said
from backend.ingest.says import KNOWN, OMS, OmsSays, oms_says
from backend.record import Act, DatasetKey, RunSaid, lock_runs, record
from models.lumis import LumiSet
from models.vocabulary import ONLINE, ActKind, Origin, RunState

Classify = Callable[[Session, int], object]
"""What judges a run after OMS said something of it, in the same transaction; given its number."""

_STATE = text("SELECT state, proposed_by FROM run WHERE run_number = :run")


class Outcome(StrEnum):
    """What a look at a run brought."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROPOSED = "proposed"


def ingest_run(
    engine: Engine,
    run: OmsRun,
    lumisections: OmsLumisections,
    *,
    by: str = INGEST,
    classify: Classify | None = None,
) -> Outcome:
    """Record what OMS says of a run and did not say before; for a run that is not OPEN, as a proposal.

    Raises
    ------
    Conflict
        If the run is new and somebody else made it at this moment; the next look finds nothing to say.
    SourceNonsense
        If OMS says something that cannot be kept.
    """
    try:
        now = oms_says(run, lumisections, oms_columns(engine, lumisections))
        with transaction(engine) as session:
            is_there = bool(lock_runs(session, [now.run_number]))
            outcome = _follow(session, now, by=by) if is_there else _begin(session, now, by=by)
            if classify is not None and outcome is not Outcome.UNCHANGED:
                classify(session, now.run_number)
            if is_there and _settle(session, now.run_number):
                outcome = Outcome.CHANGED
    except DataError as error:
        raise SourceNonsense(
            f"What OMS says of run {run.run_number} cannot be kept: {str(error.orig).splitlines()[0]}."
        ) from error
    return outcome


def _begin(session: Session, now: OmsSays, *, by: str) -> Outcome:
    online = DatasetKey(now.run_number, ONLINE)
    why = f"run {now.run_number} appeared in OMS, lumisections {now.known}"
    found = difference(now, NOTHING)
    act = _act(now, found, by=by, why=why, kind=ActKind.INGEST)
    state = RunSaid(now.run_number, {"state": RunState.OPEN.value}, Origin.RULE)
    record(session, replace(act, new_runs=(now.run_number,), new_datasets=(online,), runs=(*act.runs, state)))
    return Outcome.NEW


def _follow(session: Session, now: OmsSays, *, by: str) -> Outcome:
    before = last_said(session, now.run_number)
    found = difference(now, before)
    if not found:
        return Outcome.UNCHANGED
    follows = _state(session, now.run_number).is_open or found.is_bookkeeping
    kind = ActKind.INGEST if follows else ActKind.PROPOSAL
    record(session, _act(now, found, by=by, why=_why(now, before, found), kind=kind))
    return Outcome.CHANGED if follows else Outcome.PROPOSED


@dataclass(frozen=True, slots=True)
class _State:
    """Whether a run follows OMS, and whether something is proposed of it."""

    is_open: bool
    is_proposed: bool


def _state(session: Session, run_number: int) -> _State:
    state, proposed_by = session.execute(_STATE, {"run": run_number}).one_or_none() or (None, None)
    return _State(state in {RunState.OPEN, None}, proposed_by is not None)


def _settle(session: Session, run_number: int) -> bool:
    """Close a proposal that nobody needs to decide: the run is OPEN again, or OMS took back what it had proposed."""
    state = _state(session, run_number)
    pending = pending_proposal(session, run_number) if state.is_proposed else None
    if pending is None or not (state.is_open or pending.words.is_bookkeeping):
        return False
    why = "the run is open again and follows OMS" if state.is_open else "OMS took back what it had proposed"
    accept_proposal(session, run_number, by=INGEST, why=why)
    return True


def _act(now: OmsSays, found: Difference, *, by: str, why: str, kind: ActKind) -> Act:
    said = RunSaid(now.run_number, found.attributes, Origin.RULE)
    return Act(
        by=by,
        why=why,
        kind=kind,
        runs=(said,) if found.attributes or kind is ActKind.PROPOSAL else (),
        lumisections=found.lumisections,
        luminosities=found.luminosities,
    )


def _why(now: OmsSays, before: Said, found: Difference) -> str:
    """``OMS: lumisections 101–112 came; end_time, duration changed``."""
    names = sorted(name.removeprefix(OMS) for name in found.attributes if name != KNOWN)
    spoken_of = LumiSet.of(said.range for said in found.lumisections)
    told = [
        f"lumisections {came} came" if (came := now.known - before.known) else "",
        f"lumisections {went} went" if (went := before.known - now.known) else "",
        f"{', '.join(names[:4])}{f' and {len(names) - 4} more' if len(names) > 4 else ''} changed" if names else "",
        "values of lumisections changed" if spoken_of & before.known else "",
    ]
    return "OMS: " + "; ".join(filter(None, told))
