"""The Overview's figures of the year: a share is told of all runs, or not at all."""

from datetime import UTC, datetime

import polars as pl
import pytest

from backend.golden.progress import STEPS
from backend.golden.standing import LOST, Standing
from dashboard.overview import figures, losses
from dashboard.overview.data import Year
from dashboard.overview.standing import Answer

STEPS_OF_TWO = pl.DataFrame({"run_number": [1, 2], **{step: [100.0, 300.0] for step in STEPS}})
OF_ONE = Standing("golden", 1, 7, STEPS_OF_TWO.head(1), pl.DataFrame(schema=LOST))
SEASON = Year(datetime(2018, 1, 1, tzinfo=UTC), datetime(2018, 10, 24, tzinfo=UTC), STEPS_OF_TWO)


@pytest.mark.parametrize(("is_whole", "said"), [(True, "100.0 % of recorded"), (False, "so far, being added up …")])
def test_what_is_certified_of_fewer_runs_has_no_share_of_all(is_whole: bool, said: str) -> None:
    cells = figures._luminosity(SEASON, STEPS_OF_TWO, Answer(OF_ONE, True, is_whole=is_whole))
    assert [beside for *_, beside in cells[1:]] == [said, said]


def test_while_fewer_runs_are_counted_it_is_not_said_that_nothing_was_lost() -> None:
    assert losses._lost(SEASON, Answer(OF_ONE, True, is_whole=False)) == (None, "")
