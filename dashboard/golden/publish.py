"""What becomes of a golden JSON: described, marked official, deleted; each an act of the log with Undo."""

from html import escape
from typing import Any

import streamlit as st
from sqlmodel import Session

from backend.access import Action, Actor
from backend.golden.change_notes import change_note
from backend.golden.publishing import delete, describe, mark_official, suggested_kind, unmark_official
from backend.queries.golden_jsons import GoldenJsonFacts
from backend.record import Recorded
from dashboard.asking import answered, ask
from dashboard.data import reading
from dashboard.doing import do
from dashboard.literal import literal
from dashboard.permits import permit, permitted_button
from dashboard.session import to_address

PAGE = "golden"


def edit_popover(facts: GoldenJsonFacts, *, is_allowed: bool) -> None:
    """Label, tags, note and file name, and the way to delete it; only for who may."""
    whose = "what is official" if facts.official else f"what {facts.made_by} made"
    why = f"To change {whose} takes a right: {permit(Action.GOLDEN_OFFICIAL).reason}"
    with st.popover("Edit", key="gj-edit", disabled=not is_allowed, help=None if is_allowed else literal(why)):
        with st.form(f"gj-describe-{facts.id}", border=False):
            label = st.text_input("Label", facts.label, max_chars=120)
            tags = st.text_input("Tags, with commas", ", ".join(facts.tags))
            name = st.text_input("File name", facts.file_name)
            note = st.text_area("Note", facts.note, height=80)
            if st.form_submit_button("Save", type="primary"):
                words = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
                said = {"label": label, "note": note, "tags": words, "file_name": name}
                if do(f"Golden JSON {facts.id} described", lambda session, who: _describe(session, who, facts, said)):
                    st.rerun()
        st.button("Delete", key="gj-delete", type="tertiary", on_click=_delete, args=(facts,))


def official_button(facts: GoldenJsonFacts) -> None:
    """Mark it official, or take the mark away; the right is said before the click."""
    given = permit(Action.GOLDEN_OFFICIAL)
    if facts.official is None or not facts.is_latest:
        permitted_button("Mark official", given, key="gj-official", on_click=_ask_official, kwargs={"facts": facts})
    else:
        permitted_button("Not official", given, key="gj-unofficial", on_click=_unmark, kwargs={"facts": facts})
    if not given.is_given:
        st.html(f'<span class="gj-made">{escape(given.reason)}</span>', width="content")


def _ask_official(facts: GoldenJsonFacts) -> None:
    ask(PAGE, "Mark official", lambda: _official_form(facts), width="medium")


def _official_form(facts: GoldenJsonFacts) -> None:
    kind = st.text_input("Kind", suggested_kind(facts), key="gj-kind", help="The stable link of the latest has it.")
    with reading() as session:
        note = change_note(session, facts.id, kind=kind.strip())
    st.markdown("\n".join(f"- {literal(line)}" for line in note.lines))
    st.caption(f"Stable link: `/api/golden/official/{kind.strip()}/latest.json`")
    if st.button("Mark official", key="gj-official-yes", type="primary"):
        do(
            f"{facts.file_name} is the official {kind.strip()}",
            lambda session, who: mark_official(session, who, facts.id, kind=kind.strip(), seen=facts.last_change),
        )
        answered()
        st.rerun()


def _describe(session: Session, who: Actor, facts: GoldenJsonFacts, said: dict[str, Any]) -> Recorded:
    return describe(session, who, facts.id, **said, seen=facts.last_change)


def _unmark(facts: GoldenJsonFacts) -> None:
    do(
        f"{facts.file_name} is not the official {facts.official} any more",
        lambda session, who: unmark_official(session, who, facts.id, seen=facts.last_change),
    )


def _delete(facts: GoldenJsonFacts) -> None:
    if do(
        f"Golden JSON {facts.id} deleted",
        lambda session, who: delete(session, who, facts.id, seen=facts.last_change),
    ):
        to_address(json=None)
