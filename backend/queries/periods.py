"""The days and weeks that reports are of: a day of UTC, or a week from Monday, as addresses and people write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from backend.errors import InvalidInput

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class Span(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        """How many days."""
        return 1 if self is Span.DAY else 7


@dataclass(frozen=True, slots=True)
class Period:
    """A day, or the week that begins on a Monday.

    >>> str(Period.read("2018-W43")), Period.read("2018-W43").name
    ('2018-W43', 'week 43, 22 Oct to 28 Oct 2018')
    """

    span: Span
    first: date

    @classmethod
    def of(cls, span: Span, day: date) -> "Period":
        """The period of that length in which a day lies."""
        return cls(span, day if span is Span.DAY else day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str) -> "Period":
        """The period that is written: ``2018-10-24``, or ``2018-W43`` by ISO 8601.

        Raises
        ------
        InvalidInput
            If that is no day and no week.
        """
        try:
            if week := _WEEK.fullmatch(text):
                return cls(Span.WEEK, date.fromisocalendar(int(week[1]), int(week[2]), 1))
            return cls(Span.DAY, date.fromisoformat(text))
        except ValueError as error:
            raise InvalidInput(f"{text!r:.40} is no period: write a day (2018-10-24) or a week (2018-W43).") from error

    @property
    def since(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """When it is over; that moment is not in it."""
        return self.since + timedelta(days=self.span.days)

    @property
    def name(self) -> str:
        """How people call it."""
        if self.span is Span.DAY:
            return f"{self.first:%A %d %b %Y}"
        last = self.first + timedelta(days=6)
        return f"week {self.first.isocalendar().week}, {self.first:%d %b} to {last:%d %b %Y}"

    def moved(self, by: int) -> "Period":
        """So many periods later, or earlier."""
        return Period(self.span, self.first + timedelta(days=by * self.span.days))

    def __str__(self) -> str:
        """As it stands in an address."""
        if self.span is Span.DAY:
            return self.first.isoformat()
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"
