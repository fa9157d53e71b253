"""What is lost adds up, whatever fails: the tables against a count of every single lumisection."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.golden.loss import View, account
from backend.golden.loss_mapping import Category, categories_of, kind_of, tracker_part
from backend.golden.loss_tables import Part, by_category, by_combination, lost_json, runs_of
from backend.golden.weighing import Weighed, weigh
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from tests.laws import examples
from tests.lossy import Stretch, a_recipe, luminosity, segments

CLAUSES = a_recipe()
LENGTH = 12


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """Up to three runs with one or two datasets, each cut at random, with holes and few or many clauses failing."""
    found = []
    for run in draw(st.lists(st.integers(1, 4), unique=True, max_size=3)):
        for dataset in range(draw(st.integers(1, 2))):
            cuts = sorted(draw(st.sets(st.integers(2, LENGTH), max_size=4)))
            for first, after in zip([1, *cuts], [*cuts, LENGTH + 1], strict=True):
                if draw(st.booleans()) or draw(st.booleans()):
                    failed = draw(st.frozensets(st.integers(0, len(CLAUSES) - 1), max_size=3))
                    found.append(Stretch(run, first, after - 1, failed, run * 10 + dataset))
    return found


series = st.lists(st.one_of(st.floats(0, 2), st.none()), max_size=LENGTH + 2)
luminosities = st.dictionaries(st.integers(1, 4), series, max_size=4)
Delivered = dict[int, list[float | None]]
HALF = 0.5


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(stretches(), luminosities, st.sampled_from(View), st.booleans())
def test_the_classes_add_up_to_recorded_minus_kept(
    some: list[Stretch], delivered: Delivered, view: View, detectors_first: bool
) -> None:
    loss = account(
        weigh(segments(some, CLAUSES), CLAUSES, luminosity(delivered)), view, detectors_first=detectors_first
    )
    table = by_category(loss)
    combinations = by_combination(loss)
    for measure, amount in (
        ("lumisections", lambda a: a.lumisections),
        ("recorded_per_pb", lambda a: a.recorded_per_pb),
        ("delivered_per_pb", lambda a: a.delivered_per_pb),
        ("without_luminosity", lambda a: a.without),
    ):
        lost = amount(loss.total) - amount(loss.kept)
        assert table[f"exclusive_{measure}"].sum() == pytest.approx(lost, abs=1e-9)
        assert combinations[measure].sum() == pytest.approx(lost, abs=1e-9)
        assert amount(loss.lost) == pytest.approx(lost, abs=1e-9)
        assert runs_of(loss)[measure].sum() == pytest.approx(lost, abs=1e-9)


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(stretches(), luminosities, st.sampled_from(View), st.booleans())
def test_every_category_is_what_a_count_of_single_lumisections_says(
    some: list[Stretch], delivered: Delivered, view: View, is_any_enough: bool
) -> None:
    loss = account(
        weigh(segments(some, CLAUSES), CLAUSES, luminosity(delivered), kept=kept_of(some, is_any_enough)), view
    )
    exclusive, inclusive, recorded = counted_one_by_one(some, delivered, view, is_any_enough)
    table = {row["category"]: row for row in by_category(loss).iter_rows(named=True)}
    assert {c: row["exclusive_lumisections"] for c, row in table.items() if row["exclusive_lumisections"]} == exclusive
    assert {c: row["inclusive_lumisections"] for c, row in table.items() if row["inclusive_lumisections"]} == inclusive
    for category, row in table.items():
        assert row["exclusive_recorded_per_pb"] == pytest.approx(recorded[category], abs=1e-9)


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(stretches(), luminosities, st.sampled_from(View))
def test_the_way_down_leads_to_what_the_table_says(some: list[Stretch], delivered: Delivered, view: View) -> None:
    loss = account(weigh(segments(some, CLAUSES), CLAUSES, luminosity(delivered)), view)
    for row in by_category(loss).iter_rows(named=True):
        category = Category(row["category"])
        assert lost_json(loss, Part(of_class=category)).lumisections == row["exclusive_lumisections"]
        assert len(runs_of(loss, Part(of_class=category))) == row["exclusive_runs"]
        if category is not Category.MIXED:
            assert lost_json(loss, Part(category=category)).lumisections == row["inclusive_lumisections"]
            assert len(runs_of(loss, Part(category=category))) == row["inclusive_runs"]
    for row in by_combination(loss).iter_rows(named=True):
        found = runs_of(loss, Part(combination=tuple(row["clauses"])))
        assert (found["lumisections"].sum(), len(found)) == (row["lumisections"], row["runs"])


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(stretches(), luminosities)
def test_what_has_no_luminosity_is_named(some: list[Stretch], delivered: Delivered) -> None:
    weighed = weigh(segments(some, CLAUSES), CLAUSES, luminosity(delivered))
    lacking = {
        (run, number)
        for run, lumis in all_of(weighed).items()
        for number in lumis
        if delivered_in(delivered, run, number) is None
    }
    assert {(run, n) for run, lumis in weighed.without_luminosity().items() for n in lumis} == lacking
    assert weighed.weights.without.sum() == len(lacking)


def all_of(weighed: Weighed) -> GoldenJson:
    """Every lumisection that was asked about."""
    return weighed.json(np.ones(len(weighed.run), bool))


def delivered_in(delivered: Delivered, run: int, number: int) -> float | None:
    """What was delivered in a lumisection; none where that is unknown."""
    of_run = delivered.get(run, [])
    return of_run[number - 1] if number <= len(of_run) else None


def verdicts_of(some: list[Stretch]) -> dict[tuple[int, int], list[frozenset[int]]]:
    """What fails in each lumisection of a run, in each dataset that has it."""
    found: dict[tuple[int, int], list[frozenset[int]]] = defaultdict(list)
    for stretch in some:
        for number in LumiSet.span(stretch.first, stretch.last):
            found[stretch.run, number].append(stretch.failed)
    return found


def kept_of(some: list[Stretch], is_any_enough: bool) -> GoldenJson:
    """What every dataset of a run keeps, or any of them."""
    datasets: dict[int, set[int | None]] = defaultdict(set)
    for stretch in some:
        datasets[stretch.run].add(stretch.dataset)
    needed = {run: 1 if is_any_enough else len(of_run) for run, of_run in datasets.items()}
    passing = {place: sum(not failed for failed in found) for place, found in verdicts_of(some).items()}
    return GoldenJson.of_numbers(place for place, count in passing.items() if count >= needed[place[0]])


def counted_one_by_one(
    some: list[Stretch], delivered: Delivered, view: View, is_any_enough: bool
) -> tuple[Counter[str], Counter[str], defaultdict[str, float]]:
    """Lumisections by exclusive class, by inclusive category, and recorded by exclusive class."""
    kept = kept_of(some, is_any_enough)
    exclusive, inclusive, recorded = Counter[str](), Counter[str](), defaultdict[str, float](float)
    for (run, number), failures in verdicts_of(some).items():
        failed = {i for of_one in failures for i in of_one if view.has(kind_of(CLAUSES[i].reads))}
        if kept.contains(run, number) if view is View.ALL else not failed:
            continue
        told, fails = class_of(failed)
        exclusive[told.value] += 1
        recorded[told.value] += HALF * (delivered_in(delivered, run, number) or 0.0)
        inclusive.update(c.value for c in fails)
    return exclusive, inclusive, recorded


def class_of(failed: set[int]) -> tuple[Category, set[Category]]:
    """The class of a lost lumisection in which these clauses fail, and the categories that it is lost for."""
    fails = {category for i in failed for category in categories_of(CLAUSES[i].reads)} or {Category.DATASET}
    tracker = {clause.index for clause in CLAUSES if tracker_part(clause.reads)}
    is_off = tracker <= failed
    told = next(iter(fails)) if len(fails) == 1 else Category.MIXED
    told = Category.TRACKER_HV if is_off else told
    told = Category.SHORT_RUN if Category.SHORT_RUN in fails else told
    return told, fails | ({Category.TRACKER_HV} if told is Category.TRACKER_HV else set())
