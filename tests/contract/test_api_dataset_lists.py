"""Names of datasets and the CSV of a filter are those of the original."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.record import Act, RunSaid, record
from models.vocabulary import ActKind, Origin
from tests.factories import RUN, a_run

EDITABLE = {
    "name": {"and": [{"<>": "online"}]},
    "dataset_attributes.global_state": {"and": [{"or": [{"=": "OPEN"}, {"=": "SIGNOFF"}, {"=": "COMPLETED"}]}]},
}
HEAD = ["run_number", "dataset_name", "class", "stop_reason", "short_run", "ls_duration"]


def exported(client: TestClient, **question: Any) -> list[dict[str, str]]:
    answer = client.post("/datasets/export_to_csv", json={"columns": [], "sortings": [], "filter": {}} | question)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.json())))


def test_every_name_is_told_once(certified: TestClient) -> None:
    names = certified.post("/dc_tools/unique_dataset_names", json={"filter": EDITABLE}).json()
    assert names == [
        "/Express/Collisions2024/DQM",
        "/Express/Cosmics2024/DQM",
        "/PromptReco/Collisions2024A/DQM",
        "/PromptReco/Collisions2024B/DQM",
        "/PromptReco/Cosmics2024/DQM",
    ]
    one = {"run_number": 379024, "name": {"like": "/Express%"}}
    assert certified.post("/dc_tools/unique_dataset_names", json={"filter": one}).json() == [names[0]]
    assert certified.post("/dc_tools/unique_dataset_names", json={}).status_code == 400


def test_a_csv_has_the_columns_of_the_original(certified: TestClient) -> None:
    asked = {"run_number": 379024, "name": {"<>": "online"}}
    rows = exported(certified, filter=asked, columns=["dt-dt", "tracker-pixel"])
    names = list(rows[0])
    assert names[:6] == HEAD
    assert names[-3:] == ["dt-dt", "tracker-pixel", "oms_attributes"]
    assert all(name.endswith("_state") for name in names[6:-3])
    assert [row["dataset_name"] for row in rows] == ["/Express/Collisions2024/DQM", "/PromptReco/Collisions2024A/DQM"]
    for row in rows:
        dataset = {"run_number": 379024, "dataset_name": row["dataset_name"]}
        told = certified.post("/datasets/get_dataset", json=dataset).json()
        assert json.loads(row["dt-dt"]) == told["DatasetTripletCache"]["triplet_summary"]["dt-dt"]
        assert json.loads(row["oms_attributes"]) == told["Run"]["oms_attributes"]
        assert {name: row[name] for name in told["dataset_attributes"]} == told["dataset_attributes"]
        assert (row["class"], row["ls_duration"], row["short_run"]) == ("Collisions24", "212", "")


def test_a_csv_is_sorted_as_the_table_is(certified: TestClient) -> None:
    question = {"filter": EDITABLE, "sortings": [["dt-dt", "DESC"], ["run_number", "ASC"]]}
    page = certified.post("/datasets_filtered_ordered", json=question | {"page": 0, "page_size": 1000}).json()
    told = [(str(d["run_number"]), d["name"]) for d in page["datasets"]]
    assert [(row["run_number"], row["dataset_name"]) for row in exported(certified, **question)] == told
    assert len(told) > 20


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"filter": {"run_number": 1}}, 200),
        ({"columns": ["foo-foo"]}, 200),
        ({"filter": {"foo": 1}}, 400),
        ({"sortings": [["foo-foo", "ASC"]]}, 400),
        ({"columns": "dt-dt"}, 400),
    ],
)
def test_what_nobody_spoke_of_is_empty_and_what_cannot_be_is_refused(
    certified: TestClient, changed: dict[str, Any], status: int
) -> None:
    question = {"columns": [], "sortings": [], "filter": {"run_number": 379024}} | changed
    answer = certified.post("/datasets/export_to_csv", json=question)
    assert answer.status_code == status
    if changed == {"filter": {"run_number": 1}}:
        assert answer.json() == ""


def test_no_text_of_a_person_is_a_formula(client: TestClient, engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session)
        said = RunSaid(RUN, {"stop_reason": "=1+1"}, Origin.PERSON)
        record(session, Act("S. Tanaka", "stopped", ActKind.EDIT_RUN, runs=(said,)))
    (row,) = exported(client)
    assert row["stop_reason"] == "'=1+1"
