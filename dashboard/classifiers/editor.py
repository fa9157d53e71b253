"""The card in which a rule is written: text with completion, what is wrong and where, and the way to save it."""

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import streamlit as st

from backend.classify.commands import write_classifier
from backend.classify.trying import Seen
from backend.errors import RegistryError
from backend.rules.facts import FactCatalogue
from dashboard.classifiers.asking import Act, reason_form
from dashboard.classifiers.checked import Checked, Remark, cost_words
from dashboard.classifiers.data import last_values_of
from dashboard.classifiers.desk import Desk, discard, keep, typed
from dashboard.classifiers.draft import to_file, to_link
from dashboard.classifiers.drawn import chip
from dashboard.classifiers.listed import short_name
from dashboard.components.rule_editor import Offer, rule_editor, typed_in
from dashboard.fact_words import value_words
from dashboard.rule_diff import texts_beside
from dashboard.session import to_address
from models.vocabulary import Status

EDITOR = "rule-editor"


def editor_card(desk: Desk, checked: Checked, catalogue: FactCatalogue, tried: Seen | None) -> None:
    """Draw the card."""
    doc = f"{desk.kind}/{desk.name}/{desk.sheet.draft.version}/{st.session_state.get('editor-turn', 0)}"
    with st.container(key="cl-editor-head", horizontal=True, vertical_alignment="center"):
        _head(desk, doc)
        _facts_popover(catalogue)
        if desk.sheet.is_draft:
            st.button("Discard", key="cl-discard", type="tertiary", on_click=discard, args=(desk.kind, desk.name))
        _save(desk, checked)
    with st.container(key="cl-editor-notes", gap=None):  # always there: what follows must not move while one types
        _who_may(desk)
    with st.container(key="cl-editor-text", gap=None):
        rule_editor(
            doc=doc,
            text=desk.sheet.draft.text,
            key=EDITOR,
            on_typed=lambda: _typed(desk, doc),
            offers=offers_of(catalogue),
            marks=_marks(desk, checked),
        )
    _verdict(checked, tried)


def offers_of(catalogue: FactCatalogue) -> list[Offer]:
    """Every fact that the rule may read, with the value that it last had."""
    last = last_values_of(catalogue.subject)
    return [
        Offer(f.name, str(f.kind), f.unit or "", f.meaning, value_words(last[f.name], f) if f.name in last else "")
        for f in catalogue
    ]


def _typed(desk: Desk, doc: str) -> None:
    said = typed_in(EDITOR)
    if said is not None and said.doc == doc:
        typed(said.text, desk.sheet)


def _head(desk: Desk, doc: str) -> None:
    status = desk.sheet.draft.fields.get("status")
    letter = next((chip(s) for s in Status if s.word == status), "")
    kind = "a" if desk.sheet.is_draft else ""
    title = short_name(desk.kind, desk.name)
    pill = f"draft v{desk.sheet.label[1:].split()[0]}" if desk.sheet.is_draft else desk.sheet.label
    st.html(
        f'<div class="cl-title">{letter}<h2 title="{escape(desk.name)}">{escape(title)}</h2>'
        f'<span class="rr-pill {kind}">{escape(pill)}</span></div>',
    )
    if "priority" in desk.sheet.draft.fields:
        _field(desk, doc, "priority", "Priority", number=True)
    if "datasets" in desk.sheet.draft.fields:
        _field(desk, doc, "datasets", "Datasets")
    with st.popover("Meaning", key="cl-meaning", help="What is meant by it, in words"):
        _field(desk, doc, "description", "What is meant by it", is_labelled=True)


def _field(desk: Desk, doc: str, name: str, label: str, *, number: bool = False, is_labelled: bool = False) -> None:
    """A part of the body beside the rule; another value is a draft."""
    key = f"cl-field-{name}-{doc}"
    value = desk.sheet.draft.fields.get(name)

    def changed() -> None:
        keep(desk.sheet.draft.with_field(name, st.session_state[key]))

    if not is_labelled:
        st.html(f'<span class="rr-label">{label}</span>', width="content")
    shown = "visible" if is_labelled else "collapsed"
    if number:
        whole = value if isinstance(value, int) else 1
        st.number_input(label, 1, 1_000_000, whole, key=key, on_change=changed, label_visibility=shown, width=64)
    else:
        wide = "stretch" if is_labelled else 150
        st.text_input(label, str(value or ""), key=key, on_change=changed, label_visibility=shown, width=wide)


def _facts_popover(catalogue: FactCatalogue) -> None:
    with st.popover("Facts", key="cl-facts", help="Every fact that this rule may read"):
        rows = [
            {"fact": o.name, "meaning": o.meaning, "kind": o.kind, "unit": o.unit, "last value": o.value}
            for o in offers_of(catalogue)
        ]
        st.caption(
            "Search with the glass at the upper right; click a cell and copy it. In the editor they are offered."
        )
        st.dataframe(rows, hide_index=True, height=360, width=860)


def _save(desk: Desk, checked: Checked) -> None:
    number = (desk.versions[0].version if desk.versions else 0) + 1
    is_ready = desk.sheet.is_draft and checked.body is not None and desk.may_change
    needs = None if desk.may_change else f"Needs e-group {', '.join(desk.who_may) or 'that nobody has yet'}"
    with st.popover(f"Save as v{number}", key="cl-save", disabled=not is_ready, type="primary", help=needs):
        draft, body = desk.sheet.draft, checked.body
        if body is not None and desk.may_change:
            act = Act(
                desk.kind,
                desk.name,
                title="Save",
                becomes="",
                done=f"{desk.name} v{number} is saved",
                command=lambda session, who, why: write_classifier(
                    session, who, desk.kind, name=desk.name, body=body, why=why, seen=draft.seen
                ),
            )
            st.caption("New runs are judged by it at once; runs that were classified keep their words.")
            reason_form(act, confirm=f"Save v{number}", key="cl-save", after=lambda: discard(desk.kind, desk.name))


def _who_may(desk: Desk) -> None:
    """Who may save it, and how it comes to them; and who was faster."""
    if (later := desk.moved_on) is not None:
        with st.container(key="cl-moved-on", horizontal=True, vertical_alignment="center"):
            st.html(
                f'<span class="rr-label">{escape(later.by)} saved v{later.version} at {later.at:%d %b %H:%M} UTC, '
                f"after this draft was begun: “{escape(later.why)}”</span>"
            )
            st.button("Compare with it", key="cl-compare", on_click=to_address, kwargs={"against": str(later.version)})
            st.button("I have seen it", key="cl-rebase", on_click=_rebase, args=(desk,))
    if desk.may_change and not desk.sheet.is_draft:
        return
    with st.container(key="cl-who", horizontal=True, vertical_alignment="center"):
        if not desk.may_change:
            needs = ", ".join(desk.who_may) or "an e-group that nobody has yet"
            st.html(
                f'<span class="rr-label">Save needs e-group <b>{escape(needs)}</b>. A draft can be sent there.</span>'
            )
        if desk.sheet.is_draft:
            _hand_on(desk)


def _hand_on(desk: Desk) -> None:
    with st.popover("Ask for review", type="tertiary", key="cl-review"):
        link = to_link(desk.sheet.draft)
        if st.query_params.get("draft") == link:
            st.caption("The address of this page holds the draft: whoever opens it sees what you see, and can save it.")
            st.code(f"{st.context.url or ''}?{_query()}", language=None, wrap_lines=True)
        else:
            st.caption(
                "This draft is too long for an address: hand it on as a file, to be opened under New classifier."
            )
        name = desk.name.replace("/", "_").replace(" ", "_")
        st.download_button(
            "Draft as a file",
            to_file(desk.sheet.draft),
            file_name=f"{name}.draft.json",
            on_click="ignore",
            key="cl-file",
        )


def _query() -> str:
    return urlencode(dict(st.query_params))


def _rebase(desk: Desk) -> None:
    keep(replace(desk.sheet.draft, seen=desk.shelf.seen))


def _marks(desk: Desk, checked: Checked) -> dict[int, str]:
    """Lines that are new against the other version, that are warned of, and the one that is wrong."""
    marks: dict[int, str] = {}
    if desk.sheet.is_draft and desk.against is not None:
        number = 0
        for pair in texts_beside(desk.against.draft.text, desk.sheet.draft.text):
            number += pair.right is not None
            if pair.change == "added":
                marks[number] = "added"
    marks |= {remark.line: "warning" for remark in checked.warnings if remark.line}
    if checked.refusal is not None and checked.refusal.line:
        marks[checked.refusal.line] = "wrong"
    return marks


def _verdict(checked: Checked, tried: Seen | None) -> None:
    """Whether it is a rule; if not, why and where."""
    if checked.refusal is not None:
        st.html(f'<div class="cl-val" role="alert">{_wrong(_told(checked.refusal))}</div>')
        return
    assert checked.body is not None
    try:
        cost = cost_words(checked.body.parsed, tried.facts(_any(tried)) if tried else {})
        said = f'<div><b class="ok">✓</b> Valid rule · {cost}</div>'
    except RegistryError as error:
        said = _wrong(str(error))
    for remark in checked.warnings:
        said += f'<div class="warned"><b>!</b> {escape(_told(remark))}</div>'
    st.html(f'<div class="cl-val" role="status">{said}</div>')


def _wrong(sentence: str) -> str:
    return f'<div class="wrong"><b>✕</b> {escape(sentence)}</div>'


def _told(remark: Remark) -> str:
    return f"Line {remark.line}: {remark.sentence}" if remark.line else remark.sentence


def _any(tried: Seen) -> int | None:
    return next(iter(tried.known), None)
