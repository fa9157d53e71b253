"""How much luminosity each lumisection of a run holds, from the best source that knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from models.vocabulary import LuminositySource

BEST_FIRST = (LuminositySource.BRILCALC, LuminositySource.OMS)
"""What brilcalc says is the luminosity group's word; OMS gives what is known while the run is young."""

_LUMINOSITY = text(
    "SELECT source, delivered, recorded FROM luminosity WHERE run_number = :run AND source = ANY(:sources)"
)


@dataclass(frozen=True, slots=True)
class RunLuminosity:
    """Luminosity by lumisection in /pb; a lumisection that is not in the mappings is not known to the source.

    ``source`` is none if no source knows the run at all.
    """

    run_number: int
    source: LuminositySource | None
    delivered_per_pb: Mapping[int, float]
    recorded_per_pb: Mapping[int, float]


def luminosity_of(
    session: Session, run_number: int, *, sources: Sequence[LuminositySource] = BEST_FIRST
) -> RunLuminosity:
    """The luminosity of a run from the first of the sources that knows the run."""
    asked = {"run": run_number, "sources": [source.value for source in sources]}
    rows = {source: (delivered, recorded) for source, delivered, recorded in session.execute(_LUMINOSITY, asked)}
    for source in sources:
        if source.value in rows:
            delivered, recorded = rows[source.value]
            return RunLuminosity(run_number, source, _numbered(delivered), _numbered(recorded))
    return RunLuminosity(run_number, None, {}, {})


def _numbered(series: Sequence[float | None]) -> dict[int, float]:
    return {number: value for number, value in enumerate(series, 1) if value is not None}
