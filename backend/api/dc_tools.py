"""Routes that change all datasets of a filter at once, in one act; they answer with the datasets as they are then."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from backend.access import Actor
from backend.api.asked import as_json, engine_of, reading
from backend.api.datasets import rows_json
from backend.api.dialect import DATASET_KEYS, read_filter
from backend.api.identity import writer
from backend.certify.batch import Setting, set_columns
from backend.certify.copying import Copy, copy_datasets
from backend.certify.copying_columns import ColumnsCopy, copy_columns
from backend.certify.datasets import move_datasets
from backend.certify.hiding import hide_datasets
from backend.configuration import GLOBAL, Side, workspaces
from backend.db import transaction
from backend.queries import Condition, Filter, Operator, all_of, dataset_rows, ids_of
from models.vocabulary import SAYABLE, DatasetState

router = APIRouter(prefix="/dc_tools", tags=["DC tools"])

Workspace = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9_]+$")]
_Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
_Act = Callable[[Session, Actor, tuple[int, ...]], object]
_STATUSES = {status.word: status for status in SAYABLE}


class FilterQuestion(BaseModel):
    """The datasets of a filter."""

    filter: dict[str, Any] | list[Any]


class CopyQuestion(FilterQuestion):
    """Of which datasets copies are made, how those are called, and for which workspaces."""

    source_dataset_name: _Name
    target_dataset_name: _Name
    workspaces_to_duplicate_into: list[str]


class ColumnsQuestion(FilterQuestion):
    """Which columns (``tracker-strip``) of the target's datasets are to say what they say in the source's."""

    source_dataset_name: _Name
    target_dataset_name: _Name
    columns_to_copy: list[str]


class SettingQuestion(FilterQuestion):
    """Which columns (``tracker-strip``) are to have a status; BAD has a comment."""

    columns_to_update: list[str]
    new_status: Literal["GOOD", "BAD", "STANDBY", "EXCLUDED", "NOTSET"]
    comment: Annotated[str, Field(max_length=2_000)] = ""
    cause: Annotated[str, Field(max_length=200)] = ""


class HidingQuestion(FilterQuestion):
    """Which datasets are to be hidden, and why."""

    reason_for_hiding: Annotated[str, Field(max_length=2_000)]


@router.post("/duplicate_datasets")
def duplicate_datasets(question: CopyQuestion, request: Request) -> Response:
    """Copy the datasets of the source's name, with their flags and states; answers with the copies."""
    copy = Copy(question.target_dataset_name, tuple(question.workspaces_to_duplicate_into))
    named = _is("dataset", question.source_dataset_name)
    sources = _act(request, question, lambda s, actor, ids: copy_datasets(s, actor, ids, copy=copy, seen=None), named)
    with reading(request) as session:
        runs = tuple({row.run_number for row in dataset_rows(session, sources).values()})
        of_runs = Condition("run_number", Operator.IN, runs)
        made = all_of((of_runs, _is("dataset", question.target_dataset_name)))
        return as_json(_rows(session, ids_of(session, made, workspace=GLOBAL, which="all")))


@router.post("/copy_column_from_datasets")
def copy_column_from_datasets(question: ColumnsQuestion, request: Request) -> Response:
    """Let columns of the datasets of the target's name say what they say in the source's of the same run."""
    copy = ColumnsCopy(question.source_dataset_name, tuple(question.columns_to_copy))
    named = _is("dataset", question.target_dataset_name)
    return _answered(request, question, lambda s, actor, ids: copy_columns(s, actor, ids, copy=copy, seen=None), named)


@router.post("/dataset_column_batch_update")
def dataset_column_batch_update(question: SettingQuestion, request: Request) -> Response:
    """Say a status of some columns in all lumisections of the datasets that are open."""
    setting = Setting(
        tuple(question.columns_to_update),
        _STATUSES[question.new_status],
        question.cause or None,
        question.comment or None,
    )
    return _answered(request, question, lambda s, actor, ids: set_columns(s, actor, ids, setting=setting, seen=None))


@router.post("/change_multiple_dataset_states/{workspace}/{from_state}/{to}")
def change_multiple_dataset_states(
    workspace: Workspace, from_state: DatasetState, to: DatasetState, question: FilterQuestion, request: Request
) -> Response:
    """Move the datasets that are in a state in a workspace to another; the others stay as they are."""

    def move(session: Session, actor: Actor, ids: tuple[int, ...]) -> object:
        return move_datasets(session, actor, ids, desks=[workspace], to=to, with_closed=True, seen=None)

    return _answered(request, question, move, _is(f"state.{workspace}", from_state.value))


@router.post("/change_multiple_dataset_states_in_all_workspaces/{to}")
def change_multiple_dataset_states_in_all_workspaces(
    to: DatasetState, question: FilterQuestion, request: Request
) -> Response:
    """Move datasets to a state in every workspace that has to do with them and where they can be moved there."""

    def move(session: Session, actor: Actor, ids: tuple[int, ...]) -> object:
        desks = dict.fromkeys((GLOBAL, *(w.workspace for w in workspaces(session, Side.OFFLINE))))
        return move_datasets(session, actor, ids, desks=list(desks), to=to, with_closed=True, seen=None)

    return _answered(request, question, move)


@router.delete("/hide_datasets")
def hide(question: HidingQuestion, request: Request) -> Response:
    """Hide datasets for a reason, closed ones too."""

    def act(session: Session, actor: Actor, ids: tuple[int, ...]) -> object:
        return hide_datasets(session, actor, ids, why=question.reason_for_hiding, with_closed=True, seen=None)

    return _answered(request, question, act)


def matched(session: Session, said: object, *also: Filter) -> tuple[int, ...]:
    """The ids of the datasets of a filter of the original; ``online`` only if it is named."""
    return ids_of(session, all_of((read_filter(said, DATASET_KEYS), *also)), workspace=GLOBAL, which="all")


def _is(attribute: str, value: str) -> Condition:
    return Condition(attribute, Operator.IS, value)


def _act(request: Request, question: FilterQuestion, act: _Act, *also: Filter) -> tuple[int, ...]:
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        ids = matched(session, question.filter, *also)
        act(session, actor, ids)
    return ids


def _answered(request: Request, question: FilterQuestion, act: _Act, *also: Filter) -> Response:
    ids = _act(request, question, act, *also)
    with reading(request) as session:
        return as_json(_rows(session, ids))


def _rows(session: Session, ids: Iterable[int]) -> list[dict[str, Any]]:
    wanted = tuple(ids)
    found = dataset_rows(session, wanted)
    return rows_json(session, [found[id_] for id_ in wanted if id_ in found])
