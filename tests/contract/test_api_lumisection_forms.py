"""Lumisections are told in every form by their number: a hole stays a hole, and what is unsaid is EMPTY."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api.lumi_shapes import HOLE, UNSAID_TRIPLET
from backend.db import transaction
from backend.record import Act, DatasetKey, LuminositySaid, LumisectionSaid, record, register_columns, undo
from backend.record.columns import NewColumn
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.factories import RUN, a_flag, a_run, columns, flag

GOOD = {"status": "GOOD", "comment": "", "cause": ""}
TRIP = {"status": "BAD", "comment": "HV trip", "cause": ""}


@pytest.fixture
def holed(client: TestClient, engine: Engine) -> TestClient:
    """A run with lumisections 2 to 4 and 7 to 8; the pixels are good in 2 to 7, but for a trip in 3."""
    with transaction(engine) as session:
        online = a_run(session, known=LumiSet.pairs([[2, 4], [7, 8]]))
        pixel, strip, _ = columns(session)
        flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 7), origin=Origin.RULE), by="classifier")
        flag(session, a_flag(online, pixel, Status.BAD, of=(3, 3), comment="HV trip"))
        flag(session, a_flag(online, strip, Status.GOOD, of=(7, 8), origin=Origin.RULE), by="classifier")
        bit = register_columns(session, [NewColumn("oms", "rpc_ready", ColumnKind.BIT)], by="test", why="bit")
        ready = LumisectionSaid(online, (bit["oms-rpc_ready"].id,), LumiRange(1, 7), Bit.TRUE, Origin.RULE)
        flag(session, ready, by="ingest")
        light = LuminositySaid(RUN, LuminositySource.OMS, 1, [0.5] * 8, [0.0, 0.4, 0.4, 0.4, 0.0, 0.0, 0.3, 0.3])
        record(session, Act("ingest", "light", ActKind.INGEST, luminosities=(light,)))
    return client


def ask(client: TestClient, form: str) -> Any:
    answer = client.post(f"/lumisections/{form}", json={"run_number": RUN, "dataset_name": "online"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_first_in_the_list_is_lumisection_one(holed: TestClient) -> None:
    pixel = [row["tracker-pixel"] for row in ask(holed, "rr_lumisections")]
    assert pixel == [UNSAID_TRIPLET, GOOD, TRIP, GOOD, UNSAID_TRIPLET, UNSAID_TRIPLET, GOOD, UNSAID_TRIPLET]


def test_a_lumisection_that_oms_left_out_has_no_data(holed: TestClient) -> None:
    rows = ask(holed, "oms_lumisections")
    ready = {"rpc_ready": True, "recorded": 0.4, "delivered": 0.5}
    assert rows[:5] == [HOLE, ready, ready, ready, HOLE]
    assert rows[-1] == {"rpc_ready": None, "recorded": 0.3, "delivered": 0.5}


def test_ranges_end_at_a_hole_and_are_counted_from_one(holed: TestClient) -> None:
    by_component = ask(holed, "rr_lumisection_ranges_by_component")
    assert by_component["tracker-pixel"] == [
        {**GOOD, "start": 2, "end": 2},
        {**TRIP, "start": 3, "end": 3},
        {**GOOD, "start": 4, "end": 4},
        {**GOOD, "start": 7, "end": 7},
        {"start": 8, "end": 8},
    ]
    assert by_component["tracker-strip"] == [{"start": 2, "end": 4}, {**GOOD, "start": 7, "end": 8}]


def test_ranges_of_all_components_change_when_one_does(holed: TestClient) -> None:
    ranges = ask(holed, "rr_lumisection_ranges")
    assert [(r["start"], r["end"]) for r in ranges] == [(2, 2), (3, 3), (4, 4), (7, 7), (8, 8)]
    assert ranges[0]["tracker-strip"] == UNSAID_TRIPLET
    assert [(r["start"], r["end"]) for r in ask(holed, "oms_lumisection_ranges")] == [(2, 4), (7, 7), (8, 8)]


def test_joint_ranges_have_flags_and_bits_and_luminosity(holed: TestClient) -> None:
    joint = ask(holed, "joint_lumisection_ranges")
    assert [(r["start"], r["end"]) for r in joint] == [(2, 2), (3, 3), (4, 4), (7, 7), (8, 8)]
    assert joint[1]["tracker-pixel"] == TRIP
    assert (joint[1]["rpc_ready"], joint[1]["recorded"], joint[1]["delivered"]) == (True, 0.4, 0.5)


def test_of_a_run_without_flags_there_is_nothing(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session)
    assert ask(client, "rr_lumisections") == ask(client, "rr_lumisection_ranges") == []
    assert ask(client, "rr_lumisection_ranges_by_component") == {}


@pytest.mark.parametrize("form", ["rr_lumisections", "oms_lumisections", "joint_lumisection_ranges"])
def test_what_does_not_exist_or_cannot_be_is_told(client: TestClient, form: str) -> None:
    def status(**question: Any) -> int:
        answer = client.post(f"/lumisections/{form}", json=question)
        assert list(answer.json()) == ["err"]
        return answer.status_code

    assert status(run_number=1) == 404
    assert status(run_number=2**31) == status(run_number=1, dataset_name="a\x00b") == status() == 400


def test_a_history_tells_who_said_what_and_what_was_undone(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        online = a_run(session, energy=6800)
        pixel, strip, _ = columns(session)
        rule = LumisectionSaid(online, (pixel, strip), LumiRange(1, 100), Status.GOOD, Origin.RULE)
        flag(session, rule, by="classifier")
        wrong = flag(session, a_flag(online, pixel, of=(10, 20), comment="HV trip"))
        undo(session, wrong.change_set, by="K. Ito", why="wrong run")
    ruled, tripped = ask(client, "get_rr_lumisection_history")
    assert ruled["jsonb"] == {"tracker-pixel": GOOD, "tracker-strip": GOOD}
    assert (ruled["start"], ruled["end"], ruled["manual_change"], ruled["by"]) == (1, 100, False, "classifier")
    assert tripped["jsonb"] == {"tracker-pixel": TRIP}
    assert (tripped["version"], tripped["manual_change"]) == (wrong.change_set, True)
    assert "undone" not in ruled
    assert tripped["undone"] is True
    (made,) = client.get(f"/run_with_history/{RUN}").json()
    assert (made["energy"], made["state"], made["ls_duration"], made["run_number"]) == (6800, "OPEN", 100, RUN)
    assert made["Version"] == {name: made[name] for name in ("atomic_version", "by", "comment", "createdAt")}


def test_a_dataset_without_words_has_an_empty_history(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session)
        express = DatasetKey(RUN, "/Express/Collisions2026/DQM")
        record(session, Act("S. Tanaka", "made", ActKind.DATASET, new_datasets=(express,)))
    for form in ("get_rr_lumisection_history", "get_oms_lumisection_history"):
        asked = {"run_number": RUN, "dataset_name": express.name}
        assert client.post(f"/lumisections/{form}", json=asked).json() == []
        assert client.post(f"/lumisections/{form}", json=asked | {"dataset_name": "/No/Such/DQM"}).status_code == 404
    assert client.get(f"/get_all_dataset_names_of_run/{RUN}").json() == ["online", express.name]
