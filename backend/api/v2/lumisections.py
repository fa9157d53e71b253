"""All that is said of the lumisections of one dataset: flags, bits, prescales; now, or as it was."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.asked import reading
from backend.api.v2.answering import one, unchanged
from backend.api.v2.documented import documented
from backend.api.v2.shapes import Lumisections
from backend.queries import ColumnStrip, SaidBy, Strip, latest_change, strip_of
from models.lumis import LumiSet
from models.vocabulary import ONLINE, Bit, ColumnKind, Status

router = APIRouter(tags=["v2: lumisections"])


@router.get("/lumisections", response_model=Lumisections, responses=documented())
def lumisections(
    request: Request,
    run_number: Annotated[int, Query(ge=1, le=2**31 - 1, examples=[327564])],
    dataset: Annotated[str, Query(max_length=300)] = ONLINE,
    as_of: Annotated[
        int | None, Query(ge=0, le=2**63 - 1, description="as it was once this change set had been recorded")
    ] = None,
) -> Response:
    """All that is said of the lumisections of a dataset, column by column, cut to those that it has.

    Bits of a dataset that has none of its own are those of `online`.
    """
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        strip = strip_of(session, run_number, dataset, as_of=as_of)
    told = {
        "run_number": run_number,
        "dataset": strip.name,
        "known": strip.known.as_pairs(),
        "columns": [_column(of, strip) for of in strip.columns],
    }
    return one(told, change_set=seen)


def _column(of: ColumnStrip, strip: Strip) -> dict[str, Any]:
    return {"column": str(of.column), "kind": of.column.kind.value, "segments": list(_segments(of, strip))}


def _segments(of: ColumnStrip, strip: Strip) -> Iterator[dict[str, Any]]:
    for said in of.segments:
        value: Any = said.value
        if of.column.kind is ColumnKind.FLAG:
            value = Status(value).word
        elif of.column.kind is ColumnKind.BIT:
            value = Bit(value).boolean
        for range_ in (LumiSet.of([said.range]) & strip.known).ranges:
            yield {"first": range_.first, "last": range_.last, "value": value, **_word(strip.words[said.word])}


def _word(word: SaidBy) -> dict[str, Any]:
    return {
        "cause": word.cause,
        "comment": word.comment,
        "origin": word.origin.name.lower(),
        "change_set": word.change_set,
        "by": word.by,
        "at": word.at,
    }
