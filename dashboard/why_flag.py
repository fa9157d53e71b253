"""Why a component is GOOD, BAD … in a range: the person who said so, or the rule, the clause and the value it met."""

from collections.abc import Iterable, Iterator
from html import escape

import streamlit as st

from backend.classify.judging import facts_of_lumisections
from backend.classify.spoken import Spoken
from backend.classify.trying import judged_now
from backend.classify.verdicts import Stretch, Verdict
from backend.queries import Said, SaidBy, Strip
from backend.rules import Explained, deciding_clauses
from backend.rules.facts import FactCatalogue, Subject
from dashboard.classifiers.data import catalogue_of
from dashboard.classifiers.drawn import chip, tree_html, value_of, word_of
from dashboard.data import reading
from dashboard.rule_words import Worded, worded
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ColumnKind, Origin, Status

_MOST_PIECES = 12
_MOST_CLAUSES = 6
_MOST_CHARACTERS = 160


def why_flag(strip: Strip, component: str, chosen: LumiRange | None) -> None:
    """Draw why a component has its statuses in a range: who said each, and for rules the clause and the value."""
    looked_at = strip.known if chosen is None else strip.known & LumiSet.span(chosen.first, chosen.last)
    column = strip.column(component)
    if column is None:
        st.html(f'<div class="cl-none">Nobody has said anything of {escape(component)} in this run.</div>')
        return
    with reading() as session:
        spoken, verdict, _ = judged_now(session, strip.run_number)
    told = [(s, piece) for s in column.segments if (piece := LumiSet.of([s.range]) & looked_at)]
    told.sort(key=lambda item: (item[0].value is Status.GOOD, item[0].range))
    for said, piece in told[:_MOST_PIECES]:
        st.html(_piece(said, piece, strip.words[said.word], spoken=spoken, verdict=verdict, component=component))
    if len(told) > _MOST_PIECES:
        st.html(f'<div class="cl-none">and {len(told) - _MOST_PIECES} stretches more; choose a shorter range.</div>')
    if not told:
        st.html(f'<div class="cl-none">Nobody has said anything of {escape(component)} there.</div>')


def flagged_in(strip: Strip) -> list[str]:
    """The components of which somebody spoke; those that are not GOOD throughout come first."""
    flags = [c for c in strip.columns if c.column.kind is ColumnKind.FLAG]
    flags.sort(key=lambda c: all(s.value is Status.GOOD for s in c.segments))
    return [str(column.column) for column in flags]


def _piece(said: Said, piece: LumiSet, by: SaidBy, *, spoken: Spoken, verdict: Verdict, component: str) -> str:
    """A stretch with one status: who said it; of a rule, what it met there."""
    status = said.value if isinstance(said.value, Status) else None
    when = f"{by.at:%d %b %Y %H:%M} UTC"
    what = f"{chip(status)} <b>{word_of(status)}</b> in LS {escape(_ranges(piece))}"
    if by.origin is not Origin.RULE:
        words = " · ".join(filter(None, (by.cause, f"“{by.comment}”" if by.comment else "")))
        return _card(f"{what} <span>by {escape(by.by)}, {when} {escape(words)}</span>", "")
    there = [(stretch, both) for stretch in verdict.components.get(component, ()) if (both := stretch.where & piece)]
    told = "".join(_rule_piece(stretch, both, spoken, verdict) for stretch, both in there if stretch.status is status)
    differs = "".join(_otherwise(stretch, both) for stretch, both in there if stretch.status is not status)
    why = "" if told else f": {escape(by.why[:_MOST_CHARACTERS])}"
    return _card(f"{what} <span>by rule, {when}{why}</span>", told + differs)


def _card(head: str, told: str) -> str:
    return f'<div class="why-piece"><div class="why-head">{head}</div>{told}</div>'


def _otherwise(stretch: Stretch, where: LumiSet) -> str:
    by = "no rule matches" if stretch.by is None else str(stretch.by)
    return (
        f'<div class="why-now">The rules in force now would say {chip(stretch.status)} {word_of(stretch.status)} '
        f"in LS {escape(_ranges(where))} ({escape(by)}).</div>"
    )


def _rule_piece(stretch: Stretch, where: LumiSet, spoken: Spoken, verdict: Verdict) -> str:
    """What the rule that decided met, each combination of values once."""
    if stretch.by is None:
        return f'<div class="why-by">No rule matches in LS {escape(_ranges(where))}.</div>'
    catalogue = catalogue_of(Subject.ONLINE_COMPONENT)
    words = worded(stretch.by.rule, catalogue)
    run = spoken.facts
    shared = facts_of_lumisections(run, *verdict.run.as_judged)
    found = []
    for _, at in run.lumisections.combinations(run.lumisections.own(stretch.by.reads)):
        if both := at & where:
            explained = stretch.by.rule.explain(run.lumisections.at(both.ranges[0].first, shared))
            clauses = _clauses(explained, words, catalogue)
            tree = tree_html(explained, words, catalogue, title="", verdict=word_of(stretch.status))
            found.append(
                f"<details><summary>LS {escape(_ranges(both))}: {'; '.join(clauses[:_MOST_CLAUSES]) or 'always'}"
                f"</summary>{tree}</details>"
            )
    return f'<div class="why-by">{escape(str(stretch.by))}{"".join(found[:_MOST_PIECES])}</div>'


def _clauses(explained: Explained, words: Worded, catalogue: FactCatalogue) -> list[str]:
    """The clauses that decided, in words, each with its value."""
    spoken = dict(_leaves(explained, words))
    clauses = deciding_clauses(explained)
    return [
        f"{escape(spoken.get(id(clause), clause.text))} <i>{escape(value_of(clause, catalogue))}</i>"
        for clause in clauses
    ]


def _leaves(explained: Explained, words: Worded) -> Iterator[tuple[int, str]]:
    if not explained.children:
        yield id(explained), words.words if explained.holds else f"not: {words.words}"
    for child, below in zip(explained.children, words.children, strict=True):
        yield from _leaves(child, below)


def _ranges(where: LumiSet) -> str:
    shown: Iterable[str] = (str(r) for r in where.ranges[:4])
    more = f" and {len(where.ranges) - 4} more" if len(where.ranges) > 4 else ""
    return ", ".join(shown) + more
