"""The growth is measured on histories that are made once; a small one shows that each figure comes out of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.embedded import Embedded
from scripts.benchmarks.growth import reads
from scripts.benchmarks.growth.histories import history_of

ROOT = Path(__file__).parents[2]
RUNS = 40


def test_a_history_is_made_once_and_asked_every_question(postgresql: Embedded) -> None:
    history, again = history_of(postgresql, RUNS), history_of(postgresql, RUNS)
    figures = {
        figure.name: figure for figure in (*reads.made(again), *reads.asked(again, questions=12), reads.edited(again))
    }
    history.engine.dispose()
    again.engine.dispose()

    assert history.made == again.made
    assert 150 * RUNS < figures["words in the log"].value < 180 * RUNS
    assert [figure.target for figure in figures.values()].count(60) == 2
    assert all(figure.value > 0 for figure in figures.values())


@pytest.mark.long
@pytest.mark.browser
def test_one_command_measures_everything_and_keeps_the_history(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.benchmarks", "--growth", "--sizes", str(RUNS), "--data", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    told = re.findall(r"^\| (.+?) \| ([\d.,]+) \|", done.stdout, re.MULTILINE)

    assert done.returncode in {0, 1}, done.stderr
    assert len(told) >= 20
    assert {"Golden", "Run page", "Online", "Offline", "API", "ingest"} <= {
        re.split(r":| from| of a", w)[0] for w, _ in told
    }
    assert (tmp_path / f"history_{RUNS}.json").exists()
