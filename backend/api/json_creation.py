"""Routes of golden JSONs that are not kept: made at once by a rule alone, and compared with a denominator."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from backend.api.asked import as_json, engine_of
from backend.api.golden_json_shapes import ranges_json, rule_text
from backend.api.json_portal import read_rule
from backend.golden.loss import Loss
from backend.golden.loss_tables import by_clause, by_combination
from backend.golden.unkept import by_rule_alone, lost_of, names_kept

router = APIRouter(tags=["golden JSONs"])


class RuleSaid(BaseModel):
    """JSON logic as a text; it says itself which datasets it means, as with ``dataset.name``."""

    json_logic: str


class TwoRulesSaid(BaseModel):
    """JSON logic of a golden JSON, and of all that could be in it, each as a text."""

    golden_logic: str
    denominator_logic: str


@router.post("/json_creation/generate")
def generate(said: RuleSaid, request: Request) -> Response:
    """What a rule keeps: ``{"final_json", "dataset_in_run_in_json", "final_json_with_dataset_names"}``."""
    selection = by_rule_alone(engine_of(request), read_rule(said.json_logic))
    held, names = ranges_json(selection.kept), names_kept(selection)
    return as_json(
        {
            "final_json": held,
            "dataset_in_run_in_json": {str(run): name for run, name in names.items()},
            "final_json_with_dataset_names": {f"{run}-{name}": held[str(run)] for run, name in names.items()},
        }
    )


@router.post("/visualization/generate")
def visualize(said: TwoRulesSaid, request: Request) -> Response:
    """What a golden JSON lacks of the denominator, by clause and by the clauses that fail together; in /pb, and in LS.

    Keys are the JSON of a clause, and a list of it.
    """
    golden, denominator = read_rule(said.golden_logic), read_rule(said.denominator_logic)
    loss = lost_of(engine_of(request), golden, denominator)
    return as_json(
        {
            "recorded_luminosity_lost": loss.lost.recorded_per_pb,
            "delivered_luminosity_lost": loss.lost.delivered_per_pb,
            **_by_clause(loss),
            **_by_combination(loss),
        }
    )


def _by_clause(loss: Loss) -> dict[str, dict[str, float]]:
    texts, columns = _texts(loss), ("clause", "inclusive_lumisections", "inclusive_recorded_per_pb")
    table = by_clause(loss).select(columns).rows()
    failing = [(texts[at], lumisections, recorded) for at, lumisections, recorded in table if lumisections]
    return {
        "rules_flagged_false_quantity": {text: lumisections for text, lumisections, _ in failing},
        "rules_flagged_false_quantity_luminosity": {text: recorded for text, _, recorded in failing},
    }


def _by_combination(loss: Loss) -> dict[str, dict[str, float]]:
    texts = _texts(loss)
    table = by_combination(loss).select("clauses", "lumisections", "recorded_per_pb").rows()
    named = [(f"[{','.join(texts[at] for at in failed)}]", lumis, recorded) for failed, lumis, recorded in table]
    return {
        "rules_flagged_false_combination": {key: lumisections for key, lumisections, _ in named},
        "rules_flagged_false_combination_luminosity": {key: recorded for key, _, recorded in named},
    }


def _texts(loss: Loss) -> dict[int, str]:
    return {clause.index: rule_text(clause.rule.as_json()) for clause in loss.weighed.clauses}
