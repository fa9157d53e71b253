"""Routes that flag lumisections, override DCS bits and move a dataset."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, engine_of
from backend.api.dataset_reads import get_dataset
from backend.api.identity import writer
from backend.api.lumisections import ComponentQuestion, DatasetNameText, DatasetQuestion, RunNumberField
from backend.certify.bits import set_bits
from backend.certify.datasets import move_datasets, right_to_move
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.permitted import permitted
from backend.certify.places import Place
from backend.db import transaction
from backend.errors import InvalidInput
from backend.queries import dataset_row
from backend.record import DatasetKey, Recorded
from models.lumis import BadLumisections, LumiSet
from models.vocabulary import SAYABLE, DatasetState

router = APIRouter(tags=["certification"])

_STATUSES = {status.word: status for status in SAYABLE}
_Text = Annotated[str, Field(max_length=2_000)]


class Range(BaseModel):
    """The lumisections from ``start`` to ``end``, both included, and the words about them."""

    start: int
    end: int
    comment: _Text = ""
    cause: _Text = ""


class FlagRange(Range):
    """A status over a range."""

    status: Literal["GOOD", "BAD", "STANDBY", "EXCLUDED", "NOTSET"]


class BitRange(Range):
    """A bit over a range."""

    status: bool


class FlagSaid(ComponentQuestion):
    """A status of a component of a dataset."""

    new_lumisection_range: FlagRange


class BitSaid(ComponentQuestion):
    """A DCS bit of a dataset; the bit is named as ``component``."""

    new_lumisection_range: BitRange


class MoveQuestion(BaseModel):
    """Which dataset; the workspace is that of the path."""

    run_number: RunNumberField
    dataset_name: DatasetNameText
    workspace: str | None = None


@router.put("/lumisections/edit_rr_lumisections")
def edit_rr_lumisections(said: FlagSaid, request: Request) -> Response:
    """Flag a component: ``{"run_number", "name", "version", "manual_change": true}``."""
    actor, told = writer(request), said.new_lumisection_range
    with transaction(engine_of(request)) as session:

        def flagged(place: Place) -> Recorded:
            flag = Flag(place, _STATUSES[told.status], told.cause or None, told.comment or None)
            return flag_lumisections(session, actor, [flag], seen=None)

        recorded = _said_of(said, told, flagged)
    return as_json({**_event(said, recorded), "manual_change": True})


@router.put("/lumisections/edit_oms_lumisections")
def edit_oms_lumisections(said: BitSaid, request: Request) -> Response:
    """Override a DCS bit of an offline dataset, with a comment: ``{"run_number", "name", "version"}``."""
    actor, told = writer(request), said.new_lumisection_range
    with transaction(engine_of(request)) as session:

        def overridden(place: Place) -> Recorded:
            return set_bits(session, actor, [place], told.status, comment=told.comment, seen=None)

        recorded = _said_of(said, told, overridden)
    return as_json(_event(said, recorded))


@router.post("/datasets/{workspace}/move_dataset/{from_state}/{to}")
def move_dataset(
    workspace: Annotated[str, Path(max_length=40)],
    from_state: DatasetState,
    to: DatasetState,
    question: MoveQuestion,
    request: Request,
) -> Response:
    """Move a dataset to a state in a workspace, on or back; answers with the dataset as ``get_dataset`` does.

    From which state is not looked at, as in the original.
    """
    if question.workspace not in (None, workspace):
        raise InvalidInput(f"The dataset is to be moved in {workspace}, and in {question.workspace!r:.80}.")
    with transaction(engine_of(request)) as session:
        actor = writer(request)
        permitted(session, actor, right_to_move(to), workspace)
        row = dataset_row(session, question.run_number, question.dataset_name)
        move_datasets(session, actor, [row.id], desks=[workspace], to=to, with_closed=True, seen=None)
    asked = DatasetQuestion(run_number=question.run_number, dataset_name=question.dataset_name)
    return get_dataset(asked, request)


def _said_of(said: ComponentQuestion, told: Range, say: Callable[[Place], Recorded]) -> Recorded:
    """Say it of the lumisections that are meant. If they cannot be, what else is wrong comes first: right and state."""
    dataset, component = DatasetKey(said.run_number, said.dataset_name), (said.component,)
    try:
        where = LumiSet.span(told.start, told.end)
    except BadLumisections as error:
        with suppress(InvalidInput):
            say(Place(dataset, component, LumiSet()))
        raise InvalidInput(str(error)) from error
    return say(Place(dataset, component, where))


def _event(said: ComponentQuestion, recorded: Recorded) -> dict[str, object]:
    return {"run_number": said.run_number, "name": said.dataset_name, "version": recorded.change_set}
