"""The HTTP API: thin routes that speak the original's dialect, for the clients that exist.

``uvicorn backend.api:app --port 9500`` serves it alone; the dashboard mounts it under ``/api``. The database is found
at the first question, not at import.
"""

from fastapi import FastAPI

from backend.api import health, lumisections, runs
from backend.api.errors import answer_errors

app = FastAPI(title="CMS Run Registry", docs_url=None, redoc_url=None)
app.include_router(runs.router)
app.include_router(lumisections.router)
app.include_router(health.router)
answer_errors(app)
