"""How the registry is: what each job last did, whether a source is silent, and what the database is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from backend.queries.live import Latest, latest_change
from backend.settings import Settings

SILENT_AFTER_TICKS = 5
"""A source that did not answer for so many ticks in a row is called silent."""

_DATABASE = text("""
    SELECT current_setting('server_version') AS postgresql, clock_timestamp() AS now,
           (SELECT version_num FROM alembic_version) AS schema, (SELECT count(*) FROM run) AS runs
""")
_JOBS = text("""
    SELECT DISTINCT ON (job) job, started_at, ended_at, outcome, detail->>'sentence' AS sentence,
        (SELECT max(ok.ended_at) FROM job_run ok WHERE ok.job = j.job AND ok.outcome = 'ok') AS succeeded_at
    FROM job_run j ORDER BY job, id DESC
""")
_SUCCEEDED = text("SELECT job, max(ended_at) FROM job_run WHERE job = ANY(:jobs) AND outcome = 'ok' GROUP BY job")
_NOW = text("SELECT clock_timestamp()")
_LAST_INGEST = text("SELECT at FROM change_set WHERE kind = 'ingest' ORDER BY id DESC LIMIT 1")
"""A look that takes in a whole season is heard of before it ends."""

PEOPLE = "people"
"""The job under which the people of the demo say that the season is certified."""

_SEASON = text("""
    SELECT (SELECT count(*) FROM run) AS runs,
           (SELECT count(DISTINCT run_number) FROM dataset WHERE states->>'global' = 'COMPLETED') AS certified,
           EXISTS (SELECT FROM job_run WHERE job = :people AND outcome = 'ok') AS done
""")


@dataclass(frozen=True, slots=True)
class SeasonProgress:
    """How far the season of the demo has come: runs there, runs with a completed dataset, and whether that is all."""

    runs: int
    certified: int
    done: bool


def season_progress(session: Session) -> SeasonProgress:
    """How far the season of the demo has come."""
    return SeasonProgress(*session.execute(_SEASON, {"people": PEOPLE}).one())


@dataclass(frozen=True, slots=True)
class JobTick:
    """The last tick of a job: how it ended and what it said, and when a tick last ended well."""

    job: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    sentence: str | None
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceHeard:
    """When a source outside last answered; ``is_silent`` if that is too long ago, or never was."""

    source: str
    heard_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Health:
    """How the registry is, at ``now`` by the database's clock."""

    now: datetime
    postgresql: str
    schema: str
    latest: Latest
    runs: int
    jobs: tuple[JobTick, ...]
    sources: tuple[SourceHeard, ...]


def health(session: Session, settings: Settings) -> Health:
    """How the registry is; ``settings`` say how often each source is asked."""
    database = session.execute(_DATABASE).one()
    jobs = tuple(JobTick(*row) for row in session.execute(_JOBS))
    return Health(
        now=database.now,
        postgresql=database.postgresql,
        schema=database.schema,
        latest=latest_change(session),
        runs=database.runs,
        jobs=jobs,
        sources=_heard(session, settings, {tick.job: tick.succeeded_at for tick in jobs}, database.now),
    )


def sources_heard(session: Session, settings: Settings) -> tuple[SourceHeard, ...]:
    """When each source last answered: what every page shows, without all else that :func:`health` counts."""
    wanted = [job for job, _ in _sources(settings).values()]
    succeeded: dict[str, datetime | None] = {job: at for job, at in session.execute(_SUCCEEDED, {"jobs": wanted})}
    return _heard(session, settings, succeeded, session.execute(_NOW).scalar_one())


def _heard(
    session: Session, settings: Settings, succeeded: Mapping[str, datetime | None], now: datetime
) -> tuple[SourceHeard, ...]:
    ingested = session.execute(_LAST_INGEST).scalar()
    heard = {**succeeded, "oms": max(filter(None, (succeeded.get("oms"), ingested)), default=None)}
    return tuple(
        SourceHeard(source, heard.get(job), is_silent(heard.get(job), every, now))
        for source, (job, every) in _sources(settings).items()
    )


def _sources(settings: Settings) -> Mapping[str, tuple[str, timedelta]]:
    """Source → the job that asks it, and how often."""
    return {"OMS": ("oms", timedelta(seconds=settings.ingest_every_seconds))}


def is_silent(heard_at: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether nothing was heard, ever or for :data:`SILENT_AFTER_TICKS` ticks."""
    return heard_at is None or now - heard_at > every * SILENT_AFTER_TICKS
