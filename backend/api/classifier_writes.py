"""Routes that change classifiers and recipes; ``id`` is that of the version that one looked at."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from sqlmodel import Session

from backend.access import Actor
from backend.api.accepted_dataset_writes import VersionNumber
from backend.api.asked import as_json, engine_of
from backend.api.classifiers import classifier_json
from backend.api.identity import writer
from backend.api.workspaces import ColumnNumber
from backend.classify.bodies import ClassifierBody, RecipeBody
from backend.classify.commands import NEVER, model_of, remove_classifier, switch_classifier, write_classifier
from backend.classify.original import KINDS, from_original
from backend.configuration import Piece, authored, version_in_force
from backend.db import transaction
from backend.errors import InvalidInput, NotFound
from backend.queries import columns_catalogue
from models.vocabulary import ConfigurationKind

router = APIRouter(tags=["classifiers"])

Said = Annotated[
    dict[str, Any],
    Body(description='{"classifier": rule or its text, "class" | "workspace" | "component", "status", "priority", …}'),
]


class Kind(StrEnum):
    """The classifiers that judge; recipes of golden JSONs have an address of their own."""

    CLASS = "class"
    DATASET = "dataset"
    COMPONENT = "component"
    OFFLINE_DATASET = "offline_dataset"


@router.post("/classifiers/{kind}")
def new_classifier(kind: Kind, said: Said, request: Request) -> Response:
    """Make a classifier; several about the same are told apart by a number in their name."""
    return _made(KINDS[kind], said, request)


@router.put("/classifiers/{kind}/{number}")
def change_classifier(kind: Kind, number: VersionNumber, said: Said, request: Request) -> Response:
    """Write a new version of a classifier, or take it out of play and back; answers with the new version."""
    return _changed(KINDS[kind], number, said, request)


@router.delete("/classifiers/{kind}/{number}")
def delete_classifier(kind: Kind, number: VersionNumber, request: Request) -> Response:
    """Take a classifier away; answers with what it was. Its versions are kept."""
    return _removed(KINDS[kind], number, request)


@router.post("/json_classifiers/json_classifier")
def new_recipe(said: Said, request: Request) -> Response:
    """Share a recipe of golden JSONs."""
    return _made(ConfigurationKind.RECIPE, said, request)


@router.put("/json_classifiers/json_classifier/{number}")
def change_recipe(number: VersionNumber, said: Said, request: Request) -> Response:
    """Write a new version of a recipe."""
    return _changed(ConfigurationKind.RECIPE, number, said, request)


@router.delete("/json_classifiers/json_classifier/{number}")
def delete_recipe(number: VersionNumber, request: Request) -> Response:
    """Take a recipe away."""
    return _removed(ConfigurationKind.RECIPE, number, request)


def _made(kind: ConfigurationKind, said: Mapping[str, Any], request: Request) -> Response:
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        wanted, body = _read(session, kind, said)
        taken = {one.piece.name for one in authored(session, model_of(kind))}
        name = next(one for n in count(1) if (one := wanted if n == 1 else f"{wanted}/{n}") not in taken)
        write_classifier(session, actor, kind, name=name, body=body, why=f"new: {body.about}", seen=NEVER)
        _switch(session, actor, kind, name, said)
        return as_json(_standing(session, kind, name))


def _changed(kind: ConfigurationKind, number: int, said: Mapping[str, Any], request: Request) -> Response:
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        piece: Piece[ClassifierBody] = version_in_force(session, model_of(kind), number).piece
        body = _kept(_read(session, kind, said)[1], piece.body)
        if body != piece.body or _is_enabled(said, piece) is piece.is_enabled:
            why, seen = f"changed: {body.about}", piece.last_change
            write_classifier(session, actor, kind, name=piece.name, body=body, why=why, seen=seen)
        _switch(session, actor, kind, piece.name, said)
        return as_json(_standing(session, kind, piece.name))


def _removed(kind: ConfigurationKind, number: int, request: Request) -> Response:
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        found = version_in_force(session, model_of(kind), number)
        was = classifier_json(found, columns_catalogue(session).flags)
        name, seen = found.piece.name, found.piece.last_change
        remove_classifier(session, actor, kind, name=name, why=f"removed: {found.piece.body.about}", seen=seen)
    return as_json(was)


def _read(session: Session, kind: ConfigurationKind, said: Mapping[str, Any]) -> tuple[str, ClassifierBody]:
    return from_original(kind, _of_component(session, said) if kind is ConfigurationKind.COMPONENT else said)


def _kept(body: ClassifierBody, before: ClassifierBody) -> ClassifierBody:
    """With what the original has no word for: what is meant by it, and of which datasets a recipe is."""
    kept: dict[str, Any] = {"description": before.description}
    if isinstance(before, RecipeBody):
        kept["datasets"] = before.datasets
    return body.model_copy(update=kept)


def _of_component(session: Session, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the names of the component that the number stands for."""
    number = said.get("component")
    if type(number) is not int:
        raise InvalidInput(f"component is the number that /workspaces gives it, not {number!r:.80}.")
    asked = ColumnNumber.read(number)
    column = columns_catalogue(session).by_id.get(asked.column)
    if column is None:
        raise NotFound(f"There is no component {number}.")
    return {**said, "online_or_offline": asked.side, "workspace": column.workspace, "column": column.name}


def _is_enabled(said: Mapping[str, Any], piece: Piece[ClassifierBody]) -> bool:
    enabled = said.get("enabled", piece.is_enabled)
    if not isinstance(enabled, bool):
        raise InvalidInput(f"enabled is true or false, not {enabled!r:.80}.")
    return enabled


def _switch(session: Session, actor: Actor, kind: ConfigurationKind, name: str, said: Mapping[str, Any]) -> None:
    piece = next(one.piece for one in authored(session, model_of(kind)) if one.piece.name == name)
    if (is_enabled := _is_enabled(said, piece)) is not piece.is_enabled:
        why, seen = "back in play" if is_enabled else "out of play", piece.last_change
        switch_classifier(session, actor, kind, name=name, is_enabled=is_enabled, why=why, seen=seen)


def _standing(session: Session, kind: ConfigurationKind, name: str) -> dict[str, Any]:
    found = next(one for one in authored(session, model_of(kind)) if one.piece.name == name)
    return classifier_json(found, columns_catalogue(session).flags)
