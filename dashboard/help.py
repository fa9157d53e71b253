"""The help of each page: what it is for, the three things one does there, its keys, and where more is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from backend.settings import settings
from dashboard.components.tour import ASKED

_GRID = {
    "↑ ↓ ← →": "move in the grid",
    "Space": "tick the row",
    "Enter": "open the run",
    "Shift+click": "tick all rows up to this one",
}
_LIST = {"↑ ↓ Home End": "another row of the list"}


@dataclass(frozen=True, slots=True)
class PageHelp:
    """What is told of a page; keys are those beside the ones of every page, key → what it does."""

    name: str
    purpose: str
    does: tuple[str, str, str]
    docs: tuple[str, ...]
    keys: Mapping[str, str]


HELP = {
    "": PageHelp(
        "Overview",
        "What waits for you, whether a source is silent, how the last runs were, and how far everybody is.",
        (
            "My queue: go to what waits, already filtered.",
            "Heat map: point at a cell for its counts, click it to open the run.",
            "Losses: go to the runs in which most luminosity was lost.",
        ),
        ("journeys.md", "golden.md"),
        {"↑ ↓ ← →": "move in the heat map", "Enter": "open the run of the cell"},
    ),
    "online": PageHelp(
        "Online",
        "The runs as OMS and the rules know them, with the status of every component.",
        (
            "Filter: write a condition, or build it with + Rule; save it under a name.",
            "Click a run for its facts and acts: significant or not, class, stop reason, state.",
            "Double-click a run, or press Enter, for its lumisections.",
        ),
        ("workflows.md",),
        _GRID,
    ),
    "offline": PageHelp(
        "Offline",
        "The datasets of a workspace, to be flagged, signed off and completed.",
        (
            "Tick datasets, or all that agree with Express, and set all components with one key.",
            "Look at the preview: what is changed and what is overwritten; confirm it once.",
            "Batch tools copy, move and hide what is ticked or what matches.",
        ),
        ("workflows.md",),
        _GRID
        | {
            "G B S X N": "set what is ticked: GOOD, BAD, STANDBY, EXCLUDED, NOTSET",
            "Shift+S · Shift+D": "sign off · complete what is ticked",
            "Shift+Space": "tick to here",
            "Ctrl+Enter": "confirm the preview",
        },
    ),
    "run": PageHelp(
        "Run",
        "One run, lumisection by lumisection: what is said, who said it, and when.",
        (
            "Strip: drag over lumisections and tick components to flag them.",
            "As of: move it to see what was said after any earlier change set.",
            "Why: which clause of which classifier decided.",
        ),
        ("workflows.md", "rules.md"),
        {
            "drag": "select a range of lumisections",
            "Shift+drag": "zoom into it",
            ", .": "the change before, the next one",
        },
    ),
    "cycles": PageHelp(
        "Cycles",
        "What is to be certified until when, and how far each workspace is.",
        (
            "Choose a cycle to see its datasets and what is missing.",
            "Make a cycle from a filter, or add datasets to one.",
            "Complete it for your workspace, or reopen it.",
        ),
        ("workflows.md",),
        _LIST,
    ),
    "classifiers": PageHelp(
        "Classifiers",
        "The rules that say class, significance and status, with their versions, and the recipes of golden JSONs.",
        (
            "Write in the rule: facts are completed, and a mistake is named where it stands.",
            "Playground: try it on any run or lumisection and see what decided.",
            "Impact: see what the draft would change before it is saved.",
        ),
        ("rules.md",),
        _LIST | {"Tab or Enter (rule)": "take the fact that is offered"},
    ),
    "golden": PageHelp(
        "Golden JSON",
        "The lumisections that satisfy a recipe: made, explained, compared and kept.",
        (
            "Choose a recipe and datasets, and make the JSON.",
            "Compare it with any other, uploaded or official.",
            "Why not: type a run to see which clauses failed in it.",
        ),
        ("golden.md",),
        _LIST | {"Ctrl+Enter": "make the JSON"},
    ),
    "explore": PageHelp(
        "Explore",
        "Any quantity of the runs against any other, its distribution, and how it goes with the DCS bits.",
        (
            "Choose the quantities, and filter the runs.",
            "Click a point to open its run.",
            "Draw a box or a lasso, and show these runs on Online.",
            "Of more than 10,000 runs one sees the density: draw a box and look closer.",
        ),
        ("glossary.md",),
        {"drag": "choose the points in a box or a lasso"},
    ),
    "reports": PageHelp(
        "Reports",
        "A day for the shift, a week for the data certification meeting.",
        (
            "Choose the period; the address keeps it.",
            "Read what changed, what disagrees and what is open.",
            "Print it, or take it away as HTML, PDF or CSV.",
        ),
        ("workflows.md",),
        {},
    ),
    "log": PageHelp(
        "Log",
        "Every act: who, when, why, and the difference it made.",
        (
            "Filter by who, run, dataset, kind or day.",
            "Choose an act to see what it changed, from what to what.",
            "Undo it, whole or for some runs, after seeing what that would change.",
        ),
        ("workflows.md",),
        _LIST,
    ),
    "settings": PageHelp(
        "Settings",
        "What is configured: accepted datasets, workspaces, causes, permissions, tokens, jobs and tasks.",
        (
            "Try a change before it is saved: a pattern on the DQM GUI, a permission as any e-group.",
            "Make a token for a script, and revoke it.",
            "See what the worker did, and ask it for a task.",
        ),
        ("rights.md", "configuration.md"),
        _LIST,
    ),
}
"""Path of the page → its help."""


def help_box(path: str) -> None:
    """The Help in the header: that of the page, and in the demo the way to the tour."""
    told = HELP[path]
    with st.popover("Help", key="help", help="What this page is for; the key ? lists the keys"):
        st.html(help_html(told, has_tour=settings().environment == "demo"))


def help_html(told: PageHelp, *, has_tour: bool = False) -> str:
    """The help of a page as HTML."""
    tour = f'<a href="./?{ASKED}=shown" target="_self">Show the tour</a>' if has_tour else ""
    does = "".join(f"<li>{escape(one)}</li>" for one in told.does)
    docs = ", ".join(f"<code>docs/{escape(name)}</code>" for name in told.docs)
    return (
        f'<div class="rr-help"><h2 class="rr-h2">{escape(told.name)}</h2><p>{escape(told.purpose)}</p><ol>{does}</ol>'
        f"<p>Keys: press <kbd>?</kbd> · more in {docs}; words in <code>docs/glossary.md</code></p>{tour}</div>"
    )
