"""What runs at every visit: who it is, the frame around the page, and the page that the address names."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from backend.errors import RegistryError
from backend.settings import settings
from dashboard.about import about
from dashboard.components.act_bar import act_bar
from dashboard.components.keyboard import keyboard
from dashboard.components.tour import tour_step
from dashboard.cycles_data import cycles_title
from dashboard.doing import refusal
from dashboard.help import HELP
from dashboard.login.identity import login_notice, login_page
from dashboard.login.known import keep_known
from dashboard.login.who import may_read, who
from dashboard.memory import keep_what_is_loaded
from dashboard.session import from_address
from dashboard.shell import banner, frame, header
from dashboard.task_watch import watched_tasks
from dashboard.unavailable import said_no


def pages(cycles: str) -> list[StreamlitPage]:
    """All pages in the order of the menu; that of cycles is called by what waits there."""
    return [
        st.Page("views/overview.py", title="Overview", default=True),
        st.Page("views/online.py", title="Online", url_path="online"),
        st.Page("views/offline.py", title="Offline", url_path="offline"),
        st.Page("views/run.py", title="Run", url_path="run"),
        st.Page("views/cycles.py", title=cycles, url_path="cycles"),
        st.Page("views/classifiers.py", title="Classifiers", url_path="classifiers"),
        st.Page("views/golden.py", title="Golden JSON", url_path="golden"),
        st.Page("views/explore.py", title="Explore", url_path="explore"),
        st.Page("views/reports.py", title="Reports", url_path="reports"),
        st.Page("views/log.py", title="Log", url_path="log"),
        st.Page("views/settings.py", title="Settings", url_path="settings"),
    ]


def main() -> None:
    """Draw the frame and run the page; what the registry says no to is shown as its sentence, not as a trace.

    What was just done is told before the page is read anew: that it is recorded is what somebody waits for.
    """
    st.set_page_config(
        page_title="Run Registry",
        page_icon="dashboard/static/icon.svg",
        layout="wide",
        menu_items={"About": about()},
    )
    st.logo("dashboard/static/icon.svg", size="small", link=None)
    if not may_read():
        st.navigation(pages("Cycles"), position="hidden")
        frame()
        banner()
        login_page(who())
        return
    page = st.navigation(pages(cycles_title(from_address("workspace", "global"))), position="top")
    frame()
    banner()
    try:
        found = who()
        if settings().auth != "demo":
            keep_known(found)
        header(found, page.url_path)
        login_notice(found)
        with st.container():  # a place of their own, filled or not: what comes after keeps its place in the browser
            refusal()
        with st.container():
            act_bar()
        watched_tasks()
        if settings().environment == "demo":
            tour_step(page.url_path)
        page.run()
        keyboard(HELP[page.url_path].keys)
        keep_what_is_loaded(page.url_path)
    except RegistryError as error:
        said_no(error)


main()
