"""The tables in docs/benchmarks.md: each between two marks, and what people write around them stays."""

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_NUMBER = re.compile(r"\d[\d,.]*")


def begin(part: str) -> str:
    """The mark before a part; it is a comment, which Markdown does not show."""
    return f"<!-- measured: {part} -->"


def end(part: str) -> str:
    """The mark after it."""
    return f"<!-- end of measured: {part} -->"


def part_of(page: str, part: str) -> str:
    """What stands between the marks of a part; nothing where the page has none."""
    _, is_there, after = page.partition(begin(part) + "\n")
    return after.partition(end(part))[0] if is_there else ""


def with_part(page: str, part: str, said: str) -> str:
    """The page with other words between the marks of a part, which begins at its end if it was not there.

    Raises
    ------
    ValueError
        If the part has a beginning and no end, so that nobody knows what was written by hand.
    """
    whole = f"{begin(part)}\n{said.strip()}\n{end(part)}"
    before, is_there, after = page.partition(begin(part))
    if not is_there:
        return f"{page.rstrip()}\n\n{whole}\n"
    _, has_end, after = after.partition(end(part))
    if not has_end:
        raise ValueError(f"The page has {begin(part)!r} without {end(part)!r}.")
    return f"{before}{whole}{after}"


def keep(part: str, said: str, *, page: Path = PAGE) -> None:
    """Write a part into the page."""
    page.write_text(with_part(page.read_text(encoding="utf-8"), part, said), encoding="utf-8")


def rows_of(table: str) -> list[str]:
    """The rows of the tables in a part, without their heads."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    heads = {n for n, line in enumerate(lines) if set(line) <= set("|-: ")}
    return [line for n, line in enumerate(lines) if n not in heads and n + 1 not in heads]


def merged(standing: Sequence[str], measured: Sequence[str]) -> list[str]:
    """The rows that stand, with those that were measured in the place of theirs; new ones follow their neighbour.

    A row is known by its first cell, whatever the numbers in it: "rebuild of 846 runs" replaces "rebuild of 800 runs".
    """
    rows = list(standing)
    after = len(rows)
    for row in measured:
        place = next((n for n, old in enumerate(rows) if _name(old) == _name(row)), None)
        if place is None:
            rows.insert(after, row)
            after += 1
        else:
            rows[place] = row
            after = place + 1
    return rows


def _name(row: str) -> str:
    return _NUMBER.sub("#", row.split("|")[1].strip())
