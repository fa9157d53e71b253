"""The simulated OMS of a load, spoken to over its control routes: silent and back, faults, changes of runs."""

from __future__ import annotations

from typing import Any

import httpx

SILENCES = {"hangs up": "drop", "refuses": "unavailable"}
"""How a source may be silent → the simulator's fault for it."""


class SimulatedOms:
    """A running simulator; ``announced`` is what it wrote when it began to listen."""

    def __init__(self, announced: dict[str, Any]) -> None:
        self.announced = announced
        self._client = httpx.Client(base_url=announced["oms_url"].removesuffix("/agg/api/v1"), timeout=30)

    def silence(self, how: str = "hangs up") -> None:
        """From now on OMS, its tokens and the DQM GUI give no answer; runs go on being taken meanwhile."""
        self.fault(SILENCES[how], probability=1.0)

    def speak(self) -> None:
        """Every fault is over."""
        self._client.delete("/control/faults").raise_for_status()

    def fault(self, kind: str, **how: float | str) -> None:
        """Switch one of the simulator's faults on (docs/simulator.md)."""
        self._client.post("/control/faults", json={"kind": kind, **how}).raise_for_status()

    def change(self, run_number: int, change: str, **arguments: Any) -> None:
        """Something happens to a run: ``grow``, ``shrink``, ``change``, ``finish`` …"""
        self._client.post(f"/control/runs/{run_number}/{change}", json=arguments).raise_for_status()

    def state(self) -> dict[str, Any]:
        """What it holds now: ``runs``, ``newest_run``, ``requests`` …"""
        answer = self._client.get("/control/state").raise_for_status()
        state: dict[str, Any] = answer.json()
        return state

    def close(self) -> None:
        """Speak to it no more."""
        self._client.close()
