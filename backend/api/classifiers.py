"""The routes of the classifiers, in the original's shapes: rules are JSON texts, ``id`` is another after a change."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, moment, reading
from backend.api.workspaces import ColumnNumber, column_json, workspace_json, workspaces_by_name
from backend.classify.bodies import (
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
)
from backend.configuration import Authored, Side, WorkspaceBody, authored
from backend.errors import NotFound
from backend.queries import columns_catalogue

router = APIRouter(prefix="/classifiers", tags=["classifiers"])


@router.get("/class")
def class_classifiers(request: Request) -> Response:
    """What gives runs their class: ``[{"id", "class", "priority", "classifier": text, "enabled", …}]``."""
    return _of_kind(request, RunClassBody)


@router.get("/dataset")
def significance_classifiers(request: Request) -> Response:
    """What makes runs of a class significant, which the original calls its dataset classifiers."""
    return _of_kind(request, SignificanceBody)


@router.get("/offline_dataset")
def offline_dataset_classifiers(request: Request) -> Response:
    """What opens a dataset for a workspace when the DQM GUI lists it."""
    return _of_kind(request, OfflineDatasetBody)


@router.get("/json_classifier")
def json_classifiers(request: Request) -> Response:
    """The shared recipes of golden JSONs, by name; the rule is a text that ``/json_portal/generate`` takes."""
    return _of_kind(request, RecipeBody)


@router.get("/component/{side}")
def component_classifiers(side: Side, request: Request) -> Response:
    """What flags the components of a side; ``WorkspaceColumn`` is the component with its workspace."""
    with reading(request) as session:
        numbers = columns_catalogue(session).flags
        workspaces = workspaces_by_name(session, side)
        found = [c for c in authored(session, ComponentBody) if c.piece.body.side is side]
    columns = [_column(c.piece.body, numbers, workspaces) for c in found]
    return as_json(
        [{**classifier_json(c, numbers), "WorkspaceColumn": column} for c, column in zip(found, columns, strict=True)]
    )


@router.get("/component/filter_by_component/{number}")
def classifiers_of_component(number: int, request: Request) -> Response:
    """What flags one component, by the number that ``/workspaces/{side}`` gives it."""
    asked = ColumnNumber.read(number)
    with reading(request) as session:
        catalogue = columns_catalogue(session)
        bodies = authored(session, ComponentBody)
    if asked.column not in catalogue.by_id:
        raise NotFound(f"There is no component {number}.")
    about = (str(catalogue.by_id[asked.column]), asked.side)
    found = [c for c in bodies if (c.piece.body.component, c.piece.body.side) == about]
    return as_json([classifier_json(c, catalogue.flags) for c in found])


def _of_kind(request: Request, model: type[ClassifierBody]) -> Response:
    """Every classifier of a kind, as the original lists them."""
    with reading(request) as session:
        found = authored(session, model)
    return as_json([classifier_json(c) for c in found])


def classifier_json(found: Authored[Any], numbers: Mapping[str, int] = MappingProxyType({})) -> dict[str, Any]:
    """A classifier as the original writes it; ``numbers`` is component → column id, needed for rules of components."""
    match found.piece.body:
        case RunClassBody() as body:
            return {**_rule(found), "class": body.run_class, "priority": body.priority}
        case SignificanceBody() as body:
            return {**_rule(found), "class": body.run_class}
        case OfflineDatasetBody() as body:
            return {**_rule(found), "workspace": body.workspace}
        case ComponentBody() as body:
            number = ColumnNumber(numbers[body.component], body.side)
            return {**_rule(found), "status": body.status.word, "component": int(number), "priority": body.priority}
        case _:
            return {**_rule(found), "name": found.piece.name}


def _rule(found: Authored[Any]) -> dict[str, Any]:
    body: ClassifierBody = found.piece.body
    return {
        "id": found.version_number,
        "classifier": json.dumps(body.rule, separators=(",", ":"), ensure_ascii=False),
        "enabled": found.piece.is_enabled,
        "created_by": found.made_by,
        "updated_by": found.changed_by if found.is_changed else None,
        "createdAt": moment(found.changed_at),
    }


def _column(
    body: ComponentBody, numbers: Mapping[str, int], workspaces: Mapping[str, Authored[WorkspaceBody]]
) -> dict[str, Any] | None:
    """The component with its workspace; none once the workspace is gone or has it no more."""
    workspace = workspaces.get(body.workspace)
    name = body.component.removeprefix(f"{body.workspace}-")
    if workspace is None or name not in {column.name for column in workspace.piece.body.columns}:
        return None
    number = ColumnNumber(numbers[body.component], body.side)
    return {**column_json(workspace, name, number), "Workspace": workspace_json(workspace)}
