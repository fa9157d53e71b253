"""What OMS changed of a run after its sign-off: the difference as people read it, to accept or to reject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.errors import NotFound
from backend.ingest import proposals
from backend.ingest.difference import BOOKKEEPING
from backend.ingest.says import KNOWN, OMS
from backend.queries import CataloguedColumn, ColumnStrip, columns_catalogue, strip_of
from backend.queries.column_values import ColumnValue, column_texts, column_value
from backend.record import LumisectionSaid, Recorded
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Origin

_RUN = text("SELECT run_class, is_significant, state, stop_reason, known, oms FROM run WHERE run_number = :run")


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """An attribute (``oms.energy``, ``run_class``) as it is, and as OMS or the rules now have it; none is unsaid.

    Of ``known``, both are sets of lumisections.
    """

    name: str
    now: Any
    proposed: Any


@dataclass(frozen=True, slots=True)
class RangeDifference:
    """A range of a column as it is, and as it is proposed; ``held_by`` is who said otherwise, and stays above it."""

    where: LumiRange
    now: ColumnValue | None
    proposed: ColumnValue | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """What is proposed of a column (``tracker-strip``, ``oms-tob_ready``), its ranges ascending."""

    column: CataloguedColumn
    ranges: tuple[RangeDifference, ...]


@dataclass(frozen=True, slots=True)
class ProposedDifference:
    """What is proposed of a run; when OMS wrote it is no difference to anybody, and is not told.

    ``luminosity`` are the lumisections whose luminosity would change. ``change_set`` is the latest act in which it was
    proposed: who decides with it as ``seen`` decides about nothing unseen.
    """

    run_number: int
    attributes: tuple[AttributeDifference, ...]
    columns: tuple[ColumnDifference, ...]
    luminosity: LumiSet
    change_set: int


def accept_proposal(session: Session, actor: Actor, run_number: int, *, why: str = "", seen: int | None) -> Recorded:
    """Let hold what is proposed of a run.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not, or there is no such run.
    WrongState
        If nothing is proposed, or it is decided already.
    Conflict
        If the proposal was amended after ``seen``.
    """
    permitted(session, actor, Action.PROPOSAL)
    reason = why.strip() or "OMS is right"
    return proposals.accept_proposal(session, run_number, by=actor.name, why=reason, seen=seen)


def reject_proposal(session: Session, actor: Actor, run_number: int, *, why: str = "", seen: int | None) -> Recorded:
    """Leave a run as it was signed off; the same is not proposed again. As :func:`accept_proposal`."""
    permitted(session, actor, Action.PROPOSAL)
    reason = why.strip() or "it stays as it was signed off"
    return proposals.reject_proposal(session, run_number, by=actor.name, why=reason, seen=seen)


def proposed_difference(session: Session, run_number: int) -> ProposedDifference | None:
    """What is proposed of a run, held against what holds now; none if there is nothing to decide.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    row = session.execute(_RUN, {"run": run_number}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_number}.")
    run = {str(name): value for name, value in row.items()}
    pending = proposals.pending_proposal(session, run_number)
    if pending is None:
        return None
    words = pending.words
    return ProposedDifference(
        run_number=run_number,
        attributes=tuple(
            _attribute(name, value, run) for name, value in sorted(words.attributes.items()) if name not in BOOKKEEPING
        ),
        columns=_columns(session, run_number, words.lumisections),
        luminosity=LumiSet.numbers(n for w in words.luminosities for n, _ in enumerate(w.delivered, w.first)),
        change_set=pending.acts[-1],
    )


def _attribute(name: str, proposed: Any, run: Mapping[str, Any]) -> AttributeDifference:
    if name == KNOWN:
        return AttributeDifference(name, LumiSet.flat(run["known"]), LumiSet.pairs(proposed or ()))
    is_of_oms = name.startswith(OMS)
    return AttributeDifference(name, run["oms"].get(name.removeprefix(OMS)) if is_of_oms else run.get(name), proposed)


def _columns(session: Session, run_number: int, words: Sequence[LumisectionSaid]) -> tuple[ColumnDifference, ...]:
    if not words:
        return ()
    catalogue, texts = columns_catalogue(session).by_id, column_texts(session)
    strip = strip_of(session, run_number)
    authors = {w: said.by for w, said in strip.words.items() if said.origin is Origin.PERSON}
    ranges: dict[int, list[RangeDifference]] = {}
    for word in words:
        for id_ in word.columns:
            kind = catalogue[id_].kind
            proposed = None if word.value is None else column_value(kind, word.value, texts)
            now = strip.column(str(catalogue[id_]))
            ranges.setdefault(id_, []).extend(_ranges(word.range, proposed, now, authors))
    return tuple(
        ColumnDifference(catalogue[id_], tuple(sorted(found, key=lambda r: r.where)))
        for id_, found in sorted(ranges.items())
    )


def _ranges(
    where: LumiRange, proposed: ColumnValue | None, now: ColumnStrip | None, authors: Mapping[int, str]
) -> Iterable[RangeDifference]:
    """The range, cut where what holds now changes."""
    unsaid = LumiSet.of([where])
    for segment in now.segments if now is not None else ():
        for piece in (LumiSet.of([where]) & LumiSet.of([segment.range])).ranges:
            yield RangeDifference(piece, segment.value, proposed, authors.get(segment.word))
        unsaid = unsaid - LumiSet.of([segment.range])
    for piece in unsaid.ranges:
        yield RangeDifference(piece, None, proposed, None)
