"""The HTTP API: thin routes that speak the original's dialect, for the clients that exist.

``uvicorn backend.api:app --port 9500`` serves it alone; the dashboard mounts it under ``/api``. The database is found
at the first question, not at import.
"""

from fastapi import Depends

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
    metrics,
    permissions,
    playground,
    run_writes,
    runs,
    v2,
    versions,
    workspaces,
)
from backend.api.described import DescribedAPI
from backend.api.documentation import serve_documentation
from backend.api.edge import put_before
from backend.api.errors import answer_errors
from backend.api.identity import identified, writer
from backend.api.starting import refuse_unsafe_start
from backend.version import program_version

app = DescribedAPI(
    title="CMS Run Registry",
    version=program_version(),
    docs_url=None,
    redoc_url=None,
    lifespan=refuse_unsafe_start,
    dependencies=[Depends(identified)],
)
put_before(app)
for part in (
    runs,
    lumisections,
    histories,
    data_of_json,
    dataset_reads,
    dataset_lists,
    datasets,
    cycles,
    workspaces,
    classifiers,
    accepted_datasets,
    playground,
    permissions,
    json_portal,
    json_creation,
    golden_files,
    versions,
    health,
    metrics,
    v2,
):
    app.include_router(part.router)
for part in (run_writes, dataset_writes, dc_tools, cycle_writes, classifier_writes, accepted_dataset_writes):
    app.include_router(part.router, dependencies=[Depends(writer)])
app.include_router(playground.arbitrary)
app.include_router(gone.router)
answer_errors(app)
serve_documentation(app)
