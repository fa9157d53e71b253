"""To classify: rules judge a run as OMS now tells it, and what they did not say before is recorded.

For a run that is not OPEN it is recorded as a proposal, beside that of OMS. What people said is never touched: it
stands above what rules say.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from backend.classify.in_force import judges_in_force
from backend.classify.judging import judge
from backend.classify.saying import ToSay, to_say, words
from backend.classify.spoken import Spoken, spoken_of
from backend.classify.verdicts import Judge, Judges
from backend.errors import InvalidRule, NotFound
from backend.record import Act, RunSaid, columns_by_name, lock_runs, record
from backend.record.columns import KnownColumn
from models.vocabulary import ActKind, Origin

log = logging.getLogger(__name__)

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
    """
    look = _Look.at(session, run_number)
    return Outcome.UNCHANGED if look.spoken.is_signed_off and not look.spoken.has_proposal else look.say(session)


def reclassify_run(session: Session, run_number: int) -> Outcome:
    """As :func:`classify_run`, because rules changed or somebody asks: a run that is not OPEN gets a proposal."""
    return _Look.at(session, run_number).say(session)


def news_of(spoken: Spoken, judges: Judges, *, columns: Collection[str]) -> ToSay:
    """What rules say of a run and did not say before. A rule that cannot be judged by has no say, and is named."""
    silent: list[str] = []

    def doubt(by: Judge[Any], error: InvalidRule) -> None:
        silent.append(f"{by} has no say: {str(error).rstrip('.')}")

    new = to_say(spoken, judge(judges, spoken.facts, spoken.people, doubt=doubt), columns=columns)
    for sentence in silent:
        log.warning("run %s: %s", spoken.run_number, sentence)
    return replace(new, reasons=(*new.reasons, *silent))


@dataclass(frozen=True, slots=True)
class _Look:
    """A run that is locked, with what rules make of what was said of it."""

    spoken: Spoken
    judges: Judges
    columns: Mapping[str, KnownColumn]

    @classmethod
    def at(cls, session: Session, run_number: int) -> "_Look":
        if not lock_runs(session, [run_number]):
            raise NotFound(f"There is no run {run_number}.")
        judges, columns = judges_in_force(session), columns_by_name(session)
        spoken = spoken_of(session, [run_number], columns=columns.values(), with_luminosity=judges.reads_luminosity)
        return cls(spoken[0], judges, columns)

    def say(self, session: Session) -> Outcome:
        new = news_of(self.spoken, self.judges, columns=self.columns)
        if not new:
            return Outcome.UNCHANGED
        kind = ActKind.PROPOSAL if self.spoken.is_signed_off else ActKind.CLASSIFY
        record(session, _act(self.spoken.run_number, new, kind=kind, columns=self.columns))
        return Outcome.PROPOSED if self.spoken.is_signed_off else Outcome.SAID


def _act(run_number: int, new: ToSay, *, kind: ActKind, columns: Mapping[str, KnownColumn]) -> Act:
    said = RunSaid(run_number, new.attributes, Origin.RULE)
    return Act(
        by=_by(new),
        why="; ".join(map(str, new.reasons)),
        kind=kind,
        runs=(said,) if new.attributes or kind is ActKind.PROPOSAL else (),
        lumisections=words(run_number, new, columns={name: column.id for name, column in columns.items()}),
    )


def _by(new: ToSay) -> str:
    """The classifier that speaks; the first of them, if there are several."""
    deciders = [reason.name for reason in new.reasons if isinstance(reason, Judge)]
    return f"{RULE} {deciders[0]}" if deciders else RULE
