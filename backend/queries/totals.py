"""How many rows a filter lets through, counted once for each state of the registry: whoever turns pages asks again."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from backend.queries.filters import Filter
from backend.queries.live import Latest

_MOST = 1_000
"""So many filters are remembered of a state; the next begins anew."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What was counted of one state of the registry: filter, as it is written → how many it lets through."""

    latest: Latest
    counted: dict[str, int]

    def of(self, filter: Filter) -> int | None:
        """How many rows the filter lets through; none if nobody counted them yet."""
        return self.counted.get(repr(filter))

    def keep(self, filter: Filter, total: int) -> None:
        """Remember how many rows the filter lets through."""
        self.counted[repr(filter)] = total


_KEPT: WeakKeyDictionary[Engine | Connection, Totals] = WeakKeyDictionary()


def totals(session: Session, latest: Latest) -> Totals:
    """What this process counted of the state that the latest act made, which it tells by number and moment.

    An act that was taken back had another moment than the one that has its number now.
    """
    bind = session.get_bind()
    kept = _KEPT.get(bind)
    if kept is None or kept.latest != latest or len(kept.counted) >= _MOST:
        kept = _KEPT[bind] = Totals(latest, {})
    return kept
