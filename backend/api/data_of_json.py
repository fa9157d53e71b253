"""Routes about the lumisections of a golden JSON whose runs are named with a dataset, ``316701-/PromptReco/…``."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from backend.api.asked import as_json, reading
from backend.api.dataset_json import states_json
from backend.api.lumi_shapes import Cells, bits_of, flags_of, light_of
from backend.api.runs import attributes_json, run_row
from backend.api.triplet_cache import light_in
from backend.errors import InvalidInput, NotFound
from backend.queries import dataset_row, luminosity_of, strip_of
from models.lumis import BadLumisections, LumiSet

router = APIRouter(prefix="/lumisections", tags=["golden JSON"])

MOST_LUMISECTIONS = 20_000
"""Each is told with all attributes of its run and dataset: some 10 kB."""


Lumisections: TypeAlias = dict[str, list[tuple[int, int]]]
"""``{"316701-/PromptReco/Collisions2018A/DQM": [[1, 40], [42, 42]]}``."""


class JsonQuestion(BaseModel):
    """Lumisections by run and dataset."""

    lumisections: Annotated[Lumisections, Field(alias="json")]


class NamedJsonQuestion(BaseModel):
    """Lumisections by run and dataset, as another route calls them."""

    json_with_dataset_names: Lumisections


@router.post("/get_data_of_json")
def get_data_of_json(question: JsonQuestion, request: Request) -> Response:
    """All that a golden JSON is judged by: ``{"json_with_data": {name: {lumisection: {"dataset", "run", …}}}, …}``.

    Datasets that do not exist, and lumisections that they do not have, are left out. The totals are in /pb.
    """
    asked = {name: (DatasetName.read(name), _where(pairs)) for name, pairs in question.lumisections.items()}
    if (size := sum(len(where) for _, where in asked.values())) > MOST_LUMISECTIONS:
        raise InvalidInput(f"{size} lumisections are too many to tell all of each: at most {MOST_LUMISECTIONS}.")
    with reading(request) as session:
        told = {name: data for name, (dataset, where) in asked.items() if (data := _if_there(session, dataset, where))}
    return as_json(
        {
            "json_with_data": {name: data.by_lumisection for name, data in told.items()},
            "total_recorded_luminosity": sum(data.recorded_per_pb for data in told.values()),
            "total_delivered_luminosity": sum(data.delivered_per_pb for data in told.values()),
        }
    )


@router.post("/get_luminosity_of_json_with_dataset_names")
def get_luminosity_of_json_with_dataset_names(question: NamedJsonQuestion, request: Request) -> Response:
    """The recorded luminosity by name in /pb; of a dataset that does not exist it is 0."""
    asked = {name: (DatasetName.read(name), _where(pairs)) for name, pairs in question.json_with_dataset_names.items()}
    with reading(request) as session:
        return as_json({name: _recorded(session, dataset, where) for name, (dataset, where) in asked.items()})


class DatasetName(NamedTuple):
    """A dataset as a golden JSON names it."""

    run_number: int
    name: str

    @classmethod
    def read(cls, text: str) -> "DatasetName":
        """Run and dataset of ``316701-/PromptReco/Collisions2018A/DQM``; the name may have a dash."""
        run, _, name = text.partition("-")
        if not (run.isascii() and run.isdecimal() and len(run) < 10 and name):
            raise InvalidInput(
                f"An entry names a run and its dataset, as in 316701-/PromptReco/Collisions2018A/DQM, not {text!r:.80}."
            )
        return cls(int(run), name)


class DataOfJson(NamedTuple):
    """All that some lumisections of a dataset are judged by, by number, and their luminosity."""

    by_lumisection: Mapping[str, Any]
    recorded_per_pb: float
    delivered_per_pb: float


def data_of_json(session: Session, dataset: DatasetName, where: LumiSet) -> DataOfJson:
    """The same for those of the lumisections that the dataset has.

    Raises
    ------
    NotFound
        If there is no such dataset.
    """
    row = dataset_row(session, *dataset)
    run, strip = run_row(session, dataset.run_number), strip_of(session, *dataset)
    luminosity = luminosity_of(session, dataset.run_number)
    of_run = attributes_json(run)
    same = {
        "dataset": {**states_json(row), "name": row.name},
        "run": {"oms": of_run["oms_attributes"], "rr": of_run["rr_attributes"], "run_number": run.run_number},
    }
    bits, flags = bits_of(strip) | light_of(luminosity, strip.known), flags_of(strip)
    there = where & strip.known
    return DataOfJson(
        {str(number): {**same, "lumisection": _lumisection(number, bits, flags)} for number in there},
        light_in(luminosity.recorded_per_pb, there),
        light_in(luminosity.delivered_per_pb, there),
    )


def _if_there(session: Session, dataset: DatasetName, where: LumiSet) -> DataOfJson | None:
    try:
        return data_of_json(session, dataset, where)
    except NotFound:
        return None


def _lumisection(number: int, bits: Cells, flags: Cells) -> dict[str, Any]:
    return {
        "lumisection_number": number,
        "oms": {name: of[number] for name, of in bits.items()},
        "rr": {name: of[number]["status"] for name, of in flags.items()},
    }


def _recorded(session: Session, dataset: DatasetName, where: LumiSet) -> float:
    try:
        known = dataset_row(session, *dataset).known
    except NotFound:
        return 0.0
    return light_in(luminosity_of(session, dataset.run_number).recorded_per_pb, where & known)


def _where(pairs: list[tuple[int, int]]) -> LumiSet:
    try:
        return LumiSet.pairs(pairs)
    except BadLumisections as error:
        raise InvalidInput(str(error)) from error
