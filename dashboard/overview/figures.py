"""The line of figures: what is being taken, and how far the year's luminosity has come."""

from html import escape

import polars as pl
import streamlit as st

from backend.queries import RunRow
from dashboard.facts import luminosity, number
from dashboard.golden.words import share
from dashboard.overview.data import Year, latest_json
from dashboard.overview.standing import Answer
from dashboard.overview.words import link


def figures_line(latest: RunRow | None, year: Year | None, steps: pl.DataFrame | None, answer: Answer | None) -> None:
    """Draw it; ``steps`` are the year's runs with their four steps of luminosity."""
    cells = [*_now(latest), *_luminosity(year, steps, answer), _json()]
    st.html('<div class="rr-figures ov-figures">' + "".join(_cell(*cell) for cell in cells) + "</div>")


Cell = tuple[str, str, str]
"""Label, figure and what stands beside it, both HTML."""


def _cell(label: str, figure: str, beside: str) -> str:
    return f'<div><div class="rr-label">{escape(label)}</div><b>{figure}</b><span>{beside}</span></div>'


def _now(run: RunRow | None) -> list[Cell]:
    if run is None:
        return [("Now", "no run yet", "OMS has not given any")]
    name = link("run", str(run.run_number), run=str(run.run_number))
    words = ", ".join(filter(None, (run.attributes["run_class"], _fill(run))))
    label = "Now" if run.is_running else "Last run"
    bright = run.oms.get("end_lumi") or run.oms.get("init_lumi")
    return [
        (label, f"{name}, {run.lumisections:,} LS", escape(str(words))),
        ("Luminosity", escape(number(bright, 2)), "×10³⁴ cm⁻²s⁻¹" if bright else "OMS says none"),
    ]


def _fill(run: RunRow) -> str:
    return f"fill {run.attributes['fill_number']}" if run.attributes["fill_number"] else ""


def _luminosity(year: Year | None, steps: pl.DataFrame | None, answer: Answer | None) -> list[Cell]:
    if year is None or steps is None:
        return [(name, "—", "no run yet") for name in ("Delivered", "DCS-good", "Certified")]
    delivered, recorded = float(steps["delivered_per_pb"].sum()), float(steps["recorded_per_pb"].sum())
    taken = (
        f"Delivered {year.until:%Y}",
        luminosity(delivered),
        f"recorded {share(recorded / delivered if delivered else None)}",
    )
    if answer is None or answer.standing is None:
        why = "no golden recipe has datasets" if answer is None else answer.why_not or "being added up …"
        return [taken, ("DCS-good", "—", escape(why)), ("Certified", "—", escape(why))]
    kept = [(name, float(steps[step].sum())) for name, step in _KEPT.items()]
    return [
        taken,
        *((name, luminosity(held), _of_recorded(held, recorded, answer)) for name, held in kept),
    ]


def _of_recorded(held: float, recorded: float, answer: Answer) -> str:
    """The share; a figure of fewer runs has none yet."""
    if not answer.is_whole:
        return escape(answer.why_not or "so far, being added up …")
    return f"{share(held / recorded if recorded else None)} of recorded"


_KEPT = {"DCS-good": "dcs_good_per_pb", "Certified": "certified_per_pb"}


def _json() -> Cell:
    found = latest_json()
    if found is None:
        return ("Golden JSON", "none yet", link("golden", "make one"))
    name = link("golden", f"{found.runs:,} runs", json=str(found.id))
    return (f"Golden JSON {found.id}", name, f"{found.lumisections:,} lumisections")
