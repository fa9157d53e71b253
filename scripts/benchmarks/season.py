"""A whole season into a registry, as fast as it goes: what other measures stand on."""

from pydantic import SecretStr
from sqlalchemy import Engine

from backend.classify.recording import classify_run
from backend.ingest.oms import open_oms
from backend.ingest.runs import ingest_run
from backend.settings import Settings
from scripts.simulator.running import Simulator


def ingest_season(on: Engine, simulator: Simulator, *, most: int | None = None) -> int:
    """Ingest the runs of the season, or the newest ``most`` of them; gives how many."""
    settings = Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="benchmark",
        oms_client_secret=SecretStr("benchmark"),
    )
    numbers = sorted(int(run.attributes["run_number"]) for run in simulator.feed.runs)
    first = numbers[0] if most is None else numbers[-most]
    with open_oms(settings) as oms:
        runs = list(oms.runs_between(first, numbers[-1]))
        for run in runs:
            ingest_run(on, run, oms.lumisections(run.run_number), classify=classify_run)
    return len(runs)
