"""What runs at every visit: who it is, the frame around the page, and the page that the address names."""

import logging

import streamlit as st

from backend.errors import RegistryError
from dashboard.components.act_bar import act_bar
from dashboard.components.keyboard import keyboard
from dashboard.cycles_data import cycles_title
from dashboard.doing import refusal
from dashboard.session import actor, from_address
from dashboard.shell import banner, frame, header
from dashboard.task_watch import watched_tasks

log = logging.getLogger(__name__)

PAGES = (
    st.Page("views/home.py", title="Home", default=True, visibility="hidden"),
    st.Page("views/online.py", title="Online", url_path="online"),
    st.Page("views/offline.py", title="Offline", url_path="offline"),
    st.Page("views/run.py", title="Run", url_path="run"),
    st.Page("views/cycles.py", title=cycles_title(from_address("workspace", "global")), url_path="cycles"),
    st.Page("views/classifiers.py", title="Classifiers", url_path="classifiers"),
    st.Page("views/golden.py", title="Golden JSON", url_path="golden"),
    st.Page("views/log.py", title="Log", url_path="log"),
    st.Page("views/settings.py", title="Settings", url_path="settings"),
)


def main() -> None:
    """Draw the frame and run the page; what the registry says no to is shown as its sentence, not as a trace."""
    st.set_page_config(page_title="Run Registry", page_icon="dashboard/static/icon.svg", layout="wide")
    st.logo("dashboard/static/icon.svg", size="small", link=None)
    page = st.navigation(PAGES, position="top")
    frame()
    banner()
    try:
        header(actor())
        refusal()
        watched_tasks()
        page.run()
        act_bar()
        keyboard()
    except RegistryError as error:
        log.exception("a page said no")
        st.error(str(error), icon=":material/error:")


main()
