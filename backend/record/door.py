"""The one door for writes: lock, check for conflict, fold, take the clock, append, publish; all in one transaction."""

from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from backend.errors import Conflict, InvalidInput
from backend.projections.datasets import MADE
from backend.record.act import Act, DatasetSaid, Recorded
from backend.record.configuring import draw_configurations
from backend.record.conflicts import refuse_conflicts
from backend.record.cycles import cycles_reached, draw_cycles
from backend.record.drawing import draw
from backend.record.golden_jsons import draw_golden_jsons, golden_jsons_reached
from backend.record.loading import Loaded, load
from backend.record.numbering import number
from backend.record.publishing import publish
from backend.record.reach import Reach, reach_of
from backend.record.writing import append, stamped, tick
from models.vocabulary import ActKind, Origin

SMALL = 20
"""An act on so many runs and datasets or fewer is written down in no time."""


def record(session: Session, act: Act, *, seen: int | None = None) -> Recorded:
    """Put an act into the log and its consequences into the projections, in the session's transaction.

    Parameters
    ----------
    session
        An open transaction (``backend.db.transaction``); nothing is committed here.
    act
        What is said. Rights, states and the sense of the input are checked by the command that made the act.
    seen
        The change-set id that the writer looked at; none means that no conflict is checked (legacy API routes).

    Raises
    ------
    NotFound
        If a run, dataset, cycle or golden JSON that is spoken of does not exist.
    Conflict
        If somebody changed the same attribute, or the same column in overlapping lumisections, after ``seen``; or if
        a run, dataset or version was made by somebody else at the same moment.
    InvalidInput
        If the act says nothing, or a proposal speaks of lumisections without speaking of the run.
    """
    _refuse_nonsense(act)
    cycles = cycles_reached(session, act)
    golden_jsons = golden_jsons_reached(session, act)
    reach = reach_of(session, act)
    if seen is not None:
        refuse_conflicts(session, act, reach=reach, seen=seen)
    loaded = load(session, reach)
    act = _made_again(act, reach, loaded)
    numbered = number(session, act, reach)
    picture = draw(act, reach=reach, loaded=loaded, numbered=numbered)
    configurations = draw_configurations(session, picture, act=act, reach=reach)
    draw_cycles(session, picture, act=act, cycles=cycles)
    draw_golden_jsons(session, picture, act=act, jsons=golden_jsons)
    stamp = tick(session, act, is_small=len(picture.runs) + len(picture.datasets) <= SMALL)
    try:
        append(session, act, stamp=stamp, reach=reach, numbered=numbered, configurations=configurations)
    except IntegrityError as error:
        raise Conflict(f"Somebody made the same thing at the same moment: {str(error.orig).splitlines()[0]}") from error
    publish(session, stamped(picture, stamp))
    return stamp


def _made_again(act: Act, reach: Reach, loaded: Loaded) -> Act:
    """The act, with a word for each dataset that it makes again after its making was undone."""
    if there := [reach.keys[id_] for id_ in sorted(reach.again) if loaded.datasets[id_].is_in_sight]:
        raise Conflict(f"Somebody made the same thing: the dataset {there[0]} is there.")
    words = (DatasetSaid(reach.keys[id_], {MADE: True}, Origin.RULE) for id_ in sorted(reach.again))
    return replace(act, datasets=(*act.datasets, *words))


def _refuse_nonsense(act: Act) -> None:
    said = (
        *act.runs,
        *act.datasets,
        *act.lumisections,
        *act.luminosities,
        *act.configurations,
        *act.cycles,
        *act.new_runs,
        *act.new_datasets,
        *act.new_cycles,
        *act.golden_jsons,
        *act.new_golden_jsons,
    )
    if not said and act.undoes is None:
        raise InvalidInput(f"The act {act.why!r} by {act.by} says nothing.")
    if act.kind is ActKind.PROPOSAL:
        spoken_of = {s.run_number for s in act.runs}
        named = {s.dataset.run_number for s in act.datasets} | {s.dataset.run_number for s in act.lumisections}
        if left_out := named - spoken_of:
            raise InvalidInput(f"A proposal about lumisections of run {min(left_out)} must also speak of the run.")
