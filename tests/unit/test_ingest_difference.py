"""What OMS says now against what it last said: nothing is said twice, nothing by position, nothing of a hole."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from backend.errors import SourceNonsense
from backend.ingest.difference import VOLATILE, Difference, difference
from backend.ingest.oms_columns import OmsColumns
from backend.ingest.said import NOTHING, Said
from backend.ingest.says import OmsSays, oms_says
from backend.projections.segments import SpokenWord, fold_segments, spread
from backend.record import DatasetKey
from models.lumis import LumiSet
from models.vocabulary import ONLINE, Bit, LuminositySource, Origin
from tests.factories import RUN
from tests.oms_answers import OmsState, an_oms_run, luminosity

IDS = {"bpix_ready": 1001, "cms_active": 1002, "newdet_ready": 1003, "prescale_index": 1036, "prescale_name": 1037}
COLUMNS = OmsColumns(IDS, frozenset({1001, 1002, 1003}), {"2.0E34": 7, "Emergency": 8})


def says(state: OmsState) -> OmsSays:
    return oms_says(state.run(), state.read(), COLUMNS)


def after(*states: OmsState) -> Said:
    """What OMS has said when it was asked in each of these states."""
    attributes: dict[str, Any] = {}
    spoken: list[SpokenWord] = []
    delivered: list[float | None] = []
    recorded: list[float | None] = []
    said = NOTHING
    for state in states:
        found = difference(says(state), said)
        attributes |= found.attributes
        for word in found.lumisections:
            spoken.append(
                SpokenWord(
                    len(spoken), 1, word.columns, word.range.first, word.range.last, word.value, word.origin,
                    word.withdraws or None,
                )
            )  # fmt: skip
        for told in found.luminosities:
            for series, values in ((delivered, told.delivered), (recorded, told.recorded)):
                series.extend([None] * (told.first - 1 + len(values) - len(series)))
                series[told.first - 1 : told.first - 1 + len(values)] = values
        said = Said(dict(attributes), fold_segments(spread(spoken), (Origin.RULE,)), delivered, recorded)
    return said


def told(found: Difference) -> list[tuple[Sequence[int], int, int, int | None]]:
    return [(word.columns, word.range.first, word.range.last, word.value) for word in found.lumisections]


def test_the_first_words_of_columns_alike_are_one_row() -> None:
    found = difference(says(an_oms_run(10)), NOTHING)
    assert told(found) == [((1001, 1002), 1, 10, Bit.TRUE)]
    assert {word.dataset for word in found.lumisections} == {DatasetKey(RUN, ONLINE)}
    assert {word.origin for word in found.lumisections} == {Origin.RULE}
    assert found.attributes["known"] == [[1, 10]]


def test_the_attributes_are_named_as_oms_names_them_with_those_that_the_lumisections_tell() -> None:
    said = difference(says(an_oms_run(3)), NOTHING).attributes
    assert said["oms.energy"] == 6800
    assert said["oms.pixel_included"] is True
    assert said["oms.ls_duration"] == 3
    assert said["oms.beams_present_and_stable"] is None


def test_the_same_again_says_nothing() -> None:
    state = an_oms_run(5).where([2], prescale_index=3, prescale_name="2.0E34").where([3], **luminosity([0.1])[1])
    assert not difference(says(state), after(state))


def test_only_the_lumisections_that_differ_are_said() -> None:
    before = an_oms_run(10)
    found = difference(says(before.where([4, 5, 8], bpix_ready=False)), after(before))
    assert told(found) == [((1001,), 4, 5, Bit.FALSE), ((1001,), 8, 8, Bit.FALSE)]
    assert not found.attributes


def test_a_bit_that_oms_no_longer_knows_is_null() -> None:
    before = an_oms_run(10)
    assert told(difference(says(before.where([10], cms_active=None)), after(before))) == [((1002,), 10, 10, Bit.NULL)]


def test_a_detector_that_oms_no_longer_speaks_of_is_null() -> None:
    before = an_oms_run(4).where([1, 2, 3, 4], newdet_ready=True)
    assert told(difference(says(an_oms_run(4)), after(before))) == [((1003,), 1, 4, Bit.NULL)]


def test_a_detector_that_is_new_to_oms_is_said_from_the_first_lumisection() -> None:
    found = difference(says(an_oms_run(4).where([3, 4], newdet_ready=True)), after(an_oms_run(4)))
    assert told(found) == [((1003,), 1, 2, Bit.NULL), ((1003,), 3, 4, Bit.TRUE)]


def test_a_hole_stays_a_hole() -> None:
    found = difference(says(an_oms_run(10).lacking(4, 5)), NOTHING)
    assert told(found) == [((1001, 1002), 1, 3, Bit.TRUE), ((1001, 1002), 6, 10, Bit.TRUE)]
    assert found.attributes["known"] == [[1, 3], [6, 10]]
    assert found.attributes["oms.ls_duration"] == 8


def test_a_hole_that_opens_shrinks_what_is_known_and_moves_nothing() -> None:
    before = an_oms_run(10).where([7], bpix_ready=False)
    found = difference(says(before.lacking(2, 3)), after(before))
    assert told(found) == []
    assert found.attributes == {"known": [[1, 1], [4, 10]], "oms.ls_duration": 8}


def test_a_hole_that_closes_with_what_was_said_before_needs_no_words_but_known() -> None:
    whole = an_oms_run(10)
    found = difference(says(whole), after(whole, whole.lacking(2, 3)))
    assert told(found) == []
    assert found.attributes == {"known": [[1, 10]], "oms.ls_duration": 10}


def test_a_run_that_shrinks_says_only_what_is_known() -> None:
    found = difference(says(an_oms_run(6)), after(an_oms_run(10)))
    assert (told(found), found.attributes["known"]) == ([], [[1, 6]])


def test_a_run_that_lost_all_its_lumisections_knows_none() -> None:
    found = difference(says(an_oms_run(0)), after(an_oms_run(3)))
    assert (told(found), found.attributes["known"]) == ([], [])


def test_a_run_without_lumisections_is_said_to_have_none() -> None:
    found = difference(says(an_oms_run(0)), NOTHING)
    assert (told(found), found.attributes["known"]) == ([], [])
    assert not difference(says(an_oms_run(0)), after(an_oms_run(0)))


def test_a_run_that_grows_says_the_new_lumisections_alone() -> None:
    found = difference(says(an_oms_run(12)), after(an_oms_run(10)))
    assert told(found) == [((1001, 1002), 11, 12, Bit.TRUE)]
    assert found.attributes == {"known": [[1, 12]], "oms.ls_duration": 12}


def test_an_attribute_that_changes_is_said_alone() -> None:
    before = an_oms_run(3)
    assert difference(says(before.but(energy=6500)), after(before)).attributes == {"oms.energy": 6500}


def test_an_attribute_that_disappears_is_said_to_be_null_once() -> None:
    before, gone = an_oms_run(3), an_oms_run(3).without("energy")
    assert difference(says(gone), after(before)).attributes == {"oms.energy": None}
    assert not difference(says(gone), after(before, gone))


def test_a_component_that_leaves_is_no_longer_included() -> None:
    before = an_oms_run(3)
    found = difference(says(before.but(components=["TRACKER"])), after(before))
    assert found.attributes == {"oms.components": ["TRACKER"], "oms.pixel_included": None}


def test_true_is_not_one() -> None:
    before = an_oms_run(3, cooled=1)
    assert difference(says(before.but(cooled=True)), after(before)).attributes == {"oms.cooled": True}


def test_luminosity_is_said_where_it_differs() -> None:
    before = an_oms_run(5)
    for number, said in luminosity([0.1, None, 0.3, 0.4, 0.5]).items():
        before = before.where([number], **said)
    first = difference(says(before), NOTHING).luminosities
    assert [(w.first, w.delivered) for w in first] == [(1, [0.1]), (3, [0.3, 0.4, 0.5])]
    assert {(w.run_number, w.source) for w in first} == {(RUN, LuminositySource.OMS)}
    now = before.where([2], delivered_lumi_per_lumisection=0.2).where([5], recorded_lumi_per_lumisection=None)
    found = difference(says(now), after(before)).luminosities
    assert [(w.first, w.delivered, w.recorded) for w in found] == [(2, [0.2], [None]), (5, [0.5], [None])]


def test_luminosity_is_not_said_across_a_hole() -> None:
    state = an_oms_run(5)
    for number, said in luminosity([0.1, 0.2, 0.3, 0.4, 0.5]).items():
        state = state.where([number], **said)
    found = difference(says(state.lacking(3)), NOTHING).luminosities
    assert [(w.first, w.recorded) for w in found] == [(1, [0.1, 0.2]), (4, [0.4, 0.5])]


def test_a_run_without_luminosity_says_none() -> None:
    assert difference(says(an_oms_run(5)), NOTHING).luminosities == ()


def test_a_prescale_that_becomes_unknown_is_taken_back() -> None:
    before = an_oms_run(4).where([1, 2, 3, 4], prescale_index=2, prescale_name="2.0E34")
    found = difference(says(before.where([3, 4], prescale_index=None, prescale_name="Emergency")), after(before))
    assert told(found) == [((1036,), 3, 4, None), ((1037,), 3, 4, 8)]
    assert [word.withdraws for word in found.lumisections] == [(Origin.RULE,), ()]


@pytest.mark.parametrize("index", [2**31, -(2**40), 2**70])
def test_a_prescale_index_that_cannot_be_kept_is_nonsense(index: int) -> None:
    with pytest.raises(SourceNonsense, match=f"prescale_index of run {RUN} is {index}"):
        says(an_oms_run(2).where([1], prescale_index=index))


RUNNING = an_oms_run(5, end_time=None, hlt_physics_counter=100, last_update="2022-10-10T08:00:00Z")


def test_what_runs_up_in_a_running_run_is_not_said_alone() -> None:
    now = RUNNING.but(hlt_physics_counter=200, l1_rate=9.0, last_update="2022-10-10T08:00:30Z")
    assert not difference(says(now), after(RUNNING))


def test_what_runs_up_is_said_together_with_new_lumisections() -> None:
    now = RUNNING.but(hlt_physics_counter=200).where([6], bpix_ready=True, cms_active=True)
    assert difference(says(now), after(RUNNING)).attributes == {
        "known": [[1, 6]],
        "oms.ls_duration": 6,
        "oms.hlt_physics_counter": 200,
    }


def test_what_runs_up_is_said_when_the_run_ends() -> None:
    now = RUNNING.but(hlt_physics_counter=200, end_time="2022-10-10T09:00:00Z")
    found = difference(says(now), after(RUNNING)).attributes
    assert found == {"oms.end_time": "2022-10-10T09:00:00Z", "oms.hlt_physics_counter": 200}


def test_what_runs_up_is_said_with_luminosity_or_a_bit_that_changes() -> None:
    for now in (RUNNING.where([5], delivered_lumi_per_lumisection=0.1), RUNNING.where([5], bpix_ready=False)):
        assert difference(says(now.but(l1_rate=9.0)), after(RUNNING)).attributes == {"oms.l1_rate": 9.0}


def test_what_runs_up_matters_in_a_run_that_is_over() -> None:
    over = RUNNING.but(end_time="2022-10-10T09:00:00Z")
    found = difference(says(over.but(hlt_physics_counter=101)), after(over))
    assert found.attributes == {"oms.hlt_physics_counter": 101}
    assert "oms.hlt_physics_counter" in VOLATILE


def test_only_a_newer_last_update_is_bookkeeping() -> None:
    before = an_oms_run(3)
    later = before.but(last_update="2022-10-11T00:00:00Z")
    assert difference(says(later), after(before)).is_bookkeeping
    assert not difference(says(later.but(energy=1)), after(before)).is_bookkeeping
    assert not difference(says(later.where([1], bpix_ready=False)), after(before)).is_bookkeeping


def test_known_is_read_from_the_numbers() -> None:
    assert says(an_oms_run(9).lacking(1, 4, 5, 9)).known == LumiSet.pairs([[2, 3], [6, 8]])
    assert not says(an_oms_run(0)).known
    assert says(an_oms_run(2)).table.values.dtype == np.int64
