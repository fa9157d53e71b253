"""The lumisection strip on the wire: ranges stay ranges, unknown stays unknown, the browser is not believed blindly."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backend.queries import CataloguedColumn, ColumnStrip
from backend.queries import Strip as QueriedStrip
from backend.queries.strip import Said
from dashboard.components.lumi_strip import (
    AsOfMark,
    StripBitRow,
    StripEvent,
    StripNote,
    StripPrescale,
    StripRow,
    StripSegment,
)
from dashboard.components.lumi_strip.wire import Strip, encode, in_force, read_act
from dashboard.strip_sheets import prescale_rows
from models.lumis import BadLumisections, LumiRange, LumiSet
from models.vocabulary import Bit, ColumnKind, Origin, Status

KNOWN = LumiSet.pairs([[1, 100], [111, 200]])
NOON = datetime(2018, 10, 22, 12, tzinfo=UTC)


def a_strip(**parts: object) -> Strip:
    row = StripRow("tracker-strip", "strip", "tracker", ((StripSegment(LumiRange(1, 200), Status.GOOD),),))
    return Strip(**({"known": KNOWN, "rows": (row,), "as_of_marks": (AsOfMark(7, NOON, True, "K. Ito"),)} | parts))


def an_act(**parts: object) -> dict[str, object]:
    return {"number": 1, "range": None, "ticked": [], "component": None, "as_of": None} | parts


def test_a_segment_is_five_numbers_however_long_it_is() -> None:
    segments = (
        StripSegment(LumiRange(31, 32_000), Status.BAD, by_person=True, note=2),
        StripSegment(LumiRange(1, 30), Status.GOOD),
    )
    row = StripRow("hcal-hcal", "hcal", "", (segments, None))

    lanes = encode(a_strip(rows=(row,)))["rows"][0]["lanes"]

    assert lanes == [[1, 30, 1, 0, -1, 31, 32_000, 2, 1, 2], None]


def test_a_bit_is_told_by_its_number() -> None:
    segments = (StripSegment(LumiRange(1, 2), Bit.TRUE), StripSegment(LumiRange(3, 3), Bit.FALSE))

    bit = encode(a_strip(bits=(StripBitRow("tecp_ready", "tecp", segments, "1"),)))["bits"][0]

    assert bit == {"name": "tecp_ready", "label": "tecp", "tail": "1", "words": [1, 2, 1, 0, -1, 3, 3, 0, 0, -1]}


def test_the_number_of_a_status_finds_its_word_and_look() -> None:
    looks = encode(a_strip())["looks"]

    assert looks[0] == ["empty", "EMPTY", "–"]
    assert [looks[status][1] for status in Status] == [status.word for status in Status]
    assert looks[Status.NO_VALUE_FOUND][0] == "empty"
    assert looks[Status.EXCLUDED] == ["excluded", "EXCLUDED", "X"]


def test_unknown_luminosity_stays_unknown_and_zero_stays_zero() -> None:
    recorded = encode(a_strip(recorded_per_pb=(0.0, None, 0.123456, float("nan"))))["recorded"]

    assert recorded == [0.0, None, 0.1235, None]


def test_the_golden_band_holds_no_lumisection_that_oms_does_not_know() -> None:
    assert encode(a_strip(golden=LumiSet.span(90, 120)))["golden"] == [90, 100, 111, 120]
    assert encode(a_strip(golden=None))["golden"] is None


def test_times_are_milliseconds_and_origins_are_words() -> None:
    note = StripNote("hcal v9", NOON, Origin.RULE)

    sent = encode(a_strip(notes=(note,), start=NOON))

    assert sent["start"] == 1_540_209_600_000
    assert sent["notes"] == [{"by": "hcal v9", "at": sent["start"], "origin": "rule", "cause": None, "comment": None}]


def test_the_strip_is_plain_json() -> None:
    strip = a_strip(selected=LumiRange(3, 5), ticked=frozenset({"tracker-strip"}), as_of=7, golden=KNOWN)

    sent = encode(strip)

    assert json.loads(json.dumps(sent)) == sent
    assert (sent["selected"], sent["ticked"], sent["as_of"]) == ([3, 5], ["tracker-strip"], 7)
    assert sent["marks"] == [[7, 1_540_209_600_000, 1, "K. Ito"]]


def test_without_an_act_what_the_page_holds_is_in_force() -> None:
    strip = a_strip(selected=LumiRange(3, 5), ticked=frozenset({"tracker-strip"}), as_of=7)

    assert in_force(strip, read_act(None)) == StripEvent(LumiRange(3, 5), frozenset({"tracker-strip"}), as_of=7)


def test_an_act_goes_before_what_the_page_holds() -> None:
    strip = a_strip(selected=LumiRange(3, 5), ticked=frozenset({"tracker-strip"}), as_of=7)

    assert in_force(strip, read_act(an_act())) == StripEvent()


def test_an_act_says_range_ticks_component_and_change_set() -> None:
    act = an_act(range=[20, 30], ticked=["tracker-strip"], component="tracker-strip", as_of=7)

    assert read_act(act) == StripEvent(LumiRange(20, 30), frozenset({"tracker-strip"}), "tracker-strip", 7)


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (LumiRange(95, 105), LumiRange(95, 100)),
        (LumiRange(105, 120), LumiRange(111, 120)),
        (LumiRange(95, 120), LumiRange(95, 120)),
        (LumiRange(101, 110), None),
        (LumiRange(150, 900), LumiRange(150, 200)),
    ],
)
def test_no_range_ends_in_a_hole_or_beyond_the_run(chosen: LumiRange, left: LumiRange | None) -> None:
    assert in_force(a_strip(), StripEvent(range=chosen)).range == left


def test_rows_and_change_sets_that_are_gone_are_left_out() -> None:
    gone = StripEvent(ticked=frozenset({"tracker-strip", "gone-gone"}), component="gone-gone", as_of=99)

    assert in_force(a_strip(), gone) == StripEvent(ticked=frozenset({"tracker-strip"}))


@pytest.mark.parametrize("act", ["text", 5, [], {}, {"range": None}, an_act(ticked="all")])
def test_what_is_not_an_act_is_none(act: object) -> None:
    assert read_act(act) is None


def test_a_range_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadLumisections, match="5 to 3"):
        read_act(an_act(range=[5, 3]))


def test_a_prescale_is_told_by_its_range_and_name() -> None:
    told = (StripPrescale(LumiRange(170, 410), "1p2E34 (5)"), StripPrescale(LumiRange(1, 169), "1p4E34 (4)"))

    assert encode(a_strip(prescales=told))["prescales"] == [[1, 169, "1p4E34 (4)"], [170, 410, "1p2E34 (5)"]]


def test_prescales_are_called_by_name_and_number_and_by_the_one_that_oms_says() -> None:
    def column(id_: int, name: str, kind: ColumnKind, said: list[tuple[int, int, int | str]]) -> ColumnStrip:
        segments = tuple(Said(LumiRange(first, last), value, 0) for first, last, value in said)
        return ColumnStrip(CataloguedColumn(id_, "oms", name, kind, is_inverted=False), segments)

    names = column(1, "prescale_name", ColumnKind.TEXT, [(1, 4, "2E34"), (9, 9, "Emergency")])
    numbers = column(2, "prescale_index", ColumnKind.INTEGER, [(1, 2, 1), (3, 4, 2), (6, 6, 7)])
    strip = QueriedStrip(1, 2, "online", LumiSet.span(1, 9), (names, numbers), {})

    told = {str(one.range): one.name for one in prescale_rows(strip)}

    assert told == {"1–2": "2E34 (1)", "3–4": "2E34 (2)", "9": "Emergency", "6": "7"}
    assert prescale_rows(replace(strip, columns=())) == ()
