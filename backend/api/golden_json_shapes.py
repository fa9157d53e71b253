"""Golden JSONs as the original writes them: the row of a JSON, and of one that is still to be made."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Engine
from sqlmodel import Session

from backend.api.asked import moment
from backend.db import transaction
from backend.golden.loss import Loss, account
from backend.golden.loss_tables import Part, by_clause, by_combination, lost_json
from backend.golden.luminosity import luminosity_of_json
from backend.golden.making import selection_again
from backend.golden.weighing import weigh_selection
from backend.jobs.golden_making import Making
from backend.jobs.task import TaskState
from backend.queries.golden_jsons import GoldenJsonFacts, GoldenJsonMaking, golden_json_making, golden_json_text
from models.lumi_json import GoldenJson
from models.vocabulary import GoldenJsonKind

Ranges = Mapping[str, Sequence[Sequence[int]]]
"""``{"316114": [[1, 5]]}``."""


def golden_json_row(session: Session, facts: GoldenJsonFacts) -> dict[str, Any]:
    """What is kept of a golden JSON; what it lost is told by :func:`losses`. Luminosities in /pb, null if unknown.

    The runs are the first and the last of the datasets that were asked, whatever came of them.
    """
    making = golden_json_making(session, facts.id)
    held = orjson.loads(golden_json_text(session, facts.id))
    runs = [run for run, _ in making.datasets] or [int(run) for run in held]
    return {
        "id": facts.id,
        "dataset_name_filter": making.pattern or "",
        "tags": ",".join(facts.tags),
        "created_by": facts.made_by,
        "official": facts.official is not None,
        "runregistry_version": str(making.as_of or facts.change_set),
        "json_logic": making.rule,
        "generated_json": held,
        "generated_json_with_dataset_names": _with_names(held, making),
        "min_run_number": min(runs, default=None),
        "max_run_number": max(runs, default=None),
        "recorded_luminosity_in_json": facts.recorded_per_pb,
        "delivered_luminosity_in_json": facts.delivered_per_pb,
        "deleted": False,
        "createdAt": moment(facts.made_at),
        "progress": 1,
        "active": False,
        "waiting": False,
        "failed": False,
    }


def losses(on: Engine, facts: GoldenJsonFacts) -> dict[str, Any]:
    """What a golden JSON lost of the datasets that it is made of; of an upload that is not known.

    A lumisection of several datasets of a run counts once. Keys of rules are their JSON, those of combinations a list
    of it. What was lost then never changes, so this process folds the past once for each of the last golden JSONs.
    """
    if facts.kind is not GoldenJsonKind.MADE:
        return {}
    known = _LOST.setdefault(on, {})
    if facts.id not in known:
        lost = _lost(on, facts.id)
        for oldest in list(known)[: max(len(known) - _MOST_KEPT + 1, 0)]:
            known.pop(oldest, None)
        known[facts.id] = lost
    return known[facts.id]


_MOST_KEPT = 8
_LOST: WeakKeyDictionary[Engine, dict[int, dict[str, Any]]] = WeakKeyDictionary()


def _lost(on: Engine, id_: int) -> dict[str, Any]:
    selection = selection_again(on, id_)
    rejected = selection.candidates - selection.kept
    with transaction(on) as session:
        making = golden_json_making(session, id_)
        total = luminosity_of_json(session, selection.candidates, as_of=selection.as_of)
        loss = account(weigh_selection(session, selection))
    return {
        "generated_anti_json": ranges_json(rejected),
        "generated_anti_json_with_dataset_names": _with_names(ranges_json(rejected), making),
        "total_delivered_luminosity": total.delivered_per_pb,
        "total_recorded_luminosity": total.recorded_per_pb,
        "total_recorded_luminosity_lost": loss.lost.recorded_per_pb,
        "total_delivered_luminosity_lost": loss.lost.delivered_per_pb,
        **_by_rule(loss, making),
    }


def making_row(making: Making) -> dict[str, Any]:
    """A golden JSON that a task is to make, or failed to."""
    errand = making.errand
    return {
        "id": str(errand.golden_json),
        "dataset_name_filter": errand.pattern or "",
        "json_logic": errand.rule,
        "tags": ",".join(errand.tags),
        "created_by": making.asked_by,
        "official": False,
        "progress": making.progress,
        "active": making.state in (TaskState.RUNNING, TaskState.CANCELLING),
        "waiting": making.state is TaskState.WAITING,
        "failed": making.state is TaskState.FAILED,
        "failedReason": making.message if making.state is TaskState.FAILED else "",
    }


def _by_rule(loss: Loss, making: GoldenJsonMaking) -> dict[str, Any]:
    rules = {clause.index: clause.rule.as_json() for clause in loss.weighed.clauses}
    clauses = by_clause(loss).select("clause", "inclusive_recorded_per_pb").rows()
    combinations = by_combination(loss).select("clauses", "recorded_per_pb").rows()
    named = [(rule_text([rules[at] for at in failed]), tuple(failed), recorded) for failed, recorded in combinations]
    return {
        "rules_flagged_false_quantity_luminosity": {rule_text(rules[at]): recorded for at, recorded in clauses},
        "rules_flagged_false_combination_luminosity": {key: recorded for key, _, recorded in named},
        "runs_lumisections_responsible_for_rule": {
            key: _with_names(ranges_json(lost_json(loss, Part(combination=failed))), making) for key, failed, _ in named
        },
    }


def _with_names(held: Ranges, making: GoldenJsonMaking) -> dict[str, Any]:
    """By ``<run>-<dataset>``; of several datasets of a run each has what is told of the run."""
    return {f"{run}-{name}": held[str(run)] for run, name in making.datasets if str(run) in held}


def ranges_json(of: GoldenJson) -> dict[str, list[list[int]]]:
    """A golden JSON as JSON: ``{"316114": [[1, 5]]}``."""
    return {str(run): lumisections.as_pairs() for run, lumisections in of.items()}


def rule_text(rule: object) -> str:
    """A rule as the key under which the original counts what fails."""
    return json.dumps(rule, separators=(",", ":"), ensure_ascii=False)
