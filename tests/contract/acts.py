"""A request for every action that has a route: what the matrix of rights and the forged requests are held against."""

from dataclasses import dataclass
from typing import Any

from backend.access import Action
from models.vocabulary import ONLINE
from tests.certifying import PROMPT
from tests.factories import RUN

NOT_THERE = 999_999
"""A run, a cycle that is not: whoever has the right is told so, whoever has not is told that first."""

RULE = '{"==": [{"var": "hlt_key"}, "nothing"]}'
DAY = "2026-12-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that takes the right to an action, in a workspace or wherever that plays no part."""

    action: Action
    method: str
    path: str
    body: dict[str, Any]
    workspace: str | None = None

    def __str__(self) -> str:
        where = "" if self.workspace is None else f":{self.workspace}"
        return f"{self.action.value}{where} {self.method} {self.path}"


def flag(dataset: str, component: str, status: object = "BAD", *, run: int = NOT_THERE) -> dict[str, Any]:
    told = {"start": 10, "end": 20, "status": status, "comment": "HV trip", "cause": ""}
    return {"new_lumisection_range": told, "run_number": run, "dataset_name": dataset, "component": component}


def of(number: int) -> list[Asked]:
    """The requests about one run, which need not be there, and what depends on none."""
    dataset = {"run_number": number, "dataset_name": PROMPT.name}
    named = {"filter": {"run_number": number}}
    copied = {"source_dataset_name": PROMPT.name, "target_dataset_name": "/PromptReco/Copy/DQM"}
    accepted = {"name": "/Tmp/A/DQM", "regexp": "/ZeroBias/.*", "class": "Collisions24", "run_from": 1, "run_to": 2}
    cycle = {"cycle_name": "A week", "deadline": DAY, "cycle_attributes": {"tracker_state": "pending"}}
    this = {"id_cycle": NOT_THERE}
    asked = [
        Asked(Action.RUN_CLASS, "PUT", f"/manual_run_edit/{number}/class", {"class": "Commissioning22"}),
        Asked(Action.RUN_STOP_REASON, "PUT", f"/manual_run_edit/{number}/stop_reason", {"stop_reason": "beam dump"}),
        Asked(Action.RUN_SIGNIFICANT, "POST", "/runs/mark_significant", {"run_number": number}),
        Asked(Action.RUN_MOVE, "POST", "/runs/move_run/OPEN/SIGNOFF", {"run_number": number}),
        Asked(Action.RUN_REOPEN, "POST", "/runs/move_run/SIGNOFF/OPEN", {"run_number": number}),
        Asked(Action.RUN_REFRESH, "POST", f"/runs/refresh_run/{number}", {}),
        Asked(Action.RUN_RESET, "POST", f"/runs/reset_and_refresh_run/{number}", {}),
        Asked(
            Action.DCS_BITS,
            "PUT",
            "/lumisections/edit_oms_lumisections",
            flag(PROMPT.name, "tob_ready", True, run=number),
        ),
        Asked(Action.DATASET_HIDE, "DELETE", "/dc_tools/hide_datasets", named | {"reason_for_hiding": "a test"}),
        Asked(
            Action.DATASET_BATCH,
            "POST",
            "/dc_tools/duplicate_datasets",
            named | copied | {"workspaces_to_duplicate_into": ["tracker"]},
            "tracker",
        ),
        Asked(Action.ACCEPTED_DATASET, "POST", "/datasets_accepted", accepted),
        Asked(Action.CYCLE_MANAGE, "POST", "/cycles", cycle | named),
        Asked(Action.CYCLE_MANAGE, "PUT", "/cycles", cycle | this),
        Asked(Action.CYCLE_MANAGE, "DELETE", "/cycles", this),
        Asked(Action.CYCLE_MANAGE, "POST", "/cycles/add_datasets_to_cycle", named | this),
        Asked(Action.CYCLE_MANAGE, "POST", "/cycles/delete_datasets_from_cycle", named | this),
        Asked(
            Action.CLASSIFIER_RUN_CLASS,
            "POST",
            "/classifiers/class",
            {"class": "Tmp24", "priority": 5, "classifier": RULE},
        ),
        Asked(Action.CLASSIFIER_SIGNIFICANCE, "POST", "/classifiers/dataset", {"class": "Tmp24", "classifier": RULE}),
        Asked(
            Action.CLASSIFIER_RECIPE,
            "POST",
            "/json_classifiers/json_classifier",
            {"name": "a recipe", "classifier": RULE},
        ),
        Asked(
            Action.GOLDEN_OFFICIAL,
            "POST",
            "/json_portal/generate",
            {"json_logic": RULE, "dataset_name_filter": PROMPT.name, "official": True},
        ),
    ]
    for desk, component in (("tracker", "tracker-strip"), ("ecal", "ecal-ecal")):
        setting = named | {"columns_to_update": [component], "new_status": "BAD", "comment": "HV trip"}
        columns = named | copied | {"columns_to_copy": [component]}
        offline = {"workspace": desk, "priority": 5, "classifier": RULE}
        asked += [
            Asked(
                Action.RUN_FLAGS, "PUT", "/lumisections/edit_rr_lumisections", flag(ONLINE, component, run=number), desk
            ),
            Asked(
                Action.FLAGS,
                "PUT",
                "/lumisections/edit_rr_lumisections",
                flag(PROMPT.name, component, run=number),
                desk,
            ),
            Asked(Action.DATASET_MOVE, "POST", f"/datasets/{desk}/move_dataset/OPEN/SIGNOFF", dataset, desk),
            Asked(Action.DATASET_REOPEN, "POST", f"/datasets/{desk}/move_dataset/SIGNOFF/OPEN", dataset, desk),
            Asked(Action.DATASET_BATCH, "POST", "/dc_tools/dataset_column_batch_update", setting, desk),
            Asked(Action.DATASET_BATCH, "POST", "/dc_tools/copy_column_from_datasets", columns, desk),
            Asked(
                Action.DATASET_MOVE,
                "POST",
                f"/dc_tools/change_multiple_dataset_states/{desk}/OPEN/SIGNOFF",
                named,
                desk,
            ),
            Asked(Action.CYCLE_MOVE, "POST", f"/cycles/move_dataset/{desk}/OPEN/SIGNOFF", this | dataset, desk),
            Asked(
                Action.CYCLE_MOVE, "POST", f"/cycles/move_all_datasets_to/{desk}", this | {"to_state": "SIGNOFF"}, desk
            ),
            Asked(Action.CYCLE_COMPLETE, "PUT", f"/cycles/mark_cycle_complete/{desk}", this, desk),
            Asked(Action.CYCLE_COMPLETE, "PUT", f"/cycles/mark_cycle_pending/{desk}", this, desk),
            Asked(Action.CLASSIFIER_OFFLINE_DATASET, "POST", "/classifiers/offline_dataset", offline, desk),
        ]
    return asked


WITHOUT_ROUTE = frozenset(
    {
        Action.PROPOSAL,
        Action.CLASSIFIER_COMPONENT,
        Action.LUMINOSITY_IMPORT,
        Action.WORKSPACE_MANAGE,
        Action.CAUSE_MANAGE,
        Action.PERMISSION,
        Action.UNDO,
        Action.UNDO_OTHERS,
        Action.TASK_BACKFILL,
        Action.TASK_RECLASSIFY,
        Action.TASK_CANCEL,
    }
)
"""What only pages do; and rules of components, whose route names a component by a number (see the test)."""

ABOUT_THE_RUN = of(RUN)
"""What would change the run of the tests and its dataset."""

BY_NUMBER = [
    Asked(Action.ACCEPTED_DATASET, method, f"/datasets_accepted/{NOT_THERE}", {"name": "/Tmp/A/DQM"})
    for method in ("PUT", "DELETE")
]
BY_NUMBER += [
    Asked(action, method, f"{path}/{NOT_THERE}", {"classifier": RULE})
    for action, path in (
        (Action.CLASSIFIER_RUN_CLASS, "/classifiers/class"),
        (Action.CLASSIFIER_RECIPE, "/json_classifiers/json_classifier"),
    )
    for method in ("PUT", "DELETE")
]
BY_NUMBER += [
    Asked(Action.GOLDEN_OFFICIAL, "DELETE", "/json_portal/json", {"id_json": NOT_THERE}),
    Asked(
        Action.DATASET_MOVE,
        "POST",
        "/dc_tools/change_multiple_dataset_states_in_all_workspaces/SIGNOFF",
        {"filter": {"run_number": NOT_THERE}},
    ),
]
"""What goes by the number of a version, or is about whatever there is: that is looked for before a right is asked."""
