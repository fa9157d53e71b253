"""A deed done through the product's own commands and queries, and what it answered."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Actor
from backend.certify.batch import Setting, set_columns
from backend.certify.bits import give_back_bits, set_bits
from backend.certify.datasets import move_datasets
from backend.certify.flags import Flag, flag_lumisections, give_back
from backend.certify.moving_runs import move_run
from backend.certify.places import Place
from backend.certify.quick import quick_certify
from backend.certify.runs import edit_stop_reason
from backend.certify.standing import standing_datasets
from backend.certify.taking_back import take_back
from backend.db import transaction
from backend.errors import RegistryError
from backend.queries import latest_change, strip_of
from backend.queries.as_of import segments_as_of
from backend.queries.flags import flags_in_force
from backend.record import Act, LumisectionSaid, Recorded, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, DatasetState, Origin, RunState, Status
from tests.certifying import EXPERT
from tests.linearisable.deeds import Answer, Deed, Kind, as_told
from tests.linearisable.ground import BIT, DESKS, FLAGS, Ground

Doing = Callable[[Session, Ground, Actor, Deed, str], Recorded]


def do(on: Engine, ground: Ground, name: str, deed: Deed) -> Answer:
    """Do a deed, in a transaction of its own. The log names it as the reason of the act."""
    try:
        if deed.kind is Kind.PAST:
            return Answer(told=_past(on, ground, deed))
        with transaction(on) as session:
            if deed.kind in _LOOKING:
                version = latest_change(session).change_set
                return Answer(version=version, told=as_told(_LOOKING[deed.kind](session, ground, deed)))
            actor = replace(EXPERT, name=name.partition(":")[0])
            done = _DOING[deed.kind](session, ground, actor, deed, name)
    except RegistryError as error:
        known = type(error).__name__
        return Answer(refused=known if known in REFUSALS else f"{known}: {error}")
    return Answer(done=done.change_set)


REFUSALS = frozenset({"Conflict", "WrongState", "InvalidInput"})
"""What the model foresees; anything else that is raised is told with its sentence, and nothing explains it."""


def _place(ground: Ground, deed: Deed, of: int, columns: tuple[str, ...]) -> Place:
    return Place(ground.datasets[of], columns, LumiSet.span(deed.first, deed.last))


def _flag(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    places = [_place(ground, deed, of, deed.columns) for of in deed.datasets]
    flags = [Flag(place, Status(deed.value), comment=deed.to) for place in places]
    return flag_lumisections(session, by, flags, why=why, seen=deed.seen)


def _give_back(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    places = [_place(ground, deed, of, deed.columns) for of in deed.datasets]
    return give_back(session, by, places, why=why, seen=deed.seen)


def _set_bits(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    places = [_place(ground, deed, of, (BIT.partition("-")[2],)) for of in deed.datasets]
    return set_bits(session, by, places, bool(deed.value), comment=deed.to, why=why, seen=deed.seen)


def _give_back_bits(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    places = [_place(ground, deed, of, (BIT.partition("-")[2],)) for of in deed.datasets]
    return give_back_bits(session, by, places, why=why, seen=deed.seen)


def _ids(ground: Ground, deed: Deed) -> list[int]:
    return [ground.ids[of] for of in deed.datasets]


def _move(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    asked = {"desks": deed.columns, "to": DatasetState(deed.to), "with_closed": deed.also}
    return move_datasets(session, by, _ids(ground, deed), **asked, why=why, seen=deed.seen)


def _move_run(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    return move_run(session, by, ground.run_of(deed.datasets[0]), RunState(deed.to), why=why, seen=deed.seen)


def _certify(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    asked = {"workspace": "tracker", "comment": deed.to, "with_sign_off": deed.also}
    return quick_certify(session, by, _ids(ground, deed), **asked, why=why, seen=deed.seen)


def _set_columns(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    setting = Setting(deed.columns, Status(deed.value), comment=deed.to)
    return set_columns(session, by, _ids(ground, deed), setting=setting, why=why, seen=deed.seen)


def _stop_reason(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    return edit_stop_reason(session, by, ground.run_of(deed.datasets[0]), deed.to, why=why, seen=deed.seen)


def _take_back(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    assert deed.act is not None
    scope = {"datasets": _ids(ground, deed)} if deed.also else None
    return take_back(session, by, deed.act, why=why, scope=scope)


def _rules_say(session: Session, ground: Ground, by: Actor, deed: Deed, why: str) -> Recorded:
    ids = tuple(ground.columns[name] for name in deed.columns)
    words = tuple(
        LumisectionSaid(ground.datasets[of], ids, LumiRange(deed.first, deed.last), deed.value, Origin.RULE)
        for of in deed.datasets
    )
    return record(session, Act(by=by.name, why=why, kind=ActKind.CLASSIFY, lumisections=words))


_DOING: Mapping[Kind, Doing] = {
    Kind.FLAG: _flag,
    Kind.GIVE_BACK: _give_back,
    Kind.SET_BITS: _set_bits,
    Kind.GIVE_BACK_BITS: _give_back_bits,
    Kind.MOVE: _move,
    Kind.MOVE_RUN: _move_run,
    Kind.CERTIFY: _certify,
    Kind.SET_COLUMNS: _set_columns,
    Kind.STOP_REASON: _stop_reason,
    Kind.TAKE_BACK: _take_back,
    Kind.RULES_SAY: _rules_say,
}


def _look(session: Session, ground: Ground, deed: Deed) -> object:
    """Everything that one dataset shows, as its page asks for it."""
    key = ground.datasets[deed.datasets[0]]
    strip = strip_of(session, key.run_number, key.name)
    cells = {}
    for name in (*FLAGS, BIT):
        column = strip.column(name)
        for said in column.segments if column else ():
            word, value = strip.words[said.word], said.value
            told = [int(value) if isinstance(value, int) else str(value), int(word.origin), word.comment]
            cells |= {f"{name} {lumi:02}": told for lumi in range(said.range.first, said.range.last + 1)}
    return cells


def _compare(session: Session, ground: Ground, deed: Deed) -> object:
    """The flags of several datasets, in one look."""
    found = flags_in_force(session, _ids(ground, deed), [ground.columns[name] for name in FLAGS])
    names = {id_: name for name, id_ in ground.columns.items()}
    cells = {}
    for (dataset, column), flags in found.items():
        for flag in flags:
            told = [int(flag.status), int(flag.origin), flag.comment]
            of = ground.ids.index(dataset)
            cells |= {f"{of} {names[column]} {n:02}": told for n in range(flag.range.first, flag.range.last + 1)}
    return cells


def _standing(session: Session, ground: Ground, deed: Deed) -> object:
    """The states of several datasets and their runs, in one look."""
    found = standing_datasets(session, {ground.datasets[of] for of in deed.datasets}, are_held=False)
    return {
        str(of): [
            found[ground.datasets[of]].run_state.value,
            *(found[ground.datasets[of]].states.get(desk) for desk in DESKS),
        ]
        for of in deed.datasets
    }


def _past(on: Engine, ground: Ground, deed: Deed) -> str:
    """The values of several datasets as they were once an act had been recorded."""
    assert deed.act is not None
    ids = _ids(ground, deed)
    past = segments_as_of(on, deed.act, datasets=ids)
    names = {id_: name for name, id_ in ground.columns.items()}
    cells = {}
    arrays = (past.dataset, past.column, past.first, past.last, past.value)
    for dataset, column, first, last, value in zip(*(array.tolist() for array in arrays), strict=True):
        if column in names:
            of = ground.ids.index(dataset)
            cells |= {f"{of} {names[column]} {n:02}": value for n in range(first, last + 1)}
    return as_told(cells)


_LOOKING: Mapping[Kind, Callable[[Session, Ground, Deed], object]] = {
    Kind.LOOK: _look,
    Kind.COMPARE: _compare,
    Kind.STANDING: _standing,
}
