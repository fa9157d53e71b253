"""The tour of the demo: a card with six journeys, which stays away once somebody hid it in this browser."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard import look
from dashboard.session import from_address, to_address

_ASSETS = Path(__file__).parent
ASKED = "tour"
"""In the address: somebody asks for the tour, so that it is shown even where it was hidden."""

_ASKED_AT = "tour-asked-at"

JOURNEYS = (
    ("Sign off a run", "online", "Click a run that is OPEN, then Sign off."),
    (
        "Certify ten datasets in a workspace",
        "offline?workspace=tracker",
        "Tick one, Shift+click the tenth, press G.",
    ),
    ("See why a run is not in the golden JSON", "golden", "Type its number under Why not."),
    (
        "Change a rule and see what it would do",
        "classifiers?kind=component",
        "Write in its rule, read Impact.",
    ),
    ("Make, compare and download a golden JSON", "golden", "Make JSON; Upload another; take it as JSON."),
    ("Undo a mistake", "log", "Choose the act, then Undo."),
)
"""What one does, the address where it begins, and how: those of docs/journeys.md."""


def tour() -> None:
    """Draw it. Whether it was hidden is known in the browser alone; to have asked for it later goes before."""
    if from_address(ASKED):
        st.session_state[_ASKED_AT] = int(datetime.now(UTC).timestamp() * 1000)
        to_address(**{ASKED: None})
    steps = [{"what": what, "where": where, "how": how} for what, where, how in JOURNEYS]
    _TOUR(data={"steps": steps, "asked": st.session_state.get(_ASKED_AT, 0)}, key="tour")


_TOUR = st.components.v2.component(
    "run_registry.tour",
    html='<section class="tour" aria-label="Tour" hidden></section>',
    css=look.css_variables(":host") + (_ASSETS / "tour.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "tour.js").read_text(encoding="utf-8"),
)
