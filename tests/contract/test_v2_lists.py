"""The lists of ``/v2``: pages follow each other, JSON and Arrow say the same, and nobody is sent what they have."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from backend.api.v2 import shapes
from backend.db import transaction
from backend.queries import DATASETS, RUNS, Sort, datasets_page, parse_filter, runs_page, strip_of
from backend.start import make_ready
from models.vocabulary import ONLINE
from tests.factories import a_flag, a_run, columns, flag


def pages(client: TestClient, path: str, name: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """Every row of a list, page after page."""
    answer = client.get(path, params=asked)
    for _ in range(500):
        assert answer.status_code == 200, answer.text
        yield from answer.json()[name]
        if (link := answer.json()["next"]) is None:
            assert "link" not in answer.headers
            return
        assert answer.headers["link"] == f'<{link}>; rel="next"'
        answer = client.get(link)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize(
    "sort", ["", "run_number", "-start_time", "stop_reason,-lumisections", "oms.era,end_time", "-dt-dt", "components"]
)
def test_pages_of_runs_follow_each_other_in_any_order(
    certified: TestClient, certified_engine: Engine, sort: str
) -> None:
    found = [row["run_number"] for row in pages(certified, "/v2/runs", "runs", sort=sort, limit=9)]
    sorts = tuple(Sort(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",") if name)
    with transaction(certified_engine) as session:
        assert found == [row.run_number for row in runs_page(session, sort=sorts).rows]
    assert len(found) > 8


@pytest.mark.parametrize("sort", ["", "dataset", "-state.tracker,lumisections", "run_state,-is_in_gui"])
def test_pages_of_datasets_follow_each_other(certified: TestClient, certified_engine: Engine, sort: str) -> None:
    asked = {"sort": sort, "limit": 3, "filter": "not_there is null"}
    assert certified.get("/v2/datasets", params=asked).status_code == 400
    asked = {"sort": sort, "limit": 3, "filter": "lumisections > 10", "fields": "run_number,dataset"}
    found = [(row["run_number"], row["dataset"]) for row in pages(certified, "/v2/datasets", "datasets", **asked)]
    sorts = tuple(Sort(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",") if name)
    with transaction(certified_engine) as session:
        page = datasets_page(
            session, workspace="global", which="all", sort=sorts, filter=parse_filter("lumisections > 10", DATASETS)
        )
    assert found == [(row.run_number, row.name) for row in page.rows]
    assert len(found) > 3


def test_what_is_told_has_the_shape_that_the_openapi_promises(certified: TestClient) -> None:
    every = {"fields": "*,flags,oms,states", "limit": 5_000}
    runs = shapes.RunsPage.model_validate(certified.get("/v2/runs", params=every).json()).runs
    datasets = shapes.DatasetsPage.model_validate(certified.get("/v2/datasets", params=every).json()).datasets
    number, name = datasets[0].run_number, datasets[0].dataset
    assert {run.run_number for run in runs} >= {dataset.run_number for dataset in datasets}
    one = shapes.OneRun.model_validate(certified.get(f"/v2/runs/{number}").json())
    assert (one.datasets[0], name in one.datasets, one.oms["run_number"]) == (ONLINE, True, number)
    told = certified.get("/v2/datasets/one", params={"run_number": number, "name": name}).json()
    assert shapes.OneDataset.model_validate(told).states["global"]
    for path, shape in (("segments", shapes.SegmentsPage), ("bits", shapes.BitsPage)):
        shape.model_validate(certified.get(f"/v2/{path}", params={"run_number": number}).json())
    shapes.Lumisections.model_validate(certified.get("/v2/lumisections", params={"run_number": number}).json())
    shapes.Vocabulary.model_validate(certified.get("/v2/vocabulary").json())
    acts = shapes.Changes.model_validate(certified.get("/v2/changes", params={"after": 0, "limit": 1_000}).json())
    assert acts.latest == acts.changes[-1].change_set == len(acts.changes)


@pytest.mark.parametrize("path", ["runs", "datasets"])
def test_arrow_says_what_json_says(certified: TestClient, path: str) -> None:
    fields = "run_number,start_time,is_significant,recorded_per_pb,components,oms.era,oms.trigger_mode,dt-dt,oms"
    asked = {"fields": fields, "sort": "lumisections,run_number"}
    rows = certified.get(f"/v2/{path}", params=asked | {"limit": 5_000}).json()[path]
    stream = certified.get(f"/v2/{path}", params=asked, headers={"Accept": "application/vnd.apache.arrow.stream"})
    file = certified.get(f"/v2/{path}", params=asked | {"format": "arrow-file"})
    frame = pl.read_ipc_stream(BytesIO(stream.content))
    assert frame.equals(pl.read_ipc(BytesIO(file.content)))
    assert frame.columns == [*fields.split(",")[:-2], "oms", "dt-dt"]
    assert len(rows) == len(frame) > 3
    for row, told in zip(rows, frame.iter_rows(named=True), strict=True):
        counts = {status: n for status, n in told.pop("dt-dt").items() if n}
        started = None if row["start_time"] is None else f"{told['start_time']:%Y-%m-%dT%H:%M:%SZ}"
        assert (row.pop("dt-dt"), row.pop("start_time")) == (counts, started)
        for name in ("oms", "oms.era", "oms.trigger_mode"):
            said = told.pop(name)
            assert row.pop(name) == (None if said is None else json.loads(said))
        told.pop("start_time")
        assert row == told


def test_segments_are_those_of_the_strip_page_by_page(certified: TestClient, certified_engine: Engine) -> None:
    asked = {"component": "dt-dt,rpc-rpc", "limit": 40, "filter": "dataset = online or dataset != online"}
    found = list(pages(certified, "/v2/segments", "segments", **asked))
    whole = pl.read_ipc_stream(
        certified.get("/v2/segments", params=asked | {"limit": 900_000, "format": "arrow"}).content
    )
    assert [row["first"] for row in found] == whole["first"].to_list()
    assert {row["component"] for row in found} == {"dt-dt", "rpc-rpc"}
    by_dataset: dict[tuple[int, str], list[Any]] = {}
    for row in found:
        told = [row["component"], row["first"], row["last"], row["status"], row["by"], row["origin"]]
        by_dataset.setdefault((row["run_number"], row["dataset"]), []).append(told)
    assert len(by_dataset) > 10
    for (run, dataset), rows in by_dataset.items():
        strip = certified.get("/v2/lumisections", params={"run_number": run, "dataset": dataset}).json()
        said = [
            [column["column"], s["first"], s["last"], s["value"], s["by"], s["origin"]]
            for column in strip["columns"]
            if column["column"] in ("dt-dt", "rpc-rpc")
            for s in column["segments"]
        ]
        assert rows == said


def test_bits_are_those_of_online_page_by_page(certified: TestClient, certified_engine: Engine) -> None:
    run = certified.get("/v2/runs", params={"limit": 1}).json()["runs"][0]["run_number"]
    found = list(pages(certified, "/v2/bits", "bits", run_number=run, bit="dtp_ready,cms_active", limit=2))
    with transaction(certified_engine) as session:
        strip = strip_of(session, run)
    for name in ("dtp_ready", "cms_active"):
        column = strip.column(f"oms-{name}")
        assert column is not None
        said = [(s.range.first, s.range.last) for s in column.segments]
        assert [(row["first"], row["last"]) for row in found if row["bit"] == name] == said
    assert {row["value"] for row in found} <= {True, False, None}


def test_segments_are_cut_to_the_lumisections_that_there_are(client: TestClient, engine: Engine) -> None:
    make_ready(engine)
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)
        flag(session, a_flag(online, pixel, of=(90, 120)))
        session.execute(text("UPDATE run SET known = '{1,92,96,100}' WHERE run_number = :run"), {"run": 360459})
    asked = {"dataset": ONLINE, "component": "tracker-pixel"}
    rows = client.get("/v2/segments", params=asked).json()["segments"]
    assert [(row["first"], row["last"], row["status"]) for row in rows] == [(90, 92, "BAD"), (96, 100, "BAD")]
    with transaction(engine) as session:
        session.execute(text("UPDATE dataset SET known = '{91,97}'"))
    rows = client.get("/v2/segments", params=asked).json()["segments"]
    assert [(row["first"], row["last"]) for row in rows] == [(91, 92), (96, 97)]


def test_whoever_has_it_is_not_sent_it_again_until_something_happens(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)
    for path in ("/v2/runs", "/v2/runs?format=arrow", "/v2/runs/360459", "/v2/vocabulary", "/v2/golden-jsons"):
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with transaction(engine) as session:
        act = flag(session, a_flag(online, pixel)).change_set
    later = client.get("/v2/runs", headers={"If-None-Match": tag})
    assert (later.status_code, later.json()["change_set"], later.headers["etag"] == tag) == (200, act, False)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("filter=run >", "filter"),
        ("filter=nothing = 1", "A run has no attribute 'nothing'"),
        ("sort=comments", "no one value of Comments and causes"),
        ("sort=tracker-stripp", "There is no component 'tracker-stripp'"),
        ("fields=run_number,tracker-stripp", "tracker-stripp"),
        ("after=%00", "is no place in this list"),
        ("after=bm90aGluZw", "is no place in this list"),
        ("after=ééé", "is no place in this list"),
        ("limit=5001", "at most 5000"),
        ("limit=0", "limit cannot be"),
        ("format=xml", "format cannot be"),
    ],
)
def test_what_cannot_be_is_refused_with_the_part_that_cannot(certified: TestClient, asked: str, sentence: str) -> None:
    answer = certified.get(f"/v2/runs?{asked}")
    assert (answer.status_code, list(answer.json())) == (400, ["err"])
    assert sentence in answer.json()["err"] or sentence == "filter"


def test_who_came_by_tls_is_led_on_by_tls(certified: TestClient) -> None:
    answer = certified.get("/v2/runs?limit=1", headers={"X-Forwarded-Proto": "https"})
    assert answer.json()["next"].startswith("https://127.0.0.1/v2/runs?limit=1&after=")
    assert certified.get("/v2/runs?limit=1").json()["next"].startswith("http://127.0.0.1/v2/runs?")


def test_a_place_is_of_one_order_alone(certified: TestClient) -> None:
    link = certified.get("/v2/runs?limit=1&sort=start_time").json()["next"]
    assert certified.get(link).status_code == 200
    answer = certified.get(link.replace("start_time", "end_time"))
    assert (answer.status_code, "is no place in this list" in answer.json()["err"]) == (400, True)
    place = link.partition("after=")[2]
    assert certified.get(f"/v2/segments?after={place}").status_code == 400


def test_the_words_of_the_vocabulary_are_understood(certified: TestClient) -> None:
    told = certified.get("/v2/vocabulary").json()
    assert {a["name"] for a in told["runs"]} == {a.name for a in RUNS.attributes}
    for attribute in told["runs"]:
        answer = certified.get("/v2/runs", params={"filter": f"{attribute['word']} is null or run > 0", "limit": 1})
        assert answer.status_code == (400 if attribute["name"] == "words" else 200), answer.text
