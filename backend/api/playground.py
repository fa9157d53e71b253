"""Routes to try a rule: on a run, on a lumisection of a dataset, or on any facts. Nothing is kept.

What a rule says is told branch by branch, as nested pairs: ``[rule, {"resulted_value": true}]``, where the operands of
``and`` and ``or`` are lists of such pairs themselves.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, reading
from backend.api.data_of_json import DatasetName, data_of_json
from backend.api.lumisections import DatasetNameText, RunNumberField
from backend.api.runs import RunNumber, attributes_json, run_row
from backend.classify.bodies import condition_of
from backend.classify.trying import judged_now, seen_by
from backend.errors import NotFound
from backend.rules import parse
from backend.rules.facts import Subject
from backend.rules.parsing import read_json
from models.lumis import MAX_LUMISECTION, LumiSet

router = APIRouter(prefix="/classifier_playground", tags=["playground"])
arbitrary = APIRouter(tags=["playground"])


class RunNamed(BaseModel):
    """Which run."""

    run_number: RunNumberField


class OnRun(BaseModel):
    """A classifier to try on a run, as the text of its rule or the rule itself."""

    run: RunNamed
    classifier: str | dict[str, Any]


class OnLumisection(BaseModel):
    """A rule to try on a lumisection of a dataset."""

    run_number: RunNumberField
    name: DatasetNameText
    lumisection_number: Annotated[int, Field(ge=1, le=MAX_LUMISECTION)]
    json_logic: str | dict[str, Any] | list[Any]


class OnFacts(BaseModel):
    """A rule to try on facts."""

    data: Any
    json_logic: str | dict[str, Any] | list[Any]


@router.get("/run_info/{run_number}")
def run_info(run_number: RunNumber, request: Request) -> Response:
    """What class rules judge a run by; a reduced bit is true if it is true in any lumisection."""
    with reading(request) as session:
        run = attributes_json(run_row(session, run_number))
        spoken, *_ = judged_now(session, run_number)
    told = {"oms_attributes": run["oms_attributes"], "rr_attributes": run["rr_attributes"]}
    return as_json({"run": {**told, "reduced_lumisection_attributes": spoken.facts.bits}})


@router.post("")
def on_run(question: OnRun, request: Request) -> Response:
    """What a class rule says of a run: ``{"result": [[rule, {"resulted_value"}]], "run_data": {…}}``."""
    rule = condition_of(parse(_read(question.classifier)).as_json())
    with reading(request) as session:
        facts = seen_by(session, Subject.RUN, run_number=question.run.run_number).shared
    return as_json({"result": [_told(rule, facts)], "run_data": facts})


@router.post("/test_lumisection")
def on_lumisection(question: OnLumisection, request: Request) -> Response:
    """What the rule of a golden JSON says of a lumisection: ``{"result": […], "data": {"dataset", "run", …}}``."""
    rules = _rules(question.json_logic)
    where = LumiSet.span(question.lumisection_number, question.lumisection_number)
    with reading(request) as session:
        found = data_of_json(session, DatasetName(question.run_number, question.name), where).by_lumisection
    if not found:
        raise NotFound(f"There is no lumisection {where} in {question.run_number} {question.name}.")
    (facts,) = found.values()
    return as_json({"result": [_told(rule, facts) for rule in rules], "data": facts})


@arbitrary.post("/classifier_playground_arbitrary")
def on_facts(question: OnFacts) -> Response:
    """What a rule, or each of a list of rules, says of the facts given."""
    result = [_told(rule, question.data) for rule in _rules(question.json_logic)]
    return as_json({"result": result, "data": question.data})


def _read(given: object) -> object:
    return read_json(given) if isinstance(given, str) else given


def _rules(given: object) -> list[object]:
    rules = _read(given)
    return rules if isinstance(rules, list) else [rules]


def _told(rule: object, facts: Mapping[str, Any]) -> list[Any]:
    """The rule with its truth, and that of every branch of ``and`` and ``or``."""
    holds = parse(rule).holds(facts)
    if isinstance(rule, dict) and len(rule) == 1:
        ((operator, operands),) = rule.items()
        if operator in ("and", "or") and isinstance(operands, list):
            rule = {operator: [_told(operand, facts) for operand in operands]}
    return [rule, {"resulted_value": holds}]
