"""Routes of one dataset with its run and its figures, and of those that wait for the DQM GUI."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, reading
from backend.api.dataset_json import dataset_json, own_json
from backend.api.lumisections import DatasetQuestion
from backend.api.runs import run_row
from backend.configuration import GLOBAL
from backend.queries import Sort, dataset_row, datasets_page, luminosity_of, strip_of
from backend.queries.runs import MOST_ROWS

router = APIRouter(tags=["datasets"])


@router.post("/datasets/get_dataset")
def get_dataset(question: DatasetQuestion, request: Request) -> Response:
    """A dataset of a run, hidden or not: ``{…, "dataset_attributes", "Run": {…}, "DatasetTripletCache": {…}}``."""
    with reading(request) as session:
        row = dataset_row(session, question.run_number, question.dataset_name)
        run = run_row(session, question.run_number)
        strip = strip_of(session, question.run_number, question.dataset_name)
        luminosity = luminosity_of(session, question.run_number)
    return as_json(dataset_json(row, run, strip, luminosity))


@router.get("/datasets_waiting")
def datasets_waiting(request: Request) -> Response:
    """The datasets that the DQM GUI has not shown yet, by run and name; at most 100,000."""
    in_order = (Sort("run_number"), Sort("dataset"))
    with reading(request) as session:
        page = datasets_page(session, workspace=GLOBAL, which="waiting", sort=in_order, limit=MOST_ROWS)
    return as_json([own_json(row) for row in page.rows])
