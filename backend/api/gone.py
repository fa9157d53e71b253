"""Routes of the original that programs alone asked, and those that never worked: 410, with what is there instead."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from starlette.exceptions import HTTPException

router = APIRouter()

_ASKS_OMS = "The worker asks OMS itself; POST /runs/refresh_run/{run_number} asks it now."
_LOOKS_AT_GUI = "The worker looks at the DQM GUI itself, and tells what it saw in datasets_in_gui of a dataset."
_NEVER_WORKED = "This route never worked; POST /datasets/get_dataset and /datasets_filtered_ordered tell of datasets."
_ASK_AGAIN = (
    "Nothing is told unasked: GET /v2/changes?after=N waits for the next change, and POST /json_portal/json tells how "
    "far a golden JSON is."
)

GONE: Mapping[str, str] = {
    "POST /runs": _ASKS_OMS,
    "PUT /automatic_run_update/{run_number}": _ASKS_OMS,
    "POST /datasets": "Datasets are made when a run is signed off; POST /runs/move_run/OPEN/SIGNOFF does that.",
    "PUT /datasets/{workspace}": _NEVER_WORKED,
    "POST /datasets/{workspace}": _NEVER_WORKED,
    "GET /datasets/workspace/{workspace}": _NEVER_WORKED,
    "GET /datasets_waiting_dbs": "Nothing waits for DBS; GET /datasets_waiting tells what waits for the DQM GUI.",
    "POST /dataset_appeared_in_dbs": _LOOKS_AT_GUI,
    "POST /dataset_appeared_in_dqm_gui": _LOOKS_AT_GUI,
    "PUT /recalculate_cache_for_specific_dataset": "Figures are made with the act that changes them: none is stale.",
    "GET /socket.io/": _ASK_AGAIN,
    "POST /socket.io/": _ASK_AGAIN,
}
"""Method and path → what is there instead."""


def _answering(instead: str) -> Callable[[], None]:
    def gone() -> None:
        raise HTTPException(410, instead)

    return gone


for _route, _instead in GONE.items():
    _method, _, _path = _route.partition(" ")
    router.add_api_route(_path, _answering(_instead), methods=[_method], include_in_schema=False)
