"""Routes that change runs; each answers with the run as it is then. The right that each takes is the command's."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, engine_of, reading, settings_of
from backend.api.identity import writer
from backend.api.lumisections import RunNumberField
from backend.api.runs import RunNumber, run_json, run_row
from backend.certify.moving_runs import move_run
from backend.certify.refresh import refresh_run, reset_run
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant
from backend.db import transaction
from backend.ingest.oms import open_oms
from models.vocabulary import RunState

router = APIRouter(tags=["runs"])


class RunQuestion(BaseModel):
    """Which run."""

    run_number: RunNumberField


class ClassSaid(BaseModel):
    """The class of a run; an empty text takes back what a person said."""

    run_class: str = Field(alias="class", max_length=60)


class StopReasonSaid(BaseModel):
    """Why a run was stopped; an empty text takes back what a person said."""

    stop_reason: str = Field(max_length=2_000)


@router.put("/manual_run_edit/{run_number}/class")
def manual_run_edit_class(run_number: RunNumber, said: ClassSaid, request: Request) -> Response:
    """Say of which class an OPEN run is."""
    with transaction(engine_of(request)) as session:
        edit_run_class(session, writer(request), run_number, said.run_class or None, seen=None)
    return _now(request, run_number)


@router.put("/manual_run_edit/{run_number}/stop_reason")
def manual_run_edit_stop_reason(run_number: RunNumber, said: StopReasonSaid, request: Request) -> Response:
    """Say why an OPEN run was stopped."""
    with transaction(engine_of(request)) as session:
        edit_stop_reason(session, writer(request), run_number, said.stop_reason or None, seen=None)
    return _now(request, run_number)


@router.post("/runs/mark_significant")
def mark_run_significant(question: RunQuestion, request: Request) -> Response:
    """Make an OPEN run significant; rules then flag its components."""
    with transaction(engine_of(request)) as session:
        mark_significant(session, writer(request), question.run_number, seen=None)
    return _now(request, question.run_number)


@router.post("/runs/move_run/{from_state}/{to}")
def move_run_to(from_state: RunState, to: RunState, question: RunQuestion, request: Request) -> Response:
    """Move a run to a state; moving on makes its datasets. From which state is not looked at, as in the original."""
    with transaction(engine_of(request)) as session:
        move_run(session, writer(request), question.run_number, to, seen=None)
    return _now(request, question.run_number)


@router.post("/runs/refresh_run/{run_number}")
def refresh_run_from_oms(run_number: RunNumber, request: Request) -> Response:
    """Ask OMS again about an OPEN run and let the rules judge it; what people said stays."""
    with open_oms(settings_of(request)) as oms:
        refresh_run(engine_of(request), writer(request), run_number, oms=oms)
    return _now(request, run_number)


@router.post("/runs/reset_and_refresh_run/{run_number}")
def reset_and_refresh_run(run_number: RunNumber, request: Request) -> Response:
    """The same, and withdraw what earlier rules said; what people said stays, as in the original."""
    with open_oms(settings_of(request)) as oms:
        reset_run(engine_of(request), writer(request), run_number, oms=oms, seen=None)
    return _now(request, run_number)


def _now(request: Request, run_number: int) -> Response:
    with reading(request) as session:
        return as_json(run_json(run_row(session, run_number)))
