"""OMS as a test writes it: one run as a small state, and what the client reads when OMS answers with that state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from backend.ingest.oms import OmsLumisections, OmsRun
from backend.ingest.oms_lumisections import read_lumisections
from backend.ingest.oms_run import read_run
from tests.factories import RUN

Attributes = dict[str, Any]
ENDED: Attributes = {"end_time": "2022-10-10T09:00:00Z", "energy": 6800, "components": ["PIXEL", "TRACKER"]}


@dataclass(frozen=True)
class OmsState:
    """A run in OMS: its attributes, and those of each lumisection by number."""

    run_number: int
    attributes: Attributes
    lumisections: dict[int, Attributes]

    def run(self) -> OmsRun:
        """The run as the client reads it."""
        needed = {"run_number": self.run_number, "last_update": "2022-10-10T09:01:00Z"}
        return read_run({"attributes": needed | {"start_time": "2022-10-10T07:00:00Z"} | self.attributes})

    def read(self) -> OmsLumisections:
        """The lumisections as the client reads them."""
        rows = [{"attributes": {"lumisection_number": n} | said} for n, said in sorted(self.lumisections.items())]
        return read_lumisections(self.run_number, rows)

    def but(self, **attributes: Any) -> "OmsState":
        """The run with other attributes."""
        return replace(self, attributes=self.attributes | attributes)

    def without(self, *names: str) -> "OmsState":
        """The run without some attributes."""
        return replace(self, attributes={k: v for k, v in self.attributes.items() if k not in names})

    def where(self, numbers: Iterable[int], **attributes: Any) -> "OmsState":
        """The run with these lumisections added, or with other attributes in them."""
        said = {n: self.lumisections.get(n, {}) | attributes for n in numbers}
        return replace(self, lumisections=self.lumisections | said)

    def lacking(self, *numbers: int) -> "OmsState":
        """The run without some lumisections."""
        return replace(self, lumisections={n: said for n, said in self.lumisections.items() if n not in numbers})


def an_oms_run(last: int = 10, *, run_number: int = RUN, **attributes: Any) -> OmsState:
    """A run that is over, its lumisections from 1 to ``last`` with two bits that are true."""
    empty = OmsState(run_number, ENDED | attributes, {})
    return empty.where(range(1, last + 1), bpix_ready=True, cms_active=True)


def luminosity(per_pb: Iterable[float | None], *, first: int = 1) -> dict[int, Attributes]:
    """Luminosity per lumisection, delivered and recorded alike, from ``first`` on."""
    return {
        n: {"delivered_lumi_per_lumisection": value, "recorded_lumi_per_lumisection": value}
        for n, value in enumerate(per_pb, first)
    }
