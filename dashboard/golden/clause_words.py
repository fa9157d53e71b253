"""Clauses of a recipe in plain words: *tracker-strip is GOOD*, and where they fail *BPix, FPix not ready*."""

from collections.abc import Iterable

from backend.golden.clauses import Clause
from dashboard.golden.data import catalogue_of_recipes
from dashboard.rule_words import Worded, worded

_IS = " is "


def clause_words(clause: Clause) -> str:
    """The clause in words."""
    return _said(worded(clause.rule, catalogue_of_recipes()))


def failing_words(clauses: Iterable[str]) -> str:
    """That these clauses, in words, do not hold; what fails in the same way is said together.

    >>> failing_words(["strip is GOOD", "track is GOOD", "energy ≥ 6,000 GeV", "TOB is ready"])
    'strip, track not GOOD; not (energy ≥ 6,000 GeV); TOB not ready'
    """
    subjects: dict[str, list[str]] = {}
    for words in clauses:
        subject, is_, rest = words.partition(_IS)
        is_plain = bool(is_) and _IS not in rest and not rest.startswith("not ")
        subjects.setdefault(f"not {rest}" if is_plain else f"not ({words})", []).append(subject if is_plain else "")
    return "; ".join(f"{', '.join(who)} {how}" if who[0] else how for how, who in subjects.items())


def _said(node: Worded) -> str:
    if not node.children:
        return node.words
    return f"{node.words} ({'; '.join(_said(child) for child in node.children)})"
