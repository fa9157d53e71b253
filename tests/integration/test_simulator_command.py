"""The simulator as a command: it serves any pair of files, says where, and ends when told."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.lumi_formats import write_golden_json
from models.lumis import LumiSet

ROOT = Path(__file__).parents[2]
DCS = {316000: LumiSet.pairs([[20, 90], [95, 140]]), 316010: LumiSet.span(1, 300), 316200: LumiSet.span(5, 60)}
GOLDEN = {316010: LumiSet.span(2, 290)}
CLIENT = {"grant_type": "client_credentials", "client_id": "rr", "client_secret": "s", "audience": "cmsoms-prod"}


def test_the_command_serves_two_files_announces_itself_and_stops_on_sigterm(tmp_path: Path) -> None:
    (tmp_path / "dcs.json").write_text(write_golden_json(DCS))
    (tmp_path / "golden.json").write_text(write_golden_json(GOLDEN))
    announced = tmp_path / "where.json"
    command = [sys.executable, "-m", "scripts.simulator", "--season", "mine", "--dcs", str(tmp_path / "dcs.json"),
               "--golden", str(tmp_path / "golden.json"), "--pace", "max", "--announce", str(announced)]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            where = _announced(announced, process)
            token = httpx.post(where["oms_token_url"], data=CLIENT).json()["access_token"]
            answer = httpx.get(f"{where['oms_url']}/runs", headers={"authorization": f"Bearer {token}"})
            total = answer.json()["meta"]["totalResourceCount"]
            assert (where["season"], where["runs"]) == ("mine", total)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    "arguments", [["--season", "1999"], ["--dcs", "x.json"], ["--pace", "fast"], ["--client", "nobody"]]
)
def test_the_command_refuses_what_it_cannot_serve(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.simulator", *arguments], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def _announced(file: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    for _ in range(200):
        if file.exists():
            return json.loads(file.read_text())
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError("The simulator did not announce itself.")
