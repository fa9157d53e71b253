"""Routes about who said what: the history of a run's attributes and of a dataset's lumisections, oldest first.

What an act said stays in the history when the act is undone; it is marked ``"undone": true`` then.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, moment, reading
from backend.api.lumi_shapes import plain, triplet
from backend.api.lumisections import DatasetQuestion
from backend.api.runs import RunNumber
from backend.queries import HistoryEntry, RangeSaid, dataset_row, history_of_run
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, Origin

router = APIRouter(tags=["histories"])

WHOLE = 1_000_000
"""More acts than ever touch a run."""

_OMS = "oms."
_REGISTRY = {"run_class": "class", "state": "state", "is_significant": "significant", "stop_reason": "stop_reason"}
_UNSAID = {"class": "", "significant": False, "stop_reason": ""}


@router.get("/run_with_history/{run_number}")
def run_with_history(run_number: RunNumber, request: Request) -> Response:
    """What each act said of a run's attributes: ``[{…attributes, "version", "by", "comment", "createdAt", …}, …]``."""
    with reading(request) as session:
        history = history_of_run(session, run_number, limit=WHOLE)
    return as_json([line for entry in reversed(history) for line in _of_run(entry, run_number)])


@router.post("/lumisections/get_rr_lumisection_history")
def get_rr_lumisection_history(question: DatasetQuestion, request: Request) -> Response:
    """What each act said of a dataset's flags: ``[{"start", "end", "jsonb": {component: triplet}, "by", …}, …]``.

    Where an act took earlier words back, the triplet is null.
    """
    return as_json(_history(question, request, of_oms=False))


@router.post("/lumisections/get_oms_lumisection_history")
def get_oms_lumisection_history(question: DatasetQuestion, request: Request) -> Response:
    """What OMS, or a person in its stead, said of the bits of ``online`` and of this dataset."""
    return as_json(_history(question, request, of_oms=True))


def _of_run(entry: HistoryEntry, run_number: int) -> Iterator[dict[str, Any]]:
    for said in entry.attributes:
        if said.dataset is None:
            act = {"atomic_version": entry.change_set, **_signed(entry)}
            told = {"run_number": run_number, "version": entry.change_set, **act, "Version": act}
            yield _attributes(said.said) | told | ({"undone": True} if entry.is_undone else {})


def _attributes(said: Mapping[str, Any]) -> dict[str, Any]:
    oms = {name.removeprefix(_OMS): value for name, value in said.items() if name.startswith(_OMS)}
    registry = {_REGISTRY[name]: value for name, value in said.items() if name in _REGISTRY}
    length = {"ls_duration": len(LumiSet.pairs(said["known"]))} if said.get("known") else {}
    return oms | length | {name: _UNSAID.get(name) if value is None else value for name, value in registry.items()}


def _history(question: DatasetQuestion, request: Request, *, of_oms: bool) -> list[dict[str, Any]]:
    with reading(request) as session:
        dataset_row(session, question.run_number, question.dataset_name)
        history = history_of_run(session, question.run_number, limit=WHOLE)
    names = {question.dataset_name, ONLINE} if of_oms else {question.dataset_name}
    return [line for entry in reversed(history) for line in _of_ranges(entry, names, of_oms, question.run_number)]


def _of_ranges(entry: HistoryEntry, names: set[str], of_oms: bool, run_number: int) -> Iterator[dict[str, Any]]:
    spoken = [said for said in entry.ranges if said.dataset in names and _is_of_oms(said) is of_oms]
    for (name, origin, range_), words in _together(spoken).items():
        manual = {} if of_oms else {"manual_change": origin is Origin.PERSON}
        where = {"run_number": run_number, "name": name, "start": range_.first, "end": range_.last}
        jsonb = {_name(column, of_oms): _value(said, of_oms) for said in words for column in said.columns}
        undone = {"undone": True} if entry.is_undone else {}
        yield {"version": entry.change_set, **_signed(entry), **manual, **where, "jsonb": jsonb, **undone}


def _together(spoken: Iterable[RangeSaid]) -> dict[tuple[str, Origin, LumiRange], list[RangeSaid]]:
    """What one act says of the same lumisections, in the order of the lumisections."""
    together: dict[tuple[str, Origin, LumiRange], list[RangeSaid]] = {}
    for said in sorted(spoken, key=lambda said: said.range):
        together.setdefault((said.dataset, said.origin, said.range), []).append(said)
    return together


def _is_of_oms(said: RangeSaid) -> bool:
    return said.columns[0].startswith(f"{OMS_WORKSPACE}-")


def _name(column: str, of_oms: bool) -> str:
    return column.removeprefix(f"{OMS_WORKSPACE}-") if of_oms else column


def _value(said: RangeSaid, of_oms: bool) -> object:
    if said.value is None:
        return None
    return plain(said.value) if of_oms else triplet(said.value, said)


def _signed(entry: HistoryEntry) -> dict[str, Any]:
    return {"by": entry.by, "comment": entry.why, "createdAt": moment(entry.at)}
