"""Each fault done under a small load by its command: people see a sentence, it passes, no act is lost or doubled."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.load.faults.__main__ import CLOCK, DISK, ON_ONE_REGISTRY

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("chosen", [[*ON_ONE_REGISTRY], [CLOCK], [DISK]], ids=["processes", CLOCK, DISK])
def test_a_fault_is_told_in_a_sentence_passes_and_costs_no_act(chosen: list[str]) -> None:
    command = [sys.executable, "-m", "scripts.load.faults", "--quick", *chosen]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_800, check=False)
    lines = done.stdout.splitlines()[2:]
    assert done.returncode == 0, done.stdout + done.stderr
    if skipped := [line for line in lines if "skipped:" in line]:
        pytest.skip(skipped[0])
    assert len(lines) == (2 if chosen == [CLOCK] else len(chosen))
    assert all("| 0 of " in line for line in lines)
