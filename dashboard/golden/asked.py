"""What a golden JSON would be made of: the recipe, the datasets, and what narrows them; all of it in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from backend.classify import Classifier, RecipeBody
from backend.errors import RegistryError
from backend.golden.clauses import clauses_of_recipe
from backend.golden.scope import Matching
from backend.golden.selection import OfSeveral, Options
from backend.rules import Rule, parse_text
from dashboard.golden.data import ALL, default_recipe, facts_of, held_by, listed, matching_now, recipes_now
from dashboard.golden.listed import name_of
from dashboard.session import from_address, to_address
from models.lumi_json import GoldenJson

OWN = ""
"""The recipe's name where the rule is one's own."""
WITHIN = "within"
"""Under this name the address tells the golden JSON that is a mask."""
SEVERAL = {OfSeveral.INTERSECTION: "what all keep", OfSeveral.UNION: "what any keeps", OfSeveral.REFUSE: "refuse"}
_PLAIN = ("PromptReco", "Express", "ReReco")


@dataclass(frozen=True, slots=True)
class Asked:
    """What would be made. ``rule`` is none, and ``refused`` says why, where it cannot be."""

    recipe: str
    rule: Rule | None
    pattern: str
    options: Options
    refused: str = ""
    matching: Matching | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be made."""
        return self.rule is not None and self.matching is not None and self.matching.datasets > 0


def asked() -> Asked:
    """Draw the controls; gives what they say."""
    known = recipes_now()
    recipe = _recipe(known)
    pattern = _pattern(known.get(recipe))
    with st.popover("Options", key="gj-options"):
        options, refused = _options()
        rule, wrong = _rule(known, recipe)
    refused = refused or wrong
    try:
        found = matching_now(pattern, options.runs)
    except RegistryError as error:
        return Asked(recipe, rule, pattern, options, str(error))
    return Asked(recipe, rule, pattern, options, refused, found)


def live_words(said: Asked) -> str:
    """What the datasets come to, as HTML; what is wrong, if something is."""
    if said.refused or said.matching is None:
        return f'<span class="gj-live wrong">{escape(said.refused)}</span>'
    found = said.matching
    if not found.datasets:
        return '<span class="gj-live wrong">matches no dataset</span>'
    return (
        f'<span class="gj-live">matches <b>{found.datasets:,}</b> datasets of <b>{found.runs:,}</b> runs, '
        f"<b>{found.completed:,}</b> COMPLETED in global</span>"
    )


def _recipe(known: Mapping[str, Classifier[RecipeBody]]) -> str:
    names = [*known, OWN]
    said = from_address("recipe", OWN) or default_recipe(tuple((r.name, r.body.datasets) for r in known.values()))
    chosen = st.selectbox(
        "Recipe",
        names,
        index=names.index(said) if said in names else 0,
        format_func=lambda name: _recipe_words(known, name),
        key="gj-recipe",
        label_visibility="collapsed",
        on_change=_other_recipe,
        width=230,
    )
    return str(chosen)


def _other_recipe() -> None:
    to_address(recipe=st.session_state["gj-recipe"], datasets=None)
    st.session_state.pop("gj-pattern", None)


def _recipe_words(known: Mapping[str, Classifier[RecipeBody]], name: str) -> str:
    if name == OWN:
        return "own rule (in Options)"
    recipe = known[name]
    return f"{recipe.body.label}  v{recipe.version}, {len(clauses_of_recipe(recipe.rule))} clauses"


def _pattern(recipe: Classifier[RecipeBody] | None) -> str:
    if "gj-pattern" not in st.session_state:
        st.session_state["gj-pattern"] = from_address("datasets", recipe.body.datasets if recipe else "")
    typed = st.text_input(
        "Datasets",
        key="gj-pattern",
        placeholder="every dataset",
        label_visibility="collapsed",
        on_change=lambda: to_address(datasets=st.session_state["gj-pattern"]),
        help="SQL SIMILAR TO: % stands for any text, _ for one character, (A|B) for either.",
        width=270,
    )
    return typed.strip()


def _options() -> tuple[Options, str]:
    only_completed = st.checkbox("Only datasets that global has COMPLETED", key="gj-completed", bind="query-params")
    runs = st.text_input("Runs", key="gj-runs", bind="query-params", placeholder="every run, or 315252-325175")
    several = st.selectbox(
        "Of several datasets of a run",
        list(OfSeveral),
        format_func=SEVERAL.__getitem__,
        key="gj-several",
        help="A lumisection is never listed twice: either every dataset of the run must keep it, or one is enough.",
    )
    prescales = st.text_input(
        "Prescale columns, with commas",
        key="gj-prescales",
        bind="query-params",
        placeholder="every one, also Emergency",
        help="Only lumisections that were taken with one of these columns of the trigger's prescale table.",
    )
    within = _within()
    columns = tuple(name for word in prescales.split(",") if (name := word.strip()))
    try:
        return Options(only_completed, _span(runs), within, columns, several), ""
    except ValueError:
        return Options(), f"{runs.strip()!r} is no range of runs; write 315252-325175."


def _within() -> GoldenJson | None:
    """The golden JSON that is laid over it as a mask; the address names it."""
    said = from_address(WITHIN)
    rows = {row.id: row for row in listed(ALL, "").rows}
    if said.isdecimal() and len(said) < 10 and int(said) not in rows and (row := facts_of(int(said))):
        rows[row.id] = row
    ids = list(rows)
    chosen = st.selectbox(
        "Only lumisections of",
        ids,
        index=ids.index(int(said)) if said.isdecimal() and int(said) in rows else None,
        format_func=lambda id_: f"#{id_} {name_of(rows[id_])}",
        key="gj-within",
        placeholder="all, or those of another golden JSON",
        on_change=_other_mask,
        help="Such as the DCS-only JSON, or that of the last release.",
    )
    return None if chosen is None else held_by(chosen)


def _other_mask() -> None:
    chosen = st.session_state["gj-within"]
    to_address(**{WITHIN: None if chosen is None else str(chosen)})


def _span(typed: str) -> tuple[int, int] | None:
    first, dash, last = (part.strip() for part in typed.replace("–", "-").partition("-"))
    if not first:
        return None
    return int(first), int(last if dash else first)


def _rule(known: Mapping[str, Classifier[RecipeBody]], recipe: str) -> tuple[Rule | None, str]:
    if recipe in known:
        return known[recipe].rule, ""
    typed = st.text_area("Own rule, JSON logic", key="gj-rule", height=180, placeholder='{"==": [{"var": …}, …]}')
    if not typed.strip():
        return None, "Write the rule in Options, or choose a recipe."
    try:
        return parse_text(typed), ""
    except RegistryError as error:
        return None, f"The rule cannot be: {error}"
