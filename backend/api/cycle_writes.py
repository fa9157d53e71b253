"""Routes that change a cycle that there is, and move its datasets; each answers with the cycle, or the dataset."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.access import Action
from backend.api.asked import as_json, engine_of, reading
from backend.api.cycles import cycles_json
from backend.api.dataset_reads import get_dataset
from backend.api.dc_tools import matched
from backend.api.identity import writer
from backend.api.lumisections import DatasetNameText, DatasetQuestion, RunNumberField
from backend.certify.cycles import CycleEdit, add_datasets, create_cycle, delete_cycle, edit_cycle, remove_datasets
from backend.certify.cycles_states import complete_cycle, move_cycle, move_in_cycle, reopen_cycle
from backend.certify.permitted import permitted
from backend.db import transaction
from backend.errors import InvalidInput
from backend.queries import cycle_facts, dataset_row
from backend.record import Recorded
from models.vocabulary import DatasetState

router = APIRouter(prefix="/cycles", tags=["cycles"])

Workspace = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9_]+$")]
_STATE = "_state"


class CycleQuestion(BaseModel):
    """Which cycle."""

    id_cycle: Annotated[int, Field(ge=1, le=2**31 - 1)]


class CycleSaid(CycleQuestion):
    """A cycle as it is to be; ``cycle_attributes`` is ``{"tracker_state": …}`` of every workspace that it is for."""

    cycle_name: Annotated[str, Field(max_length=200)]
    deadline: datetime
    cycle_attributes: dict[str, str]

    def edit(self) -> CycleEdit:
        """The same as the command takes it."""
        return CycleEdit(name=self.cycle_name, deadline=_day(self.deadline), desks=_desks(self.cycle_attributes))


class NewCycle(BaseModel):
    """A cycle to make of the datasets of a filter."""

    cycle_name: Annotated[str, Field(max_length=200)]
    deadline: datetime
    cycle_attributes: dict[str, str]
    filter: dict[str, Any] | list[Any]


class DatasetsOfCycle(CycleQuestion):
    """The datasets of a filter, to be put into a cycle or taken out."""

    filter: dict[str, Any] | list[Any]


class MoveAllQuestion(CycleQuestion):
    """Where all datasets of a cycle are to be moved."""

    to_state: DatasetState


class MoveInCycleQuestion(CycleQuestion):
    """Which dataset of a cycle; the workspace is that of the path."""

    run_number: RunNumberField
    dataset_name: DatasetNameText
    workspace: str | None = None


@router.post("")
def create(said: NewCycle, request: Request) -> Response:
    """Make a cycle of the datasets of a filter, pending in the workspaces of ``cycle_attributes``."""
    actor, desks, deadline = writer(request), _desks(said.cycle_attributes), _day(said.deadline)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.CYCLE_MANAGE)
        ids = matched(session, said.filter)
        made = create_cycle(session, actor, name=said.cycle_name, deadline=deadline, ids=ids, desks=desks)
    return _now(request, made.cycle)


@router.post("/add_datasets_to_cycle")
def add_datasets_to_cycle(question: DatasetsOfCycle, request: Request) -> Response:
    """Put the datasets of a filter into a cycle; those that are in it stay."""
    return _changed(add_datasets, question, request)


@router.post("/delete_datasets_from_cycle")
def delete_datasets_from_cycle(question: DatasetsOfCycle, request: Request) -> Response:
    """Take the datasets of a filter out of a cycle."""
    return _changed(remove_datasets, question, request)


@router.put("")
def edit(said: CycleSaid, request: Request) -> Response:
    """Change the name, the deadline and the workspaces of a cycle; new ones begin as pending."""
    with transaction(engine_of(request)) as session:
        edit_cycle(session, writer(request), said.id_cycle, edit=said.edit(), seen=None)
    return _now(request, said.id_cycle)


@router.delete("")
def delete(question: CycleQuestion, request: Request) -> Response:
    """Delete a cycle; answers with what it was, ``deleted``. Its datasets stay."""
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.CYCLE_MANAGE)
        (was,) = cycles_json(session, [cycle_facts(session, question.id_cycle)])
        delete_cycle(session, actor, question.id_cycle, seen=None)
    return as_json(was | {"deleted": True})


@router.put("/mark_cycle_complete/{workspace}")
def mark_cycle_complete(workspace: Workspace, question: CycleQuestion, request: Request) -> Response:
    """Say that a workspace is done with a cycle: all its datasets are COMPLETED there."""
    with transaction(engine_of(request)) as session:
        complete_cycle(session, writer(request), question.id_cycle, desk=workspace, seen=None)
    return _now(request, question.id_cycle)


@router.put("/mark_cycle_pending/{workspace}")
def mark_cycle_pending(workspace: Workspace, question: CycleQuestion, request: Request) -> Response:
    """Say that a cycle is pending in a workspace again."""
    with transaction(engine_of(request)) as session:
        reopen_cycle(session, writer(request), question.id_cycle, desk=workspace, seen=None)
    return _now(request, question.id_cycle)


@router.post("/move_all_datasets_to/{workspace}")
def move_all_datasets_to(workspace: Workspace, question: MoveAllQuestion, request: Request) -> Response:
    """Move all datasets of a cycle, on or back; those that cannot be moved there stay."""
    actor, to = writer(request), question.to_state
    with transaction(engine_of(request)) as session:
        move_cycle(session, actor, question.id_cycle, desk=workspace, to=to, with_closed=True, seen=None)
    return _now(request, question.id_cycle)


@router.post("/move_dataset/{workspace}/{from_state}/{to}")
def move_dataset_of_cycle(
    workspace: Workspace, from_state: DatasetState, to: DatasetState, question: MoveInCycleQuestion, request: Request
) -> Response:
    """Move one dataset of a cycle, on or back. From which state is not looked at, as in the original."""
    if question.workspace not in (None, workspace):
        raise InvalidInput(f"The dataset is to be moved in {workspace}, and in {question.workspace!r:.80}.")
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.CYCLE_MOVE, workspace)
        row = dataset_row(session, question.run_number, question.dataset_name)
        move_in_cycle(session, actor, question.id_cycle, ids=[row.id], desk=workspace, to=to, seen=None)
    asked = DatasetQuestion(run_number=question.run_number, dataset_name=question.dataset_name)
    return get_dataset(asked, request)


def _changed(change: Callable[..., Recorded], question: DatasetsOfCycle, request: Request) -> Response:
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.CYCLE_MANAGE)
        change(session, actor, question.id_cycle, ids=matched(session, question.filter), seen=None)
    return _now(request, question.id_cycle)


def _desks(attributes: Mapping[str, str]) -> tuple[str, ...]:
    if (odd := next((name for name in attributes if not name.endswith(_STATE)), None)) is not None:
        raise InvalidInput(f"cycle_attributes names no workspace with {odd!r:.80}; as in tracker_state.")
    return tuple(name.removesuffix(_STATE) for name in attributes)


def _day(deadline: datetime) -> date:
    aware = deadline if deadline.tzinfo else deadline.replace(tzinfo=UTC)
    return aware.astimezone(UTC).date()


def _now(request: Request, cycle: int) -> Response:
    with reading(request) as session:
        return as_json(cycles_json(session, [cycle_facts(session, cycle)])[0])
