"""Who may do what: the matrix, to be searched, and the rights of one e-group to change."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from backend.access import EVERYWHERE, Action, Grant, Matrix, read_grants, what_may
from backend.certify.configuring import remove_piece, write_piece
from backend.configuration import PermissionBody
from backend.errors import InvalidInput
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.literal import literal
from dashboard.permits import Permit, permit, permitted_button
from dashboard.rights_asked import differences_bar, what_may_they_do, who_may_do
from dashboard.session import from_address
from dashboard.settings_data import matrix, rights_news, standing, versions_of
from dashboard.settings_form import NEW, Form, act, close_form, open_form, save_row, versions_html, with_reason
from models.vocabulary import ConfigurationKind

TAB = "Permissions"
_KIND = ConfigurationKind.PERMISSION


def permissions_tab() -> None:
    """The questions, what is new, the matrix, and the e-group that one looks at."""
    rights = matrix()
    with st.container(key="rights-asked", horizontal=True):
        who_may_do(rights)
        word = _looked_for()
    what_may_they_do(rights)
    found, seen = standing(PermissionBody)
    differences_bar(rights_news(), seen=seen)
    name = from_address("name")
    shown = [egroup for egroup in found if word in egroup.lower() or _has(egroup, word, rights)]
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=(
                    Column("E-group", "name", 264),
                    *(Column(a.value, "mark", 24, title=f"may {a.meaning}") for a in Action),
                ),
                rows=[_row(egroup, rights) for egroup in shown],
                empty="No e-group is called so, and none has such a right.",
                key="permissions-list",
                label="Who may do what",
                selected=name,
                choose=lambda chosen: close_form(TAB, chosen),
            )
        if name == NEW or name in found:
            with st.container(key="settings-side", width=400):
                _egroup(open_form(TAB, name, found.get(name), seen), rights)


def _looked_for() -> str:
    """A word of the names of e-groups or of rights: ``tracker``, ``run.class``, ``flags:ecal``."""
    typed = st.text_input(
        "Find an e-group or a right",
        key="rights-find",
        placeholder="Find: certifiers, run.class, flags:ecal",
        label_visibility="collapsed",
        width=300,
    )
    return typed.strip().lower()


def _has(egroup: str, wanted: str, rights: Matrix) -> bool:
    """Whether an e-group has such a right, be it for the workspace alone or for all."""
    action, colon, _ = wanted.rpartition(":")
    said = {str(grant) for grant in rights.grants.get(egroup, ())}
    return any(grant.startswith(wanted) or (colon and grant == f"{action}:{EVERYWHERE}") for grant in said)


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
        st.error(literal(str(error)))
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
