"""A filter is said on its chips as a shifter would say it."""

import pytest

from backend.queries import RUNS, parse_filter
from dashboard.filter_words import in_words


@pytest.mark.parametrize(
    "text,words",
    [
        ("run 324200-325175", "run between 324,200 and 325,175"),
        ("lumisections >= 100", "lumisections ≥ 100"),
        ("state = OPEN or significant", "any of: state is OPEN or significant is yes"),
        ("tracker-strip BAD > 5", "tracker-strip more than 5 LS BAD"),
        ("tracker-strip no BAD", "tracker-strip nowhere BAD"),
        ("tracker-strip all GOOD", "tracker-strip everywhere GOOD"),
        ("ecal-es EMPTY", "ecal-es somewhere EMPTY"),
        ("bpix_ready false > 10", "bpix_ready more than 10 LS false"),
        ("tecp_ready no false", "tecp_ready nowhere false"),
        ("class is null", "class is unsaid"),
        ("run in 1, 2, 5-7, 9", "run in 1, 2, 5–7 and 1 more"),
        ("energy > 6499.5", "energy > 6,499.5"),
        ("hlt_key contains WMass", "hlt key contains WMass"),
    ],
)
def test_a_filter_in_words(text: str, words: str) -> None:
    assert in_words(parse_filter(text, RUNS)) == words
