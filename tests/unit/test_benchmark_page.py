"""The page of benchmarks: what is measured goes between the marks, and what people wrote around them stays."""

import pytest

from scripts.benchmarks.growth.table import Figure, Grown
from scripts.benchmarks.measure import HEAD, Measure
from scripts.benchmarks.page import PAGE, begin, end, merged, part_of, rows_of, with_part

WRITTEN = "# Benchmarks\n\nWritten by hand.\n"


def test_a_part_that_is_not_there_is_put_at_the_end_and_later_changed_in_its_place() -> None:
    page = with_part(WRITTEN, "figures", "| first |") + "\nAlso by hand.\n"
    again = with_part(page, "figures", "| second |")

    assert part_of(page, "figures").strip() == "| first |"
    assert again == page.replace("first", "second")
    assert again.startswith(WRITTEN) and again.endswith("Also by hand.\n")


def test_another_part_is_left_alone() -> None:
    page = with_part(with_part(WRITTEN, "figures", "one"), "growth", "two")
    assert part_of(with_part(page, "figures", "three"), "growth").strip() == "two"
    assert part_of(page, "soak") == ""


def test_a_part_without_an_end_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="without"):
        with_part(f"{begin('figures')}\nby hand or not?\n", "figures", "new")


def test_rows_replace_those_of_the_same_words_whatever_the_numbers_and_new_ones_follow_their_neighbour() -> None:
    standing = ["| rebuild of 80 runs | 1 |", "| one edit | 2 |", "| undo | 3 |"]
    measured = ["| rebuild of 1,846 runs | 7 |", "| a look back | 8 |"]
    assert merged(standing, measured) == [*measured, *standing[1:]]
    assert merged(standing, ["| brand new | 9 |"]) == [*standing, "| brand new | 9 |"]


def test_heads_are_no_rows() -> None:
    assert rows_of(f"Measured.\n\n{HEAD}\n{Measure('edit', 3, 4, 5, 6).row()}") == [Measure("edit", 3, 4, 5, 6).row()]


@pytest.mark.parametrize("part", ["figures", "growth"])
def test_the_page_itself_has_the_parts_once(part: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(begin(part)) == page.count(end(part)) == 1
    assert rows_of(part_of(page, part))


def test_growth_is_told_beside_its_target_with_the_ratio_of_the_largest_to_the_least() -> None:
    figures = {
        6_000: (Figure("rebuild", 12.5, "s", 300), Figure("words", 900, "")),
        60_000: (Figure("rebuild", 350.0, "s", 300), Figure("words", 9_000, ""), Figure("new", 1.0)),
    }
    grown = Grown(figures, {6_000: "23 Nov 2026", 60_000: "24 Nov 2026"})

    assert rows_of(grown.table()) == [
        "| rebuild, s | 12.5 | 350 | ≤ 300 | **no** | × 28 |",
        "| words | 900 | 9,000 | | | × 10 |",
        "| new, ms | | 1 | | | |",
        "| measured on | 23 Nov 2026 | 24 Nov 2026 | | | |",
    ]
    assert "with × 10 the runs" in grown.table()
    assert not grown.is_met
