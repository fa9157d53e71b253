"""A dataset as the original writes it: states by workspace, names in the DQM GUI, its run, its flags in figures."""

from typing import Any

from backend.api.runs import attributes_json, triplet_summary
from backend.api.triplet_cache import cache_json
from backend.queries import DatasetRow, RunLuminosity, RunRow, Strip


def own_json(row: DatasetRow) -> dict[str, Any]:
    """A dataset by itself: ``{"run_number", "name", "dataset_attributes", "datasets_in_gui", "deleted", …}``."""
    return {
        "run_number": row.run_number,
        "name": row.name,
        "dataset_attributes": states_json(row),
        "datasets_in_gui": list(row.gui),
        "deleted": row.is_hidden,
        "version": row.last_change,
    }


def states_json(row: DatasetRow) -> dict[str, str]:
    """``{"tracker_state": "OPEN", …}`` of every workspace that has to do with the dataset."""
    return {f"{workspace}_state": state for workspace, state in row.states.items()}


def dataset_json(row: DatasetRow, run: RunRow, strip: Strip, luminosity: RunLuminosity) -> dict[str, Any]:
    """A dataset with its run and all that is kept of it in figures."""
    of = {"run_number": row.run_number, "name": row.name, "triplet_summary": triplet_summary(row)}
    cache = {**of, **cache_json(strip, luminosity), "version": row.last_change}
    return {**own_json(row), "Run": attributes_json(run), "DatasetTripletCache": cache}
