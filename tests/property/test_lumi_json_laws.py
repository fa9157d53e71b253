"""The laws of lumisections of many runs, every file form there and back, and the selection that an analysis makes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.lumi_formats import (
    read_lumisections,
    write_cmssw_string,
    write_csv,
    write_golden_json,
    write_luminosity_block_range,
    write_pretty_json,
)
from models.lumi_json import GoldenJson
from models.lumis import BadLumisections
from scripts.simulator.seasons import DATA

CERTIFIED = Path(__file__).parents[1] / "data" / "golden"
LEGACY_2018 = CERTIFIED / "Cert_314472-325175_13TeV_Legacy2018_Collisions18_JSON.txt"
GOLDEN_2026 = CERTIFIED / "Cert_Collisions2026_401624_402537_golden.json"
PROMPT_2018 = DATA / "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt"
GOLDEN_2022 = DATA / "Cert_Collisions2022_355100_362760_Golden.json"
DCS_2018 = DATA / "json_DCSONLY_2018.txt"
DCS_2022 = DATA / "json_DCSONLY_2022.txt"
PUBLISHED = (LEGACY_2018, PROMPT_2018, GOLDEN_2022, GOLDEN_2026, DCS_2018, DCS_2022)
FORMS = (write_golden_json, write_pretty_json, write_cmssw_string, write_luminosity_block_range, write_csv)

Numbers = set[tuple[int, int]]

ranges = st.tuples(st.integers(1, 6), st.integers(1, 40), st.integers(1, 40)).map(
    lambda r: (r[0], min(r[1:]), max(r[1:]))
)
jsons = st.lists(ranges, max_size=12).map(GoldenJson.of_ranges)


def counted(path: Path) -> Numbers:
    """Every (run, lumisection) of a published file, counted out by hand."""
    return {
        (int(run), number)
        for run, pairs in json.loads(path.read_text()).items()
        for first, last in pairs
        for number in range(first, last + 1)
    }


def numbers(of: GoldenJson) -> Numbers:
    return {(run, number) for run, lumis in of.items() for number in lumis}


def mask(text: str, runs: np.ndarray, lumis: np.ndarray) -> np.ndarray:
    """What an event mask selects: in the flat edges of a run, each first less one, odd places are inside."""
    edges = {int(run): np.array(pairs).flatten() for run, pairs in json.loads(text).items()}
    for of_run in edges.values():
        of_run[::2] -= 1
    events = zip(runs, lumis, strict=True)
    return np.array([run in edges and np.searchsorted(edges[run], lumi) % 2 == 1 for run, lumi in events])


@given(jsons, jsons)
def test_the_operators_are_those_of_sets_of_run_and_lumisection(a: GoldenJson, b: GoldenJson) -> None:
    assert numbers(a & b) == numbers(a) & numbers(b)
    assert numbers(a | b) == numbers(a) | numbers(b)
    assert numbers(a - b) == numbers(a) - numbers(b)
    assert numbers(a ^ b) == numbers(a) ^ numbers(b)
    assert (a <= b) == (numbers(a) <= numbers(b))
    assert (a == b) == (numbers(a) == numbers(b))


@given(jsons, jsons)
def test_difference_and_intersection_part_a_json(a: GoldenJson, b: GoldenJson) -> None:
    assert (a - b) | (a & b) == a
    assert not (a - b) & b
    assert a & b <= a <= a | b
    assert a.lumisections + b.lumisections == (a | b).lumisections + (a & b).lumisections
    assert hash(a) == hash((a - b) | (a & b))


@given(jsons, st.integers(1, 6), st.integers(1, 6))
def test_a_json_is_counted_and_restricted_by_run(a: GoldenJson, first: int, last: int) -> None:
    assert a.lumisections == sum(a.counts().values()) == len(numbers(a))
    assert a.counts() == {run: len({n for r, n in numbers(a) if r == run}) for run, _ in numbers(a)}
    assert numbers(a.between(first, last)) == {(r, n) for r, n in numbers(a) if first <= r <= last}
    assert numbers(a.restricted_to([first, last])) == {(r, n) for r, n in numbers(a) if r in {first, last}}
    assert {(r, n) for r in range(8) for n in range(42) if a.contains(r, n)} == numbers(a)
    assert a.run_span == ((min(a), max(a)) if a else None)


@given(st.lists(ranges, max_size=12))
def test_a_json_is_sorted_and_merged_however_it_was_made(some: list[tuple[int, int, int]]) -> None:
    a = GoldenJson.of_ranges(some)
    assert numbers(a) == {(run, n) for run, first, last in some for n in range(first, last + 1)}
    assert list(a) == sorted(a)
    assert all(a.values())
    assert a == GoldenJson.of_numbers(numbers(a)) == GoldenJson.of_ranges(a.ranges())


@given(jsons)
def test_every_file_form_reads_back(a: GoldenJson) -> None:
    for write in FORMS:
        if a or write is not write_cmssw_string:
            assert read_lumisections(write(a)) == a


@given(st.lists(ranges, max_size=12))
def test_a_json_may_be_unsorted_overlapping_and_touching(some: list[tuple[int, int, int]]) -> None:
    raw: dict[int, list[list[int]]] = {}
    for run, first, last in some:
        raw.setdefault(run, []).append([first, last])
    assert read_lumisections(json.dumps(raw)) == GoldenJson.of_ranges(some)


@given(st.binary(max_size=200) | st.text(max_size=200))
@example('{"1": [[1, 2]], "1": []}')
@example('{"1": NaN}')
@example("1:1-")
@example("run,ls\n\0,\0")
def test_whatever_is_read_gives_lumisections_or_one_sentence(content: str | bytes) -> None:
    try:
        assert read_lumisections(content).lumisections >= 0
    except BadLumisections as error:
        assert str(error).endswith(".")


@given(st.text("0123456789:-,;[]{}()\"' \nrunlsfita#", max_size=60))
def test_whatever_looks_like_one_of_the_forms_is_read_or_refused(text: str) -> None:
    for content in (text, "run,first,last\n" + text, "run;ls\n" + text, "1:1," + text, '{"1": ' + text):
        test_whatever_is_read_gives_lumisections_or_one_sentence.hypothesis.inner_test(content)


@given(jsons)
def test_an_event_mask_selects_exactly_our_lumisections(a: GoldenJson) -> None:
    runs, lumis = (axis.flatten() for axis in np.meshgrid(np.arange(8), np.arange(42)))
    selected = mask(write_golden_json(a), runs, lumis)
    assert {(int(r), int(n)) for r, n in zip(runs[selected], lumis[selected], strict=True)} == numbers(a)


@pytest.mark.parametrize(
    "path,runs,lumisections",
    [
        (LEGACY_2018, 478, 234_529),
        (PROMPT_2018, 477, 233_929),
        (GOLDEN_2022, 362, 123_182),
        (GOLDEN_2026, 80, 44_086),
        (DCS_2018, 681, 258_508),
        (DCS_2022, 646, 151_179),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_published_file_holds_what_counting_it_out_gives(path: Path, runs: int, lumisections: int) -> None:
    published = read_lumisections(path.read_bytes())
    assert (len(published), published.lumisections) == (runs, lumisections)
    assert numbers(published) == counted(path)
    for write in FORMS:
        assert read_lumisections(write(published)) == published


def test_the_written_forms_are_those_of_published_files_byte_for_byte() -> None:
    assert write_golden_json(read_lumisections(PROMPT_2018.read_bytes())).encode() == PROMPT_2018.read_bytes()
    assert write_pretty_json(read_lumisections(GOLDEN_2026.read_bytes())).encode() == GOLDEN_2026.read_bytes()


@pytest.mark.parametrize(
    "one,other,both,only_one,only_other",
    [
        (LEGACY_2018, PROMPT_2018, 233_926, 603, 3),
        (LEGACY_2018, DCS_2018, 234_529, 0, 23_979),
        (PROMPT_2018, DCS_2018, 233_929, 0, 24_579),
        (GOLDEN_2022, DCS_2022, 123_126, 56, 28_053),
        (GOLDEN_2026, GOLDEN_2022, 0, 44_086, 123_182),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_the_differences_of_published_files_are_those_of_counting_them_out(
    one: Path, other: Path, both: int, only_one: int, only_other: int
) -> None:
    a, b = read_lumisections(one.read_text()), read_lumisections(other.read_text())
    assert numbers(a - b) == counted(one) - counted(other)
    assert numbers(b - a) == counted(other) - counted(one)
    assert ((a & b).lumisections, (a - b).lumisections, (b - a).lumisections) == (both, only_one, only_other)
    assert (a | b).lumisections == both + only_one + only_other
    assert (a ^ b).lumisections == only_one + only_other


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_an_event_mask_of_a_published_file_selects_what_the_file_holds(path: Path) -> None:
    published = read_lumisections(path.read_text())
    chosen = list(published)[::25]
    runs, lumis = (axis.flatten() for axis in np.meshgrid(chosen, np.arange(0, 2_500, 7)))
    selected = mask(write_golden_json(published), runs, lumis)
    asked = {(int(r), int(n)) for r, n in zip(runs, lumis, strict=True)}
    assert {(int(r), int(n)) for r, n in zip(runs[selected], lumis[selected], strict=True)} == counted(path) & asked
