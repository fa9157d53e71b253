"""A proposal: what OMS now says about a run that is signed off. It waits outside the folds until it is decided.

What rules make of it is proposed with it. Both may be amended any number of times; what is pending is what was said
last, where that is not what holds already.
To accept it is to repeat it, as words of a rule; to reject it is to say that it was seen.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from backend.errors import Conflict, NotFound, WrongState
from backend.ingest.difference import Difference, alike
from backend.ingest.said import OMS_SPEAKS, Said, Words, what_follows, words_about
from backend.ingest.stretches import (
    UNSAID,
    luminosity_at,
    luminosity_words,
    lumisection_words,
    table_of,
    unlike,
)
from backend.projections.luminosity import LuminosityWord
from backend.projections.segments import SegmentArrays, SpokenWord, fold_segments, spread
from backend.record import Act, DatasetKey, LuminositySaid, LumisectionSaid, Recorded, RunSaid, lock_runs, record
from backend.record.loading import load_undone
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Origin

_MAY_PROPOSE = (*OMS_SPEAKS, ActKind.CLASSIFY)
"""The acts of OMS, and of rules that judge what it says: they propose together, and what they say later counts."""

_ALL_BUT_PROPOSALS = tuple(kind for kind in ActKind if kind is not ActKind.PROPOSAL)
_NOT_PENDING = UNSAID - 1

_PROPOSED = text("SELECT proposed_by FROM run WHERE run_number = :run")
_ACTS = text("""
    SELECT DISTINCT c.change_set FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND s.kind = 'proposal' AND c.change_set >= :first ORDER BY 1
""")
_ONLINE = text("SELECT id FROM dataset_identity WHERE run_number = :run AND name = :online")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is pending of a run: the acts in which OMS said it, first to last, and their words combined."""

    run_number: int
    acts: tuple[int, ...]
    words: Difference


def pending_proposal(session: Session, run_number: int) -> Proposal | None:
    """What OMS proposes of the run; none if there is nothing to decide.

    The words may be empty: OMS took back what it had proposed.
    """
    first = session.execute(_PROPOSED, {"run": run_number}).scalar_one_or_none()
    if first is None:
        return None
    acts = tuple(session.execute(_ACTS, {"run": run_number, "first": first}).scalars())
    spoken = words_about(session, run_number, kinds=_MAY_PROPOSE)
    holds = _what_holds(session, run_number)
    return Proposal(run_number, acts, _combined(run_number, spoken, holds, acts))


def accept_proposal(session: Session, run_number: int, *, by: str, why: str, seen: int | None = None) -> Recorded:
    """Let what OMS proposes of the run hold. Rights are checked by the command that calls this.

    Parameters
    ----------
    seen
        The change-set id that the writer looked at; none means that amendments since are accepted unseen.

    Raises
    ------
    NotFound
        If there is no such run.
    WrongState
        If nothing is pending.
    Conflict
        If OMS amended the proposal after ``seen``.
    """
    words = _to_be_decided(session, run_number, seen=seen).words
    act = Act(
        by=by,
        why=why,
        kind=ActKind.ACCEPT,
        runs=(RunSaid(run_number, words.attributes, Origin.RULE),),
        lumisections=words.lumisections,
        luminosities=words.luminosities,
    )
    return record(session, act)


def reject_proposal(session: Session, run_number: int, *, by: str, why: str, seen: int | None = None) -> Recorded:
    """Leave the run as it is, whatever OMS proposes; it will not propose the same again. As :func:`accept_proposal`."""
    _to_be_decided(session, run_number, seen=seen)
    said = RunSaid(run_number, {}, Origin.RULE)
    return record(session, Act(by=by, why=why, kind=ActKind.REJECT, runs=(said,)))


def _to_be_decided(session: Session, run_number: int, *, seen: int | None) -> Proposal:
    if not lock_runs(session, [run_number]):
        raise NotFound(f"There is no run {run_number}.")
    pending = pending_proposal(session, run_number)
    if pending is None:
        raise WrongState(f"OMS proposes nothing about run {run_number}, or it is decided already.")
    if seen is not None and pending.acts[-1] > seen:
        raise Conflict(f"OMS amended what it proposes about run {run_number}, in change set {pending.acts[-1]}.")
    return pending


def _what_holds(session: Session, run_number: int) -> Said:
    """What rules say of the run as it stands, proposals and undone acts left out, whatever people say above it."""
    words = words_about(session, run_number, kinds=_ALL_BUT_PROPOSALS)
    online = session.execute(_ONLINE, {"run": run_number, "online": ONLINE}).scalar_one()
    undone = load_undone(session, _acts_of(words))
    of_run, of_online = undone.acts("runs", run_number), undone.acts("datasets", online)
    return what_follows(
        Words(
            [change for change in words.attributes if change.change_set not in of_run],
            [(act, word) for act, word in words.lumisections if act not in of_online],
            [(act, word) for act, word in words.luminosities if act not in of_run],
        )
    )


def _acts_of(words: Words) -> set[int]:
    return {c.change_set for c in words.attributes} | {act for act, _ in (*words.lumisections, *words.luminosities)}


def _combined(run_number: int, spoken: Words, holds: Said, acts: Collection[int]) -> Difference:
    """Of what OMS last said, what it said in one of the acts and does not hold."""
    last = what_follows(spoken)
    speaker = {name: change.change_set for change in spoken.attributes for name in change.said}
    return Difference(
        {
            name: value
            for name, value in last.attributes.items()
            if speaker[name] in acts and not alike(value, holds.attributes.get(name))
        },
        _lumisections(run_number, spoken.lumisections, holds, acts),
        _luminosities(run_number, spoken.luminosities, last, holds, acts),
    )


def _lumisections(
    run_number: int, spoken: Collection[tuple[int, SpokenWord]], holds: Said, acts: Collection[int]
) -> tuple[LumisectionSaid, ...]:
    pending = _last_word(spoken, acts)
    columns = np.unique(pending.column)
    numbers = np.array(list(_reach(pending)), np.int64)
    proposed = table_of(pending, columns, numbers, otherwise=_NOT_PENDING)
    differs = (proposed.values != _NOT_PENDING) & (proposed.values != table_of(holds.segments, columns, numbers).values)
    return lumisection_words(DatasetKey(run_number, ONLINE), proposed, differs)


def _last_word(spoken: Collection[tuple[int, SpokenWord]], acts: Collection[int]) -> SegmentArrays:
    """The stretches of which OMS last spoke in one of the acts; a withdrawal speaks too, its value is *unsaid*."""
    words = [word if word.withdraws is None else replace(word, value=UNSAID, withdraws=None) for _, word in spoken]
    segments = fold_segments(spread(words), (Origin.RULE,), is_joined=False)
    pending = [word.change for act, word in spoken if act in acts]
    return segments.take(np.isin(segments.change, pending))


def _reach(segments: SegmentArrays) -> LumiSet:
    return LumiSet.of(map(LumiRange, segments.first.tolist(), segments.last.tolist()))


def _luminosities(
    run_number: int, spoken: Collection[tuple[int, LuminosityWord]], last: Said, holds: Said, acts: Collection[int]
) -> tuple[LuminositySaid, ...]:
    speaker = np.zeros(len(last.delivered) + 1, np.int64)
    for act, word in spoken:
        speaker[word.first : word.first + len(word.delivered)] = act
    numbers = np.flatnonzero(np.isin(speaker, list(acts)))
    differs = np.zeros(len(numbers), np.bool_)
    for proposed, held in ((last.delivered, holds.delivered), (last.recorded, holds.recorded)):
        differs |= unlike(luminosity_at(numbers, proposed), luminosity_at(numbers, held))
    delivered, recorded = ([series[n - 1] for n in numbers.tolist()] for series in (last.delivered, last.recorded))
    return luminosity_words(run_number, numbers, delivered=delivered, recorded=recorded, differs=differs)
