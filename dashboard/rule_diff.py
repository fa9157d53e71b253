"""Two versions of a rule side by side: as trees in words, branch by branch, and as text, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from dashboard.rule_words import Worded

Change = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line on one side: how deep it stands, and what it says. A branch has lines below it."""

    depth: int
    text: str
    is_branch: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands beside each other; none where the other side has something of its own."""

    left: Line | None
    right: Line | None

    @property
    def change(self) -> Change:
        """What happened from the left to the right."""
        if self.left is None:
            return "added"
        return "removed" if self.right is None else "same"


def trees_beside(left: Worded, right: Worded) -> tuple[Pair, ...]:
    """The two trees, each branch beside the one that it was."""
    return tuple(_beside(left, right, 0))


def texts_beside(left: str, right: str) -> tuple[Pair, ...]:
    """The two texts, line beside line; how far a line is indented and its comma make no difference."""
    before, after = left.splitlines(), right.splitlines()
    pairs: list[Pair] = []
    matcher = SequenceMatcher(None, [_bare(line) for line in before], [_bare(line) for line in after], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = ([Line(0, line) for line in lines] for lines in (before[i1:i2], after[j1:j2]))
        if tag == "equal":
            pairs += [Pair(one, other) for one, other in zip(old, new, strict=True)]
        else:
            pairs += [*(Pair(one, None) for one in old), *(Pair(None, other) for other in new)]
    return tuple(pairs)


def count_of(pairs: Sequence[Pair], change: Change) -> int:
    """How many pairs of the kind there are."""
    return sum(pair.change == change for pair in pairs)


def _beside(left: Worded, right: Worded, depth: int) -> Iterator[Pair]:
    if not _is_same_branch(left, right):
        yield from _wrapped(left, right, depth) or _whole_pairs(left, right, depth)
        return
    yield Pair(_line(left, depth), _line(right, depth))
    for before, after in _matched(left.children, right.children):
        is_one = before is None or after is None
        yield from _whole_pairs(before, after, depth + 1) if is_one else _beside(before, after, depth + 1)


def _wrapped(left: Worded, right: Worded, depth: int) -> list[Pair]:
    """One that has become a part of the other, beside that part; nothing if it has not."""
    for whole, part, is_right in ((right, left, True), (left, right, False)):
        place = next((n for n, child in enumerate(whole.children) if _is_same(child, part)), None)
        if place is not None:
            pairs = [_alone(_line(whole, depth), is_right)]
            for number, child in enumerate(whole.children):
                if number == place:
                    pairs += _beside(part, child, depth + 1) if is_right else _beside(child, part, depth + 1)
                else:
                    pairs += [_alone(line, is_right) for line in _lines(child, depth + 1)]
            return pairs
    return []


def _alone(line: Line, is_right: bool) -> Pair:
    return Pair(None, line) if is_right else Pair(line, None)


def _is_same(one: Worded, other: Worded) -> bool:
    return one.text == other.text or _is_same_branch(one, other)


def _whole_pairs(left: Worded | None, right: Worded | None, depth: int) -> Iterator[Pair]:
    """Both with all that is below them, the left one above where they differ."""
    if left is not None and right is not None and left.text == right.text:
        yield from (Pair(line, line) for line in _lines(left, depth))
        return
    yield from (Pair(line, None) for line in (_lines(left, depth) if left else ()))
    yield from (Pair(None, line) for line in (_lines(right, depth) if right else ()))


def _matched(left: Sequence[Worded], right: Sequence[Worded]) -> Iterator[tuple[Worded | None, Worded | None]]:
    """Children that are equal beside each other, and between those, branches of the same operator."""
    matcher = SequenceMatcher(None, [c.text for c in left], [c.text for c in right], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(left[i1:i2], right[j1:j2], strict=True)
            continue
        yield from _branches_matched(list(left[i1:i2]), list(right[j1:j2]))


def _branches_matched(left: list[Worded], right: list[Worded]) -> Iterator[tuple[Worded | None, Worded | None]]:
    while left and right:
        place = next((n for n, other in enumerate(right) if _is_same_branch(left[0], other)), None)
        if place is None:
            yield left.pop(0), None
            continue
        yield from ((None, before) for before in right[:place])
        yield left.pop(0), right[place]
        del right[: place + 1]
    yield from ((one, None) for one in left)
    yield from ((None, one) for one in right)


def _is_same_branch(left: Worded, right: Worded) -> bool:
    return bool(left.children and right.children) and left.operator == right.operator


def _lines(tree: Worded, depth: int) -> Iterator[Line]:
    yield _line(tree, depth)
    for child in tree.children:
        yield from _lines(child, depth + 1)


def _line(tree: Worded, depth: int) -> Line:
    return Line(depth, tree.words, bool(tree.children))


def _bare(line: str) -> str:
    return line.strip(" ,")
