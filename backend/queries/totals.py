"""What was counted of what a filter lets through, kept for each state of the registry: who turns pages asks again."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from backend.queries.live import Latest

_MOST = 1_000
"""So many filters are remembered of a state; the next begins anew."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Totals(Generic[Found]):
    """What was counted of one state of the registry: what was asked, as it is written → what was found."""

    latest: Latest
    counted: dict[str, Found]

    def of(self, asked: object) -> Found | None:
        """What was found of the rows that were asked for, by a filter and what goes with it; none if nobody counted."""
        return self.counted.get(repr(asked))

    def keep(self, asked: object, found: Found) -> None:
        """Remember what was found."""
        self.counted[repr(asked)] = found


@dataclass(frozen=True, slots=True)
class Counting(Generic[Found]):
    """One kind of counting, as far as this process remembers it of each database."""

    _kept: WeakKeyDictionary[Engine | Connection, Totals[Found]] = field(default_factory=WeakKeyDictionary)

    def at(self, session: Session, latest: Latest) -> Totals[Found]:
        """What was counted of the state that the latest act made, which it tells by number and moment.

        An act that was taken back had another moment than the one that has its number now.
        """
        bind = session.get_bind()
        kept = self._kept.get(bind)
        if kept is None or kept.latest != latest or len(kept.counted) >= _MOST:
            kept = self._kept[bind] = Totals(latest, {})
        return kept
