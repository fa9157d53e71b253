"""Days and weeks as addresses write them."""

from datetime import UTC, date, datetime

import pytest

from backend.errors import InvalidInput
from backend.queries.periods import Period, Span


@pytest.mark.parametrize("text", ["2018-10-24", "2018-W43", "2020-W53"])
def test_a_period_is_written_as_it_was_read(text: str) -> None:
    assert str(Period.read(text)) == text


def test_a_week_is_from_monday_to_monday_in_utc() -> None:
    week = Period.of(Span.WEEK, date(2018, 10, 24))
    assert (week.since, week.until) == (datetime(2018, 10, 22, tzinfo=UTC), datetime(2018, 10, 29, tzinfo=UTC))
    assert str(week.moved(-1)) == "2018-W42" and str(Period.read("2018-W52").moved(1)) == "2019-W01"


@pytest.mark.parametrize("text", ["", "2018-13-01", "2018-W54", "yesterday", "2018-W4"])
def test_what_is_no_period_is_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no period"):
        Period.read(text)
