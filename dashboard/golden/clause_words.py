"""A clause of a recipe in plain words: *tracker-strip is GOOD*, *energy ≥ 6,000 GeV*."""

from backend.golden.clauses import Clause
from dashboard.golden.data import catalogue_of_recipes
from dashboard.rule_words import Worded, worded


def clause_words(clause: Clause) -> str:
    """The clause in words."""
    return _said(worded(clause.rule, catalogue_of_recipes()))


def failing_words(clause: Clause) -> str:
    """That the clause does not hold: *tracker-strip is not GOOD*, *not (energy ≥ 6,000 GeV)*."""
    words = clause_words(clause)
    subject, is_, rest = words.partition(" is ")
    return f"{subject} is not {rest}" if is_ and " is " not in rest else f"not ({words})"


def _said(node: Worded) -> str:
    if not node.children:
        return node.words
    return f"{node.words} ({'; '.join(_said(child) for child in node.children)})"
