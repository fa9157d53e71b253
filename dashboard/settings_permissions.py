"""Who may do what: the matrix, the two questions that people ask of it, and the rights of one e-group to change."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from backend.access import EVERYWHERE, Action, Grant, Matrix, read_grants, what_may, who_may
from backend.certify.configuring import remove_piece, write_piece
from backend.configuration import PermissionBody, Side
from backend.errors import InvalidInput
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.data import desks
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import from_address
from dashboard.settings_data import matrix, standing, versions_of
from dashboard.settings_form import NEW, Form, act, close_form, open_form, save_row, versions_html, with_reason
from models.vocabulary import ConfigurationKind

TAB = "Permissions"
_KIND = ConfigurationKind.PERMISSION
_ALL = "every workspace"


def permissions_tab() -> None:
    """The question, the matrix, and the e-group that one looks at."""
    rights = matrix()
    _who_may(rights)
    found, seen = standing(PermissionBody)
    name = from_address("name")
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=(
                    Column("E-group", "name", 264),
                    *(Column(a.value, "mark", 24, title=f"may {a.meaning}") for a in Action),
                ),
                rows=[_row(egroup, rights) for egroup in found],
                key="permissions-list",
                label="Who may do what",
                selected=name,
                choose=lambda chosen: close_form(TAB, chosen),
            )
        if name == NEW or name in found:
            with st.container(key="settings-side", width=400):
                _egroup(open_form(TAB, name, found.get(name), seen), rights)


def _who_may(rights: Matrix) -> None:
    """Who may do this? Answered in a line."""
    with st.container(key="who-may", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-label">Who may</span>', width="content")
        action = (
            st.selectbox(
                "Action",
                list(Action),
                format_func=lambda a: a.meaning,
                key="action",
                label_visibility="collapsed",
                width=340,
            )
            or Action.RUN_CLASS
        )
        workspace = None
        if action.per_workspace:
            names = sorted({w.workspace for side in Side for w in desks(side)})
            st.html('<span class="rr-label">in</span>', width="content")
            chosen = st.selectbox("Workspace", [_ALL, *names], key="where", label_visibility="collapsed", width=160)
            workspace = None if chosen == _ALL else chosen
        allowed = who_may(action, workspace, matrix=rights)
        said = " ".join(f'<span class="rr-pill">{escape(egroup)}</span>' for egroup in allowed)
        st.html(f'<div class="rr-answer">{said or "nobody yet"}</div>')


def _row(egroup: str, rights: Matrix) -> Row:
    granted = rights.grants.get(egroup, frozenset())
    return Row(egroup, (egroup, *(_cell(action, granted) for action in Action)))


def _cell(action: Action, granted: frozenset[Grant]) -> Mark:
    """A dot: everywhere; a number: in so many workspaces."""
    places = sorted(g.workspace or EVERYWHERE for g in granted if g.action is action)
    if not places:
        return Mark(None, title=f"may not {action.meaning}")
    if EVERYWHERE in places:
        where = " in every workspace" if action.per_workspace else ""
        return Mark("●", title=f"may {action.meaning}{where}")
    return Mark(str(len(places)), title=f"may {action.meaning} in {', '.join(places)}")


def _egroup(form: Form[PermissionBody], rights: Matrix) -> None:
    """What may members of this e-group do? In words; and as people write it, to change it."""
    given, piece, key = permit(Action.PERMISSION), form.piece, form.key
    name = piece.name if piece else st.text_input("E-group", key=f"{key}-name", disabled=not given.is_given).strip()
    if piece:
        st.html(f'<div class="rr-h2">What may {escape(name)} do?</div>{_in_words(what_may(name, matrix=rights))}')
    before = piece.body.grants if piece else ()
    text = st.text_area(
        "Rights, one per line",
        "\n".join(before),
        key=f"{key}-grants",
        height=180,
        disabled=not given.is_given,
        help="run.class · flags:tracker · flags:* for every workspace · * for everything",
    )
    grants = tuple(line.strip() for line in text.split("\n") if line.strip())
    is_changed = _difference(before, grants)
    why = save_row(
        form,
        given,
        ready=Permit(True).and_if(bool(name), "Name the e-group.").and_if(is_changed, "Nothing is changed yet."),
        done=f"The rights of {name} are changed",
        command=lambda session, who, why: write_piece(
            session, who, _KIND, name=name, body={"grants": grants}, why=why, seen=form.seen
        ),
        name=name,
    )
    if piece is not None:
        _take_away(form, piece.name, with_reason(given, why), why)
        st.html(versions_html(versions_of(_KIND, piece.name)))


def _in_words(grants: Iterable[Grant]) -> str:
    places: dict[Action, list[str]] = {}
    for grant in grants:
        places.setdefault(grant.action, []).append(grant.workspace or "")
    said = "".join(f"<li>{escape(action.meaning)}{_where(where)}</li>" for action, where in places.items())
    return f'<ul class="rr-may">{said}</ul>' if said else '<div class="rr-label">nothing but read</div>'


def _where(places: list[str]) -> str:
    if places == [""]:
        return ""
    return " in every workspace" if EVERYWHERE in places else f" in {escape(', '.join(places))}"


def _difference(before: Iterable[str], after: Iterable[str]) -> bool:
    """Say what would be given and taken; whether that is anything, and can be."""
    try:
        given, had = read_grants(after), read_grants(before)
    except InvalidInput as error:
        st.error(str(error))
        return False
    said = [("given", grant) for grant in sorted(given - had)] + [("taken", grant) for grant in sorted(had - given)]
    lines = "".join(f"<li><b>{word}</b> {escape(str(g))} <i>{escape(g.action.meaning)}</i></li>" for word, g in said)
    if said:
        st.html(f'<ul class="rr-may">{lines}</ul>')
    return bool(said)


def _take_away(form: Form[PermissionBody], name: str, ready: Permit, why: str) -> None:
    if permitted_button("Take every right away", ready, key=f"{form.key}-remove"):
        act(
            form,
            f"{name} has no rights any more",
            lambda session, who: remove_piece(session, who, _KIND, name=name, why=why, seen=form.seen),
        )
