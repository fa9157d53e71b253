"""The tour of the demo: a card with six journeys, which stays away once somebody hid it in this browser."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import look
from dashboard.session import from_address, to_address

_ASSETS = Path(__file__).parent
ASKED = "tour"
"""In the address: somebody asks for the tour, so that it is shown even where it was hidden."""

STEP = "step"
"""In the address of a page: the number of the journey for which one is there."""

_ASKED_AT = "tour-asked-at"


@dataclass(frozen=True, slots=True)
class Journey:
    """What one does, the page where it begins, how, and the parts of the page where it is done, by their keys."""

    what: str
    page: str
    how: str
    places: tuple[str, ...]
    query: str = ""

    def address(self, number: int) -> str:
        """Where it begins, with its number."""
        return f"{self.page}?{self.query}{'&' if self.query else ''}{STEP}={number}"


JOURNEYS = (
    Journey(
        "Sign off a run", "online", "Be the shifter (top right); click a run that is OPEN, then Sign off.",
        ("online-runs", "run-acts", "identity"),
    ),
    Journey(
        "Certify ten datasets in a workspace", "offline", "Tick one, Shift+click the tenth, press G.",
        ("offline-datasets",), "workspace=tracker",
    ),
    Journey("See why a run is not in the golden JSON", "golden", "Type its number under Why not.", ("gj-why",)),
    Journey(
        "Change a rule and see what it would do", "classifiers", "Write in its rule, read where the two differ.",
        ("cl-editor", "cl-impact-card"), "kind=component",
    ),
    Journey(
        "Make, compare and download a golden JSON", "golden", "Make JSON; Upload another; take it as JSON.",
        ("gj-make", "gj-upload", "gj-head"),
    ),
    Journey("Undo a mistake", "log", "Choose the act, then Undo.", ("log-list", "log-side")),
)  # fmt: skip
"""Those of docs/journeys.md."""


def tour() -> None:
    """Draw it. Whether it was hidden is known in the browser alone; to have asked for it later goes before."""
    if from_address(ASKED):
        st.session_state[_ASKED_AT] = int(datetime.now(UTC).timestamp() * 1000)
        to_address(**{ASKED: None})
    steps = [{"what": j.what, "where": j.address(at), "how": j.how} for at, j in enumerate(JOURNEYS, 1)]
    _TOUR(data={"steps": steps, "asked": st.session_state.get(_ASKED_AT, 0)}, key="tour")


def tour_step(page: str) -> None:
    """On the page to which a step led: what to do here, and an outline around where; nothing on another page."""
    said = from_address(STEP)
    number = int(said) if said.isdecimal() and len(said) < 2 else 0
    if not 1 <= number <= len(JOURNEYS) or JOURNEYS[number - 1].page != page:
        return
    journey = JOURNEYS[number - 1]
    outlined = ", ".join(f".st-key-{place}" for place in journey.places)
    st.html(
        f'<div class="rr-step" role="note"><b>{number} of {len(JOURNEYS)}: {escape(journey.what)}</b>'
        f'<span>{escape(journey.how)}</span><a href="./?{ASKED}=shown" target="_self">All six</a></div>'
        f"<style>{outlined} {{ {_OUTLINE} }}</style>"
    )


_OUTLINE = "outline: 2px dashed var(--rr-accent); outline-offset: 2px; border-radius: 8px"
_TOUR = st.components.v2.component(
    "run_registry.tour",
    html='<section class="tour" aria-label="Tour" hidden></section>',
    css=look.css_variables(":host") + (_ASSETS / "tour.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "tour.js").read_text(encoding="utf-8"),
)
