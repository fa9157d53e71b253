"""Routes about lumisections, in the original's shapes: ranges are closed and begin at 1."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import as_json, reading
from backend.api.lumi_shapes import HOLE, UNSAID_TRIPLET, Cells, as_ranges, bits_of, flags_of, light_of, stretches
from backend.api.lumi_shapes import one_by_one as each
from backend.errors import NotFound
from backend.queries import luminosity_of, strip_of
from models.lumis import LumiSet
from models.vocabulary import ONLINE

router = APIRouter(tags=["lumisections"])


RunNumberField = Annotated[int, Field(ge=1, le=2**31 - 1)]
DatasetNameText = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class DatasetQuestion(BaseModel):
    """Which dataset of which run."""

    run_number: RunNumberField
    dataset_name: DatasetNameText = ONLINE


class ComponentQuestion(DatasetQuestion):
    """Which component of which dataset."""

    component: str


@router.post("/lumisections/rr_lumisections")
def rr_lumisections(question: DatasetQuestion, request: Request) -> Response:
    """The flags of every lumisection, the first one first: ``[{component: {"status", "comment", "cause"}}, …]``.

    Where nobody said anything the status is EMPTY. Of a dataset without any flag there is nothing: ``[]``.
    """
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
    return as_json(each(flags_of(strip), strip.known))


@router.post("/lumisections/oms_lumisections")
def oms_lumisections(question: DatasetQuestion, request: Request) -> Response:
    """What OMS says of every lumisection, the first one first; a hole in OMS has an ``err``."""
    cells, known = _of_oms(question, request)
    return as_json(each(cells, known, hole=HOLE))


@router.post("/lumisections/rr_lumisection_ranges")
def rr_lumisection_ranges(question: DatasetQuestion, request: Request) -> Response:
    """Ranges over which no flag changes: ``[{component: {"status", …}, …, "start": n, "end": n}, …]``."""
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
    return as_json(as_ranges(flags_of(strip), strip.known))


@router.post("/lumisections/rr_lumisection_ranges_by_component")
def rr_lumisection_ranges_by_component(question: DatasetQuestion, request: Request) -> Response:
    """The ranges of each component: ``{component: [{"status", "comment", "cause", "start", "end"}, …]}``.

    A range of which nobody said anything has ``start`` and ``end`` alone.
    """
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
    return as_json({name: _bar(flags, strip.known) for name, flags in flags_of(strip).items()})


@router.post("/datasets_get_lumisection_bar")
def datasets_get_lumisection_bar(question: ComponentQuestion, request: Request) -> Response:
    """The ranges of one component, as by component."""
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
    flags = flags_of(strip)
    if question.component not in flags:
        raise NotFound(f"Nobody said anything of {question.component!r:.80} in {strip.run_number} {strip.name}.")
    return as_json(_bar(flags[question.component], strip.known))


@router.post("/lumisections/oms_lumisection_ranges")
def oms_lumisection_ranges(question: DatasetQuestion, request: Request) -> Response:
    """Ranges over which nothing changes of what OMS says, luminosity left out."""
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
    return as_json(as_ranges(bits_of(strip), strip.known))


@router.post("/lumisections/oms_lumisection_ranges_by_dcs_bit")
def oms_lumisection_ranges_by_dcs_bit(question: DatasetQuestion, request: Request) -> Response:
    """What OMS says of the known lumisections: ``{bit: [{"status": …, "start": n, "end": n}, …]}``.

    Beside the bits there are ``prescale_index`` and ``prescale_name``, and ``recorded`` and ``delivered`` in /pb
    where a source of luminosity knows the run.
    """
    cells, known = _of_oms(question, request)
    return as_json({name: list(_said(values, known)) for name, values in cells.items()})


@router.post("/lumisections/joint_lumisection_ranges")
def joint_lumisection_ranges(question: DatasetQuestion, request: Request) -> Response:
    """Ranges over which nothing changes at all: neither a flag, nor a bit, nor luminosity."""
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
        luminosity = luminosity_of(session, question.run_number)
    cells = bits_of(strip) | light_of(luminosity, strip.known) | flags_of(strip)
    return as_json(as_ranges(cells, strip.known))


def _of_oms(question: DatasetQuestion, request: Request) -> tuple[Cells, LumiSet]:
    """What OMS says, with luminosity, and the known lumisections."""
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
        luminosity = luminosity_of(session, question.run_number)
    return bits_of(strip) | light_of(luminosity, strip.known), strip.known


def _bar(flags: dict[int, Any], known: LumiSet) -> list[dict[str, Any]]:
    return [
        {**({} if said == UNSAID_TRIPLET else said), "start": r.first, "end": r.last}
        for r, said in stretches(flags, known)
    ]


def _said(values: dict[int, Any], known: LumiSet) -> Iterator[dict[str, Any]]:
    for r, value in stretches(values, known):
        yield {"status": value, "start": r.first, "end": r.last}
