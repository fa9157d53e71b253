"""Accepted datasets: which datasets a sign-off creates, and the patterns that find them, tried before saving."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from backend.access import Action
from backend.certify.accepted import (
    AcceptedDatasetBody,
    remove_accepted_dataset,
    switch_accepted_dataset,
    try_patterns,
    write_accepted_dataset,
)
from backend.configuration import Piece
from backend.errors import InvalidInput, SourceUnavailable
from backend.settings import settings
from dashboard.components.row_list import Column, Mark, Row, row_list
from dashboard.literal import literal
from dashboard.permits import Permit, permit, permitted_button
from dashboard.session import from_address
from dashboard.settings_data import accepted, gui_listing, versions_of
from dashboard.settings_form import NEW, Form, act, close_form, open_form, save_row, versions_html, with_reason
from models.vocabulary import ConfigurationKind

TAB = "Accepted datasets"
_LAST_RUN = 2**31 - 1
_SHOWN = 6
_COLUMNS = (
    Column("Dataset", "name", 320),
    Column("Class", width=130),
    Column("Runs", width=150),
    Column("Patterns that find it in the DQM GUI", "mono"),
    Column("", "pill", 100),
)


def accepted_tab() -> None:
    """The list, and the form over the one that one looks at."""
    found, seen = accepted()
    name = from_address("name")
    with st.container(key="settings-main", horizontal=True, gap="small"):
        with st.container(key="settings-list"):
            row_list(
                columns=_COLUMNS,
                rows=[_row(name, piece) for name, piece in found.items()],
                key="accepted-list",
                label="Accepted datasets",
                selected=name,
                choose=lambda chosen: close_form(TAB, chosen),
                empty="No dataset is accepted: a sign-off creates none.",
            )
        if name == NEW or name in found:
            with st.container(key="settings-side", width=440):
                _side(open_form(TAB, name, found.get(name), seen))


def _row(name: str, piece: Piece[AcceptedDatasetBody]) -> Row:
    body = piece.body
    last = "on" if body.run_to == _LAST_RUN else f"– {body.run_to}"
    out = None if piece.is_enabled else Mark("out of play", "quiet")
    return Row(name, (name, body.run_class, f"{body.run_from} {last}", "   ".join(body.patterns), out), out is not None)


def _side(form: Form[AcceptedDatasetBody]) -> None:
    given = permit(Action.ACCEPTED_DATASET)
    name, said = _fields(form, is_locked=not given.is_given)
    is_tried = _trial(said, key=form.key)
    why = save_row(
        form,
        given,
        ready=Permit(True).and_if(bool(name), "Name the dataset.").and_if(is_tried, "Try the patterns first."),
        done=f"{name} is accepted as written" if form.piece else f"{name} is accepted from now on",
        command=lambda session, who, why: write_accepted_dataset(
            session, who, name=name, body=said, why=why, seen=form.seen
        ),
        name=name,
    )
    if form.piece is not None:
        _further(form, form.piece, with_reason(given, why), why)
        st.html(versions_html(versions_of(ConfigurationKind.ACCEPTED_DATASET, form.piece.name)))


def _fields(form: Form[AcceptedDatasetBody], *, is_locked: bool) -> tuple[str, dict[str, Any]]:
    piece, key = form.piece, form.key
    body = piece.body if piece else None
    name = st.text_input(
        "Dataset",
        piece.name if piece else "",
        key=f"{key}-name",
        disabled=is_locked or piece is not None,
        placeholder="/PromptReco/Collisions2026A/DQM",
    ).strip()
    with st.container(horizontal=True, key="form-row"):
        run_class = st.text_input("Class", body.run_class if body else "", key=f"{key}-class", disabled=is_locked)
        first = st.number_input(
            "From run", 1, _LAST_RUN, body.run_from if body else 1, key=f"{key}-from", disabled=is_locked
        )
        last = st.number_input(
            "To run", 1, _LAST_RUN, body.run_to if body else _LAST_RUN, key=f"{key}-to", disabled=is_locked
        )
    patterns = st.text_area(
        "Patterns, one per line",
        "\n".join(body.patterns) if body else "",
        key=f"{key}-patterns",
        height=92,
        disabled=is_locked,
        help="Regular expressions that may be found anywhere in a name of the DQM GUI",
    )
    said = {"name": name.partition(" ")[0], "run_class": run_class.strip(), "patterns": patterns}
    return name, said | {"run_from": int(first), "run_to": int(last)}


def _trial(said: Mapping[str, Any], *, key: str) -> bool:
    """Try the patterns against the listing; whether these very patterns have been tried, or cannot be at present."""
    wanted = (said["patterns"], said["run_from"], said["run_to"])
    if st.button("Try against the DQM GUI", key=f"{key}-try", disabled=not said["patterns"].strip()):
        st.session_state[f"{key}-tried"] = wanted
    if st.session_state.get(f"{key}-tried") != wanted:
        return False
    try:
        listing = gui_listing(settings().dqm_gui_url)
        tried = try_patterns(said["patterns"], listing, run_from=said["run_from"], run_to=said["run_to"])
    except InvalidInput as error:
        st.error(literal(str(error)))
        return False
    except SourceUnavailable as error:
        st.warning(f"{error} The patterns are well-formed or refused when you save, but nobody knows what they find.")
        return True
    st.html("".join(_found(t.pattern, t.found, t.entries) for t in tried))
    return True


def _found(pattern: str, found: Mapping[str, int], entries: int) -> str:
    if not found:
        said = '<span class="rr-pill warn">▲ finds nothing in the listing</span>'
    else:
        said = f"finds <b>{len(found):,}</b> datasets in {entries:,} entries of the listing"
    names = "".join(f"<li>{escape(name)} <i>{runs:,} runs</i></li>" for name, runs in list(found.items())[:_SHOWN])
    more = f"<li>and {len(found) - _SHOWN:,} more</li>" if len(found) > _SHOWN else ""
    return f'<div class="rr-trial"><code>{escape(pattern)}</code> {said}<ul>{names}{more}</ul></div>'


def _further(form: Form[AcceptedDatasetBody], piece: Piece[AcceptedDatasetBody], ready: Permit, why: str) -> None:
    """Out of play and back, or away; the reason is that of the form."""
    verb, becomes = ("Accept no more", "accepted no more") if piece.is_enabled else ("Accept again", "accepted again")
    with st.container(horizontal=True, key="form-further"):
        if permitted_button(verb, ready, key=f"{form.key}-switch"):
            act(
                form,
                f"{piece.name} is {becomes}",
                lambda session, who: switch_accepted_dataset(
                    session, who, name=piece.name, is_enabled=not piece.is_enabled, why=why, seen=form.seen
                ),
            )
        if permitted_button("Take away", ready, key=f"{form.key}-remove", help="Datasets that runs have stay"):
            act(
                form,
                f"{piece.name} is taken away",
                lambda session, who: remove_accepted_dataset(session, who, name=piece.name, why=why, seen=form.seen),
            )
