"""The worker with OMS: what it takes in by itself, by hand, in a back-fill, and when it is killed in between."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.ingest.looks import Look
from backend.ingest.runs import Outcome
from backend.jobs.looking import told
from models.lumi_formats import write_golden_json
from models.lumis import LumiSet
from tests.workers import ROOT, rows, until

DCS = {316000 + 10 * n: LumiSet.span(5, 60 + n) for n in range(6)}
APPEARED = "SELECT count(*), count(DISTINCT why) FROM change_set WHERE why LIKE 'run % appeared in OMS%'"


@pytest.fixture(scope="module")
def oms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """OMS with a small season, as the environment names it."""
    folder = tmp_path_factory.mktemp("season")
    (folder / "dcs.json").write_text(write_golden_json(DCS))
    (folder / "golden.json").write_text(write_golden_json(DCS))
    announced = folder / "where.json"
    command = [sys.executable, "-m", "scripts.simulator", "--season", "mine", "--dcs", str(folder / "dcs.json"),
               "--golden", str(folder / "golden.json"), "--pace", "max", "--announce", str(announced)]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as simulator:
        until(announced.exists)
        where = json.loads(announced.read_text())
        yield {
            "RR_OMS_URL": where["oms_url"],
            "RR_OMS_TOKEN_URL": where["oms_token_url"],
            "RR_OMS_CLIENT_ID": "rr",
            "RR_OMS_CLIENT_SECRET": "hush-hush",
            "RUNS": str(where["runs"]),
        }
        simulator.terminate()


@contextmanager
def the_worker(url: str, log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("a") as out, started([], url, out.fileno(), environment) as worker:
        try:
            yield worker
        finally:
            worker.terminate()


def started(arguments: list[str], url: str, out: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    everything = {**os.environ, **environment, "DATABASE_URL": url}
    command = [sys.executable, "-m", "backend.jobs", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=everything, stdout=out, stderr=out)


def by_hand(url: str, log: Path, environment: dict[str, str], *arguments: str) -> str:
    with log.open("w") as out, started(list(arguments), url, out.fileno(), environment) as process:
        assert process.wait(60) == 0, log.read_text()
    return log.read_text()


def test_a_look_by_hand_takes_in_what_there_is_and_the_next_one_finds_nothing(
    engine: Engine, database_url: str, oms: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    said = by_hand(database_url, log, oms, "--once", "oms")
    assert f"{oms['RUNS']} runs: {oms['RUNS']} new." in said
    before = rows(engine, "SELECT n FROM clock")
    assert "nothing new." in by_hand(database_url, log, oms, "--once", "oms")
    assert "Nothing new." in by_hand(database_url, log, oms, "--once", "oms-sweep")
    assert rows(engine, "SELECT n FROM clock") == before
    kept = "SELECT detail->'kept'->>'watermark' > '2000' FROM job_run WHERE job = 'oms'"
    assert rows(engine, kept) == [(True,), (True,)]


def test_a_back_fill_by_hand_shows_its_progress_and_is_a_task_like_any_other(
    engine: Engine, database_url: str, oms: dict[str, str], tmp_path: Path
) -> None:
    said = by_hand(database_url, tmp_path / "log", oms, "--backfill", "316000", "316050")
    assert "run 316030" in said
    assert rows(engine, "SELECT count(*) >= 6, min(run_number), max(run_number) FROM run") == [(True, 316000, 316050)]
    task = rows(engine, "SELECT kind, state, progress, asked_by FROM task")
    assert task == [("backfill", "done", 1.0, "command line")]


def test_a_worker_that_is_killed_while_it_takes_in_runs_is_followed_by_one_that_says_nothing_twice(
    engine: Engine, database_url: str, oms: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment = {**oms, "RR_INGEST_EVERY_SECONDS": "1", "RR_WORKER_SILENCE_SECONDS": "2"}
    with the_worker(database_url, log, environment) as first:
        until(lambda: rows(engine, "SELECT FROM run"))
        first.send_signal(signal.SIGKILL)
        first.wait()
    everything = int(oms["RUNS"])
    with the_worker(database_url, log, environment):
        until(lambda: rows(engine, "SELECT count(*) FROM run") == [(everything,)])
        until(lambda: rows(engine, "SELECT FROM job_run WHERE job = 'oms' AND outcome = 'ok'"))
    assert rows(engine, APPEARED) == [(everything, everything)]
    assert "hush-hush" not in log.read_text()


def test_a_look_that_finds_no_oms_fails_in_a_sentence(engine: Engine, database_url: str, tmp_path: Path) -> None:
    nobody = {"RR_OMS_URL": "http://127.0.0.1:1", "RR_OMS_TIMEOUT_SECONDS": "1", "RR_INGEST_EVERY_SECONDS": "1"}
    with the_worker(database_url, tmp_path / "log", nobody):
        until(lambda: rows(engine, "SELECT FROM job_run WHERE job = 'oms' AND outcome = 'failed'"))
    [(sentence,)] = rows(engine, "SELECT detail->>'sentence' FROM job_run WHERE job = 'oms' AND outcome = 'failed'")
    assert "OMS" in str(sentence)
    assert str(sentence).endswith("Before that: Nothing new.")


def test_a_look_tells_what_it_brought_and_what_it_could_not_believe() -> None:
    nonsense = {run: f"Run {run} ends before it begins." for run in range(1, 6)}
    assert told(Look(runs={})) == "Nothing new."
    assert told(Look(runs={Outcome.UNCHANGED: (1,)})) == "1 run: nothing new."
    assert told(Look(runs={Outcome.NEW: (1, 2), Outcome.PROPOSED: (3,)})) == "3 runs: 2 new, 1 proposed."
    assert told(Look(runs={}, failures=nonsense)) == (
        "Nothing new. 5 could not be believed: Run 1 ends before it begins. Run 2 ends before it begins. "
        "Run 3 ends before it begins. And 2 more."
    )
