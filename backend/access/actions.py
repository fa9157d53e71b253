"""The actions that need a right, in the vocabulary of the commands, each with what it is in plain words."""

from enum import StrEnum
from typing import Self

from models.vocabulary import ConfigurationKind


class Action(StrEnum):
    """Something that changes what everybody sees, and so needs a right.

    ``meaning`` completes the sentence "S. Tanaka may not …". An action that is ``per_workspace`` is granted for one
    workspace or for all of them.
    """

    meaning: str
    per_workspace: bool

    def __new__(cls, word: str, meaning: str, per_workspace: bool = False) -> Self:
        action = str.__new__(cls, word)
        action._value_ = word
        action.meaning = meaning
        action.per_workspace = per_workspace
        return action

    RUN_CLASS = "run.class", "set the class of a run"
    RUN_STOP_REASON = "run.stop_reason", "set the stop reason of a run"
    RUN_SIGNIFICANT = "run.significant", "mark a run as significant or not"
    RUN_MOVE = "run.move", "move a run on, to SIGNOFF or COMPLETED"
    RUN_REOPEN = "run.reopen", "move a run back"
    RUN_FLAGS = "run.flags", "flag lumisections of a run online", True
    RUN_REFRESH = "run.refresh", "ask OMS again about a run"
    RUN_RESET = "run.reset", "reset a run to what OMS and the rules say"
    PROPOSAL = "proposal", "accept or reject what OMS changed after sign-off"

    FLAGS = "flags", "flag lumisections of an offline dataset", True
    DCS_BITS = "dcs_bits", "override DCS bits of a dataset"
    DATASET_MOVE = "dataset.move", "move a dataset on, or from COMPLETED to SIGNOFF", True
    DATASET_REOPEN = "dataset.reopen", "move a dataset back to OPEN outside a pending cycle", True
    DATASET_BATCH = "dataset.batch", "change many datasets at once", True
    DATASET_HIDE = "dataset.hide", "hide a dataset or show it again"
    ACCEPTED_DATASET = "accepted_dataset", "say which datasets a sign-off creates"

    CYCLE_MANAGE = "cycle.manage", "create a cycle, or change its datasets and deadline"
    CYCLE_MOVE = "cycle.move", "move datasets of a pending cycle, also back to OPEN", True
    CYCLE_COMPLETE = "cycle.complete", "complete a cycle or make it pending again", True

    CLASSIFIER_RUN_CLASS = "classifier:run_class", "change the rules that give a run its class"
    CLASSIFIER_SIGNIFICANCE = "classifier:significance", "change the rules that make a run significant"
    CLASSIFIER_COMPONENT = "classifier:component", "change the rules that flag components", True
    CLASSIFIER_OFFLINE_DATASET = "classifier:offline_dataset", "change the rules that open datasets", True
    CLASSIFIER_RECIPE = "classifier:recipe", "change a shared recipe of golden JSONs"

    GOLDEN_OFFICIAL = "golden.official", "mark a golden JSON as official"
    LUMINOSITY_IMPORT = "luminosity.import", "import luminosities"

    WORKSPACE_MANAGE = "workspace.manage", "change workspaces and their columns"
    CAUSE_MANAGE = "cause.manage", "change the causes that a workspace offers", True
    PERMISSION = "permission", "change who may do what"

    UNDO = "undo", "undo what one did oneself"
    UNDO_OTHERS = "undo:others", "undo what somebody else did"
    TASK_BACKFILL = "task.backfill", "have a range of runs ingested again"
    TASK_RECLASSIFY = "task.reclassify", "have the rules in force judge runs once more"
    TASK_CANCEL = "task.cancel", "cancel a task that somebody else asked for"


CONFIGURING = {
    ConfigurationKind.WORKSPACE: Action.WORKSPACE_MANAGE,
    ConfigurationKind.PERMISSION: Action.PERMISSION,
    ConfigurationKind.RUN_CLASS: Action.CLASSIFIER_RUN_CLASS,
    ConfigurationKind.SIGNIFICANCE: Action.CLASSIFIER_SIGNIFICANCE,
    ConfigurationKind.COMPONENT: Action.CLASSIFIER_COMPONENT,
    ConfigurationKind.OFFLINE_DATASET: Action.CLASSIFIER_OFFLINE_DATASET,
    ConfigurationKind.RECIPE: Action.CLASSIFIER_RECIPE,
    ConfigurationKind.ACCEPTED_DATASET: Action.ACCEPTED_DATASET,
    ConfigurationKind.CAUSE: Action.CAUSE_MANAGE,
}
"""The right that changing each kind of configuration needs."""
