"""How the registry is, for whoever watches over it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, reading
from backend.queries import Health, health
from backend.queries.health import season_progress
from backend.settings import settings
from backend.version import program_version

router = APIRouter(tags=["health"])


@router.get("/health")
def health_of_the_registry(request: Request) -> Response:
    """Versions, what each job last did, whether a source is silent, and the latest act; 503 without a database.

    ``status`` is ``ok``, or ``degraded`` while a source is silent. In the demo ``season`` tells how far it has come.
    """
    chosen = settings()
    with reading(request) as session:
        found = health(session, chosen)
        season = {"season": asdict(season_progress(session))} if chosen.environment == "demo" else {}
    return as_json(_answer(found) | season)


def _answer(found: Health) -> dict[str, Any]:
    def age(moment: datetime | None) -> float | None:
        return None if moment is None else round((found.now - moment).total_seconds(), 1)

    return {
        "status": "degraded" if any(source.is_silent for source in found.sources) else "ok",
        "program": program_version(),
        "schema": found.schema,
        "postgresql": found.postgresql,
        "latest_change": {"id": found.latest.change_set, "at": found.latest.at, "age_seconds": age(found.latest.at)},
        "jobs": {
            tick.job: {
                "started_at": tick.started_at,
                "age_seconds": age(tick.started_at),
                "outcome": tick.outcome,
                "sentence": tick.sentence,
                "succeeded_seconds_ago": age(tick.succeeded_at),
            }
            for tick in found.jobs
        },
        "sources": {
            source.source: {"is_silent": source.is_silent, "heard_seconds_ago": age(source.heard_at)}
            for source in found.sources
        },
    }
