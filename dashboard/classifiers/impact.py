"""The card that says what a draft would change, or where two versions differ: run by run, on the newest runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from time import perf_counter

import streamlit as st

from backend.classify import ClassifierBody, ComponentBody
from backend.classify.comparing import Landed
from backend.classify.in_force import JUDGING
from backend.classify.in_force import Draft as Judging
from backend.classify.preview import Impact, Said
from backend.classify.trying import Seen
from backend.configuration import Side
from backend.errors import RegistryError
from backend.queries import RunRow
from dashboard.classifiers.data import impact_of, landed_on, newest_runs, rows_of
from dashboard.classifiers.desk import Desk
from dashboard.classifiers.drawn import bar, chip, word_of
from dashboard.classifiers.in_address import chosen, key_of
from dashboard.classifiers.landing import counts_landed
from dashboard.taking_away import csv_of
from models.vocabulary import Status

LAST = ("100", "500", "1000")
_RUNS = "500"
_BAR = 112
Landings = tuple[Mapping[int, Landed], Mapping[int, Landed]]
"""What the lumisections of the changed runs are given, before and after."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one run would be told instead: how many lumisections, and from what to what."""

    run: int
    lumisections: int
    changes: tuple[tuple[str, Said, Said, int], ...]


def impact_card(desk: Desk, body: ClassifierBody | None, tried: Seen | None) -> None:
    """Draw the card."""
    title = "Impact of the draft" if desk.sheet.is_draft else "Where the two differ"
    with st.container(key="cl-impact-head", horizontal=True, vertical_alignment="center"):
        st.html(f'<h2 class="rr-h2">{title}</h2>', width="content")
        count = _count() if body is None or _judges_runs(body) else 0
        took = st.empty()
    if body is None:
        st.html('<div class="cl-none">What it changes is said as soon as it is a rule again.</div>')
    elif not _judges_runs(body):
        _on_the_tried(desk, body, tried)
    elif desk.against is None and desk.versions:
        st.html('<div class="cl-none">Choose a version to compare with, or change something.</div>')
    else:
        began = perf_counter()
        try:
            _drawn(desk, body, count)
        except RegistryError as error:
            st.html(f'<div class="cl-none" role="alert">{escape(str(error))}</div>')
        took.html(f'<span class="rr-label">evaluated in {perf_counter() - began:.1f} s</span>', width="content")


def _count() -> int:
    """On how many of the newest runs."""
    return int(
        st.selectbox(
            "Runs",
            LAST,
            format_func=lambda n: f"last {int(n):,} runs",
            key=key_of("runs", LAST, _RUNS),
            on_change=chosen,
            args=("runs", _RUNS),
            label_visibility="collapsed",
            width=130,
        )
    )


def _judges_runs(body: ClassifierBody) -> bool:
    """Whether it has a say when runs are classified."""
    return isinstance(body, JUDGING) and not (isinstance(body, ComponentBody) and body.side is Side.OFFLINE)


def _drawn(desk: Desk, body: ClassifierBody, count: int) -> None:
    runs = newest_runs(count)
    before, after = _before(desk), (Judging(desk.name, body),)
    impact = impact_of(before, after, runs)
    found = differences(impact)
    rows = rows_of([difference.run for difference in found])
    landings: Landings = ({}, {})
    judged = 0
    if isinstance(body, ComponentBody):
        landings = landed_on(body.component, before, list(rows)), landed_on(body.component, after, list(rows))
        judged = sum(counts_landed(body.component, count).values())
    st.html(_figures(impact, found, judged))
    with st.container(key="cl-impact", gap=None):
        st.html(_table(desk, found, rows, landings))
    with st.container(key="cl-impact-foot", horizontal=True, vertical_alignment="center"):
        signed_off = len(impact.changed & impact.signed_off)
        proposed = f" In {signed_off:,} that are signed off it would be proposed." if signed_off else ""
        st.html(
            f'<span class="rr-label">{len(found):,} of {len(impact.looked_at):,} runs change.{proposed} '
            "What people said stays as it is.</span>"
        )
        st.download_button(
            "CSV",
            lambda: differences_csv(found),
            file_name="impact.csv",
            mime="text/csv",
            on_click="ignore",
            key="cl-impact-csv",
            type="tertiary",
        )


def _before(desk: Desk) -> tuple[Judging, ...]:
    """What the chosen version is compared with: nothing needs to be said of what is in force."""
    piece, against = desk.piece, desk.against
    if against is None or against.body is None:
        return ()
    is_in_force = piece is not None and piece.is_enabled and piece.version == against.draft.version
    return () if is_in_force else (Judging(desk.name, against.body),)


def differences(impact: Impact) -> list[Difference]:
    """The impact run by run, the newest first."""
    by_run: dict[int, list[tuple[str, Said, Said, int]]] = {}
    for shift in impact.shifts:
        for run, where in shift.where.items():
            by_run.setdefault(run, []).append((shift.what, shift.before, shift.after, len(where)))
    return [
        Difference(
            run, max(sum(n for what, *_, n in changes if what == of) for of in {c[0] for c in changes}), tuple(changes)
        )
        for run, changes in sorted(by_run.items(), reverse=True)
    ]


def differences_csv(found: Sequence[Difference]) -> bytes:
    """The differences as a table: a row for each run and change."""
    rows = ((d.run, what, said(before), said(after), count) for d in found for what, before, after, count in d.changes)
    return csv_of(("run", "what", "before", "after", "lumisections"), rows)


def said(value: Said) -> str:
    """A verdict in words."""
    if isinstance(value, Status) or value is None:
        return word_of(value)
    if isinstance(value, bool):
        return "significant" if value else "not significant"
    return str(value)


def _figures(impact: Impact, found: Sequence[Difference], judged: int) -> str:
    lumisections = sum(difference.lumisections for difference in found)
    share = f", {_share(lumisections / judged)}" if judged else ""
    pairs: Counter[tuple[Said, Said]] = Counter()
    for shift in impact.shifts:
        pairs[shift.before, shift.after] += shift.lumisections
    most = "".join(
        f"<span>{_mark(before)} → {_mark(after)} <b>{n:,}</b></span>" for (before, after), n in pairs.most_common(4)
    )
    return (
        f'<div class="cl-figures"><div><b>{len(found):,}</b><span>runs change</span></div>'
        f"<div><b>{lumisections:,}</b><span>LS change{share}</span></div><div class='mx'>{most}</div></div>"
    )


def _share(share: float) -> str:
    return "less than 0.01 %" if 0 < share < 0.0001 else f"{share * 100:.2f} %"


def _mark(value: Said) -> str:
    return chip(value) if isinstance(value, Status) or value is None else escape(said(value))


def _table(
    desk: Desk,
    found: Sequence[Difference],
    rows: dict[int, RunRow],
    landings: Landings,
) -> str:
    if not found:
        return '<div class="cl-none">Nothing would change in these runs.</div>'
    has_bars = any(landings)
    left = desk.against.label if desk.against else "without"
    bars = f"<th>{escape(left)}</th><th>{escape(desk.sheet.label)}</th>" if has_bars else ""
    head = f'<tr><th>Run ↓</th><th>Class</th><th class="r">LS</th>{bars}<th class="r">Changed</th><th></th></tr>'
    body = "".join(_row(difference, rows.get(difference.run), landings, has_bars=has_bars) for difference in found)
    return f'<table class="cl-it"><thead>{head}</thead><tbody>{body}</tbody></table>'


def _row(difference: Difference, run: RunRow | None, landings: Landings, *, has_bars: bool) -> str:
    number = difference.run
    run_class = str(run.attributes.get("run_class") or "—") if run else "—"
    count = f"{run.lumisections:,}" if run else ""
    bars = "".join(f"<td>{bar(side.get(number, {}), _BAR)}</td>" for side in landings) if has_bars else ""
    changes = " ".join(
        f'<span title="{escape(what)}: {n:,} LS">{_mark(before)} → {_mark(after)}</span>'
        for what, before, after, n in sorted(difference.changes, key=lambda c: -c[3])[:3]
    )
    return (
        f'<tr><td class="b6"><a href="run?run={number}" target="_blank">{number}</a></td><td>{escape(run_class)}</td>'
        f'<td class="r">{count}</td>{bars}<td class="r b6">{difference.lumisections:,}</td>'
        f'<td class="nw">{changes}</td></tr>'
    )


def _on_the_tried(desk: Desk, body: ClassifierBody, tried: Seen | None) -> None:
    """Rules that do not judge runs as they come are compared on the dataset that they are tried on."""
    if tried is None or desk.against is None or desk.against.body is None:
        st.html('<div class="cl-none">Try it on a run, and choose a version to compare with.</div>')
        return
    left, right = (tried.where(one.parsed) & tried.known for one in (desk.against.body, body))
    lost, won = left - right, right - left
    st.html(
        f'<div class="cl-figures"><div><b>{len(left):,}</b><span>LS match {escape(desk.against.label)}</span></div>'
        f"<div><b>{len(right):,}</b><span>LS match {escape(desk.sheet.label)}</span></div></div>"
        f'<div class="cl-none">On run {tried.run_number} {escape(tried.dataset)} of {len(tried.known):,} lumisections: '
        f"no more {escape(str(lost.as_pairs()))}, new {escape(str(won.as_pairs()))}.</div>"
    )
