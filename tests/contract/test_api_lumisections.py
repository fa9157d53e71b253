"""The ranges of every DCS bit are those that the original answered, by lumisection number and never by position."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.db import transaction
from backend.record import Act, LuminositySaid, LumisectionSaid, record, register_columns
from backend.record.columns import NewColumn
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ColumnKind, LuminositySource, Origin
from tests.factories import RUN, a_run, flag

ROUTE = "/lumisections/oms_lumisection_ranges_by_dcs_bit"


def test_every_range_of_every_bit_is_that_of_the_original(original: TestClient, original_state: dict[str, Any]) -> None:
    """The original leaves nulls of the prescale as ranges; here what OMS does not say is in none."""
    for key, ranges in original_state["lumisection_ranges"].items():
        run_number, name = key.split("|")
        answer = original.post(ROUTE, json={"run_number": int(run_number), "dataset_name": name})
        theirs = {
            bit: [r for r in of_bit if not (bit.startswith("prescale") and r["status"] is None)]
            for bit, of_bit in ranges["oms_by_dcs_bit"].items()
        }
        assert answer.json() == {bit: of_bit for bit, of_bit in theirs.items() if of_bit}


def test_a_hole_in_oms_ends_a_range_and_shifts_nothing(client: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        bit = register_columns(session, [NewColumn("oms", "rpc_ready", ColumnKind.BIT)], by="test", why="bit")
        online = a_run(session, known=LumiSet.pairs([[2, 5], [9, 12]]))
        column = (bit["oms-rpc_ready"].id,)
        said = [
            LumisectionSaid(online, column, LumiRange(1, 10), Bit.TRUE, Origin.RULE),
            LumisectionSaid(online, column, LumiRange(11, 30), Bit.NULL, Origin.RULE),
            LumisectionSaid(online, column, LumiRange(10, 10), Bit.TRUE, Origin.PERSON),
        ]
        flag(session, *said)
        light = LuminositySaid(RUN, LuminositySource.OMS, 1, [0.5] * 9, [0.4] * 4)
        record(session, Act("ingest", "light", ActKind.INGEST, luminosities=(light,)))
    answer = client.post(ROUTE, json={"run_number": RUN}).json()
    assert answer["rpc_ready"] == [
        {"status": True, "start": 2, "end": 5},
        {"status": True, "start": 9, "end": 10},
        {"status": None, "start": 11, "end": 12},
    ]
    assert answer["recorded"] == [
        {"status": 0.4, "start": 2, "end": 4},
        {"status": None, "start": 5, "end": 5},
        {"status": None, "start": 9, "end": 12},
    ]
    assert answer["delivered"][1] == {"status": 0.5, "start": 9, "end": 9}


def test_a_dataset_that_is_not_there_is_not_found(client: TestClient, engine: Engine) -> None:
    answer = client.post(ROUTE, json={"run_number": 1})
    assert (answer.status_code, answer.json()) == (404, {"err": "There is no dataset 1 online."})
    assert client.post(ROUTE, json={"run_number": "x"}).status_code == 400
    assert client.post(ROUTE, json={}).json() == {"err": "run_number is missing."}
    assert client.post(ROUTE, content=b"{bad").status_code == 400
