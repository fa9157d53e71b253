"""What each kind of deed does, or why it is refused, as the model has it: state, input, then what others changed."""

from collections.abc import Callable, Iterable, Mapping

from tests.linearisable.deeds import Deed, Kind
from tests.linearisable.ground import BIT, FLAGS
from tests.linearisable.model import (
    COMPLETED,
    GOOD,
    KNOWN,
    NO_VALUE_FOUND,
    NOTSET,
    OPEN,
    PERSON,
    RULE,
    SIGNOFF,
    Did,
    Impossible,
    Model,
    Refused,
    Said,
    Spot,
    Thing,
)

_ON = {OPEN: (), SIGNOFF: (OPEN,), COMPLETED: (OPEN, SIGNOFF)}
_BACK = {OPEN: (SIGNOFF, COMPLETED), SIGNOFF: (COMPLETED,), COMPLETED: ()}
"""State → those from which a dataset moves on to it, and back."""


def judge(model: Model, deed: Deed) -> Did:
    """What the deed would do; raises :class:`Refused`, or :class:`Impossible` if it names an act yet to come."""
    if not (model.has_happened(deed.seen) and model.has_happened(deed.act)):
        raise Impossible(f"Somebody who asks for {deed.kind} saw act {deed.seen or deed.act} before it happened.")
    return _JUDGES[deed.kind](model, deed)


def _of(place: int) -> Thing:
    return ("dataset", place)


def _run(model: Model, place: int) -> Thing:
    return ("run", model.ground.run_of(place))


def _desk(column: str) -> str:
    return "global" if column == BIT else column.partition("-")[0]


def _refuse_closed(model: Model, deed: Deed, columns: Iterable[str]) -> None:
    named = tuple(columns)
    for place in deed.datasets:
        states = (
            [model.state(_run(model, place), "state")]
            if place == 0
            else [model.state(_of(place), f"state.{_desk(column)}") for column in named]
        )
        if any(state != OPEN for state in states):
            raise Refused("WrongState")


def _says(deed: Deed, columns: Iterable[str], said: Said) -> dict[Spot, Said]:
    named = tuple(columns)
    lumis = range(deed.first, deed.last + 1)
    return {(_of(place), column, n): said for place in deed.datasets for column in named for n in lumis}


def _flags(columns: Callable[[Deed], Iterable[str]], *, gives_back: bool) -> Callable[[Model, Deed], Did]:
    def judged(model: Model, deed: Deed) -> Did:
        _refuse_closed(model, deed, columns(deed))
        said = _says(deed, columns(deed), None if gives_back else (deed.value, deed.to))
        model.refuse_touched(said, deed.seen)
        return Did(PERSON, said)

    return judged


def _rules_say(model: Model, deed: Deed) -> Did:
    return Did(RULE, _says(deed, deed.columns, (deed.value, None)), is_undoable=False)


def _move(model: Model, deed: Deed) -> Did:
    movable = _ON[deed.to] + (_BACK[deed.to] if deed.also else ())
    said: dict[Spot, Said] = {}
    left_out: list[Spot] = []
    for place in deed.datasets:
        moved = [desk for desk in deed.columns if model.state(_of(place), f"state.{desk}") in movable]
        said |= {(_of(place), f"state.{desk}", 0): (deed.to, None) for desk in moved}
        if not moved:
            left_out += [(_of(place), f"state.{desk}", 0) for desk in deed.columns]
    model.refuse_touched([*said, *left_out], deed.seen)
    return _if_any(said)


def _move_run(model: Model, deed: Deed) -> Did:
    run = _run(model, deed.datasets[0])
    if model.state(run, "state") == deed.to:
        raise Refused("WrongState")
    said: dict[Spot, Said] = {(run, "state", 0): (deed.to, None)}
    model.refuse_touched(said, deed.seen)
    return Did(PERSON, said)


def _stop_reason(model: Model, deed: Deed) -> Did:
    run = _run(model, deed.datasets[0])
    if model.state(run, "state") != OPEN:
        raise Refused("WrongState")
    if model.state(run, "stop_reason") == deed.to:
        raise Refused("InvalidInput")
    said: dict[Spot, Said] = {(run, "stop_reason", 0): (deed.to, None)}
    model.refuse_touched(said, deed.seen)
    return Did(PERSON, said)


def _certify(model: Model, deed: Deed) -> Did:
    columns = [name for name in FLAGS if _desk(name) == "tracker"]
    said: dict[Spot, Said] = {}
    read: list[Spot] = []
    for place in deed.datasets:
        state = (_of(place), "state.tracker", 0)
        if model.state(_of(place), "state.tracker") != OPEN:
            read.append(state)
            continue
        spots = [(_of(place), column, n) for column in columns for n in KNOWN]
        read += spots
        said |= {spot: (GOOD, deed.to) for spot in spots if _is_confirmed(model, spot)}
        if deed.also:
            said[state] = (SIGNOFF, None)
    model.refuse_touched([*said, *read], deed.seen)
    return _if_any(said)


def _is_confirmed(model: Model, spot: Spot) -> bool:
    found = model.at(spot)
    return found is not None and found[1] == RULE and found[0] in (GOOD, NOTSET, NO_VALUE_FOUND)


def _set_columns(model: Model, deed: Deed) -> Did:
    said: dict[Spot, Said] = {}
    read: list[Spot] = []
    for place in deed.datasets:
        chosen = [c for c in deed.columns if model.state(_of(place), f"state.{_desk(c)}") == OPEN]
        if not chosen:
            read += [(_of(place), f"state.{_desk(column)}", 0) for column in deed.columns]
        spots = [(_of(place), column, n) for column in chosen for n in KNOWN]
        read += spots
        said |= {spot: (deed.value, deed.to) for spot in spots if model.at(spot) != (deed.value, PERSON, deed.to)}
    model.refuse_touched(read, deed.seen)
    return _if_any(said)


def _if_any(said: Mapping[Spot, Said]) -> Did:
    if not said:
        raise Refused("WrongState")
    return Did(PERSON, said)


def _take_back(model: Model, deed: Deed) -> Did:
    """An undo takes what it reverses to stand where it left it; and what is undone already is not undone again."""
    assert deed.act is not None
    only = frozenset(deed.datasets) if deed.also else None
    chain = model.chain(deed.act)
    root = model.acts[chain[-1]]
    if not root.is_undoable:
        raise Refused("InvalidInput")
    spots = [s for s in root.said if only is None or (s[0][0] == "dataset" and s[0][1] in only)]
    if not spots:
        raise Refused("InvalidInput")
    brings_back = len(chain) % 2 == 0
    for thing, attribute in sorted({_state_of(model, spot) for spot in spots}):
        said = root.said.get((thing, attribute, 0))
        stood = said[0] if said and not brings_back else model.state(thing, attribute, before=chain[-1])
        if model.state(thing, attribute) != stood:
            raise Refused("WrongState")
    things: list[Thing | None] = [None] if only is None else [_of(place) for place in only]
    if not any(model.stands(deed.act, thing) for thing in things):
        raise Refused("InvalidInput")
    return Did(PERSON, undoes=deed.act, only=only)


def _state_of(model: Model, spot: Spot) -> tuple[Thing, str]:
    """The state that decides whether a word there may be taken back: of the run online and of what is said of a run,
    otherwise of the dataset in the workspace of the column."""
    thing, name, lumi = spot
    if thing[0] == "run":
        return thing, "state"
    if lumi == 0:
        return thing, name
    return (_run(model, 0), "state") if thing == _of(0) else (thing, f"state.{_desk(name)}")


_JUDGES: Mapping[Kind, Callable[[Model, Deed], Did]] = {
    Kind.FLAG: _flags(lambda deed: deed.columns, gives_back=False),
    Kind.GIVE_BACK: _flags(lambda deed: deed.columns, gives_back=True),
    Kind.SET_BITS: _flags(lambda deed: (BIT,), gives_back=False),
    Kind.GIVE_BACK_BITS: _flags(lambda deed: (BIT,), gives_back=True),
    Kind.MOVE: _move,
    Kind.MOVE_RUN: _move_run,
    Kind.CERTIFY: _certify,
    Kind.SET_COLUMNS: _set_columns,
    Kind.STOP_REASON: _stop_reason,
    Kind.TAKE_BACK: _take_back,
    Kind.RULES_SAY: _rules_say,
}
