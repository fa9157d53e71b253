"""Memory of processes over time: where it begins, where it ends, and how fast it grows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_MB = 1e6


@dataclass(slots=True)
class Memory:
    """Samples of one process: seconds since the load began, and MB."""

    name: str
    samples: list[tuple[float, float]] = field(default_factory=list)

    def slope(self, warm_up: float) -> float:
        """MB per hour by least squares over what was sampled after the warm-up; 0 of fewer than three samples.

        >>> Memory("web", [(0, 900), (60, 100), (120, 101), (180, 102)]).slope(30)
        60.0
        """
        warm = [sample for sample in self.samples if sample[0] >= warm_up]
        if len(warm) < 3:
            return 0.0
        mean_s, mean_mb = (sum(values) / len(warm) for values in zip(*warm, strict=True))
        spread = sum((s - mean_s) ** 2 for s, _ in warm)
        return float(sum((s - mean_s) * (mb - mean_mb) for s, mb in warm) / spread * 3600)

    def at(self, seconds: float) -> float:
        """MB at the first sample from this moment on."""
        return next((mb for s, mb in self.samples if s >= seconds), self.samples[-1][1])


async def watched(bytes_of: Callable[[str], int], names: tuple[str, ...], *, every: float) -> list[Memory]:
    """Sample until cancelled; what was sampled is what the task gives then."""
    found = [Memory(name) for name in names]
    begun = time.monotonic()
    try:
        while True:
            for memory in found:
                used = await asyncio.to_thread(bytes_of, memory.name)
                memory.samples.append((time.monotonic() - begun, used / _MB))
            await asyncio.sleep(every)
    except asyncio.CancelledError:
        return found
