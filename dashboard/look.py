"""The look of the registry: what each status, bit and surface is painted with, by theme, and how large things are.

``tokens.json`` beside this file is the one source of colour, type and size; theme, components and figures read it
through here and name no colour of their own. Colours are sRGB hex; ``on`` is the text colour that is used on ``fill``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from models.vocabulary import Bit, Status

Theme = Literal["light", "dark"]

THEMES: tuple[Theme, Theme] = ("light", "dark")

_OF_CLASS = {"Tracker HV": "TK_HV"}

NO_VALUE = "EMPTY"
"""The token for lumisections that hold no value: nobody said anything, or a rule said NO VALUE FOUND."""


@dataclass(frozen=True, slots=True)
class Paint:
    """The three colours a status is drawn with in one theme."""

    fill: str
    on: str
    edge: str


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is drawn: a colour is never alone, a letter or a pattern goes with it."""

    word: str
    letter: str
    key: str | None
    pattern: Literal["plain", "hatch45", "hatch135", "outline"]
    light: Paint
    dark: Paint

    def paint(self, theme: Theme) -> Paint:
        """The colours in this theme."""
        return self.light if theme == "light" else self.dark


def status_look(status: Status | None) -> StatusLook:
    """How a status is drawn; ``None`` is *unsaid*, and looks like NO VALUE FOUND.

    >>> status_look(Status.BAD).letter
    'B'
    """
    return _looks()[token_of(status)]


def token_of(status: Status | None) -> str:
    """The name of the status in the tokens: its word, and EMPTY where there is no value."""
    return NO_VALUE if status in {None, Status.NO_VALUE_FOUND} else Status(status).word


def draw_order() -> tuple[str, ...]:
    """The tokens of the statuses from the worst, which is drawn at the left edge, to GOOD."""
    return tuple(tokens()["status"]["order"])


def bit_colour(bit: Bit, theme: Theme) -> str:
    """The colour of a DCS bit: quiet when true, the red of BAD when false, nothing when OMS does not know."""
    return str(tokens()["dcs"][bit.name.lower()][theme])


def ui_colour(name: str, theme: Theme) -> str:
    """The colour of a surface, line or text, such as ``panel``, ``border`` or ``ink2``."""
    return str(tokens()["ui"][theme][name])


def luminosity_colour(step: Literal["delivered", "recorded", "dcs_good", "certified"], theme: Theme) -> str:
    """The colour of one step on the way from delivered to certified luminosity."""
    return str(tokens()["luminosity"][step][theme])


def subsystem_colours() -> Mapping[str, str]:
    """The fixed colours of the losses by subsystem, in the field's order (field.md 4.4); never re-used."""
    return {name: colour for name, colour in tokens()["subsystem"].items() if not name.startswith("_")}


def loss_colour(category: str) -> str:
    """The colour of what is lost to a category: the field's fixed one, or a muted one where the field has none.

    >>> loss_colour("Tracker HV") == subsystem_colours()["TK_HV"]
    True
    """
    fixed = subsystem_colours()
    return str(fixed.get(_OF_CLASS.get(category, category)) or tokens()["loss"][category])


def category_colours(theme: Theme) -> tuple[str, ...]:
    """The colours of kinds that have none of their own, such as run classes; a symbol goes with each."""
    return tuple(tokens()["category"][theme])


def others_colour() -> str:
    """The colour of what is none of the kinds that have a colour."""
    return str(tokens()["category"]["others"])


def outline_colour(theme: Theme) -> str | None:
    """What the fixed colours are outlined with, so that black Strip is seen on dark ground; none in light."""
    return str(tokens()["subsystem"]["_dark_outline"]) if theme == "dark" else None


def size(name: str) -> float:
    """A measure in px, such as ``row`` or ``bar_min_segment``."""
    return float(tokens()["size"][name])


def current_theme() -> Theme:
    """The theme of the person's browser, as Streamlit knows it in this script run."""
    return "dark" if st.context.theme.type == "dark" else "light"


def css_variables(selector: str = ":root") -> str:
    """A CSS rule with every token as a custom property: ``--rr-good-fill``, ``--rr-ink2``, ``--rr-size-row`` …

    A colour is ``light-dark(light, dark)``: it follows the ``color-scheme`` that Streamlit sets on its app with the
    theme, so one rule serves both themes and no script run is needed when the theme is switched.
    """
    return f"{selector} {{\n" + "".join(f"  --rr-{name}: {value};\n" for name, value in _properties()) + "}\n"


def page_css() -> str:
    """The tokens for what a page writes itself, and its colour scheme for dialogs: they lie outside Streamlit's app."""
    return css_variables() + f":root {{ color-scheme: {current_theme()}; }}\n"


@cache
def tokens() -> dict[str, Any]:
    """The design tokens as they are written in ``tokens.json``."""
    written: dict[str, Any] = json.loads((Path(__file__).parent / "tokens.json").read_text(encoding="utf-8"))
    return written


@cache
def _looks() -> Mapping[str, StatusLook]:
    status = tokens()["status"]
    return {
        word: StatusLook(
            word=word,
            letter=status[word]["letter"],
            key=status[word]["key"],
            pattern=status[word]["pattern"],
            light=Paint(**status[word]["light"]),
            dark=Paint(**status[word]["dark"]),
        )
        for word in status["order"]
    }


def _properties() -> Iterator[tuple[str, str]]:
    for look in _looks().values():
        for part in ("fill", "on", "edge"):
            both = _both(getattr(look.light, part), getattr(look.dark, part))
            yield f"{look.word.lower()}-{part}", both
    for bit in Bit:
        yield f"dcs-{bit.name.lower()}", _both(*(bit_colour(bit, theme) for theme in THEMES))
    for name, light in tokens()["ui"]["light"].items():
        dark = tokens()["ui"]["dark"][name]
        yield _dashed(name), _both_shadows(light, dark) if name == "shadow" else _both(light, dark)
    for step, colours in tokens()["luminosity"].items():
        yield f"luminosity-{_dashed(step)}", _both(colours["light"], colours["dark"])
    for family in ("size", "radius"):
        for name, px in tokens()[family].items():
            yield f"{family}-{_dashed(name)}", f"{px}px"
    for name, px in tokens()["type"]["scale"].items():
        yield f"type-{name}", f"{px}px"
    yield "font", f"var(--st-font, {tokens()['type']['family']})"
    yield "mono", tokens()["type"]["mono"]


def _both(light: str, dark: str) -> str:
    return light if light == dark else f"light-dark({light}, {dark})"


def _both_shadows(light: str, dark: str) -> str:
    """Two shadows of which each theme sees one: ``light-dark()`` chooses between colours, not between shapes."""
    light_shape, _, light_colour = light.rpartition(" ")
    dark_shape, _, dark_colour = dark.rpartition(" ")
    return f"{light_shape} light-dark({light_colour}, transparent), {dark_shape} light-dark(transparent, {dark_colour})"


def _dashed(name: str) -> str:
    return name.replace("_", "-")
