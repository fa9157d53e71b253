"""Golden JSONs side by side, against sets of single lumisections and the published files of 2018."""

import json
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.golden.compare import PARTS, combined, compare, outside_dcs_only
from backend.golden.weighing import weigh
from backend.golden.why_out import why_out
from models.lumi_formats import read_golden_json
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from scripts.simulator.seasons import DATA, PUBLISHED
from tests.laws import examples
from tests.lossy import Stretch, a_recipe, clause_about, luminosity, segments
from tests.property.test_loss_laws import kept_of, stretches, verdicts_of

LENGTH = 20
jsons = st.dictionaries(
    st.integers(1, 3), st.sets(st.integers(1, LENGTH)).map(LumiSet.numbers), max_size=3
).map(GoldenJson.of)  # fmt: skip
Places = set[tuple[int, int]]


def of(golden: GoldenJson) -> Places:
    return {(run, number) for run, lumis in golden.items() for number in lumis}


def one_by_one(written: dict[str, list[list[int]]]) -> Places:
    return {(int(run), number) for run, pairs in written.items() for a, b in pairs for number in range(a, b + 1)}


def delivered(places: Places) -> float:
    """What the lumisections of the runs 1 and 2 hold, of which each has as many /pb as its number."""
    return float(sum(number for run, number in places if run < 3))


LUMINOSITY = luminosity({run: list(range(1, LENGTH + 1)) for run in (1, 2)})


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(st.lists(jsons, min_size=2, max_size=4))
def test_every_lumisection_is_in_the_row_of_the_jsons_that_hold_it(some: list[GoldenJson]) -> None:
    found = compare({f"json {at}": each for at, each in enumerate(some)}, LUMINOSITY)
    expected: dict[tuple[str, ...], Places] = defaultdict(set)
    for place in set().union(*map(of, some)):
        expected[tuple(f"json {at}" for at, each in enumerate(some) if place in of(each))].add(place)
    table = {tuple(row["jsons"]): row for row in found.by_pattern().iter_rows(named=True)}
    assert {names: of(found.of_pattern(row["pattern"])) for names, row in table.items()} == expected
    for names, row in table.items():
        places = expected[names]
        assert (row["lumisections"], row["runs"]) == (len(places), len({run for run, _ in places}))
        assert row["delivered_per_pb"] == pytest.approx(delivered(places))
        assert row["without_luminosity"] == sum(run == 3 for run, _ in places)


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(st.lists(jsons, min_size=2, max_size=4))
def test_what_differs_is_named_run_by_run(some: list[GoldenJson]) -> None:
    found = compare({str(at): each for at, each in enumerate(some)}, LUMINOSITY).by_run()
    named = set()
    for run, names, ranges, lumisections in found.select("run_number", "jsons", "ranges", "lumisections").iter_rows():
        lumis = LumiSet.pairs([[int(n) for n in (text.split("–") * 2)[:2]] for text in ranges.split(", ")])
        assert (str(lumis), len(lumis)) == (ranges, lumisections)
        named |= {(run, number, tuple(names)) for number in lumis}
    inside = set.intersection(*map(of, some))
    assert named == {
        (run, number, tuple(str(at) for at, each in enumerate(some) if each.contains(run, number)))
        for run, number in set().union(*map(of, some)) - inside
    }


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(jsons, jsons)
def test_two_jsons_have_four_parts(a: GoldenJson, b: GoldenJson) -> None:
    found = compare({"a": a, "b": b}, LUMINOSITY)
    for part, wanted in zip(PARTS, (a - b, b - a, a & b, a | b), strict=True):
        assert found.part(part) == wanted
        row = found.two().row(by_predicate=pl.col("part") == part, named=True)
        assert (row["runs"], row["lumisections"]) == (len(wanted), wanted.lumisections)
        assert row["delivered_per_pb"] == pytest.approx(delivered(of(wanted)))


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(stretches(), jsons)
def test_why_lumisections_are_out_is_what_failed_in_them(some: list[Stretch], other: GoldenJson) -> None:
    clauses = a_recipe()
    ours = kept_of(some, False)
    weighed = weigh(segments(some, clauses), clauses, LUMINOSITY)
    table = why_out(compare({"ours": ours, "other": other}, LUMINOSITY), 0, weighed)
    said = set()
    for run, ranges, count, failed in table.select("run_number", "ranges", "lumisections", "clauses").iter_rows():
        lumis = LumiSet.pairs([[int(n) for n in (text.split("–") * 2)[:2]] for text in ranges.split(", ")])
        assert (str(lumis), len(lumis)) == (ranges, count)
        said |= {(run, number, None if failed is None else frozenset(failed)) for number in lumis}
    verdicts = verdicts_of(some)
    assert said == {
        (run, number, frozenset().union(*verdicts[run, number]) if (run, number) in verdicts else None)
        for run, number in of(other - ours)
    }


def test_prompt_and_legacy_of_2018_differ_by_what_their_sets_do(data: Path) -> None:
    legacy_file = data / "golden" / "Cert_314472-325175_13TeV_Legacy2018_Collisions18_JSON.txt"
    texts = [file.read_text(encoding="utf-8") for file in (DATA / PUBLISHED["2018"][1], legacy_file)]
    jsons = (read_golden_json(text) for text in texts)
    found = compare(dict(zip(("Prompt", "Legacy"), jsons, strict=True)), luminosity({}))
    prompt, legacy = (one_by_one(json.loads(text)) for text in texts)
    parts = (prompt - legacy, legacy - prompt, prompt & legacy, prompt | legacy)
    counted = [(part, len({run for run, _ in places}), len(places)) for part, places in zip(PARTS, parts, strict=True)]
    assert found.two().select("part", "runs", "lumisections").rows() == counted
    assert counted == [("A−B", 1, 3), ("B−A", 5, 603), ("A∩B", 477, 233_926), ("A∪B", 478, 234_532)]


def test_golden_that_is_not_within_dcs_only_is_listed() -> None:
    golden, dcs = GoldenJson.of_ranges([(1, 1, 9), (2, 1, 3)]), GoldenJson.of_ranges([(1, 1, 20)])
    assert outside_dcs_only(golden, dcs) == GoldenJson.of_ranges([(2, 1, 3)])
    assert not outside_dcs_only(golden, golden | dcs)


def test_jsons_are_combined_in_each_way() -> None:
    some = [GoldenJson.of_ranges([(1, first, last)]) for first, last in ((1, 9), (4, 12), (6, 7))]
    ranges = [combined(some, way).at(1).as_pairs() for way in ("in every one", "in any", "in the first alone")]
    assert ranges == [[[6, 7]], [[1, 12]], [[1, 3]]]


def test_what_cannot_be_compared_is_refused() -> None:
    some = GoldenJson.of_ranges([(1, 1, 9)])
    with pytest.raises(InvalidInput, match="1 golden JSONs cannot be compared; from 2 to 26 can"):
        compare({"a": some}, LUMINOSITY)
    with pytest.raises(InvalidInput, match="'A÷B' is no part of two golden JSONs"):
        compare({"a": some, "b": some}, LUMINOSITY).part("A÷B")
    with pytest.raises(InvalidInput, match="'xor'"):
        combined([some, some], "xor")
    with pytest.raises(InvalidInput, match="0 golden JSONs cannot be combined"):
        combined([], "in any")


def test_a_reason_names_its_clause() -> None:
    clauses = a_recipe()
    hcal = clause_about(clauses, "-hcal")
    cut = [Stretch(1, 1, 4, frozenset({hcal})), Stretch(1, 5, 5, frozenset({hcal}))]
    weighed = weigh(segments(cut, clauses), clauses, LUMINOSITY)
    ours, other = GoldenJson.of({}), GoldenJson.of_ranges([(1, 4, 6)])
    table = why_out(compare({"ours": ours, "other": other}, LUMINOSITY), 0, weighed)
    assert table.select("ranges", "texts").sort("ranges").rows() == [
        ("4–5", ['{"==": [{"var": "lumisection.rr.hcal-hcal"}, "GOOD"]}']),
        ("6", None),
    ]
