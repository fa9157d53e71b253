"""The route of the cycles that there are to certify, with their datasets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from backend.api.asked import as_json, moment, reading
from backend.api.dataset_json import own_json
from backend.configuration import Side, workspaces
from backend.errors import NotFound
from backend.queries import CycleFacts, cycles, dataset_rows, put_into_cycles

router = APIRouter(tags=["cycles"])


@router.get("/cycles/{workspace}")
def cycles_of(workspace: str, request: Request) -> Response:
    """All cycles, those that the workspace has yet to complete first, each by deadline.

    ``[{"id_cycle", "cycle_name", "cycle_attributes": {"tracker_state": "pending", …}, "deadline", "datasets": […],
    "CycleDataset": [{"run_number", "name", "createdAt", "Datasets": […]}], …}]``
    """
    with reading(request) as session:
        if workspace not in {standing.workspace for standing in workspaces(session, Side.OFFLINE)}:
            raise NotFound(f"There is no offline workspace {workspace!r:.80}.")
        found = sorted(cycles(session), key=lambda cycle: (not cycle.is_pending(workspace), _deadline(cycle)))
        return as_json(cycles_json(session, found))


def cycles_json(session: Session, found: Sequence[CycleFacts]) -> list[dict[str, Any]]:
    """Cycles as the original writes them, with their datasets."""
    rows = dataset_rows(session, {id_ for cycle in found for id_ in cycle.datasets})
    put_in = put_into_cycles(session, [cycle.id for cycle in found])
    datasets = {id_: own_json(row) for id_, row in rows.items()}
    return [_cycle(cycle, datasets, put_in) for cycle in found]


def _deadline(cycle: CycleFacts) -> tuple[bool, datetime, int]:
    return cycle.deadline is None, cycle.deadline or cycle.made_at, cycle.id


def _cycle(
    cycle: CycleFacts, datasets: Mapping[int, dict[str, Any]], put_in: Mapping[tuple[int, int], datetime]
) -> dict[str, Any]:
    states = {f"{workspace}_state": progress.state for workspace, progress in cycle.progress.items()}
    return {
        "id_cycle": cycle.id,
        "cycle_name": cycle.name,
        "cycle_attributes": states,
        "deadline": None if cycle.deadline is None else moment(cycle.deadline),
        "deleted": False,
        "createdAt": moment(cycle.made_at),
        "updatedAt": moment(cycle.changed_at),
        "CycleDataset": [_member(cycle, datasets[id_], put_in[cycle.id, id_]) for id_ in cycle.datasets],
        "datasets": [datasets[id_] for id_ in cycle.datasets],
    }


def _member(cycle: CycleFacts, dataset: dict[str, Any], put_in: datetime) -> dict[str, Any]:
    return {
        "id_cycle": cycle.id,
        "run_number": dataset["run_number"],
        "name": dataset["name"],
        "createdAt": moment(put_in),
        "updatedAt": moment(put_in),
        "Datasets": [dataset],
    }
