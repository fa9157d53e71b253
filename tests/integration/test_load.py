"""Virtual people do through the real web process what they are told to have done, and the log is compared with that."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from backend.db import engine_for
from backend.embedded import Embedded
from backend.rebuild import differences, rebuild
from scripts.benchmarks.history import write_history
from scripts.load.ledger import Ledger, Outcome, latest_act, touched_runs, what_is_wrong
from scripts.load.memory import Memory
from scripts.load.people import people
from scripts.load.report import Soaked, what_was_missed
from scripts.load.stack import Stack
from scripts.load.tally import Tally
from tests.conftest import an_empty_registry
from tests.coroutines import run

RUNS = 240
"""Of which the datasets of eight are open to certifiers."""

_AGAIN = """
    WITH now AS (UPDATE clock SET n = n + 1 RETURNING n, at)
    INSERT INTO change_set (id, at, "by", why, kind)
    SELECT now.n, now.at, c."by", c.why, c.kind FROM now, change_set c
    WHERE position(:mark in c.why) > 0 AND c.undoes IS NULL
"""


@contextmanager
def loaded(postgresql: Embedded, folder: Path) -> Iterator[tuple[str, Engine]]:
    """A dashboard on some history: its address, and an engine on its registry."""
    with an_empty_registry(postgresql) as url:
        on = engine_for(url)
        write_history(on, RUNS)
        rebuild(on)
        with Stack(folder, database_url=url, season=None) as stack:
            yield stack.web(), on
        on.dispose()


def work(address: str, on: Engine, *, count: int, seconds: float, rounds: int | None = None) -> tuple[Tally, Ledger]:
    """What people came to, in so many seconds or so many rounds."""
    tally, ledger = Tally(), Ledger(latest_act(on))
    roles = ("ecal-certifier", "dc-expert")
    run(people(address, count, seconds, tally=tally, ledger=ledger, think=0.02, roles=roles, rounds=rounds))
    return tally, ledger


def test_each_act_that_people_are_told_of_is_in_the_log_once_and_a_lost_or_doubled_one_is_found(
    postgresql: Embedded, tmp_path: Path
) -> None:
    with loaded(postgresql, tmp_path) as (address, on):
        tally, ledger = work(address, on, count=2, seconds=120.0, rounds=1)
        assert tally.errors == []
        assert ledger.count(Outcome.TOLD) > 0
        assert list(what_is_wrong(on, ledger)) == []
        runs = touched_runs(on, ledger.since)
        assert runs
        assert list(differences(on, runs)) == []

        told = next(one for one in ledger.asked if one.outcome is Outcome.TOLD and not one.is_undo)
        lost = replace(told, mark="mark-x-0-1")
        with on.begin() as connection:
            connection.execute(text(_AGAIN), {"mark": told.mark})
        ledger.add(lost)
        assert sorted(what_is_wrong(on, ledger)) == sorted(
            [
                f"Change set {latest_act(on)} by {told.person} ({_why(on)}) has no words.",
                f"{_capital(str(told))} was told as done, and is in the log 2 times.",
                f"{_capital(str(lost))} was told as done, and is not in the log.",
            ]
        )


@pytest.mark.long
def test_ten_people_for_a_minute_lose_nothing_and_see_no_error(postgresql: Embedded, tmp_path: Path) -> None:
    with loaded(postgresql, tmp_path) as (address, on):
        tally, ledger = work(address, on, count=10, seconds=60.0)
        assert tally.errors == []
        assert {"flag", "certify", "undo"} <= set(tally.reactions)
        assert list(what_is_wrong(on, ledger)) == []
        assert list(differences(on, touched_runs(on, ledger.since))) == []


def test_a_slope_is_that_of_the_line_through_what_was_sampled_after_the_warm_up() -> None:
    memory = Memory("web", [(0, 900), (60, 100), (120, 101), (180, 102)])
    assert memory.slope(30) == pytest.approx(60.0)
    assert memory.slope(150) == 0.0


def test_a_soak_is_green_only_if_every_target_is_met() -> None:
    soaked = Soaked(2, 1, 10, 600.0, 60.0, Ledger(0), runs_per_second=1.0)
    soaked.tally.reactions["flag"] = [100.0] * 40
    soaked.tally.edits = soaked.tally.answers = [90.0] * 40
    soaked.memory = [Memory("web", [(s, 300 + s / 3600) for s in range(0, 600, 30)])]
    assert what_was_missed(soaked) == []
    soaked.tally.edits = [400.0] * 40
    soaked.memory.append(Memory("api", [(s, 300 + s / 10) for s in range(0, 600, 30)]))
    soaked.runs_per_second = 0.5
    assert what_was_missed(soaked) == [
        "an edit, from the click until it is told as recorded, 95th of 100: 400 ms, target 300 ms.",
        "0.50 runs were taken in per second, target 0.95.",
        "api grows by 360 MB per hour.",
    ]


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _why(on: Engine) -> str:
    with on.connect() as connection:
        return str(connection.execute(text("SELECT why FROM change_set ORDER BY id DESC LIMIT 1")).scalar_one())
