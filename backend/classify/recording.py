"""To classify: rules judge a run as OMS now tells it, and what they did not say before is recorded.

For a run that is not OPEN it is recorded as a proposal, beside that of OMS. What people said is never touched: it
stands above what rules say.
"""

from collections.abc import Mapping
from enum import StrEnum

from sqlmodel import Session

from backend.classify.in_force import judges_in_force
from backend.classify.judging import Judge, Judges, judge
from backend.classify.saying import ToSay, to_say, words
from backend.classify.spoken import Spoken, spoken_of
from backend.errors import NotFound
from backend.record import Act, RunSaid, columns_by_name, lock_runs, record
from models.vocabulary import ActKind, Origin, RunState

RULE = "rule"
"""Who speaks in the log where no classifier is to be named."""


class Outcome(StrEnum):
    """What came of classifying a run."""

    SAID = "said"
    PROPOSED = "proposed"
    UNCHANGED = "unchanged"


def classify_run(session: Session, run_number: int) -> Outcome:
    """Say what rules say of a run, after OMS said something of it; in the session's transaction.

    A run that is not OPEN, and of which OMS proposes nothing, is left as it was signed off.

    Raises
    ------
    NotFound
        If there is no such run.
    InvalidRule
        If a rule cannot be judged by on the facts of this run.
    """
    spoken = _looked_at(session, run_number, judges_in_force(session))
    if not _is_open(spoken) and not spoken.has_proposal:
        return Outcome.UNCHANGED
    return _say(session, spoken, judges_in_force(session))


def reclassify_run(session: Session, run_number: int) -> Outcome:
    """As :func:`classify_run`, because rules changed or somebody asks: a run that is not OPEN gets a proposal."""
    judges = judges_in_force(session)
    return _say(session, _looked_at(session, run_number, judges), judges)


def _looked_at(session: Session, run_number: int, judges: Judges) -> Spoken:
    if not lock_runs(session, [run_number]):
        raise NotFound(f"There is no run {run_number}.")
    return spoken_of(session, [run_number], series=judges.series)[0]


def _is_open(spoken: Spoken) -> bool:
    return spoken.state in {RunState.OPEN, None}


def _say(session: Session, spoken: Spoken, judges: Judges) -> Outcome:
    columns = {name: column.id for name, column in columns_by_name(session).items()}
    new = to_say(spoken, judge(judges, spoken.facts, spoken.people), columns=columns)
    if not new:
        return Outcome.UNCHANGED
    kind = ActKind.CLASSIFY if _is_open(spoken) else ActKind.PROPOSAL
    record(session, _act(spoken.run_number, new, kind=kind, columns=columns))
    return Outcome.SAID if kind is ActKind.CLASSIFY else Outcome.PROPOSED


def _act(run_number: int, new: ToSay, *, kind: ActKind, columns: Mapping[str, int]) -> Act:
    said = RunSaid(run_number, new.attributes, Origin.RULE)
    return Act(
        by=_by(new),
        why="; ".join(map(str, new.reasons)),
        kind=kind,
        runs=(said,) if new.attributes or kind is ActKind.PROPOSAL else (),
        lumisections=words(run_number, new, columns=columns),
    )


def _by(new: ToSay) -> str:
    """The classifier that speaks; the first of them, if there are several."""
    deciders = [reason.name for reason in new.reasons if isinstance(reason, Judge)]
    return f"{RULE} {deciders[0]}" if deciders else RULE
