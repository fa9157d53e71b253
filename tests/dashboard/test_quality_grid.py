"""How the quality grid travels: a sheet says compactly what the rows say; an event is believed only if well made."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from backend.errors import InvalidInput
from dashboard.components.quality_grid import AttributeColumn, Beneath, CellNote, GridEvent, GridRow, QualityColumn
from dashboard.components.quality_grid.wire import last_act, note_wire, read_event, said_after, sheet_bytes
from models.vocabulary import Bit, Status

STRIP = QualityColumn("tracker-strip", "strip", "tracker")
BPIX = QualityColumn("oms-bpix_ready", "bpix", "oms", "bit")
RUN = AttributeColumn("run", "Run", 58, "link", frozen=True)
STARTED = AttributeColumn("started", "Started", 82, "time")


def a_row(id_: str = "325175", known: int = 100, **what: Any) -> GridRow:
    return GridRow(id=id_, known=known, attributes={"run": id_}, **what)


def sheet(*columns: AttributeColumn | QualityColumn, rows: list[GridRow]) -> dict[str, Any]:
    return json.loads(sheet_bytes("runs", columns, rows)[16:])


def test_a_cell_of_one_status_is_one_character():
    rows = [a_row("1", counts={"tracker-strip": {Status.GOOD: 100}}), a_row("2"), a_row("3", known=0)]
    column = sheet(STRIP, rows=rows)["qualities"][0]
    assert column["uniform"] == "100"
    assert column["mixed"] == {}


def test_a_mixed_cell_carries_its_counts_and_what_nobody_said():
    column = sheet(STRIP, rows=[a_row(counts={"tracker-strip": {Status.BAD: 36, Status.GOOD: 60}})])["qualities"][0]
    assert column["uniform"] == "*"
    assert column["mixed"] == {"0": [Status.BAD, 36, Status.GOOD, 60, 0, 4]}


def test_lumisections_without_a_bit_are_null_and_not_false():
    column = sheet(BPIX, rows=[a_row(counts={"oms-bpix_ready": {Bit.TRUE: 90, Bit.NULL: 3}})])["qualities"][0]
    assert column["mixed"] == {"0": [Bit.TRUE, 90, Bit.NULL, 10]}
    assert sheet(BPIX, rows=[a_row()])["qualities"][0]["uniform"] == str(int(Bit.NULL))


def test_a_status_that_is_counted_zero_times_is_not_there():
    column = sheet(STRIP, rows=[a_row(counts={"tracker-strip": {Status.BAD: 0, Status.GOOD: 100}})])["qualities"][0]
    assert column["uniform"] == "1"


@given(st.dictionaries(st.sampled_from(list(Status)), st.integers(0, 500)), st.integers(0, 500))
def test_the_parts_of_a_cell_add_up_to_the_known_lumisections(counts, unsaid):
    known = sum(counts.values()) + unsaid
    column = sheet(STRIP, rows=[a_row(known=known, counts={"tracker-strip": counts})])["qualities"][0]
    if column["uniform"] == "*":
        cell = column["mixed"]["0"]
        assert sum(cell[1::2]) == known
        assert len(set(cell[::2])) == len(cell[::2]) >= 2
    else:
        only = {int(status): count for status, count in counts.items() if count} | ({0: unsaid} if unsaid else {})
        assert only in ({}, {int(column["uniform"]): known})


def test_more_lumisections_than_the_run_knows_are_refused():
    with pytest.raises(InvalidInput, match=r"^325175 knows 100 lumisections, but tracker-strip counts 101$"):
        sheet_bytes("runs", [STRIP], [a_row(counts={"tracker-strip": {Status.GOOD: 101}})])


def test_two_rows_with_one_id_are_refused():
    with pytest.raises(InvalidInput, match="325175"):
        sheet_bytes("runs", [STRIP], [a_row(), a_row()])


def test_a_time_without_zone_is_refused():
    row = GridRow(id="1", known=1, attributes={"started": datetime(2018, 10, 24)})
    with pytest.raises(InvalidInput, match="no time zone"):
        sheet_bytes("runs", [STARTED], [row])


def test_attributes_travel_as_columns():
    row = GridRow(id="1", known=1, attributes={"run": 325175, "started": datetime(2018, 10, 24, 9, 1, tzinfo=UTC)})
    attributes = sheet(RUN, STARTED, rows=[row, GridRow(id="2", known=1, attributes={})])["attributes"]
    assert attributes[0]["values"] == [325175, None]
    assert attributes[1]["values"] == [1540371660, None]


def test_marks_and_comments_are_kept_by_row():
    rows = [
        a_row("1", is_running=True),
        a_row("2", is_significant=False, changed_after_signoff=True, commented=frozenset({"tracker-strip"})),
    ]
    said = sheet(STRIP, rows=rows)
    assert said["marks"] == [1, 6]
    assert said["qualities"][0]["commented"] == [1]


def test_equal_sheets_are_equal_bytes_and_one_lumisection_makes_a_difference():
    before = [a_row(counts={"tracker-strip": {Status.GOOD: 100}})]
    after = [a_row(counts={"tracker-strip": {Status.GOOD: 99, Status.BAD: 1}})]
    assert sheet_bytes("runs", [STRIP], before) == sheet_bytes("runs", [STRIP], list(before))
    assert sheet_bytes("runs", [STRIP], before)[:16] != sheet_bytes("runs", [STRIP], after)[:16]


def test_a_thousand_rows_by_forty_columns_stay_below_a_quarter_of_a_megabyte():
    columns = [QualityColumn(f"tracker-{at}", str(at), "tracker") for at in range(40)]
    rows = [
        a_row(
            str(run),
            known=2000,
            counts={
                column.name: {Status.GOOD: 1990, Status.BAD: 10} if (run + at) % 8 == 0 else {Status.GOOD: 2000}
                for at, column in enumerate(columns)
            },
        )
        for run in range(1000)
    ]
    assert len(sheet_bytes("runs", [RUN, *columns], rows)) < 250_000


def test_what_the_person_did_is_read_as_ids():
    said = {
        "ticked": {"act": 5, "value": ["325175", "324980"]},
        "sort": {"act": 6, "value": ["lumisections", True]},
        "cell": {"act": 7, "value": ["324980", "tracker-strip"]},
        "picked": {"act": 7, "value": [["324980", "tracker-strip"], ["325175", "tracker-strip"]]},
        "opened": None,
    }
    assert read_event(said, ["lumisections", "tracker-strip"]) == GridEvent(
        selected="324980",
        ticked=frozenset({"325175", "324980"}),
        picked=frozenset({("324980", "tracker-strip"), ("325175", "tracker-strip")}),
        sort=("lumisections", True),
        cell=("324980", "tracker-strip"),
    )
    assert last_act(said) == 7


def test_to_open_a_row_is_to_select_it():
    assert read_event({"opened": {"act": 1, "value": "325175"}}, []).selected == "325175"


def test_the_row_that_was_reached_last_is_selected():
    said = {"selected": {"act": 1, "value": "325175"}, "cell": {"act": 2, "value": ["324980", "tracker-strip"]}}
    assert read_event(said, ["tracker-strip"]).selected == "324980"
    said["selected"] = {"act": 3, "value": "325175"}
    assert read_event(said, ["tracker-strip"]).selected == "325175"


def test_what_was_answered_is_not_done_again_and_what_was_not_waits_beside_what_came_since():
    kept = {"ticked": {"act": 5, "value": ["1"]}, "sort": {"act": 2, "value": ["run", True]}}
    came = {"opened": {"act": 6, "value": "1"}, "cell": {"act": 2, "value": ["1", "run"]}, "picked": None}
    assert said_after(2, kept, came) == {"ticked": kept["ticked"], "opened": came["opened"]}
    assert said_after(2, kept, {"ticked": {"act": 7, "value": []}}) == {"ticked": {"act": 7, "value": []}}
    assert said_after(7, kept, came) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"selected": "325175"},
        {"selected": {"act": 1, "value": 325175}},
        {"ticked": {"act": 1, "value": [1, 2]}},
        {"picked": {"act": 1, "value": [["325175", "run"], ["325175", "no such column"]]}},
        {"sort": {"act": 1, "value": ["no such column", True]}},
        {"sort": {"act": 1, "value": ["run", 1]}},
        {"cell": {"act": 1, "value": ["325175", "no such column"]}},
        {"cell": {"act": 1, "value": "325175"}},
    ],
)
def test_what_is_malformed_is_taken_as_not_done(said):
    assert read_event(said, ["run"]) == GridEvent()


def test_a_note_travels_with_its_word_and_colour():
    wire = note_wire(CellNote("LS 1–38", Status.STANDBY, cause="HV ramp", who="rule v12"))
    assert (wire["token"], wire["word"], wire["comment"]) == ("standby", "STANDBY", None)
    assert note_wire(CellNote("LS 5", None))["word"] == "no value"
    assert note_wire(CellNote("LS 5", Bit.FALSE))["word"] == "false"
    own = note_wire(CellNote("stopped", None, comment="beam dump", word="run"))
    assert (own["token"], own["word"]) == (None, "run")


def grid_page() -> None:
    """A script with one grid, for Streamlit's own test runner."""
    from dashboard.components.quality_grid import GridRow, QualityColumn, quality_grid

    quality_grid(
        columns=[QualityColumn("tracker-strip", "strip", "tracker")],
        rows=[GridRow(id="325175", known=3, attributes={}, counts={"tracker-strip": {1: 3}})],
        key="runs",
        hover=lambda row, column: [],
    )


def test_a_page_with_a_grid_runs_without_an_exception():
    page = AppTest.from_function(grid_page).run(timeout=20)
    assert not page.exception
    page.run()
    assert not page.exception


def test_what_lies_beneath_travels_apart_and_a_row_without_it_has_none():
    express = Beneath("Express", 80, {"tracker-strip": {Status.GOOD: 70, Status.BAD: 10}})
    sent = sheet(STRIP, rows=[a_row("1", beneath=express), a_row("2", is_closed=True)])
    assert sent["qualities"][0]["beneath"] == {"uniform": "*-", "mixed": {"0": [Status.GOOD, 70, Status.BAD, 10]}}
    assert sent["qualities"][0]["uniform"] == "00"
    assert sent["beneath"] == "Express"
    assert sent["marks"] == [0, 8]


def test_verdicts_and_links_travel_as_lists():
    columns = [AttributeColumn("says", "Express says", 90, "verdict"), AttributeColumn("out", "", 60, "links")]
    said = {"says": (Status.BAD, "3 LS BAD"), "out": (("GUI", "https://x/1"), ("HDQM", "https://x/2"))}
    says, out = sheet(*columns, rows=[GridRow("1", 9, said)])["attributes"]
    assert says["values"] == [[Status.BAD, "3 LS BAD"]]
    assert out["values"] == [[["GUI", "https://x/1"], ["HDQM", "https://x/2"]]]
