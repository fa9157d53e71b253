"""The HTTP API: thin routes that speak the original's dialect, for the clients that exist.

``uvicorn backend.api:app --port 9500`` serves it alone; the dashboard mounts it under ``/api``. The database is found
at the first question, not at import.
"""

from fastapi import Depends, FastAPI

from backend.api import (
    accepted_dataset_writes,
    accepted_datasets,
    classifier_writes,
    classifiers,
    cycle_writes,
    cycles,
    data_of_json,
    dataset_lists,
    dataset_reads,
    dataset_writes,
    datasets,
    dc_tools,
    golden_files,
    gone,
    health,
    histories,
    json_creation,
    json_portal,
    lumisections,
    permissions,
    playground,
    run_writes,
    runs,
    v2,
    versions,
    workspaces,
)
from backend.api.asked import settings_of_app
from backend.api.errors import answer_errors
from backend.api.identity import identified
from backend.api.starting import refuse_unsafe_start
from backend.guard import ANSWERS, Guard
from backend.identity.proxy import ProxyGate

app = FastAPI(
    title="CMS Run Registry",
    docs_url=None,
    redoc_url=None,
    lifespan=refuse_unsafe_start,
    dependencies=[Depends(identified)],
)
app.add_middleware(Guard, policy=ANSWERS)
app.add_middleware(ProxyGate, settings_of=lambda scope: settings_of_app(scope["app"]))
for part in (
    runs,
    run_writes,
    lumisections,
    histories,
    data_of_json,
    dataset_reads,
    dataset_lists,
    dataset_writes,
    dc_tools,
    datasets,
    cycles,
    cycle_writes,
    workspaces,
    classifiers,
    classifier_writes,
    accepted_datasets,
    accepted_dataset_writes,
    playground,
    permissions,
    json_portal,
    json_creation,
    golden_files,
    versions,
    health,
    v2,
):
    app.include_router(part.router)
app.include_router(playground.arbitrary)
app.include_router(gone.router)
answer_errors(app)
