"""Overview: what waits for me, whether a source is silent, how the last runs were, and how far everybody is."""

from html import escape

import polars as pl
import streamlit as st

from backend.access import Action
from backend.configuration import GLOBAL, Side
from backend.golden.standing import taken_and_kept
from backend.settings import settings
from dashboard.components.tour import tour
from dashboard.data import desks, one_run
from dashboard.overview.acts import acts_card
from dashboard.overview.again import look_again, seconds_to_the_next_look
from dashboard.overview.data import Year, last_runs, recipe_now, year
from dashboard.overview.figures import figures_line
from dashboard.overview.heat import heat_card, run_asked_for
from dashboard.overview.losses import losses_card
from dashboard.overview.luminosity import luminosity_card
from dashboard.overview.queue import queue_card
from dashboard.overview.sources import sources_card
from dashboard.overview.standing import Answer, standing_of
from dashboard.overview.workspaces import workspaces_card
from dashboard.permits import permit
from dashboard.session import forget_unless, person
from dashboard.unavailable import or_its_sentence

_OF_ONLINE = frozenset({"filter", "fill", "runs", "columns", "selected", "sort", "page"})


def overview() -> None:
    """The page, top to bottom; addresses from when runs stood here still lead to them."""
    if _OF_ONLINE & set(st.query_params):
        st.switch_page("views/online.py", query_params=dict(st.query_params))
    workspace, live = _toolbar()
    if settings().environment == "demo":
        tour()
    st.fragment(or_its_sentence(_body), run_every=seconds_to_the_next_look(live=live))(workspace)


def _body(workspace: str) -> None:
    if run := run_asked_for():
        st.switch_page("views/run.py", query_params={"run": run})
    found, of_year = last_runs(), year()
    answer = _answer(of_year)
    steps = _steps(of_year, answer)
    latest = one_run(found.rows[0].run_number) if found.rows else None
    with st.container(key="ov-figures", gap=None):
        figures_line(latest, of_year, steps, answer)
    with st.container(key="ov-main", horizontal=True, gap="small"):
        with st.container(key="ov-left", width=344):
            queue_card(workspace)
            sources_card()
            acts_card()
        with st.container(key="ov-middle"):
            with st.container(key="ov-heat", gap=None):
                heat_card(found)
            beneath = st.container(key="ov-luminosity", gap=None)
        with st.container(key="ov-right", width=326):
            workspaces_card(workspace, of_year)
            losses_card(of_year, answer)
    with beneath:  # last, since the browser stands still while it loads what draws figures
        luminosity_card(of_year, steps, answer)
    look_again(answer)


def _toolbar() -> tuple[str, bool]:
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-title" role="heading" aria-level="1">Overview</span>', width="content")
        st.html(f'<span class="rr-label">{escape(person().name)}</span>', width="content")
        st.space("stretch")
        workspace = _desk()
        live = st.toggle("Live", key="live", bind="query-params", help="Look again every 15 s; nothing moves under you")
    return workspace, live


def _desk() -> str:
    """Whose desk one looks at: one's own, if there is one alone; else that of global."""
    names = sorted((desk.workspace for desk in desks(Side.OFFLINE)), key=lambda name: (name != GLOBAL, name))
    own = [name for name in names if name != GLOBAL and permit(Action.FLAGS, name).is_given]
    forget_unless("workspace", names)
    chosen = st.selectbox(
        "Workspace",
        names,
        index=names.index(own[0]) if len(own) == 1 else 0,
        key="workspace",
        bind="query-params",
        label_visibility="collapsed",
        width=150,
    )
    return str(chosen)


def _answer(of_year: Year | None) -> Answer | None:
    """What is certified of the year; none where no recipe is asked of any dataset."""
    recipe = recipe_now()
    return standing_of(recipe, of_year.runs) if of_year is not None and recipe is not None else None


def _steps(of_year: Year | None, answer: Answer | None) -> pl.DataFrame | None:
    if of_year is None:
        return None
    kept = answer.standing if answer is not None else None
    return taken_and_kept(of_year.taken, None if kept is None else kept.runs)


overview()
