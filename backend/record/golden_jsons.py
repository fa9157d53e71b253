"""Golden JSONs through the door: which ones an act reaches, and how they stand afterwards."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.projections.golden_jsons import GOLDEN_JSONS, GoldenJsonMaking, GoldenJsonWord, golden_json_row
from backend.projections.picture import Picture
from backend.projections.undone import Undo, Undone
from backend.record.act import Act
from backend.record.loading import load_undone
from backend.record.numbering import PENDING
from backend.record.reach import chain_of_undos

_NEXT = text("SELECT nextval('golden_json_id_seq')")
_LOCK = text("SELECT id FROM golden_json WHERE id = ANY(:jsons) ORDER BY id FOR UPDATE")
_PAST = text("""
    SELECT golden_json_id FROM golden_json_change WHERE change_set = :root
    UNION SELECT id FROM golden_json WHERE change_set = :root
""")
_MADE_BY = text("""
    SELECT g.id, g.change_set, s."by" FROM golden_json g JOIN change_set s ON s.id = g.change_set
    WHERE g.id = ANY(:jsons)
""")
_WORDS = text("""
    SELECT golden_json_id, change_set, said FROM golden_json_change WHERE golden_json_id = ANY(:jsons) ORDER BY id
""")


def next_golden_json(session: Session) -> int:
    """The number for a golden JSON that is about to come into the registry."""
    number: int = session.execute(_NEXT).scalar_one()
    return number


def lock_golden_jsons(session: Session, jsons: Iterable[int]) -> frozenset[int]:
    """Lock the golden JSONs until the transaction ends; gives those that ever were."""
    return frozenset(session.execute(_LOCK, {"jsons": sorted(jsons)}).scalars())


def golden_jsons_reached(session: Session, act: Act) -> frozenset[int]:
    """The golden JSONs that an act touches, locked.

    Raises
    ------
    NotFound
        If one that is spoken of never was.
    """
    new = {made.id for made in act.new_golden_jsons}
    spoken_of = ({said.golden_json for said in act.golden_jsons} - new) | _past(session, act)
    known = lock_golden_jsons(session, spoken_of) if spoken_of else frozenset()
    if missing := spoken_of - known:
        raise NotFound(f"There is no golden JSON {min(missing)}.")
    return frozenset(spoken_of | new)


def draw_golden_jsons(session: Session, picture: Picture, *, act: Act, jsons: frozenset[int]) -> None:
    """Add the golden JSONs, as they will stand after the act, to the picture."""
    if not jsons:
        return
    asked = {"jsons": list(jsons)}
    made = {new.id: GoldenJsonMaking(PENDING, act.by) for new in act.new_golden_jsons}
    made |= {id_: GoldenJsonMaking(change_set, by) for id_, change_set, by in session.execute(_MADE_BY, asked)}
    words: dict[int, list[GoldenJsonWord]] = {id_: [] for id_ in jsons}
    for id_, *word in session.execute(_WORDS, asked):
        words[id_].append(GoldenJsonWord(*word))
    acts = {making.change_set for making in made.values()} | {w.change_set for of in words.values() for w in of}
    undone = load_undone(session, acts)
    if act.undoes is not None:
        undone = Undone.of((*undone.undos, Undo(PENDING, act.undoes, act.scope)))
    for said in act.golden_jsons:
        words[said.golden_json].append(GoldenJsonWord(PENDING, said.said))
    for id_ in sorted(jsons):
        row = golden_json_row(id_, made[id_], words=words[id_], undone=undone)
        if row is None:
            picture.gone_golden_jsons.append(id_)
        else:
            picture.golden_jsons.append({**row, "last_change": PENDING, "changed_by": act.by})


def _past(session: Session, act: Act) -> set[int]:
    """What the act that an undo takes back (or brings back) had touched, within the undo's scope."""
    if act.undoes is None:
        return set()
    named = set(session.execute(_PAST, {"root": chain_of_undos(session, act.undoes)[0]}).scalars())
    return named if act.scope is None else named & set(act.scope.get(GOLDEN_JSONS, ()))
