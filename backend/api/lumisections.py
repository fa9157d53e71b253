"""Routes about lumisections, in the original's shapes: ranges are closed and begin at 1."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from backend.api.asked import as_json, reading
from backend.queries import ColumnStrip, luminosity_of, strip_of
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, Bit

router = APIRouter(prefix="/lumisections", tags=["lumisections"])


class DatasetQuestion(BaseModel):
    """Which dataset of which run."""

    run_number: int
    dataset_name: str = ONLINE


@router.post("/oms_lumisection_ranges_by_dcs_bit")
def oms_lumisection_ranges_by_dcs_bit(question: DatasetQuestion, request: Request) -> Response:
    """What OMS says of the known lumisections: ``{bit: [{"status": …, "start": n, "end": n}, …]}``.

    Beside the bits there are ``prescale_index`` and ``prescale_name``, and ``recorded`` and ``delivered`` in /pb
    where a source of luminosity knows the run.
    """
    with reading(request) as session:
        strip = strip_of(session, question.run_number, question.dataset_name)
        luminosity = luminosity_of(session, question.run_number)
    of_oms = [column for column in strip.columns if column.column.workspace == OMS_WORKSPACE]
    answer = {column.column.name: _ranges(_said(column), strip.known) for column in of_oms}
    if luminosity.source is not None:
        answer["recorded"] = _ranges(_numbered(luminosity.recorded_per_pb, strip.known), strip.known)
        answer["delivered"] = _ranges(_numbered(luminosity.delivered_per_pb, strip.known), strip.known)
    return as_json(answer)


_Plain: TypeAlias = bool | int | float | str | None


def _said(column: ColumnStrip) -> Iterable[tuple[LumiRange, _Plain]]:
    for segment in column.segments:
        value = segment.value
        yield segment.range, value.boolean if isinstance(value, Bit) else value


def _numbered(values: Mapping[int, float], known: LumiSet) -> Iterable[tuple[LumiRange, _Plain]]:
    return ((LumiRange(number, number), values.get(number)) for number in known)


def _ranges(said: Iterable[tuple[LumiRange, _Plain]], known: LumiSet) -> list[dict[str, _Plain]]:
    """What is said of known lumisections, ascending; neighbours of one value are one range, a hole ends it."""
    by_value: dict[_Plain, list[LumiRange]] = {}
    for range_, value in said:
        by_value.setdefault(value, []).append(range_)
    ranges = ((r, value) for value, spoken in by_value.items() for r in (LumiSet.of(spoken) & known).ranges)
    ordered = sorted(ranges, key=itemgetter(0))
    return [{"status": value, "start": r.first, "end": r.last} for r, value in ordered]
