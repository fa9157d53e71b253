"""The laws of the algebra of lumisections, and the files that it reads."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lumi_formats import read_golden_json, write_golden_json
from models.lumis import MAX_LUMISECTION, BadLumisections, LumiRange, LumiSet

ranges = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(lambda p: LumiRange(min(p), max(p)))
sets = st.lists(ranges, max_size=6).map(LumiSet.of)


@given(sets, sets)
def test_difference_and_intersection_part_a_set(a: LumiSet, b: LumiSet) -> None:
    assert (a - b) | (a & b) == a
    assert not (a - b) & b
    assert a ^ b == (a | b) - (a & b)


@given(sets, sets)
def test_the_operators_are_those_of_sets_of_numbers(a: LumiSet, b: LumiSet) -> None:
    assert set(a | b) == set(a) | set(b)
    assert set(a & b) == set(a) & set(b)
    assert set(a - b) == set(a) - set(b)
    assert len(a) == len(set(a))
    assert all((n in a) == (n in set(a)) for n in range(1, 62))


@given(st.lists(ranges, max_size=6))
def test_ranges_are_sorted_disjoint_and_merged(some: list[LumiRange]) -> None:
    merged = LumiSet.of(some).ranges
    assert all(a.last + 1 < b.first for a, b in itertools.pairwise(merged))


@given(sets)
def test_every_written_form_reads_back(a: LumiSet) -> None:
    assert LumiSet.pairs(a.as_pairs()) == LumiSet.flat(a.as_flat()) == LumiSet.numbers(a) == a
    assert read_golden_json(write_golden_json({7: a})) == ({7: a} if a else {})
    assert a.complement().complement() == a


@pytest.mark.parametrize("first,last", [(0, 3), (5, 4), (-1, 1), (1, MAX_LUMISECTION + 1)])
def test_a_range_that_cannot_be_is_refused_with_its_numbers(first: int, last: int) -> None:
    with pytest.raises(BadLumisections, match=f"{first} to {last}"):
        LumiRange(first, last)


@pytest.mark.parametrize(
    "text,sentence",
    [
        ("[", "not JSON"),
        ("[]", "an object of runs, not list"),
        ('{"x": []}', "'x' is not a run number"),
        ('{"1": 3}', "Run 1 must hold a list"),
        ('{"1": [[1]]}', r"Run 1: \[1\] is not a \[first, last\] pair"),
        ('{"1": [[1, true]]}', "Run 1"),
        ('{"1": [[9, 3]]}', "Run 1: Lumisections 9 to 3"),
    ],
)
def test_a_golden_json_that_cannot_be_is_refused_with_where(text: str, sentence: str) -> None:
    with pytest.raises(BadLumisections, match=sentence):
        read_golden_json(text)


def test_unsorted_and_mergeable_ranges_are_normalised() -> None:
    text = json.dumps({"294936": [[9, 33], [8, 8], [1, 7]], "2": [], "1": [[1, 1]]})
    assert read_golden_json(text) == {1: LumiSet.span(1, 1), 294936: LumiSet.span(1, 33)}
