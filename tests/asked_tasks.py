"""Tasks that make runs, as tests ask for them and see them."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.jobs.task_rows import Claim, claim
from backend.jobs.tasks import ask
from tests.worker_program import KINDS
from tests.workers import rows

SILENCE = timedelta(seconds=30)


def ask_for_runs(engine: Engine, folder: Path, runs: int = 3) -> int:
    with transaction(engine) as session:
        return ask(session, "count runs", {"runs": runs, "folder": str(folder)}, by="J. Novak", kinds=KINDS)


def states(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT state, progress, message FROM task ORDER BY id")


def take_up(engine: Engine, worker: str) -> Claim | None:
    with transaction(engine) as session:
        return claim(session, list(KINDS), worker=worker, silence=SILENCE)


def silenced(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE task SET heartbeat_at = heartbeat_at - interval '60 s'"))
        connection.execute(
            text("""UPDATE job_run SET detail = detail || '{"heartbeat_at": "2001-01-01T00:00:00Z"}'
                    WHERE outcome = 'running'""")
        )
