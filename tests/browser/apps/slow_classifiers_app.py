"""The page Classifiers, but what the rule editor offers takes a second to be found, as on a machine that is busy."""

import runpy
import time
from pathlib import Path

import streamlit as st

from backend.rules.facts import FactCatalogue
from dashboard.classifiers import editor
from dashboard.components.rule_editor import Offer
from dashboard.shell import frame

PAGE = Path(__file__).parents[3] / "dashboard" / "views" / "classifiers.py"
SECONDS = 1.0


def slowly(catalogue: FactCatalogue) -> list[Offer]:
    """Nothing to offer, after a while."""
    time.sleep(SECONDS)
    return []


st.set_page_config(layout="wide")
frame()
editor.offers_of = slowly
runpy.run_path(str(PAGE), run_name="__main__")
