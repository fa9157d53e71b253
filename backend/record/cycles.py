"""Cycles through the door: which ones an act reaches, and how they stand afterwards."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.cycles import CycleWord, cycle_row
from backend.projections.picture import Picture, Row
from backend.projections.undone import Undo, Undone
from backend.record.act import Act
from backend.record.loading import load_undone
from backend.record.numbering import PENDING
from backend.record.reach import chain_of_undos
from models.vocabulary import ActKind

_NAMES_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('cycle names'))")
_NEXT = text("SELECT nextval('cycle_id_seq')")
_LOCK = text("SELECT id FROM cycle WHERE id = ANY(:cycles) ORDER BY id FOR UPDATE")
_PAST = text("""
    SELECT cycle_id FROM cycle_change WHERE change_set = :root UNION SELECT id FROM cycle WHERE change_set = :root
""")
_MADE_BY = text("SELECT id, change_set FROM cycle WHERE id = ANY(:cycles)")
_WORDS = text("""
    SELECT cycle_id, change_set, said, added, removed FROM cycle_change WHERE cycle_id = ANY(:cycles) ORDER BY id
""")


def next_cycle(session: Session) -> int:
    """The number for a cycle that is about to be made."""
    number: int = session.execute(_NEXT).scalar_one()
    return number


def lock_cycles(session: Session, cycles: Iterable[int]) -> frozenset[int]:
    """Lock the cycles until the transaction ends, before any run or dataset; gives those that ever were."""
    return frozenset(session.execute(_LOCK, {"cycles": sorted(cycles)}).scalars())


def cycles_reached(session: Session, act: Act) -> frozenset[int]:
    """The cycles that an act touches, locked.

    Raises
    ------
    NotFound
        If a cycle that is spoken of never was.
    """
    spoken_of = {said.cycle for said in act.cycles} | _past_cycles(session, act)
    known = lock_cycles(session, spoken_of) if spoken_of else frozenset()
    if missing := spoken_of - known - set(act.new_cycles):
        raise NotFound(f"There is no cycle {min(missing)}.")
    return frozenset(spoken_of | set(act.new_cycles))


def cycles_after_undo(
    session: Session, change_set: int, *, scope: Mapping[str, Sequence[int]] | None = None
) -> list[Row]:
    """How the cycles of which an act spoke would stand after an undo of it; nothing is locked, and nothing recorded.

    Those that would be gone are left out.
    """
    act = Act(by="", why="", kind=ActKind.UNDO, undoes=change_set, scope=scope)
    picture = Picture()
    draw_cycles(session, picture, act=act, cycles=frozenset(_past_cycles(session, act)))
    return picture.cycles


def hold_cycle_names(session: Session) -> None:
    """Until the transaction ends nobody else names a cycle, or brings a named one back."""
    session.execute(_NAMES_ALONE)


def draw_cycles(session: Session, picture: Picture, *, act: Act, cycles: frozenset[int]) -> None:
    """Add the cycles, as they will stand after the act, to the picture."""
    if not cycles:
        return
    asked = {"cycles": list(cycles)}
    made_by: dict[int, int] = dict.fromkeys(act.new_cycles, PENDING)
    made_by |= {id_: change_set for id_, change_set in session.execute(_MADE_BY, asked)}
    words: dict[int, list[CycleWord]] = {id_: [] for id_ in cycles}
    for id_, *word in session.execute(_WORDS, asked):
        words[id_].append(CycleWord(*word))
    undone = load_undone(session, {*made_by.values(), *(word.change_set for of in words.values() for word in of)})
    if act.undoes is not None:
        undone = Undone.of((*undone.undos, Undo(PENDING, act.undoes, act.scope)))
    for said in act.cycles:
        words[said.cycle].append(CycleWord(PENDING, said.said, said.added, said.removed))
    for id_ in sorted(cycles):
        row = cycle_row(id_, made_by[id_], words=words[id_], undone=undone)
        if row is None:
            picture.gone_cycles.append(id_)
        else:
            picture.cycles.append({**row, "last_change": PENDING, "changed_by": act.by})


def _past_cycles(session: Session, act: Act) -> set[int]:
    """What the act that an undo takes back (or brings back) had touched, within the undo's scope."""
    if act.undoes is None:
        return set()
    root = {"root": chain_of_undos(session, act.undoes)[0]}
    named = set(session.execute(_PAST, root).scalars())
    return named if act.scope is None else named & set(act.scope.get("cycles", ()))
