"""What one would ask each route, for those who read the OpenAPI: bodies by method and path, variables by name."""

from collections.abc import Mapping
from typing import Any

_RUN = 327564
_PROMPT = "/PromptReco/Collisions2018D/DQM"
_DATASET = {"run_number": _RUN, "dataset_name": _PROMPT}
_STRIP_BAD = {"==": [{"var": "lumisection.oms.tob_ready"}, False]}
_STRIP_GOOD = '{"and": [{"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]}]}'
_STRIP_GOOD_IN_PROMPT = f'{{"and": [{{"in": ["PromptReco", {{"var": "dataset.name"}}]}}, {_STRIP_GOOD}]}}'
_OF_DATASETS = {"name": {"like": "%PromptReco%"}, "rr_attributes.class": "Collisions18"}
_ONE_CYCLE = {"id_cycle": 42}
_COMPONENT = {
    "component": 12,
    "status": "BAD",
    "priority": 2,
    "enabled": True,
    "classifier": {"if": [_STRIP_BAD, "BAD", "NO VALUE FOUND"]},
}
_ACCEPTED = {
    "name": "Prompt 2018",
    "regexp": "/PromptReco/Collisions2018.*/DQM",
    "class": "Collisions18",
    "run_from": 314472,
    "run_to": 325175,
    "enabled": True,
}
_PIECE = {"start": 176, "end": 179, "cause": "", "comment": "power supply trip in TOB"}
_LIST = {"page": 0, "page_size": 25}

VARIABLES: Mapping[str, Any] = {
    "run_number": _RUN,
    "workspace": "tracker",
    "from_state": "OPEN",
    "to": "SIGNOFF",
    "side": "offline",
    "number": 7,
    "run_class": "Collisions18",
    "id_": 1,
    "file": "json",
    "form": "manifest",
    "name": _PROMPT,
    "dataset": "online",
    "after": 0,
}
"""Variable of a path or question → what it may be."""

KINDS: Mapping[str, str] = {"/classifiers/": "component", "/golden/": "golden-2018"}
"""How a path begins → what ``kind`` may be in it."""

BODIES: Mapping[str, Any] = {
    "POST /runs_filtered_ordered": {
        **_LIST,
        "sortings": [["run_number", "DESC"]],
        "filter": {"rr_attributes.class": {"like": "Collisions18"}, "triplet_summary.tracker-strip.BAD": {">": 5}},
    },
    "PUT /manual_run_edit/{run_number}/class": {"class": "Collisions18"},
    "PUT /manual_run_edit/{run_number}/stop_reason": {"stop_reason": "end of fill"},
    "POST /runs/mark_significant": {"run_number": _RUN},
    "POST /runs/move_run/{from_state}/{to}": {"run_number": _RUN},
    "POST /datasets_get_lumisection_bar": {**_DATASET, "component": "tracker-strip"},
    "POST /datasets/get_dataset": _DATASET,
    "POST /lumisections/get_data_of_json": {"json": {f"{_RUN}-online": [[1, 5]]}},
    "POST /lumisections/get_luminosity_of_json_with_dataset_names": {
        "json_with_dataset_names": {f"{_RUN}-{_PROMPT}": [[1, 5]]}
    },
    "POST /dc_tools/unique_dataset_names": {"filter": _OF_DATASETS},
    "POST /datasets/export_to_csv": {"filter": _OF_DATASETS, "columns": ["tracker-strip"], "sortings": []},
    "PUT /lumisections/edit_rr_lumisections": {
        **_DATASET,
        "component": "tracker-strip",
        "new_lumisection_range": {**_PIECE, "status": "BAD"},
    },
    "PUT /lumisections/edit_oms_lumisections": {
        **_DATASET,
        "component": "tob_ready",
        "new_lumisection_range": {**_PIECE, "status": False},
    },
    "POST /datasets/{workspace}/move_dataset/{from_state}/{to}": _DATASET,
    "POST /dc_tools/duplicate_datasets": {
        "filter": _OF_DATASETS,
        "source_dataset_name": _PROMPT,
        "target_dataset_name": "/ReReco/Run2018D_UL2018/DQM",
        "workspaces_to_duplicate_into": ["global", "tracker"],
    },
    "POST /dc_tools/copy_column_from_datasets": {
        "filter": _OF_DATASETS,
        "source_dataset_name": _PROMPT,
        "target_dataset_name": "/ReReco/Run2018D_UL2018/DQM",
        "columns_to_copy": ["tracker-strip"],
    },
    "POST /dc_tools/dataset_column_batch_update": {
        "filter": _OF_DATASETS,
        "columns_to_update": ["tracker-strip"],
        "new_status": "BAD",
        "comment": "power supply trip in TOB",
    },
    "POST /dc_tools/change_multiple_dataset_states/{workspace}/{from_state}/{to}": {"filter": _OF_DATASETS},
    "POST /dc_tools/change_multiple_dataset_states_in_all_workspaces/{to}": {"filter": _OF_DATASETS},
    "DELETE /dc_tools/hide_datasets": {"filter": _OF_DATASETS, "reason_for_hiding": "made by mistake"},
    "POST /datasets_filtered_ordered": {**_LIST, "sortings": [["name", "ASC"]], "filter": _OF_DATASETS},
    "POST /cycles": {
        "cycle_name": "2018 week 43",
        "deadline": "2018-10-26",
        "cycle_attributes": {"tracker_state": "pending"},
        "filter": _OF_DATASETS,
    },
    "PUT /cycles": {
        **_ONE_CYCLE,
        "cycle_name": "2018 week 43",
        "deadline": "2018-10-28",
        "cycle_attributes": {"tracker_state": "pending"},
    },
    "DELETE /cycles": _ONE_CYCLE,
    "POST /cycles/add_datasets_to_cycle": {**_ONE_CYCLE, "filter": _OF_DATASETS},
    "POST /cycles/delete_datasets_from_cycle": {**_ONE_CYCLE, "filter": _OF_DATASETS},
    "PUT /cycles/mark_cycle_complete/{workspace}": _ONE_CYCLE,
    "PUT /cycles/mark_cycle_pending/{workspace}": _ONE_CYCLE,
    "POST /cycles/move_all_datasets_to/{workspace}": {**_ONE_CYCLE, "to_state": "SIGNOFF"},
    "POST /cycles/move_dataset/{workspace}/{from_state}/{to}": {**_ONE_CYCLE, **_DATASET},
    "POST /classifiers/{kind}": _COMPONENT,
    "PUT /classifiers/{kind}/{number}": _COMPONENT,
    "POST /json_classifiers/json_classifier": {"name": "strips 2018", "classifier": _STRIP_GOOD},
    "PUT /json_classifiers/json_classifier/{number}": {"name": "strips 2018", "classifier": _STRIP_GOOD},
    "POST /datasets_accepted": _ACCEPTED,
    "PUT /datasets_accepted/{number}": _ACCEPTED,
    "POST /classifier_playground": {
        "run": {"run_number": _RUN},
        "classifier": '{"==": [{"var": "run.oms.b_field"}, 3.8]}',
    },
    "POST /classifier_playground/test_lumisection": {
        "run_number": _RUN,
        "name": "online",
        "lumisection_number": 12,
        "json_logic": _STRIP_BAD,
    },
    "POST /classifier_playground_arbitrary": {
        "data": {"lumisection": {"oms": {"tob_ready": False}}},
        "json_logic": _STRIP_BAD,
    },
    "POST /json_portal/generate": {
        "json_logic": _STRIP_GOOD,
        "dataset_name_filter": "/PromptReco/Collisions2018%/DQM",
        "tags": "strips",
        "official": False,
    },
    "POST /json_portal/json": {"id_json": 1},
    "DELETE /json_portal/json": {"id_json": 1},
    "POST /json_portal/jsons": {"filter": "official"},
    "POST /json_creation/generate": {"json_logic": _STRIP_GOOD_IN_PROMPT},
    "POST /visualization/generate": {
        "golden_logic": _STRIP_GOOD_IN_PROMPT,
        "denominator_logic": '{"in": ["PromptReco", {"var": "dataset.name"}]}',
    },
    "POST /versions/get_versions": _LIST,
}
"""Method and path → a body."""


def body_of(method: str, path: str) -> Any:
    """What one would send there; none if it takes nothing, or nothing is known."""
    if path.startswith("/lumisections/"):
        return BODIES.get(f"{method} {path}", _DATASET)
    return BODIES.get(f"{method} {path}")


def variable_of(name: str, path: str) -> Any:
    """What a variable may be; none if nothing is known."""
    if name == "kind":
        return next((kind for begin, kind in KINDS.items() if path.startswith(begin)), None)
    return VARIABLES.get(name)
