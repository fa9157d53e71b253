"""What people say of a run: its class, why it stopped, that it is significant or not. Only while it is OPEN.

Whatever a person says of a run, the rules judge it anew by that, and what they say goes into the same act.
"""

import re
from typing import Any

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.judged import STOP_REASON, judged, said_by_people
from backend.certify.permitted import permitted
from backend.certify.said import text_or_none
from backend.certify.seen import refuse_unseen
from backend.certify.standing import StandingRun, standing_run
from backend.classify.spoken import IS_SIGNIFICANT, RUN_CLASS
from backend.errors import InvalidInput, WrongState
from backend.record import Act, Recorded, RunSaid, record
from models.vocabulary import ActKind, Origin

_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


def edit_run_class(
    session: Session, actor: Actor, run_number: int, run_class: str | None, *, why: str = "", seen: int | None
) -> Recorded:
    """Say which class a run is of; none gives the decision back to the rules.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not, or there is no such run.
    WrongState
        If the run is not OPEN.
    InvalidInput
        If no class can be called so, or the run is of it already.
    Conflict
        If somebody changed the class after ``seen``.
    """
    permitted(session, actor, Action.RUN_CLASS)
    run = _open_run(session, run_number, "edited")
    named = text_or_none(run_class, what="class")
    if named is not None and not _CLASS.fullmatch(named):
        raise InvalidInput(f"A run class is a word of letters and digits such as Collisions26, not {named!r:.80}.")
    if named is not None and named == run.run_class:
        raise InvalidInput(f"Run {run_number} is of class {named} already.")
    if named is None and said_by_people(session, run_number).run_class is None:
        raise InvalidInput(f"Nobody said the class of run {run_number}: the rules decide it already.")
    return _say(session, actor, run, RUN_CLASS, named, why=why or f"class {named or 'as the rules say'}", seen=seen)


def edit_stop_reason(
    session: Session, actor: Actor, run_number: int, stop_reason: str | None, *, why: str = "", seen: int | None
) -> Recorded:
    """Say why a run stopped; none takes back what was said. As :func:`edit_run_class`."""
    permitted(session, actor, Action.RUN_STOP_REASON)
    run = _open_run(session, run_number, "edited")
    reason = text_or_none(stop_reason, what="stop reason")
    if reason == run.stop_reason:
        raise InvalidInput(f"The stop reason of run {run_number} is {reason or 'unsaid'} already.")
    return _say(session, actor, run, STOP_REASON, reason, why=why or f"stop reason {reason or 'taken back'}", seen=seen)


def mark_significant(session: Session, actor: Actor, run_number: int, *, why: str = "", seen: int | None) -> Recorded:
    """Say that a run is worth certifying: its components are judged. As :func:`edit_run_class`.

    Raises
    ------
    WrongState
        If it is not OPEN, or is significant already.
    """
    permitted(session, actor, Action.RUN_SIGNIFICANT)
    run = _open_run(session, run_number, "marked significant")
    if run.is_significant:
        raise WrongState(f"Run is already significant: {run_number}.")
    return _say(session, actor, run, IS_SIGNIFICANT, True, why=why or "significant", seen=seen)


def unmark_significant(session: Session, actor: Actor, run_number: int, *, why: str = "", seen: int | None) -> Recorded:
    """Say that a run is not worth certifying: what rules said of its components is withdrawn, people's words stay.

    As :func:`mark_significant`.
    """
    permitted(session, actor, Action.RUN_SIGNIFICANT)
    run = _open_run(session, run_number, "marked as not significant")
    if run.is_significant is False:
        raise WrongState(f"Run {run_number} is not significant already.")
    return _say(session, actor, run, IS_SIGNIFICANT, False, why=why or "not significant", seen=seen)


def _open_run(session: Session, run_number: int, to_be: str) -> StandingRun:
    run = standing_run(session, run_number)
    run.refuse_unless_open(to_be)
    return run


def _say(
    session: Session, actor: Actor, run: StandingRun, attribute: str, value: Any, *, why: str, seen: int | None
) -> Recorded:
    """Record the person's word (none withdraws it), and beside it what the rules make of it."""
    withdraws = () if value is not None else (Origin.PERSON,)
    own = RunSaid(run.run_number, {attribute: value}, Origin.PERSON, withdraws)
    said = Act(by=actor.name, why=why.strip(), kind=ActKind.EDIT_RUN, runs=(own,))
    refuse_unseen(session, said, seen=seen)
    by_rules = judged(session, run.run_number, once={attribute: value})
    act = Act(
        by=said.by,
        why=said.why,
        kind=said.kind,
        runs=(own, *by_rules.runs),
        lumisections=by_rules.lumisections,
    )
    return record(session, act)
