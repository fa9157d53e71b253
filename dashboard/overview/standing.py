"""The year's account, kept by the process: a page never waits for it, and shows the last one while a newer is made."""

import logging
import threading
import time
from dataclasses import dataclass, field

import streamlit as st

from backend.classify import Classifier, RecipeBody
from backend.db import engine
from backend.errors import RegistryError
from backend.golden.standing import Standing, standing
from backend.queries.golden_jsons import is_unchanged_since
from dashboard.data import reading

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.25
"""So long a page waits for an account that is being made: a small registry has it by then."""

AGAIN_AFTER_SECONDS = 60
"""So long an account is shown although something changed since."""

Asked = tuple[str, int, tuple[int, int]]


@dataclass
class _Kept:
    """The accounts by what was asked; at most one is being made at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: dict[Asked, tuple[float, Standing]] = field(default_factory=dict)
    refused: dict[Asked, str] = field(default_factory=dict)
    maker: threading.Thread | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The account if there is one; whether one is being made; and why there is none.

    ``is_whole`` unless the account is one of fewer runs than were asked for, shown while that of all is made.
    """

    standing: Standing | None
    is_being_made: bool
    why_not: str | None = None
    is_whole: bool = True


def standing_of(recipe: Classifier[RecipeBody], runs: tuple[int, int]) -> Answer:
    """What the recipe makes of the runs, as far as it is known; asks for it where it is not, or is out of date."""
    kept, asked = _kept(), (recipe.name, recipe.version, runs)
    found = kept.found.get(asked)
    if found is None or _is_out_of_date(*found):
        _make(kept, asked, recipe)
        if found is None and (maker := kept.maker) is not None:
            maker.join(WAIT_SECONDS)
    whole = kept.found.get(asked)
    _, account = whole or _nearest(kept, asked) or (0.0, None)
    return Answer(account, kept.maker is not None, kept.refused.get(asked), is_whole=whole is not None)


def _nearest(kept: _Kept, asked: Asked) -> tuple[float, Standing] | None:
    """The account of fewer runs, while that of all is made."""
    same = [key for key in kept.found if key[:2] == asked[:2] and key[2][0] == asked[2][0]]
    return kept.found[same[-1]] if same else None


def _is_out_of_date(made_at: float, account: Standing) -> bool:
    if time.monotonic() - made_at < AGAIN_AFTER_SECONDS:
        return False
    with reading() as session:
        return not is_unchanged_since(session, account.as_of)


def _make(kept: _Kept, asked: Asked, recipe: Classifier[RecipeBody]) -> None:
    with kept.lock:
        if kept.maker is None:
            on = engine()

            def make() -> None:
                try:
                    made = standing(on, recipe, asked[2])
                    kept.found = dict(list(kept.found.items())[-3:]) | {asked: (time.monotonic(), made)}
                    kept.refused.pop(asked, None)
                except RegistryError as error:
                    log.exception("the year's account was refused")
                    kept.refused[asked] = str(error)
                finally:
                    kept.maker = None

            kept.maker = threading.Thread(target=make, name="standing", daemon=True)
            kept.maker.start()


@st.cache_resource(show_spinner=False)
def _kept() -> _Kept:
    return _Kept()
