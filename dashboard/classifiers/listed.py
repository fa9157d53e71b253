"""The classifiers of a kind or a component, in the order in which they are asked, and the versions of one."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from backend.access import CONFIGURING, may, who_may
from backend.classify import ClassifierBody, ComponentBody
from backend.classify.commands import remove_classifier, restore_classifier, switch_classifier, workspace_of
from backend.configuration import Body, Piece, Version
from dashboard.classifiers.asking import Act, ask
from dashboard.classifiers.data import Shelf
from dashboard.classifiers.desk import Desk, drafted, look_at
from dashboard.classifiers.drawn import chip
from dashboard.literal import literal
from dashboard.session import person, to_address
from models.vocabulary import ConfigurationKind

Listed = Sequence[tuple[str, Piece[Body]]]


def in_order(pieces: Mapping[str, Piece[Body]]) -> Listed:
    """The classifiers as they are asked; those that are out of play stay in their place."""
    known = [(name, piece) for name, piece in pieces.items() if isinstance(piece.body, ClassifierBody)]
    return sorted(known, key=lambda item: item[1].body.precedence(item[0]))  # type: ignore[attr-defined]


def short_name(kind: ConfigurationKind, name: str) -> str:
    """The name without what the list stands under.

    >>> short_name(ConfigurationKind.COMPONENT, "online/tracker-strip/BAD/DCS off")
    'DCS off'
    >>> short_name(ConfigurationKind.COMPONENT, "online/tracker-strip/BAD")
    'strip BAD'
    """
    parts = name.split("/", 3)
    if kind is not ConfigurationKind.COMPONENT or len(parts) < 3:
        return name
    return parts[3] if len(parts) > 3 else f"{parts[1].partition('-')[2]} {parts[2]}"


def classifier_list(kind: ConfigurationKind, listed: Listed, *, shelf: Shelf, chosen: str, heading: str) -> None:
    """Draw the list; a click puts a classifier on the desk, its switch takes it out of play or back."""
    drafts = {name for of, name in drafted() if of is kind}
    is_one = not heading.startswith("“")
    order = "first match wins" if is_one and kind in (ConfigurationKind.COMPONENT, ConfigurationKind.RUN_CLASS) else ""
    st.html(f'<div class="cl-head"><b>{escape(heading)}</b><span class="rr-label">{order}</span></div>')
    with st.container(key="cl-items", gap=None):
        for place, (name, piece) in enumerate(listed):
            state = "chosen" if name == chosen else "other"
            with st.container(key=f"cl-item-{state}-{place}", horizontal=True, vertical_alignment="center", gap=None):
                st.html(_item(name, piece, has_draft=name in drafts, is_found=not is_one))
                st.button(literal(name), key=f"cl-open-{place}", on_click=look_at, args=(name,))
                _switch(kind, name, piece, shelf, place)
        if not listed:
            st.html('<div class="cl-none">None matches. Clear the search, or write the first one.</div>')


def _item(name: str, piece: Piece[Body], *, has_draft: bool, is_found: bool) -> str:
    body = piece.body
    shown = " ".join(name.split("/")) if is_found else short_name(body.kind, name)
    letter = chip(body.status) if isinstance(body, ComponentBody) else ""
    priority = f"priority {priority} · " if (priority := getattr(body, "priority", None)) else ""
    draft = f" · <em>draft v{piece.version + 1}</em>" if has_draft else ""
    out = "" if piece.is_enabled else " · out of play"
    return (
        f'<div class="cl-name">{letter}<div><b title="{escape(name)}">{escape(shown)}</b>'
        f"<span>{priority}v{piece.version}{draft}{out}</span></div></div>"
    )


def _switch(kind: ConfigurationKind, name: str, piece: Piece[Body], shelf: Shelf, place: int) -> None:
    """On or off; drawn as a switch, asked with a reason."""
    where = workspace_of(piece.body)
    is_allowed = may(person(), CONFIGURING[kind], where, matrix=shelf.matrix)
    needs = ", ".join(who_may(CONFIGURING[kind], where, matrix=shelf.matrix)) or "an e-group that nobody has yet"
    verb = "Take out of play" if piece.is_enabled else "Put into play"
    pressed = st.button(
        verb,
        key=f"cl-switch-{'on' if piece.is_enabled else 'off'}-{place}",
        disabled=not is_allowed,
        help=f"{verb}: {name}" if is_allowed else f"Needs e-group {needs}",
    )
    if not pressed:
        return
    is_enabled = not piece.is_enabled
    becomes = "decides again where it holds" if is_enabled else "is kept and decides nothing"
    ask(
        Act(
            kind,
            name,
            title=verb,
            becomes=f"**{literal(name)}** v{piece.version} {becomes}. Runs that were classified keep their words.",
            done=f"{name} is {'in' if is_enabled else 'out of'} play",
            command=lambda session, who, why: switch_classifier(
                session, who, kind, name=name, is_enabled=is_enabled, why=why, seen=shelf.seen
            ),
        )
    )


def version_list(desk: Desk) -> None:
    """Draw the versions with author, time and reason; old ones can be looked at and restored."""
    st.html(f'<div class="rr-label cl-versions">Versions of “{escape(short_name(desk.kind, desk.name))}”</div>')
    if desk.sheets.get("draft"):
        with st.container(key="cl-version-draft", horizontal=True, vertical_alignment="center", gap=None):
            _version_row("draft", f"<b>v{_next(desk)}</b> draft", escape(desk.sheets["draft"].draft.by or "yours"), "")
    for version in desk.versions:
        said = "in force" if version.is_in_force else "taken away" if version.body is None else ""
        when = f"{escape(version.by)}, {version.at:%d %b %Y}"
        label = str(version.version)
        with st.container(key=f"cl-version-{label}", horizontal=True, vertical_alignment="center", gap=None):
            _version_row(label, f"<b>v{label}</b> {said}", when, version.why)
            if not version.is_in_force and version.body is not None:
                _restore(desk, version)

    if desk.piece is not None and desk.may_change:
        _take_away(desk)


def _take_away(desk: Desk) -> None:
    if st.button("Take it away", key="cl-take-away", type="tertiary", help="Its versions are kept and can be restored"):
        ask(
            Act(
                desk.kind,
                desk.name,
                title="Take away",
                becomes=f"**{literal(desk.name)}** is gone from the list and decides nothing; its versions are kept.",
                done=f"{desk.name} is taken away",
                command=lambda session, who, why: remove_classifier(
                    session, who, desk.kind, name=desk.name, why=why, seen=desk.shelf.seen
                ),
            )
        )


def _version_row(label: str, name: str, when: str, why: str) -> None:
    st.html(
        f'<div class="cl-vr" title="{escape(why)}"><span>{name}</span><span>{when}</span><i>{escape(why)}</i></div>'
    )
    st.button(f"Look at {label}", key=f"cl-look-{label}", on_click=to_address, kwargs={"version": label})


def _restore(desk: Desk, version: Version) -> None:
    needs = ", ".join(desk.who_may)
    pressed = st.button(
        "Restore",
        key=f"cl-restore-{version.version}",
        type="tertiary",
        disabled=not desk.may_change,
        help=None if desk.may_change else f"Needs e-group {needs}",
    )
    if pressed:
        number = version.version
        ask(
            Act(
                desk.kind,
                desk.name,
                title=f"Restore v{number}",
                becomes=f"**{literal(desk.name)}** is again as {literal(version.by)} wrote it in v{number};"
                f" it becomes v{_next(desk)}.",
                done=f"{desk.name} is again as in v{number}",
                command=lambda session, who, why: restore_classifier(
                    session, who, desk.kind, name=desk.name, version=number, why=why, seen=desk.shelf.seen
                ),
            )
        )


def _next(desk: Desk) -> int:
    return (desk.versions[0].version if desk.versions else 0) + 1
