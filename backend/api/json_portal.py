"""Routes of the JSON portal, in the original's shapes: golden JSONs are asked for, fetched, listed and deleted."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.access import Action, Actor, require
from backend.api.asked import as_json, engine_of, reading
from backend.api.golden_json_shapes import golden_json_row, losses, making_row
from backend.api.identity import asker, writer
from backend.classify.bodies import checked_rule
from backend.configuration import rights
from backend.errors import InvalidInput, InvalidRule, WrongState
from backend.golden.making import make
from backend.golden.publishing import delete, mark_official, suggested_kind
from backend.golden.scope import matching
from backend.golden.selection import OfSeveral, Options
from backend.jobs.golden_making import LARGE, errand_for, making_of, makings
from backend.jobs.task import TaskState
from backend.jobs.tasks import ask
from backend.queries.golden_jsons import golden_json_facts, golden_jsons
from backend.rules.parsing import read_json

router = APIRouter(prefix="/json_portal", tags=["golden JSONs"])

PAGE = 10
"""So many golden JSONs are in an answer, as in the original."""

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Wanted(BaseModel):
    """What golden JSON is to be made: JSON logic as a text, of the datasets with such names (``SIMILAR TO``)."""

    json_logic: str
    dataset_name_filter: str
    tags: str = ""
    official: bool = False


class JsonQuestion(BaseModel):
    """Which golden JSON; the number may come as a text."""

    id_json: Number


class JsonsQuestion(BaseModel):
    """Which golden JSONs: one's own, all or the official ones; those before ``reference``, or the latest."""

    filter: Literal["by_email", "all", "official"]
    reference: Number | None = None


@router.post("/generate", dependencies=[Depends(writer)])
def generate(wanted: Wanted, request: Request) -> Response:
    """Make a golden JSON: ``{"id": "7", …}``, to be fetched from ``/json_portal/json``.

    It is made at once; of very many datasets, by the worker. ``official`` takes the right to mark official ones. Of a
    run of which several datasets match it has what all of them keep; if the rule itself chooses datasets by name, what
    any of them keeps.
    """
    actor, rule, on = writer(request), read_rule(wanted.json_logic), engine_of(request)
    with reading(request) as session:
        if wanted.official:
            require(actor, Action.GOLDEN_OFFICIAL, matrix=rights(session))
        if not wanted.dataset_name_filter.strip():
            raise InvalidInput("No dataset name specified")
        count = matching(session, wanted.dataset_name_filter).datasets
    if not count:
        raise InvalidInput("No datasets matched that dataset name")
    tags = tuple(wanted.tags.split(","))
    if count >= LARGE and not wanted.official:
        return _asked(request, actor, wanted, rule, tags)
    id_ = make(on, actor, rule=rule, pattern=wanted.dataset_name_filter, options=_options(rule), tags=tags)
    if wanted.official:
        with reading(request) as session:
            kind = suggested_kind(golden_json_facts(session, id_))
            mark_official(session, actor, id_, kind=kind, seen=None)
    return _job(id_, actor, wanted, rule, progress=1)


@router.post("/json")
def json(question: JsonQuestion, request: Request) -> Response:
    """A golden JSON: 200 with ``{"final_json": …}``; 203 while it waits to be made, 202 while it is being made.

    409 with the reason if it could not be made.
    """
    with reading(request) as session:
        making = making_of(session, question.id_json)
        if making is None or making.state is TaskState.DONE:
            facts = golden_json_facts(session, question.id_json)
            row = golden_json_row(session, facts)
            making = None
    if making is None:
        return as_json({"final_json": row | losses(engine_of(request), facts)})
    match making.state:
        case TaskState.WAITING:
            return Response(status_code=203)
        case TaskState.RUNNING | TaskState.CANCELLING:
            answer = as_json({"progress": making.progress})
            answer.status_code = 202
            return answer
        case _:
            raise WrongState(f"Golden JSON {question.id_json} was not made: {making.message}")


@router.post("/jsons")
def jsons(question: JsonsQuestion, request: Request) -> Response:
    """The latest golden JSONs, ten at a time: ``{"jsons": […]}``; before them those that are still to be made."""
    mine = asker(request).name if question.filter == "by_email" else None
    with reading(request) as session:
        found = golden_jsons(
            session,
            made_by=mine,
            official=question.filter == "official",
            before=question.reference,
            limit=PAGE,
        )
        rows = [golden_json_row(session, facts) for facts in found.rows]
        is_first = question.reference is None and question.filter != "official"
        waiting = [making_row(making) for making in makings(session, asked_by=mine)] if is_first else []
    return as_json({"jsons": [*waiting, *rows]})


@router.delete("/json", dependencies=[Depends(writer)])
def delete_json(question: JsonQuestion, request: Request) -> Response:
    """Delete a golden JSON of one's own, or with the right to mark official ones: ``{"deleted_json": …}``."""
    actor = writer(request)
    with reading(request) as session:
        row = golden_json_row(session, golden_json_facts(session, question.id_json))
        delete(session, actor, question.id_json, seen=None)
    return as_json({"deleted_json": row | {"deleted": True}})


def _asked(request: Request, actor: Actor, wanted: Wanted, rule: object, tags: tuple[str, ...]) -> Response:
    with reading(request) as session:
        pattern, options = wanted.dataset_name_filter, _options(rule)
        errand = errand_for(session, actor, rule=rule, pattern=pattern, options=options, tags=tags)
        ask(session, errand.kind, errand.model_dump(mode="json"), by=actor.name)
    return _job(errand.golden_json, actor, wanted, rule, progress=0)


def _job(id_: int, actor: Actor, wanted: Wanted, rule: object, *, progress: int) -> Response:
    data = {
        "dataset_name_filter": wanted.dataset_name_filter,
        "json_logic": rule,
        "created_by": actor.name,
        "tags": wanted.tags,
        "official": wanted.official,
    }
    return as_json({"id": str(id_), "data": data, "progress": progress})


def _options(rule: object) -> Options:
    names = {variable.name for variable in checked_rule(rule).variables}
    return Options(of_several=OfSeveral.UNION if "dataset.name" in names else OfSeveral.INTERSECTION)


def read_rule(text: str) -> Any:
    """The JSON of a rule that is sent as a text.

    Raises
    ------
    InvalidRule
        If it is no JSON, or empty.
    """
    try:
        rule = read_json(text)
    except InvalidRule as error:
        raise InvalidRule(f"JSON logic sent is not in json format: {error}") from error
    if not rule:
        raise InvalidRule("Empty json logic sent")
    return rule
