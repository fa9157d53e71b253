"""A status for whole datasets: what the keys B, S, X and N open, by the right to flag that every certifier has."""

from collections import Counter
from dataclasses import replace

import streamlit as st
from sqlmodel import Session

from backend.access import Actor
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.flags_preview import FlagsPreview, preview_flags
from backend.certify.places import Place
from backend.certify.plan import LeftOut
from backend.certify.sayable import SHORTEST_COMMENT
from backend.configuration import causes
from backend.errors import RegistryError
from backend.record import DatasetKey, Recorded
from dashboard.data import reading
from dashboard.offline.acts import REFUSED, Selection, datasets
from dashboard.offline.preview import Becomes, Preview, Wish, show
from dashboard.session import actor
from models.vocabulary import DatasetState, Status

_TO_COME = "to be said in the preview"
"""Stands for the comment while one looks at what would happen: the comment is asked there."""


def say(selection: Selection, components: tuple[str, ...], status: Status) -> None:
    """Open the preview of a status over all lumisections of the ticked datasets that are OPEN."""
    meant = selection.in_state(DatasetState.OPEN)
    places = [Place(DatasetKey(row.run_number, row.name), components, row.known) for row in meant]
    by_component: dict[str, FlagsPreview] = {}
    try:
        with reading() as session:
            for name in components:
                flags = [Flag(replace(p, components=(name,)), status, comment=_TO_COME) for p in places]
                by_component[name] = preview_flags(session, actor(), flags)
            offered = tuple(cause.word for cause in causes(session, selection.workspace))
    except RegistryError as error:
        st.session_state[REFUSED] = str(error)
        return

    def command(session: Session, who: Actor, wish: Wish) -> Recorded:
        flags = [Flag(place, status, cause=wish.cause, comment=wish.comment or None) for place in places]
        return flag_lumisections(session, who, flags, seen=selection.seen)

    count = datasets(len(meant))
    lumisections = sum(row.lumisections for row in meant)
    show(
        Preview(
            title=f"Set {count} to {status.word}",
            figures=(
                (len(meant), "datasets"),
                (lumisections, "lumisections"),
                (lumisections * len(components), f"flags, {len(components)} component{'s' * (len(components) != 1)}"),
            ),
            confirm=f"Set {count} to {status.word}",
            done=f"{count} set to {status.word} in {', '.join(components)}",
            command=command,
            change=f"→ {status.word}",
            becomes=tuple(_becomes(name, of, len(meant)) for name, of in by_component.items()),
            datasets=tuple((DatasetKey(row.run_number, row.name), row.lumisections) for row in meant),
            left_out=_left_out(selection),
            comment="Comment for all of them" + (", needed for BAD" if status is Status.BAD else ", optional"),
            least_comment=SHORTEST_COMMENT if status is Status.BAD else 0,
            causes=offered,
        )
    )


def _becomes(component: str, of: FlagsPreview, count: int) -> Becomes:
    now: Counter[Status | None] = Counter()
    then: Counter[Status | None] = Counter()
    for (before, after), lumisections in of.changes.items():
        now[before] += lumisections
        then[after] += lumisections
    told = [
        f"{n:,} {'unsaid' if before is None else before.word}{f' → {after.word}' if before is not after else ' stay'}"
        for (before, after), n in sorted(of.changes.items(), key=lambda change: -change[1])
    ]
    covered = sum(len(one.where) for one in of.covered)
    told += [f"covers {covered:,} LS that people said"] if covered else []
    return Becomes(component, count, now.total(), now, then, ", ".join(told))


def _left_out(selection: Selection) -> tuple[LeftOut, ...]:
    states = ((row, row.states.get(selection.workspace)) for row in selection.rows)
    return tuple(
        LeftOut(DatasetKey(row.run_number, row.name), f"{state or 'not there'} in {selection.workspace}")
        for row, state in states
        if state != DatasetState.OPEN
    )
