"""The history of a run is narrowed to a dataset, to a component, or to what was said of both together."""

from datetime import UTC, datetime

import pytest

from backend.queries import AttributesSaid, HistoryEntry, RangeSaid
from dashboard.run_history import is_about
from models.lumis import LumiRange
from models.vocabulary import ActKind, Origin, Status

PROMPT, EXPRESS = "/PromptReco/Collisions2018D/DQM", "/Express/Collisions2018/DQM"
ENTRY = HistoryEntry(
    change_set=7,
    at=datetime(2018, 10, 24, tzinfo=UTC),
    by="A. Keller",
    why="HV trip",
    kind=ActKind.FLAG,
    undoes=None,
    is_undone=False,
    attributes=(AttributesSaid(EXPRESS, {"state.tracker": "OPEN"}, Origin.PERSON, ()),),
    ranges=(RangeSaid(PROMPT, ("tracker-strip",), LumiRange(1, 9), Status.BAD, Origin.PERSON, None, "HV trip", ()),),
)


@pytest.mark.parametrize(
    ("dataset", "component", "is_shown"),
    [
        (None, None, True),
        (PROMPT, None, True),
        (EXPRESS, None, True),
        ("online", None, False),
        (None, "tracker-strip", True),
        (None, "tracker-pixel", False),
        (PROMPT, "tracker-strip", True),
        (EXPRESS, "tracker-strip", False),
    ],
)
def test_an_act_is_about_what_it_spoke_of(dataset: str | None, component: str | None, is_shown: bool) -> None:
    assert is_about(ENTRY, dataset, component) is is_shown
