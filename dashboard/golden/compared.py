"""Golden JSONs side by side: what is only in one, in both, in either; run by run, and why where the registry knows."""

from collections.abc import Mapping, Sequence
from html import escape
from string import ascii_uppercase
from typing import Any

import streamlit as st

from backend.golden.compare import PARTS, WAYS, Comparison, combined, compare
from backend.golden.why_out import why_out
from backend.queries import luminosities
from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard.data import reading
from dashboard.golden.beside import key_of, named_in_address, say_beside
from dashboard.golden.clause_words import clause_words, failing_words
from dashboard.golden.data import ALL, analysis_of, facts_of, held_by, listed
from dashboard.golden.listed import name_of
from dashboard.golden.make import upload_popover
from dashboard.golden.words import luminosity_words
from dashboard.taking_away import csv_of
from models.lumi_formats import write_golden_json

_MOST_RUNS = 200
_TOLD = {"A−B": "only in A", "B−A": "only in B", "A∩B": "in both", "A∪B": "in either"}


def compare_card(facts: GoldenJsonFacts) -> None:
    """Draw the card: this golden JSON is A."""
    with st.container(key="gj-compare-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="gj-title"><h2>Compare</h2></div>', width="content")
        others = _others(facts)
        found = _compared((facts.id, *others)) if others else None
        if found is not None:
            _downloads(found, (facts.id, *others))
        upload_popover(beside=facts.id)
    with st.container(key="gj-compare-body", gap=None):
        if found is None:
            st.html('<div class="gj-none">Choose golden JSONs to compare this one with, or upload a file.</div>')
            return
        st.html(_letters((facts, *filter(None, map(facts_of, others)))))
        st.html(_parts(found) if len(others) == 1 else _patterns(found))
        st.html(_by_run(found, (facts.id, *others)))


def _others(facts: GoldenJsonFacts) -> tuple[int, ...]:
    """The other golden JSONs that the address names, in its order."""
    known = {row.id: row for row in listed(ALL, "").rows if row.id != facts.id}
    said = named_in_address()
    known |= {id_: row for id_ in said if id_ not in known and id_ != facts.id and (row := facts_of(id_))}
    key = key_of(facts.id)
    if key not in st.session_state:
        st.session_state[key] = [id_ for id_ in said if id_ in known]
    chosen = st.multiselect(
        "Compare with",
        list(known),
        format_func=lambda id_: f"#{id_} {name_of(known[id_])}",
        key=key,
        placeholder="with …",
        label_visibility="collapsed",
        max_selections=8,
        on_change=lambda: say_beside(st.session_state[key]),
    )
    return tuple(chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(ids: Sequence[int]) -> Comparison:
    jsons = {letter: held_by(id_) for letter, id_ in zip(ascii_uppercase, ids, strict=False)}
    with reading() as session:
        return compare(jsons, luminosities(session, {run for json in jsons.values() for run in json}))


def _letters(facts: Sequence[GoldenJsonFacts]) -> str:
    lettered = zip(ascii_uppercase, facts, strict=False)
    named = " · ".join(f"<b>{at}</b> #{f.id} {escape(name_of(f))}" for at, f in lettered)
    return f'<div class="gj-said"><span>{named}</span></div>'


def _parts(found: Comparison) -> str:
    table = found.two()
    most = max(table["lumisections"].max() or 0, 1)
    rows = "".join(_row(row["part"].replace("−", " − "), _TOLD[row["part"]], row, most) for row in table.to_dicts())
    return _table(rows)


def _patterns(found: Comparison) -> str:
    table = found.by_pattern()
    most = max(table["lumisections"].max() or 0, 1)
    rows = []
    for row in table.to_dicts():
        told = "in all" if len(row["jsons"]) == len(found.names) else "in these alone"
        rows.append(_row(" ".join(row["jsons"]), told, row, most))
    return _table("".join(rows))


def _row(name: str, told: str, row: Mapping[str, Any], most: int) -> str:
    recorded, lacking = luminosity_words(row["recorded_per_pb"]), row["without_luminosity"]
    if lacking:
        recorded = f'<span title="of {lacking:,} lumisections it is not known">{recorded}*</span>'
    share = f'<span class="gj-share"><i style="width:{100 * row["lumisections"] / most:.1f}%"></i></span>'
    return (
        f'<tr><td class="n"><b>{escape(name)}</b></td><td>{told}</td><td class="r">{row["runs"]:,}</td>'
        f'<td class="r">{row["lumisections"]:,}</td><td class="r">{recorded}</td><td>{share}</td></tr>'
    )


def _table(rows: str) -> str:
    heads = '<th></th><th></th><th class="r">Runs</th><th class="r">Lumisections</th><th class="r">Recorded</th>'
    return f'<table class="gj-table"><tr>{heads}<th></th></tr>{rows}</table>'


def _by_run(found: Comparison, ids: Sequence[int]) -> str:
    table = found.by_run()
    if not table.height:
        return '<div class="gj-sub">The same, to the last lumisection</div>'
    reasons = _reasons(found, ids)
    shown = table.sort("lumisections", descending=True).head(_MOST_RUNS).to_dicts()
    rows = "".join(_difference(row, reasons.get((row["run_number"], row["pattern"]), "")) for row in shown)
    left = f", the {_MOST_RUNS} largest of {table.height:,}" if table.height > _MOST_RUNS else ""
    head = f'<div class="gj-sub">Run by run<span>what differs and why{left}</span></div>'
    return f'{head}<table class="gj-table">{rows}</table>'


def _difference(row: Mapping[str, Any], why: str) -> str:
    run = row["run_number"]
    link = f'<a href="run?run={run}" target="_self">{run}</a>'
    return (
        f'<tr><td class="n">{link}</td><td class="n">in {" ".join(row["jsons"])}</td><td>{escape(row["ranges"])}</td>'
        f'<td class="r">{row["lumisections"]:,}</td><td class="q">{why}</td></tr>'
    )


def _reasons(found: Comparison, ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """By run and pattern, why those that do not hold the lumisections do not, where the registry made them."""
    said: dict[tuple[int, int], list[str]] = {}
    for at, id_ in enumerate(ids):
        analysis = analysis_of(id_)
        if analysis is None:
            continue
        words = {clause.text: clause_words(clause) for clause in analysis.weighed.clauses}
        for row in why_out(found, at, analysis.weighed).to_dicts():
            told = _failing(row["texts"], words)
            if told:
                said.setdefault((row["run_number"], row["pattern"]), []).append(f"{found.names[at]}: {escape(told)}")
    return {key: "; ".join(dict.fromkeys(lines)) for key, lines in said.items()}


def _failing(texts: list[str] | None, words: dict[str, str]) -> str:
    if texts is None:
        return "no dataset was asked"
    return failing_words(words[text] for text in texts)


def _downloads(found: Comparison, ids: Sequence[int]) -> None:
    with st.popover("Take away", key="gj-parts"):
        if len(found.names) == 2:
            for at, part in enumerate(PARTS):
                st.download_button(
                    part, data=lambda part=part: write_golden_json(found.part(part)).encode(), on_click="ignore",
                    file_name=f"{part}.json", mime="application/json", key=f"gj-part-{at}",
                )  # fmt: skip
        else:
            for way in WAYS:
                st.download_button(
                    f"What is {way}", on_click="ignore", key=f"gj-way-{way}", file_name=f"{way}.json",
                    data=lambda way=way: write_golden_json(combined([*map(held_by, ids)], way)).encode(),
                    mime="application/json",
                )  # fmt: skip
            for row in found.by_pattern().to_dicts():
                st.download_button(
                    "only in " + " ".join(row["jsons"]), on_click="ignore", key=f"gj-pattern-{row['pattern']}",
                    data=lambda p=row["pattern"]: write_golden_json(found.of_pattern(p)).encode(),
                    file_name=f"only in {''.join(row['jsons'])}.json", mime="application/json",
                )  # fmt: skip
        st.download_button(
            "Run by run as CSV", data=lambda: _csv(found), file_name="differences.csv", mime="text/csv",
            on_click="ignore", key="gj-differences",
        )  # fmt: skip


def _csv(found: Comparison) -> bytes:
    table = found.by_run()
    return csv_of(table.columns, table.iter_rows())
