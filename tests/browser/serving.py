"""Streamlit scripts served on free loopback ports: each once for all who ask for it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
_QUIET = (
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--logger.level=warning",
)


class Servers:
    """The scripts that are served now, by what they were asked with."""

    def __init__(self) -> None:
        self._served: dict[tuple[object, ...], tuple[subprocess.Popen[bytes], str]] = {}

    def serve(self, script: Path, **environment: str) -> str:
        """The address of that script with that environment. Asked twice, it is served once."""
        asked = (script, *sorted(environment.items()))
        if asked not in self._served:
            self._served[asked] = _serve(script, environment)
        return self._served[asked][1]

    def end(self) -> None:
        """End them all; who asks again gets another."""
        for process, _ in self._served.values():
            process.terminate()
        for process, _ in self._served.values():
            process.wait(timeout=20)
        self._served.clear()


def _serve(script: Path, environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *_QUIET],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"{script.name} ended with code {process.returncode} before it answered")
        if _answers(f"{address}/_stcore/health"):
            return process, address
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"{script.name} did not answer within 30 s")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
