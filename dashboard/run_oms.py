"""OMS asked again about a run: refreshed, or reset to what OMS and the rules say, people's words only if asked."""

import streamlit as st

from backend.access import Action, Actor
from backend.certify.refresh import refresh_run, reset_run
from backend.db import engine
from backend.ingest.oms import open_oms
from backend.record import Recorded
from backend.settings import settings
from dashboard.doing import attempt
from dashboard.permits import permit, permitted_button


def ask_oms(run_number: int, *, is_open: bool, seen: int) -> None:
    """Draw both acts. ``seen`` is the change set that the page shows: people's words after it are not withdrawn."""
    closed = "Only an OPEN run is asked about again; what OMS changes of others is proposed."
    permitted_button(
        "Refresh",
        permit(Action.RUN_REFRESH).and_if(is_open, closed),
        key="act-refresh",
        help="Take in what OMS says now, and have the rules judge it; what people said stays",
        on_click=_refresh,
        args=(run_number,),
    )
    may_reset = permit(Action.RUN_RESET).and_if(is_open, closed)
    st.checkbox(
        "What people said is withdrawn too",
        key=_with_people(run_number),
        help="Class, significance, flags",
        disabled=not may_reset.is_given,
    )
    permitted_button(
        "Reset",
        may_reset,
        key="act-reset",
        help="Withdraw what rules said and judge the run as though for the first time",
        on_click=_reset,
        args=(run_number,),
        kwargs={"seen": seen},
    )


def _refresh(run_number: int) -> None:
    def refreshed(who: Actor) -> None:
        with open_oms(settings()) as oms:
            refresh_run(engine(), who, run_number, oms=oms)

    attempt(f"Run {run_number} is as OMS says now", refreshed)


def _with_people(run_number: int) -> str:
    return f"act-reset-people-{run_number}"


def _reset(run_number: int, *, seen: int) -> None:
    with_people = bool(st.session_state[_with_people(run_number)])

    def reset(who: Actor) -> Recorded:
        with open_oms(settings()) as oms:
            return reset_run(engine(), who, run_number, oms=oms, with_people=with_people, seen=seen)

    what = "OMS and the rules say, people's words withdrawn" if with_people else "OMS and the rules say"
    attempt(f"Run {run_number} is reset to what {what}", reset)
