"""One act: who, when, why; the difference it made, line by line; and to take it back, or to let it hold again."""

from collections.abc import Iterator
from html import escape
from typing import Any

import streamlit as st

from backend.certify.taking_back import take_back
from backend.queries.difference import AttributeMade, DifferenceMade, RangesMade
from backend.queries.log import LogEntry
from backend.queries.log_words import word_of
from dashboard.asking import answered, ask
from dashboard.doing import do
from dashboard.facts import text as plain
from dashboard.literal import literal
from dashboard.log_data import difference_of, may_take_back
from dashboard.permits import Permit, permitted_button
from dashboard.session import to_address
from models.lumis import LumiSet

PAGE = "log"
FIRST_LINES = 12
_RANGES = 4
_NAMES = 5


def act_card(entry: LogEntry, run_number: int | None) -> None:
    """Draw the act."""
    with st.container(key="log-act-head", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="rr-big">{entry.change_set}</div>', width="content")
        st.html(f'<span class="rr-pill">{escape(entry.kind)}</span>', width="content")
        st.space("stretch")
        if st.button("Close", key="log-close", type="tertiary"):
            to_address(act=None)
            st.rerun()
    st.html(_who(entry))
    _take_back_row(entry)
    _difference(entry, run_number)
    _ways_on(entry)


def _who(entry: LogEntry) -> str:
    undone = "".join(
        f'<div class="rr-label">undone{"" if u.is_all else " in part"} by {escape(u.by)}, '
        f"{u.at:%d %b %Y %H:%M} UTC · change set {u.change_set}</div>"
        for u in entry.undone_by
    )
    undoes = f'<div class="rr-label">takes back change set {entry.undoes}</div>' if entry.undoes else ""
    return (
        f'<div class="rr-act"><b>{escape(entry.by)}</b> <span class="rr-label">{entry.at:%d %b %Y %H:%M:%S} UTC</span>'
        f"<div>{escape(entry.why)}</div>{undoes}{undone}</div>"
    )


def _take_back_row(entry: LogEntry) -> None:
    """The button says what it would do; it is disabled with the reason where that cannot be."""
    asked = may_take_back(entry.change_set)
    word = "Redo" if asked.is_redo else "Undo"
    given = Permit(asked.may, asked.why_not or "")
    pressed = permitted_button(f"{word} …", given, key="log-take-back")
    if not asked.may:
        st.caption(literal(str(asked.why_not)))
    if pressed:
        ask(PAGE, f"{word} change set {entry.change_set}?", lambda: _confirm(entry, word), width="medium")


def _confirm(entry: LogEntry, word: str) -> None:
    """The preview: what holds now through this act, and that it will not any more."""
    st.markdown(f"What **{literal(entry.by)}** did on {entry.at:%d %b %Y %H:%M} UTC: {literal(entry.why)}")
    becomes_again(entry.change_set, None)
    why = st.text_input("Why", key=f"log-why-{entry.change_set}", max_chars=300, placeholder="what the log will say")
    if st.button(f"{word} {_count(entry)}", key="log-confirm", type="primary"):
        done = f"{word.removesuffix('o')}one: change set {entry.change_set}, {entry.why}"
        do(done, lambda session, who: take_back(session, who, entry.change_set, why=why))
        answered()
        st.rerun()


def becomes_again(change_set: int, run_number: int | None) -> None:
    """What holds again when the act is taken back; of one run alone, if named."""
    lines = list(_lines(difference_of(change_set, run_number), reverse=True))
    st.caption("It becomes again, unless somebody has said otherwise since:" if lines else "")
    st.html(_lines_html(lines[:FIRST_LINES]) + _more(len(lines)))


def _difference(entry: LogEntry, run_number: int | None) -> None:
    made = difference_of(entry.change_set, run_number)
    lines = list(_lines(made))
    title = "The difference it made" + (f" to run {run_number}" if run_number else "")
    st.html(f'<div class="rr-h2">{title}</div>')
    if not lines:
        _told(entry)
        return
    st.html(_lines_html(lines[:FIRST_LINES]))
    if len(lines) > FIRST_LINES:
        with st.expander(f"{len(lines) - FIRST_LINES:,} more", key=f"log-more-{entry.change_set}"):
            st.html(_lines_html(lines[FIRST_LINES:]))


def _told(entry: LogEntry) -> None:
    """Where no attribute and no lumisection differs, what was said: configuration, cycles, luminosity."""
    said = "".join(f"<li>{escape(line)}</li>" for line in entry.told.lines)
    left = entry.told.words - len(entry.told.lines)
    more = f'<li class="rr-label">and {left:,} more words</li>' if left > 0 else ""
    st.html(f'<ul class="rr-may">{said or "<li>It said what held already.</li>"}{more}</ul>')


def _lines(made: DifferenceMade, *, reverse: bool = False) -> Iterator[tuple[str, str, str]]:
    """(About what, before, after), or the other way round; what changed alike in one place is one line."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    changes: tuple[AttributeMade | RangesMade, ...] = (*made.attributes, *made.ranges)
    for one in changes:
        before, after = _word(one.before, one), _word(one.after, one)
        name, where = (one.name, "") if isinstance(one, AttributeMade) else (str(one.column), _ranges(one.where))
        said = (after, before) if reverse else (before, after)
        alike.setdefault((one.subject, where, *said), []).append(name)
    for (subject, where, before, after), names in alike.items():
        yield f"{subject} {_names(names)} {where}".rstrip(), before, after


def _names(names: list[str]) -> str:
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _ranges(where: LumiSet) -> str:
    shown = ", ".join(map(str, where.ranges[:_RANGES]))
    more = len(where.ranges) - _RANGES
    return f"{shown} and {more:,} more ranges" if more > 0 else shown


def _word(value: Any, one: AttributeMade | RangesMade) -> str:
    if isinstance(one, RangesMade):
        return word_of(value)
    if one.name == "known" and isinstance(value, list):
        return str(LumiSet.pairs(value))
    return plain(value)


def _lines_html(lines: list[tuple[str, str, str]]) -> str:
    items = "".join(
        f"<li><span>{escape(where)}</span> <s>{escape(before)}</s> → <b>{escape(after)}</b></li>"
        for where, before, after in lines
    )
    return f'<ul class="rr-diff">{items}</ul>'


def _more(count: int) -> str:
    return f'<div class="rr-label">and {count - FIRST_LINES:,} more</div>' if count > FIRST_LINES else ""


def _count(entry: LogEntry) -> str:
    told = entry.told
    if told.datasets:
        return f"on {told.datasets:,} dataset{'s' if told.datasets > 1 else ''}"
    return f"on {len(told.runs):,} run{'s' if len(told.runs) > 1 else ''}" if told.runs else "it"


def _ways_on(entry: LogEntry) -> None:
    runs = entry.told.runs
    others = (*((entry.undoes,) if entry.undoes else ()), *(undone.change_set for undone in entry.undone_by))
    with st.container(horizontal=True, key="log-ways"):
        for act in others:
            st.button(
                f"Change set {act}", key=f"log-to-{act}", type="tertiary", on_click=to_address, kwargs={"act": str(act)}
            )
        for run in runs[:3]:
            if st.button(f"Run {run}", key=f"log-run-{run}", type="tertiary"):
                st.switch_page("views/run.py", query_params={"run": str(run), "as_of": str(entry.change_set)})
        if len(runs) > 3:
            st.html(f'<span class="rr-label">and {len(runs) - 3:,} more runs</span>', width="content")
    st.caption(f"Permalink: /log?act={entry.change_set}")
