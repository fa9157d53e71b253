"""Figures for Prometheus: requests, jobs, sources, the latest act, the connections to the database."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from backend.api.asked import engine_of, settings_of
from backend.api.edge.measured import figures
from backend.db import transaction
from backend.errors import DatabaseUnavailable
from backend.queries import Health, health
from backend.settings import Settings
from backend.version import program_version

router = APIRouter(tags=["health"])


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
def metrics(request: Request) -> Response:
    """Figures in the form of Prometheus; without a database `registry_database_up` is 0, and what it would tell is not
    there. Each process counts its own requests."""
    return Response(
        generate_latest(figures().registry) + generate_latest(_now(request)), media_type=CONTENT_TYPE_LATEST
    )


def _now(request: Request) -> CollectorRegistry:
    """The figures of this moment."""
    gauges = _Gauges()
    gauges.say("registry_program", "The program; its version is the label.", 1, version=program_version())
    try:
        on = engine_of(request)
        found = _health(on, settings_of(request))
    except DatabaseUnavailable:
        gauges.say("registry_database_up", "Whether the database answers.", 0)
        return gauges.registry
    gauges.say("registry_database_up", "Whether the database answers.", 1)
    for state, count in _connections(on):
        gauges.say("registry_database_connections", "Connections of this process.", count, state=state)
    _say_health(gauges, found)
    return gauges.registry


def _health(on: Engine, chosen: Settings) -> Health:
    with transaction(on) as session:
        return health(session, chosen)


def _say_health(gauges: "_Gauges", found: Health) -> None:
    gauges.say("registry_change_set", "The number of the latest act.", found.latest.change_set)
    age = (found.now - found.latest.at).total_seconds()
    gauges.say("registry_change_set_age_seconds", "How long ago the latest act was.", age)
    gauges.say("registry_runs", "Runs in the registry.", found.runs)
    for tick in found.jobs:
        age = (found.now - tick.started_at).total_seconds()
        gauges.say("registry_job_age_seconds", "How long ago a job began last.", age, job=tick.job)
        is_well = tick.outcome != "failed"
        gauges.say("registry_job_well", "Whether the last tick of a job did not fail.", is_well, job=tick.job)
        if tick.succeeded_at is not None:
            age = (found.now - tick.succeeded_at).total_seconds()
            gauges.say("registry_job_success_age_seconds", "How long ago a job last ended well.", age, job=tick.job)
    for source in found.sources:
        name = source.source
        gauges.say("registry_source_silent", "Whether a source is silent.", source.is_silent, source=name)
        if source.heard_at is not None:
            age = (found.now - source.heard_at).total_seconds()
            gauges.say("registry_source_age_seconds", "How long ago a source last answered.", age, source=name)


def _connections(on: Engine) -> Iterator[tuple[str, int]]:
    if isinstance(on.pool, QueuePool):
        yield "in use", on.pool.checkedout()
        yield "idle", on.pool.checkedin()


class _Gauges:
    """Figures that are said once, each made when it is first spoken of."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._known: dict[str, Gauge] = {}

    def say(self, name: str, meaning: str, value: float, **labels: str) -> None:
        """One figure."""
        if name not in self._known:
            self._known[name] = Gauge(name, meaning, tuple(labels), registry=self.registry)
        gauge = self._known[name]
        (gauge.labels(**labels) if labels else gauge).set(value)
