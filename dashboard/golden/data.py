"""What the page reads: recipes, what a pattern matches, the golden JSONs that are kept, and what one was made of.

What a golden JSON holds never changes, so it is read once for each process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
import streamlit as st

from backend.classify import Classifier, RecipeBody, facts_here, recipes
from backend.db import engine
from backend.errors import NotFound
from backend.golden.compare import outside_dcs_only
from backend.golden.loss import Efficiencies, Loss, View, account, efficiencies
from backend.golden.making import selection_again
from backend.golden.progress import progress
from backend.golden.scope import Matching, matching
from backend.golden.selection import Selection
from backend.golden.weighing import Weighed, weigh_selection
from backend.queries.golden_jsons import (
    GoldenJsonFacts,
    GoldenJsonPage,
    golden_json,
    golden_json_facts,
    golden_jsons,
    latest_official,
    official_kinds,
)
from backend.rules.facts import FactCatalogue, Subject
from dashboard.data import reading
from dashboard.session import person
from models.lumi_json import GoldenJson
from models.vocabulary import GoldenJsonKind

MINE, ALL, OFFICIAL = "mine", "all", "official"
DCS_ONLY = "dcs-only"
"""How the kinds of golden JSONs begin that ask for the bits alone."""


@dataclass(frozen=True)
class Analysis:
    """A golden JSON taken apart: what it was selected of, and what that holds and lost; ``runs`` are its progress."""

    selection: Selection
    weighed: Weighed
    efficiencies: Efficiencies
    runs: pl.DataFrame = field(repr=False)
    losses: Mapping[View, Loss] = field(repr=False)


def recipes_now() -> dict[str, Classifier[RecipeBody]]:
    """The shared recipes in force, by name."""
    with reading() as session:
        return {recipe.name: recipe for recipe in recipes(session)}


@st.cache_data(ttl=10, show_spinner=False)
def matching_now(pattern: str, runs: tuple[int, int] | None) -> Matching:
    """How many datasets a pattern means.

    Raises
    ------
    InvalidInput
        If the pattern or the runs cannot be.
    """
    with reading() as session:
        return matching(session, pattern, runs=runs)


@st.cache_data(ttl=60, show_spinner=False)
def default_recipe(recipes: Sequence[tuple[str, str]]) -> str:
    """The recipe to begin with: of those called golden the last of which any dataset matches, else the first of all."""
    golden = [(name, pattern) for name, pattern in recipes if name.startswith("golden")]
    with reading() as session:
        found = (name for name, pattern in reversed(golden) if matching(session, pattern).datasets)
        return next(found, recipes[0][0] if recipes else "")


def listed(which: str, search: str, before: int | None = None) -> GoldenJsonPage:
    """The golden JSONs of one's own, all, or the official ones, that have these words."""
    with reading() as session:
        return golden_jsons(
            session,
            made_by=person().name if which == MINE else None,
            official=which == OFFICIAL,
            search=search,
            before=before,
        )


def facts_of(id_: int) -> GoldenJsonFacts | None:
    """A golden JSON as it stands; none if there is none, or it was deleted."""
    with reading() as session:
        try:
            return golden_json_facts(session, id_)
        except NotFound:
            return None


@st.cache_resource(max_entries=64, show_spinner=False)
def held_by(id_: int) -> GoldenJson:
    """What a golden JSON holds."""
    with reading() as session:
        return golden_json(session, id_)


@dataclass(frozen=True, slots=True)
class OutsideDcs:
    """How many lumisections of a golden JSON the official DCS-only one of its runs, ``dcs_only``, does not hold."""

    dcs_only: int
    lumisections: int


def outside_dcs(facts: GoldenJsonFacts) -> OutsideDcs | None:
    """What is golden without all bits being good; none where no DCS-only JSON is official for these runs."""
    with reading() as session:
        official = [latest_official(session, kind) for kind in official_kinds(session) if kind.startswith(DCS_ONLY)]
    beside = next((dcs for dcs in official if dcs.id != facts.id and _overlap(dcs, facts)), None)
    if beside is None:
        return None
    outside = outside_dcs_only(held_by(facts.id), held_by(beside.id))
    return OutsideDcs(beside.id, sum(map(len, outside.values())))


def _overlap(one: GoldenJsonFacts, other: GoldenJsonFacts) -> bool:
    bounds = (one.first_run, one.last_run, other.first_run, other.last_run)
    if None in bounds:
        return False
    return one.first_run <= other.last_run and other.first_run <= one.last_run


@st.cache_resource(max_entries=6, show_spinner="The registry is read as it stood then …")
def analysis_of(id_: int) -> Analysis | None:
    """A golden JSON that was made here taken apart; none of an upload."""
    with reading() as session:
        if golden_json_facts(session, id_).kind is not GoldenJsonKind.MADE:
            return None
        selection = selection_again(engine(), id_)
        weighed = weigh_selection(session, selection)
        runs = progress(session, weighed)
    losses = {view: account(weighed, view) for view in View}
    return Analysis(selection, weighed, efficiencies(weighed), runs, losses)


@st.cache_resource(ttl=60, show_spinner=False)
def catalogue_of_recipes() -> FactCatalogue:
    """The facts that recipes may read."""
    with reading() as session:
        return facts_here(session, Subject.RECIPE)
