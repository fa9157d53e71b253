"""The rights that a fresh registry starts with: e-group → grants, as ``docs/rights.md`` says it in words."""

from collections.abc import Mapping

from backend.access.egroups import (
    ADMINS,
    CERTIFIERS,
    DATA_CERTIFICATION,
    EXPERTS,
    OFFLINE_TRACKER_SHIFTERS,
    ON_CALL,
    ONLINE_SHIFTERS,
    SHIFT_LIST,
)
from backend.access.grants import EVERYTHING

_SHIFTERS = ("run.stop_reason", "run.significant", "run.move", "run.flags:*", "run.refresh", "undo")
_ON_CALL = (
    *_SHIFTERS,
    "run.class",
    "run.reopen",
    "run.reset",
    "proposal",
    "undo:others",
    "task.backfill",
    "task.reclassify",
)
_DATA_CERTIFICATION = (
    "run.refresh",
    "proposal",
    "flags:*",
    "dcs_bits",
    "dataset.move:*",
    "dataset.reopen:*",
    "dataset.batch:*",
    "dataset.hide",
    "accepted_dataset",
    "cycle.manage",
    "cycle.move:*",
    "cycle.complete:*",
    "classifier:offline_dataset:*",
    "classifier:recipe",
    "golden.official",
    "luminosity.import",
    "cause.manage:*",
    "undo",
    "undo:others",
    "task.backfill",
    "task.reclassify",
    "task.cancel",
)


def _certifying(workspace: str) -> tuple[str, ...]:
    return (f"flags:{workspace}", f"dataset.move:{workspace}", "undo")


def _in_cycles(workspace: str) -> tuple[str, ...]:
    return (f"cycle.move:{workspace}", f"cycle.complete:{workspace}")


def _running(workspace: str) -> tuple[str, ...]:
    return (
        f"run.flags:{workspace}",
        f"dataset.batch:{workspace}",
        f"classifier:component:{workspace}",
        f"classifier:offline_dataset:{workspace}",
        f"cause.manage:{workspace}",
    )


DEFAULT_RIGHTS: Mapping[str, tuple[str, ...]] = {
    EXPERTS: (EVERYTHING,),
    DATA_CERTIFICATION: _DATA_CERTIFICATION,
    ONLINE_SHIFTERS: _SHIFTERS,
    SHIFT_LIST: _SHIFTERS,
    ON_CALL: _ON_CALL,
    OFFLINE_TRACKER_SHIFTERS: _certifying("tracker"),
    **{egroup: (*_certifying(ws), *_in_cycles(ws)) for ws, egroup in CERTIFIERS.items()},
    **{egroup: (*_certifying(ws), *_in_cycles(ws), *_running(ws)) for ws, egroup in ADMINS.items()},
}
