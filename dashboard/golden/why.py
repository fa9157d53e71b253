"""Why not: a run with what is in and out, and of one lumisection every clause, what it saw and who said it."""

from html import escape

import streamlit as st

from backend.db import engine
from backend.errors import RegistryError
from backend.golden.clauses import Clause
from backend.golden.why_not import ClauseVerdict, RejectedOfDataset, SeenFact, Why, rejected_of_run, why_not
from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard.components.lumi_ribbon import RibbonPiece, chosen_in, lumi_ribbon
from dashboard.fact_words import value_words
from dashboard.golden.clause_words import clause_words, failing_words
from dashboard.golden.data import Analysis, catalogue_of_recipes, held_by
from dashboard.session import from_address, to_address
from models.lumis import LumiSet

_BAND = "gj-band"
_MOST_PARTS = 12


def why_card(facts: GoldenJsonFacts, analysis: Analysis | None) -> None:
    """Draw the card; run and lumisection are in the address."""
    with st.container(key="gj-why-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="gj-title"><h2>Why not</h2></div>', width="content")
        run = _number("Run", "run", _first_lost(facts, analysis))
        number = _number("LS", "ls", None)
        st.space("stretch")
        if run is not None and number is not None:
            is_in = number in held_by(facts.id).at(run)
            st.html(f'<span class="rr-pill {"good" if is_in else "bad"}">{"in" if is_in else "not in"} JSON</span>')
    with st.container(key="gj-why-body", gap=None):
        if run is None:
            st.html('<div class="gj-none">Which run?</div>')
            return
        kept = held_by(facts.id).at(run)
        if analysis is None:
            told = f"It holds <b>{len(kept):,}</b> lumisections of {run}: {kept}"
            st.html(f'<div class="gj-said"><span>{told}</span></div>')
            return
        try:
            _asked(analysis, run, number, kept)
        except RegistryError as error:
            st.html(f'<div class="gj-none">{escape(str(error))}</div>')


def _number(label: str, name: str, default: int | None) -> int | None:
    """A number of the address, to be typed."""
    said = from_address(name)
    key = f"gj-why-{name}"
    if key not in st.session_state:
        st.session_state[key] = said if said.isdecimal() else "" if default is None else str(default)
    typed = st.text_input(
        label, key=key, placeholder=label, label_visibility="collapsed", width=92, max_chars=9,
        on_change=lambda: to_address(**{name: st.session_state[key].strip() or None}),
    ).strip()  # fmt: skip
    return int(typed) if typed.isdecimal() else None


def _first_lost(facts: GoldenJsonFacts, analysis: Analysis | None) -> int | None:
    """The run that lost most, else the first of all."""
    if analysis is not None and analysis.runs.height:
        lost = analysis.runs["recorded_per_pb"] - analysis.runs["certified_per_pb"]
        return int(analysis.runs["run_number"][lost.arg_max() or 0])
    return facts.first_run


def _asked(analysis: Analysis, run: int, number: int | None, kept: LumiSet) -> None:
    of = analysis.selection
    ids = of.by_dataset["dataset_id"].to_list()
    rejected = rejected_of_run(engine(), of.rule, datasets=ids, run_number=run, as_of=of.as_of)
    if not rejected:
        st.html(f'<div class="gj-none">No dataset of run {run} was asked: none matches the pattern'
                f"{' and is COMPLETED' if of.options.only_completed else ''}.</div>")  # fmt: skip
        return
    known = analysis.selection.candidates.at(run)
    st.html(f'<div class="gj-said"><span><b>{len(kept):,}</b> of {len(known):,} lumisections in, '
            f"<b>{len(known - kept):,}</b> out</span></div>")  # fmt: skip
    _band(known, kept, number)
    if number is not None:
        for why in why_not(engine(), of.rule, datasets=ids, run_number=run, lumisection=number, as_of=of.as_of):
            st.html(_why(why))
    for part in rejected:
        st.html(_rejected(part))


def _band(known: LumiSet, kept: LumiSet, number: int | None) -> None:
    last = known.ranges[-1].last if known else 1
    pieces = [RibbonPiece(r, "holds", f"in: {r}") for r in kept.ranges]
    pieces += [RibbonPiece(r, "quiet", f"out: {r}") for r in (known - kept).ranges]
    with st.container(key="gj-why-band"):
        lumi_ribbon(pieces=pieces, last=last, chosen=number, key=_BAND, on_chosen=_chosen)


def _chosen() -> None:
    if (number := chosen_in(_BAND)) is not None:
        st.session_state["gj-why-ls"] = str(number)
        to_address(ls=str(number))


def _why(why: Why) -> str:
    if not why.is_known:
        return f'<div class="gj-sub">LS {why.lumisection}<span>{escape(why.dataset)} does not have it</span></div>'
    total = len(why.clauses)
    told = f"fails {len(why.failed)} of {total} clauses" if why.failed else f"passes all {total} clauses"
    head = f'<div class="gj-sub">LS {why.lumisection} {told}<span>{escape(why.dataset)}</span></div>'
    failed = "".join(map(_verdict, why.failed))
    held = "".join(map(_verdict, why.held))
    summary = f"<summary>{len(why.held)} clauses hold</summary>"
    rest = f'<details class="gj-held">{summary}<table class="gj-table">{held}</table></details>'
    return f'{head}<table class="gj-table">{failed}</table>{rest if held else ""}'


def _verdict(verdict: ClauseVerdict) -> str:
    sign = '<span class="gj-yes">✓</span>' if verdict.holds else '<span class="gj-no">✕</span>'
    seen = ", ".join(map(_value, verdict.seen))
    by = "; ".join(dict.fromkeys(filter(None, map(_by, verdict.seen))))
    return (
        f'<tr><td>{sign}</td><td title="{escape(verdict.clause.text)}">'
        f"<b>{escape(clause_words(verdict.clause))}</b></td>"
        f'<td>is {escape(seen)}</td><td class="q">{escape(by)}</td></tr>'
    )


def _value(seen: SeenFact) -> str:
    return value_words(seen.value, catalogue_of_recipes().get(seen.name))


def _by(seen: SeenFact) -> str:
    if seen.said is None:
        return ""
    comment = f": {seen.said.comment}" if getattr(seen.said, "comment", None) else ""
    return f"{seen.said.by}, {seen.said.at:%d %b %H:%M}{comment}"


def _rejected(part: RejectedOfDataset) -> str:
    out = sum(len(rejected.lumisections) for rejected in part.rejected)
    if not out:
        return f'<div class="gj-sub">Nothing of {escape(part.dataset)} is out</div>'
    rows = "".join(
        f'<tr><td class="r"><b>{len(r.lumisections):,}</b></td><td>{escape(_failing(r.clauses))}</td>'
        f'<td class="q ls">LS {escape(_short(r.lumisections))}</td></tr>'
        for r in part.rejected[:_MOST_PARTS]
    )
    left = f", the {_MOST_PARTS} largest groups of {len(part.rejected)}" if len(part.rejected) > _MOST_PARTS else ""
    return (
        f'<div class="gj-sub">The {out:,} that are out, whole run<span>{escape(part.dataset)}{left}</span></div>'
        f'<table class="gj-table">{rows}</table>'
    )


def _failing(clauses: tuple[Clause, ...]) -> str:
    return failing_words(map(clause_words, clauses))


def _short(where: LumiSet) -> str:
    ranges = [str(r) for r in where.ranges]
    return ", ".join(ranges[:8]) + (f" and {len(ranges) - 8} more ranges" if len(ranges) > 8 else "")
