"""What OMS changed of a run after its sign-off: the difference, and to accept it or to leave the run as it was."""

from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from backend.access import Action
from backend.certify.proposals import ProposedDifference, accept_proposal, proposed_difference, reject_proposal
from backend.queries.log_words import word_of
from dashboard.data import reading
from dashboard.doing import do
from dashboard.facts import text as plain
from dashboard.permits import permit, permitted_button

MOST_LINES = 8


def proposal_card(run_number: int) -> None:
    """Draw the card, if something is proposed; what is decided is what one sees."""
    with reading() as session:
        proposed = proposed_difference(session, run_number)
    if proposed is None:
        return
    with st.container(key="run-proposal"):
        lines = list(difference_lines(proposed))
        more = len(lines) - MOST_LINES
        rest = f'<li class="rr-label">and {more:,} more</li>' if more > 0 else ""
        shown = "".join(lines[:MOST_LINES])
        head = '<div class="rr-h2">▲ OMS changed this run after its sign-off</div>'
        st.html(f'{head}<ul class="rr-diff">{shown}{rest}</ul>')
        _decide(proposed)


def difference_lines(proposed: ProposedDifference) -> Iterator[str]:
    """What would become what, as HTML: attributes, then columns by range, then luminosity."""
    for one in proposed.attributes:
        yield _line(one.name, plain(one.now), plain(one.proposed))
    for column in proposed.columns:
        for part in column.ranges:
            held = f"stays hidden under a word of {part.held_by}" if part.held_by else ""
            yield _line(f"{column.column} {part.where}", word_of(part.now), word_of(part.proposed), held)
    if proposed.luminosity:
        yield f"<li><span>luminosity</span> of {escape(str(proposed.luminosity))} is another one</li>"


def _line(what: str, now: Any, then: Any, held: str = "") -> str:
    said = f' <i class="rr-label">{escape(held)}</i>' if held else ""
    return f"<li><span>{escape(what)}</span> <s>{escape(str(now))}</s> → <b>{escape(str(then))}</b>{said}</li>"


def _decide(proposed: ProposedDifference) -> None:
    number, seen = proposed.run_number, proposed.change_set
    given = permit(Action.PROPOSAL)
    with st.container(key="run-proposal-acts", horizontal=True):
        permitted_button(
            "Accept",
            given,
            key="proposal-accept",
            type="primary",
            on_click=partial(
                do,
                f"Run {number} is as OMS says now",
                lambda session, who: accept_proposal(session, who, number, seen=seen),
            ),
        )
        permitted_button(
            "Leave it as it was",
            given,
            key="proposal-reject",
            help="The same is not proposed again",
            on_click=partial(
                do,
                f"Run {number} stays as it was signed off",
                lambda session, who: reject_proposal(session, who, number, seen=seen),
            ),
        )
