"""The history of a run, or of one dataset or component of it; and to take back what an act did to this run."""

from collections.abc import Sequence

import streamlit as st

from backend.certify.deeds import Scope
from backend.certify.taking_back import Undoable, take_back, undoable
from backend.queries import HistoryEntry, RunFacts
from dashboard.asking import answered, ask, question
from dashboard.data import history, reading
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.log_act import becomes_again
from dashboard.permits import Permit, permitted_button
from dashboard.session import person
from dashboard.timeline import timeline
from models.vocabulary import ActKind

PAGE = "run"
_OF_MACHINES = frozenset({ActKind.INGEST, ActKind.CLASSIFY, ActKind.SETUP, ActKind.PROPOSAL})
_MOST = 40


def history_tab(facts: RunFacts) -> None:
    """Draw what is asked for, the acts, and beside them the one whose part in this run is taken back."""
    entries = history(facts.run_number)
    datasets = {said.dataset for entry in entries for said in (*entry.attributes, *entry.ranges)} - {None}
    with st.container(key="history-asked", horizontal=True):
        dataset = _choice("Dataset", sorted(map(str, datasets)))
        component = _choice("Component", sorted({name for e in entries for said in e.ranges for name in said.columns}))
    shown = [entry for entry in entries if is_about(entry, dataset, component)]
    with st.container(key="history-main", horizontal=True, gap="medium"):
        with st.container(key="history-acts"):
            timeline(shown)
        with st.container(key="history-side", width=420):
            _take_back(facts, [entry for entry in shown if entry.kind not in _OF_MACHINES][:_MOST])
    question(PAGE)


def is_about(entry: HistoryEntry, dataset: str | None, component: str | None) -> bool:
    """Whether the act said something of the dataset, and of the component; none: of whichever."""
    if component is not None:
        return any(component in said.columns and dataset in (None, said.dataset) for said in entry.ranges)
    return dataset is None or any(said.dataset == dataset for said in (*entry.attributes, *entry.ranges))


def _choice(label: str, names: Sequence[str]) -> str | None:
    chosen: str | None = st.selectbox(
        label, names, index=None, placeholder=f"Every {label.lower()}", key=f"history-{label.lower()}", width=330
    )
    return chosen


def _take_back(facts: RunFacts, entries: Sequence[HistoryEntry]) -> None:
    st.html(f'<div class="rr-h2">Take back in run {facts.run_number}</div>')
    if not entries:
        st.caption("No person did anything here.")
        return
    by_act = {entry.change_set: entry for entry in entries}
    chosen = st.selectbox(
        "Act",
        list(by_act),
        format_func=lambda act: _named(by_act[act]),
        key=f"history-act-{entries[0].change_set}",
        label_visibility="collapsed",
    )
    scope = {"runs": [facts.run_number], "datasets": [dataset.id for dataset in facts.datasets]}
    asked = _may(chosen, scope)
    word = "Redo" if asked.is_redo else "Undo"
    st.caption("What the act did to other runs stays." if asked.may else literal(str(asked.why_not)))
    given = Permit(asked.may, asked.why_not or "")
    if permitted_button(f"{word} in run {facts.run_number} …", given, key="history-take-back"):
        title = f"{word} change set {chosen} in run {facts.run_number}?"
        ask(PAGE, title, lambda: _confirm(facts.run_number, by_act[chosen], word, scope), width="medium")


def _confirm(run_number: int, entry: HistoryEntry, word: str, scope: Scope) -> None:
    st.markdown(f"What **{literal(entry.by)}** did on {entry.at:%d %b %Y %H:%M} UTC: {literal(entry.why)}")
    becomes_again(entry.change_set, run_number)
    why = st.text_input(
        "Why", key=f"history-why-{entry.change_set}", max_chars=300, placeholder="what the log will say"
    )
    if st.button(f"{word} it in run {run_number}", key="history-confirm", type="primary"):
        done = f"{word.removesuffix('o')}one in run {run_number}: change set {entry.change_set}, {entry.why}"
        do(done, lambda session, who: take_back(session, who, entry.change_set, why=why, scope=scope))
        answered()
        st.rerun()


def _may(change_set: int, scope: Scope) -> Undoable:
    with reading() as session:
        return undoable(session, person(), change_set, scope=scope)


def _named(entry: HistoryEntry) -> str:
    return f"{entry.change_set} · {entry.by}, {entry.at:%d %b %H:%M} · {entry.why}"
