"""Lumisections are known by their number, and their luminosity only where it can be told."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import SourceNonsense
from backend.ingest.oms import beams_present_and_stable
from backend.ingest.oms_lumisections import BEAM_BITS, OmsLumisections, read_lumisections

RUN = 360459
Row = dict[str, object]


def a_row(number: object, *, units: dict[str, str] | None = None, **attributes: object) -> Row:
    row: Row = {"attributes": {"run_number": RUN, "lumisection_number": number} | attributes}
    return row | {"meta": {"row": {name: {"units": unit} for name, unit in (units or {}).items()}}}


def read(*rows: Row) -> OmsLumisections:
    return read_lumisections(RUN, rows)


def delivered(
    *values: object, first: int = 1, name: str = "delivered_lumi", unit: str = "pb^{-1}"
) -> list[float | None]:
    """What the lumisections from ``first`` on add, if OMS gives these values; a hole where it is ``...``."""
    rows = [a_row(n, units={name: unit}, **{name: v}) for n, v in enumerate(values, first) if v is not ...]
    return read(*rows).delivered_per_pb


def test_a_hole_stays_a_hole_and_shifts_nothing() -> None:
    told = read(a_row(1, bpix_ready=True), a_row(4, bpix_ready=False), a_row(5, bpix_ready=None))
    assert told.numbers == [1, 4, 5]
    assert told.bits == {"bpix_ready": [True, False, None]}


def test_rows_may_come_in_any_order() -> None:
    told = read(a_row(3, prescale_index=3), a_row(1, prescale_index=1), a_row(2, prescale_index=2))
    assert (told.numbers, told.prescale_index) == ([1, 2, 3], [1, 2, 3])


def test_a_bit_that_is_not_spoken_of_in_some_lumisection_is_null_there() -> None:
    assert read(a_row(1, bpix_ready=True), a_row(2)).bits == {"bpix_ready": [True, None]}


def test_a_new_detector_is_a_bit_without_a_change_of_code() -> None:
    told = read(
        a_row(1, mtd_ready=True, mtd_state="on", when_ready="12:00"), a_row(2, mtd_ready=None, when_ready="13:00")
    )
    assert told.bits == {"mtd_ready": [True, None]}


def test_bits_that_do_not_end_in_ready_are_bits_too() -> None:
    assert set(read(a_row(1, cms_active=True, physics_flag=False, beam1_stable=None)).bits) == {
        "cms_active",
        "physics_flag",
        "beam1_stable",
    }


def test_prescale_columns_are_read_and_may_be_null() -> None:
    told = read(a_row(1, prescale_index=2, prescale_name="2p0E34"), a_row(2, prescale_index=None, prescale_name=None))
    assert told.prescale_index == [2, None]
    assert told.prescale_name == ["2p0E34", None]
    assert read(a_row(1)).prescale_name == [None]


def test_a_lumisection_told_twice_in_the_same_words_is_one() -> None:
    told = read(a_row(1, delivered_lumi=1.0), a_row(2, delivered_lumi=3.0), a_row(2, delivered_lumi=3.0, pileup=7))
    assert told.numbers == [1, 2]
    assert told.delivered_per_pb == [1.0, 2.0]


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (a_row(2, bpix_ready=False), "lumisection 2 of run 360459 twice, with bpix_ready once True  and once False"),
        (a_row(2, bpix_ready=True, units={"recorded_lumi": "nb^{-1}"}, recorded_lumi=1), "recorded_lumi once None"),
    ],
)
def test_a_lumisection_told_twice_in_different_words_is_nonsense(second: Row, sentence: str) -> None:
    with pytest.raises(SourceNonsense, match=sentence):
        read(a_row(1, bpix_ready=True), a_row(2, bpix_ready=True), second)


@pytest.mark.parametrize("number", [None, "7", 7.0, True])
def test_a_lumisection_without_a_number_cannot_be_believed(number: object) -> None:
    with pytest.raises(SourceNonsense, match=f"run 360459 whose lumisection_number is {number!r}"):
        read(a_row(number))


@pytest.mark.parametrize("number", [0, -3, 32_768])
def test_a_number_that_no_lumisection_can_have_is_nonsense(number: int) -> None:
    with pytest.raises(SourceNonsense, match=rf"run 360459 that cannot be\. .*{number}"):
        read(a_row(number), a_row(5))


def test_lumisections_of_another_run_are_nonsense() -> None:
    with pytest.raises(SourceNonsense, match="asked for the lumisections of run 360459 and gave one of run 1"):
        read_lumisections(RUN, [a_row(1), a_row(2, run_number=1)])


@pytest.mark.parametrize(
    ("attribute", "value", "word"),
    [
        ("bpix_ready", "true", "true or false"),
        ("bpix_ready", 1, "true or false"),
        ("cms_active", "yes", "true or false"),
        ("prescale_index", "2", "a whole number"),
        ("prescale_index", True, "a whole number"),
        ("prescale_name", 2, "a text"),
        ("delivered_lumi", "n/a", "a number"),
        ("recorded_lumi", True, "a number"),
    ],
)
def test_a_value_of_another_type_is_nonsense_that_names_lumisection_attribute_and_value(
    attribute: str, value: object, word: str
) -> None:
    with pytest.raises(SourceNonsense) as caught:
        read(a_row(1, bpix_ready=True), a_row(2, **{attribute: value}))
    said = f"OMS says that {attribute} of lumisection 2 of run 360459 is {value!r}, which is not {word}."
    assert str(caught.value) == said


@pytest.mark.parametrize("row", [{}, {"attributes": None}, {"attributes": [1]}])
def test_a_row_without_attributes_is_nonsense(row: Row) -> None:
    with pytest.raises(SourceNonsense, match="a lumisection of run 360459 without attributes"):
        read(row)


def test_the_first_lumisection_adds_what_it_has_and_each_other_what_it_has_more() -> None:
    assert delivered(0.5, 1.25, 1.25, 3.0) == [0.5, 0.75, 0.0, 1.75]


def test_after_a_hole_it_is_not_known_what_a_lumisection_adds() -> None:
    assert delivered(0.5, ..., 1.25, 3.0) == [0.5, None, 1.75]


def test_a_run_whose_beginning_is_missing_does_not_give_it_to_its_first_lumisection() -> None:
    assert delivered(5.0, 6.0, first=8) == [None, 1.0]


def test_after_a_null_it_is_not_known_what_a_lumisection_adds() -> None:
    assert delivered(0.5, None, 1.25, 3.0) == [0.5, None, None, 1.75]
    assert delivered(None, 1.0, 1.5) == [None, None, 0.5]


def test_a_decrease_is_not_believed_but_rounding_is() -> None:
    assert delivered(5.0, 4.0, 4.5) == [5.0, None, 0.5]
    assert delivered(5.0, 4.999999, 5.5) == [5.0, 0.0, pytest.approx(0.500001)]
    assert delivered(-1.0, 1.0) == [None, 2.0]


def test_rounding_is_counted_in_the_unit_that_was_rounded() -> None:
    assert delivered(500.0, 499.999, unit="nb^{-1}") == [0.5, None]
    assert delivered(500.0, 499.999999, unit="nb^{-1}") == [0.5, 0.0]


def test_the_luminosity_of_a_lumisection_alone_is_preferred_where_oms_gives_it() -> None:
    alone = {"delivered_lumi_per_lumisection": "nb^{-1}"}
    told = read(
        a_row(1, units=alone, delivered_lumi=9.0, delivered_lumi_per_lumisection=250.0, recorded_lumi=1.0),
        a_row(2, units=alone, delivered_lumi=99.0, delivered_lumi_per_lumisection=None, recorded_lumi=3.0),
        a_row(7, units=alone, delivered_lumi=999.0, delivered_lumi_per_lumisection=500.0, recorded_lumi=4.0),
    )
    assert told.delivered_per_pb == [0.25, None, 0.5]
    assert told.recorded_per_pb == [1.0, 2.0, None]


def test_units_may_change_from_row_to_row() -> None:
    told = read(
        a_row(1, units={"recorded_lumi": "nb^{-1}"}, recorded_lumi=500.0),
        a_row(2, units={"recorded_lumi": "pb^{-1}"}, recorded_lumi=1.25),
        a_row(3, units={"recorded_lumi": r"{\mu}b^{-1}"}, recorded_lumi=1.75e6),
    )
    assert told.recorded_per_pb == [0.5, 0.75, 0.5]


def test_a_unit_that_is_not_known_is_named() -> None:
    with pytest.raises(SourceNonsense, match="delivered_lumi of run 360459 in 'barrels'"):
        delivered(1.0, unit="barrels")


def test_without_any_luminosity_all_of_it_is_unknown() -> None:
    told = read(a_row(1), a_row(2))
    assert (told.delivered_per_pb, told.recorded_per_pb) == ([None, None], [None, None])


def test_a_run_without_lumisections_has_empty_lists() -> None:
    assert read() == OmsLumisections(RUN, [], {}, [], [], [], [])


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=60))
def test_whatever_is_missing_a_luminosity_that_is_told_is_the_right_one(course: list[tuple[int, bool]]) -> None:
    total, rows, right = 0, [], {}
    for number, (gain, is_told) in enumerate(course, 1):
        total += gain
        right[number] = gain
        if is_told:
            rows.append(a_row(number, delivered_lumi=total))
    told = read(*rows)
    for number, gain in zip(told.numbers, told.delivered_per_pb, strict=True):
        follows = number == 1 or number - 1 in told.numbers
        assert gain == (right[number] if follows else None)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([], False),
        ([(True, True, True, True)], True),
        ([(True, True, True, False)], False),
        ([(True, True, False, True), (False, True, True, True)], False),
        ([(True, True, True, None)], None),
        ([(False, False, False, False), (None, False, False, False)], None),
        ([(None, None, None, None), (True, True, True, True)], True),
    ],
)
def test_beams_are_stable_if_some_lumisection_has_all_four_bits(
    rows: list[tuple[bool | None, ...]], verdict: bool | None
) -> None:
    told = read(*(a_row(n, **dict(zip(BEAM_BITS, bits, strict=True))) for n, bits in enumerate(rows, 1)))
    assert beams_present_and_stable(told) is verdict


def test_beams_that_oms_does_not_speak_of_are_not_known() -> None:
    assert beams_present_and_stable(read(a_row(1, bpix_ready=True))) is None


def test_the_real_lumisections_without_numbers_are_not_believed(data: Path) -> None:
    rows = json.loads((data / "oms/oms_lumisection_attributes_run328645_from_seed.json").read_text())
    with pytest.raises(SourceNonsense, match="run 328645 whose lumisection_number is None"):
        read_lumisections(328645, [{"attributes": row} for row in rows])
