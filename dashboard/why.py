"""Why a run is what it is: the rule that decided, its clauses and the values they met; or the person who said so."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from backend.classify.spoken import Spoken
from backend.classify.trying import judged_now
from backend.classify.verdicts import Judge, Judges, Verdict
from backend.errors import RegistryError
from backend.queries import strip_of
from backend.rules.facts import Subject
from dashboard.classifiers.data import catalogue_of
from dashboard.classifiers.drawn import tree_html
from dashboard.data import reading
from dashboard.rule_words import worded
from dashboard.session import from_address
from dashboard.why_flag import flagged_in, why_flag
from models.lumis import BadLumisections, LumiRange

_NONE = "no class"


def why_tab(run_number: int) -> None:
    """Draw the answers to *why this class*, *why significant*, and *why is this component so in these lumisections*."""
    why_run(run_number)
    with reading() as session:
        strip = strip_of(session, run_number)
    components = flagged_in(strip)
    if not components:
        st.html('<div class="cl-none">Nobody has said anything of its components.</div>')
        return
    chosen = _range()
    with st.container(key="why-flag"):
        with st.container(key="why-flag-head", horizontal=True, vertical_alignment="center"):
            where = "in every lumisection" if chosen is None else f"in LS {chosen}"
            st.html('<h2 class="rr-h2">Why is</h2>', width="content")
            component = st.selectbox(
                "Component", components, key="why", bind="query-params", label_visibility="collapsed", width=190
            )
            st.html(f'<span class="rr-label">so {where}? Drag over the strip to choose others.</span>', width="content")
        why_flag(strip, str(component), chosen)


def why_run(run_number: int) -> None:
    """Draw why the run has its class and why it is significant or not; any other class can be asked for."""
    spoken, verdict, judges = _judged(run_number)
    with st.container(key="why-run", horizontal=True, gap="small"):
        with st.container(key="why-class", gap=None):
            _class(spoken, verdict, judges)
        with st.container(key="why-significant", gap=None):
            _significance(spoken, verdict, judges)


def why_html(run_number: int) -> str:
    """Why a run has its class, for a narrow card: the rule as a tree with the values it met."""
    try:
        spoken, verdict, judges = _judged(run_number)
        by, said = verdict.run.class_by, spoken.people.run_class
        told = _no_class(spoken, judges) if by is None else _small_tree(by, spoken)
    except RegistryError as error:
        return f'<div class="rr-why">{escape(str(error))}</div>'
    link = (
        ""
        if by is None
        else f'<a href="{escape(playground_link(by, run_number))}" target="_blank">Open in playground</a>'
    )
    person = "<div>A person said so, above the rules.</div>" if said is not None else ""
    head = f'<h2 class="rr-h2">Why {escape(verdict.run.counts_as or _NONE)}</h2>'
    return f'<div class="rr-why"><div class="rr-head">{head}{link}</div>{person}{told}</div>'


def playground_link(judge: Judge[str], run_number: int) -> str:
    """The page on which the rule can be tried on this run, changed, and compared."""
    return "classifiers?" + urlencode({"kind": judge.kind.value, "name": judge.name, "run": run_number})


def _small_tree(by: Judge[str], spoken: Spoken) -> str:
    catalogue = catalogue_of(Subject.RUN)
    explained, words = by.rule.explain(spoken.facts.of_run), worded(by.rule, catalogue)
    return tree_html(explained, words, catalogue, title=f"{by.says}:", verdict=str(by).rpartition(" ")[2])


def _judged(run_number: int) -> tuple[Spoken, Verdict, Judges]:
    with reading() as session:
        return judged_now(session, run_number)


def _class(spoken: Spoken, verdict: Verdict, judges: Judges) -> None:
    by = verdict.run.class_by
    names = [judge.name for judge in judges.run_classes]
    asked = st.selectbox(
        "Why this class, or why not another",
        names,
        index=names.index(by.name) if by else None,
        key=f"why-class-of-{spoken.run_number}",
        placeholder="why not …",
    )
    said = spoken.people.run_class
    if said is not None:
        st.html(f'<div class="cl-none">A person said that it is <b>{escape(said)}</b>, above the rules.</div>')
    chosen = next((judge for judge in judges.run_classes if judge.name == asked), None)
    if chosen is None:
        st.html(f'<div class="cl-none">{escape(_no_class(spoken, judges))}</div>')
        return
    is_it = "this rule decided" if by and chosen.name == by.name else _not_asked(chosen, by, judges)
    _rule(chosen, spoken.facts.of_run, title=f"the run is {chosen.says} when", remark=is_it)


def _not_asked(chosen: Judge[str], by: Judge[str] | None, judges: Judges) -> str:
    order = [judge.name for judge in judges.run_classes]
    if by is not None and order.index(by.name) < order.index(chosen.name):
        return f"{by.name} is asked first and decided"
    return "asked, and did not hold"


def _significance(spoken: Spoken, verdict: Verdict, judges: Judges) -> None:
    run_class = verdict.run.counts_as
    word = "significant" if verdict.run.counts_as_significant else "not significant"
    st.html(f'<h2 class="rr-h2">Why {word}</h2>')
    if spoken.people.is_significant is not None:
        st.html('<div class="cl-none">A person said so, above the rules.</div>')
    own = judges.significance.get(run_class or "", ())
    if not own:
        what = f"No rule makes runs of {run_class} significant." if run_class else "A run without class never is."
        st.html(f'<div class="cl-none">{escape(what)}</div>')
    for judge in own:
        facts = {**spoken.facts.of_run, "class": run_class}
        _rule(judge, facts, title=f"a run of {run_class} is significant when", remark="")


def _rule(judge: Judge[str], facts: object, *, title: str, remark: str) -> None:
    catalogue = catalogue_of(Subject.RUN)
    explained = judge.rule.explain(facts)
    verdict = "yes" if explained.holds else "no"
    st.html(
        f'<div class="cl-none"><b>{escape(str(judge))}</b> {escape(remark)}</div>'
        + tree_html(explained, worded(judge.rule, catalogue), catalogue, title=title, verdict=verdict)
    )


def _no_class(spoken: Spoken, judges: Judges) -> str:
    if spoken.facts.oms.get("hlt_key") is None:
        return "OMS knows no HLT key of this run, and without one it has no class."
    return f"None of the {len(judges.run_classes)} rules in force holds."


def _range() -> LumiRange | None:
    """The lumisections that the address names."""
    first, _, last = from_address("ls").partition("-")
    try:
        return LumiRange(int(first), int(last or first)) if first else None
    except (ValueError, BadLumisections):
        return None
