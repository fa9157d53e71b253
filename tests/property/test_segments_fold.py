"""The fold of lumisection words, vectorised over everything, equals saying the rule lumisection by lumisection."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from backend.projections.segments import SegmentArrays, SpokenWord, fold_segments, spread
from backend.projections.summaries import flag_counts, known_lengths
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Origin

ranges = st.tuples(st.integers(1, 20), st.integers(1, 20)).map(lambda p: LumiRange(min(p), max(p)))


@st.composite
def histories(draw: st.DrawFn) -> list[SpokenWord]:
    """Some words about two datasets and three columns, in the order of their ids."""
    words = []
    for change in range(1, draw(st.integers(0, 12)) + 1):
        at = draw(ranges)
        takes_back = draw(st.sampled_from([None, None, None, (1,), (2,), (1, 2)]))
        words.append(
            SpokenWord(
                change=change,
                dataset=draw(st.integers(1, 2)),
                columns=draw(st.lists(st.sampled_from([1, 2, 1001]), min_size=1, unique=True)),
                first=at.first,
                last=at.last,
                value=None if takes_back else draw(st.integers(1, 6)),
                origin=draw(st.sampled_from(list(Origin))),
                withdraws=takes_back,
                is_noted=draw(st.booleans()),
            )
        )
    return words


def one_by_one(words: list[SpokenWord]) -> dict[tuple[int, int, int], tuple[int | None, int]]:
    """What holds at (dataset, column, lumisection): value and word, worked out the slow way.

    Plain words of rules that continue what the lumisection before says count as the word that began it.
    """
    plain = {w.change for w in words if w.origin is Origin.RULE and not w.is_noted}
    holds = _deciding(words)
    for dataset, column, lumi in sorted(holds):
        value, change = holds[dataset, column, lumi]
        before = holds.get((dataset, column, lumi - 1))
        if before is not None and before[0] == value and {change, before[1]} <= plain:
            holds[dataset, column, lumi] = before
    return holds


def _deciding(words: list[SpokenWord]) -> dict[tuple[int, int, int], tuple[int | None, int]]:
    layers: dict[tuple[int, int, int, int], tuple[int | None, int]] = {}
    for w in words:
        for column in w.columns:
            for lumi in range(w.first, w.last + 1):
                if w.withdraws is None:
                    layers[w.dataset, column, lumi, w.origin] = w.value, w.change
                else:
                    for origin in w.withdraws:
                        layers.pop((w.dataset, column, lumi, origin), None)
    deciding = sorted((k for k in layers if k[3] != Origin.MODEL), key=lambda k: k[3])
    return {k[:3]: layers[k] for k in deciding}


def rows(segments: SegmentArrays) -> list[tuple[int, ...]]:
    names = ("dataset", "column", "first", "last", "value", "change")
    return list(zip(*(getattr(segments, n).tolist() for n in names), strict=True))


@given(histories())
def test_the_fold_equals_the_rule_said_lumisection_by_lumisection(words: list[SpokenWord]) -> None:
    found = {}
    for dataset, column, first, last, value, change in rows(fold_segments(spread(words))):
        for lumi in range(first, last + 1):
            assert (dataset, column, lumi) not in found, "segments are disjoint"
            found[dataset, column, lumi] = value, change
    assert found == one_by_one(words)


@given(histories())
def test_segments_are_sorted_and_never_split_for_nothing(words: list[SpokenWord]) -> None:
    found = rows(fold_segments(spread(words)))
    assert found == sorted(found)
    for (d, c, _, last, _, change), (d2, c2, first, _, _, change2) in itertools.pairwise(found):
        assert (d, c, last + 1, change) != (d2, c2, first, change2)


@given(histories(), st.randoms())
def test_the_order_in_which_words_are_read_does_not_matter(words: list[SpokenWord], random: object) -> None:
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rows(fold_segments(spread(shuffled))) == rows(fold_segments(spread(words)))


@given(histories(), st.lists(ranges, max_size=3), st.lists(ranges, max_size=3))
def test_counts_are_of_known_lumisections_alone(
    words: list[SpokenWord], one: list[LumiRange], two: list[LumiRange]
) -> None:
    segments = fold_segments(spread(words))
    known = {1: LumiSet.of(one), 2: LumiSet.of(two)}
    expected: dict[tuple[int, int], list[int]] = {}
    for dataset, column, first, last, value, _ in rows(segments):
        if column < 1001:
            count = expected.setdefault((dataset, column), [0] * 6)
            count[value - 1] += len(known[dataset] & LumiSet.span(first, last))
    assert flag_counts(segments, known) == expected
    lengths = known_lengths(segments, known).tolist()
    assert lengths == [len(known[d] & LumiSet.span(f, la)) for d, _, f, la, _, _ in rows(segments)]
