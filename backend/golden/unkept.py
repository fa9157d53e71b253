"""A golden JSON that is asked for and not kept: a rule says itself which datasets it means, one of each run.

And what it loses of another such JSON, the denominator: which clauses of the rule keep its lumisections out.
"""

import re

from sqlalchemy import Engine

from backend.db import transaction
from backend.errors import InvalidInput
from backend.golden.clauses import clauses_of_recipe
from backend.golden.loss import Loss, account
from backend.golden.making import recipe_of
from backend.golden.selection import OfSeveral, Options, Selection, select
from backend.golden.weighing import weigh_selection
from backend.rules import Rule

NAME = "dataset.name"
_SPECIAL = re.compile(r"([%_|*+?{}()\[\].\\])")
"""What means something in a pattern of ``SIMILAR TO``."""


def by_rule_alone(on: Engine, rule: object) -> Selection:
    """What a rule keeps of all datasets but ``online``, or of those whose name it demands.

    Raises
    ------
    InvalidRule
        If the rule cannot be.
    InvalidInput
        If it keeps something of several datasets of one run; or means too many datasets.
    """
    with transaction(on) as session:
        checked = recipe_of(session, rule=rule, pattern="").rule
    selection = select(on, checked, datasets=_pattern(checked), options=Options(of_several=OfSeveral.UNION))
    _refuse_several(selection)
    return selection


def names_kept(selection: Selection) -> dict[int, str]:
    """Run → the name of its dataset of which something is kept."""
    kept = selection.by_dataset.filter(selection.by_dataset["kept"] > 0)
    return {run: name for run, name in kept.select("run_number", "name").rows() if run in selection.kept}


def lost_of(on: Engine, golden: object, denominator: object) -> Loss:
    """What a rule loses of the lumisections that another keeps, judged by the datasets that this one keeps.

    Raises
    ------
    InvalidRule, InvalidInput
        As :func:`by_rule_alone`; also if the golden JSON has lumisections that the denominator has not.
    """
    whole, held = by_rule_alone(on, denominator), by_rule_alone(on, golden)
    if outside := held.kept - whole.kept:
        run = next(iter(outside))
        raise InvalidInput(
            f"The golden JSON is no part of the denominator: of run {run} it has {outside[run]}, which that has not."
        )
    datasets = whole.by_dataset.filter(whole.by_dataset["kept"] > 0)["dataset_id"].to_list()
    lost = select(on, held.rule, datasets=datasets, options=Options(within=whole.kept - held.kept))
    with transaction(on) as session:
        return account(weigh_selection(session, lost))


def _pattern(rule: Rule) -> str:
    """The name that a clause of the rule demands of datasets, as a pattern; empty, which is any, if none does."""
    for clause in clauses_of_recipe(rule):
        match clause.rule.as_json():
            case {"==": [{"var": var}, str(name)]} | {"==": [str(name), {"var": var}]} if var == NAME:
                return _SPECIAL.sub(r"\\\1", name)
    return ""


def _refuse_several(selection: Selection) -> None:
    kept = selection.by_dataset.filter(selection.by_dataset["kept"] > 0)
    twice = kept.filter(kept["run_number"].is_duplicated())
    if twice.height:
        run = twice["run_number"][0]
        names = ", ".join(twice.filter(twice["run_number"] == run)["name"])
        raise InvalidInput(f"Of run {run} there are several datasets: {names}. Let the rule choose one by {NAME}.")
