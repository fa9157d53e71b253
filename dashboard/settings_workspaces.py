"""Workspaces with their columns, and the causes that each offers for a flag: lists that people edit row by row."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from backend.access import Action
from backend.certify.configuring import remove_piece, write_piece
from backend.configuration import CausesBody, Piece, Side, WorkspaceBody
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.data import desks
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import from_address
from dashboard.settings_data import standing, versions_of
from dashboard.settings_form import NEW, Form, act, close_form, open_form, save_row, versions_html, with_reason
from models.vocabulary import ConfigurationKind

WORKSPACES, CAUSES = "Workspaces", "Causes"
_WORKSPACE_COLUMNS = (
    Column("Workspace", "name", 150),
    Column("Side", width=80),
    Column("Called", width=100),
    Column("Place", "number", 60),
    Column("Columns", "number", 80),
    Column("Their names"),
    Column("", "pill", 100),
)
_CAUSE_COLUMNS = (Column("Workspace", "name", 150), Column("Causes", "number", 70), Column("What it offers"))
_NO_COLUMNS = {
    "place": pl.Int64,
    "name": pl.String,
    "label": pl.String,
    "certifiable": pl.Boolean,
    "in_global": pl.Boolean,
    "is_inverted": pl.Boolean,
}
_NO_CAUSES = {"place": pl.Int64, "word": pl.String, "meaning": pl.String}
_TICKED = {
    "certifiable": "Certified",
    "in_global": "In global",
    "is_inverted": "Inverted",
}


def workspaces_tab() -> None:
    """Every workspace of both sides, and the form over the one that one looks at."""
    found, seen = standing(WorkspaceBody)
    ordered = sorted(found.values(), key=lambda p: (p.body.side, p.body.position, p.name))
    name = from_address("name")
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=_WORKSPACE_COLUMNS,
                rows=[_workspace_row(piece) for piece in ordered],
                key="workspaces-list",
                label="Workspaces",
                selected=name,
                choose=lambda chosen: close_form(WORKSPACES, chosen),
            )
        if name == NEW or name in found:
            with st.container(key="settings-side", width=560):
                _workspace(open_form(WORKSPACES, name, found.get(name), seen))


def causes_tab() -> None:
    """The workspaces with what they offer, and the form over the one that one looks at."""
    found, seen = standing(CausesBody)
    names = sorted({w.workspace for side in Side for w in desks(side)} | found.keys())
    name = from_address("name")
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=_CAUSE_COLUMNS,
                rows=[_causes_row(name, found.get(name)) for name in names],
                key="causes-list",
                label="Causes by workspace",
                selected=name,
                choose=lambda chosen: close_form(CAUSES, chosen),
            )
        if name in names:
            with st.container(key="settings-side", width=560):
                _causes(name, open_form(CAUSES, name, found.get(name), seen))


def _workspace_row(piece: Piece[WorkspaceBody]) -> Row:
    body = piece.body
    names = ", ".join(column.name for column in body.columns) or "what the others put forward"
    out = None if piece.is_enabled else Mark("out of play", "quiet")
    cells = (body.workspace, body.side.value, body.label, body.position, len(body.columns), names, out)
    return Row(piece.name, cells, out is not None)


def _causes_row(name: str, piece: Piece[CausesBody] | None) -> Row:
    words = [cause.word for cause in piece.body.causes] if piece else []
    return Row(name, (name, len(words), ", ".join(words) or Mark("none yet: a comment is typed", "quiet")))


def _workspace(form: Form[WorkspaceBody]) -> None:
    given, body, key = permit(Action.WORKSPACE_MANAGE), form.piece.body if form.piece else None, form.key
    is_locked = not given.is_given
    with st.container(horizontal=True, key="form-row"):
        sides = [side.value for side in Side]
        side = st.selectbox(
            "Side", sides, sides.index(body.side) if body else 0, key=f"{key}-side", disabled=is_locked or bool(body)
        )
        word = st.text_input(
            "Workspace", body.workspace if body else "", key=f"{key}-word", disabled=is_locked or bool(body)
        )
        label = st.text_input("Called", body.label if body else "", key=f"{key}-label", disabled=is_locked)
        place = st.number_input(
            "Place", min_value=0, value=body.position if body else 99, key=f"{key}-place", disabled=is_locked
        )
    columns = _edited([c.model_dump() for c in body.columns] if body else [], _NO_COLUMNS, form, is_locked=is_locked)
    st.caption(
        "A column keeps its number for ever: taken out here, its flags stay in the log. Inverted: BAD means keep."
    )
    said = {"side": side, "workspace": word.strip(), "label": label, "position": int(place), "columns": columns}
    name = f"{side}/{word.strip()}"
    _finish(form, given, kind=ConfigurationKind.WORKSPACE, name=name, said=said)


def _causes(name: str, form: Form[CausesBody]) -> None:
    given = permit(Action.CAUSE_MANAGE, name)
    st.html(f'<div class="rr-h2">Causes that {name} offers</div>')
    before = [cause.model_dump() for cause in form.piece.body.causes] if form.piece else []
    causes = _edited(before, _NO_CAUSES, form, is_locked=not given.is_given)
    _finish(form, given, kind=ConfigurationKind.CAUSE, name=name, said={"causes": causes})


def _edited(
    before: Sequence[dict[str, Any]], schema: dict[str, Any], form: Form[Any], *, is_locked: bool
) -> list[dict[str, Any]]:
    """The rows as they are typed, in the order of their place; a row without a name is not one."""
    numbered = [{"place": place, **row} for place, row in enumerate(before, start=1)]
    typed = st.data_editor(
        pl.DataFrame(numbered, schema=schema),
        key=f"{form.key}-rows",
        num_rows="dynamic",
        hide_index=True,
        disabled=is_locked,
        column_config=_CONFIG,
    )
    if not is_locked:
        st.caption("A click on the last row adds one; rows are taken out by ticking them. Place says in which order.")
    key = "name" if "name" in schema else "word"
    rows = [row for row in typed.iter_rows(named=True) if (row[key] or "").strip()]
    rows.sort(key=lambda row: row["place"] if row["place"] is not None else len(rows) + 1)
    return [{name: _said(name, value) for name, value in row.items() if name != "place"} for row in rows]


def _said(name: str, value: Any) -> Any:
    if name in _TICKED:
        return bool(value)
    return (value or "").strip()


_CONFIG = {
    "place": st.column_config.NumberColumn("Place", width=66, min_value=1, step=1),
    "name": st.column_config.TextColumn("Column", width=100),
    "label": st.column_config.TextColumn("Called", width=100),
    "word": st.column_config.TextColumn("Cause", width=170),
    "meaning": st.column_config.TextColumn("What is meant", width=300),
    **{name: st.column_config.CheckboxColumn(label, width=76) for name, label in _TICKED.items()},
}


def _finish(form: Form[Any], given: Permit, *, kind: ConfigurationKind, name: str, said: dict[str, Any]) -> None:
    what = f"the {kind.value} {name}" if kind is ConfigurationKind.WORKSPACE else f"the causes of {name}"
    why = save_row(
        form,
        given,
        done=f"Saved {what}",
        command=lambda session, who, why: write_piece(
            session, who, kind, name=name, body=said, why=why, seen=form.seen
        ),
        name=name,
    )
    if (piece := form.piece) is None:
        return
    if permitted_button(
        "Take away", with_reason(given, why), key=f"{form.key}-remove", help="What was flagged under it stays"
    ):
        act(
            form,
            f"Took away {what}",
            lambda session, who: remove_piece(session, who, kind, name=piece.name, why=why, seen=form.seen),
        )
    st.html(versions_html(versions_of(kind, piece.name)))
