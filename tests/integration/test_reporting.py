"""What a report tells: its runs, what people said of them since, where verdicts and states differ, what is open."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from backend.db import transaction
from backend.queries.periods import Period
from backend.queries.reporting import Report, report_of
from backend.record import Act, DatasetKey, DatasetSaid, record
from backend.record.undo import undo
from models.lumis import LumiSet
from models.vocabulary import ActKind, Origin, Status
from tests.factories import a_flag, a_run, columns, flag

DAY = Period.read("2018-10-24")
STRIP = "tracker-strip"
EXPRESS, PROMPT = (DatasetKey(2, f"/{name}/Collisions2018/DQM") for name in ("Express", "PromptReco"))


@pytest.fixture(autouse=True)
def two_days(engine: Engine) -> dict[str, int]:
    """Run 1 of the day before; runs 2 and 3 of the day. Run 2 has Express and Prompt, which differ in strip 4–6."""
    with transaction(engine) as session:
        strip = columns(session, [STRIP])[0]
        for run, start in ((1, "2018-10-23T23:59:00Z"), (2, "2018-10-24T00:00:00Z"), (3, "2018-10-24T23:59:00Z")):
            a_run(session, run, known=LumiSet.span(1, 10), start_time=start, end_time="2018-10-25T02:00:00Z")
        states = {"state.global": "COMPLETED", "state.tracker": "OPEN", "state.ecal": "COMPLETED"}
        said = tuple(DatasetSaid(key, states, Origin.RULE) for key in (EXPRESS, PROMPT))
        made = Act(by="x", why="made", kind=ActKind.DATASET, new_datasets=(EXPRESS, PROMPT), datasets=said)
        record(session, made)
        flag(session, *(a_flag(key, strip, Status.GOOD, of=(1, 10), origin=Origin.RULE) for key in (EXPRESS, PROMPT)))
        bad = flag(session, a_flag(PROMPT, strip, of=(4, 6), comment="trip of TEC+"))
        wrong = flag(session, a_flag(EXPRESS, strip, of=(9, 9), comment="the wrong run"))
        undo(session, wrong.change_set, by="S. Tanaka", why="the wrong run")
    return {"bad": bad.change_set}


@pytest.fixture
def report(engine: Engine, two_days: dict[str, int]) -> Report:
    with transaction(engine) as session:
        return report_of(session, DAY)


def test_a_report_is_of_the_runs_that_began_in_it(report: Report) -> None:
    assert report.runs["run_number"].to_list() == [2, 3]
    assert report.runs["start_time"][0] == datetime(2018, 10, 24, tzinfo=UTC)


def test_what_people_said_since_is_told_unless_it_was_undone(report: Report, two_days: dict[str, int]) -> None:
    assert report.said.select("change_set", "run_number", "components", "lumisections", "status", "comment").rows() == [
        (two_days["bad"], 2, STRIP, "4–6", "BAD", "trip of TEC+")
    ]


def test_express_and_prompt_differ_where_both_have_a_verdict(report: Report) -> None:
    assert report.express.select(
        "run_number", "component", "express", "prompt", "lumisections", "ranges", "comments"
    ).rows() == [(2, STRIP, "GOOD", "BAD", 3, "4–6", "Prompt: trip of TEC+")]


def test_a_workspace_that_is_not_as_far_as_global_is_told(report: Report) -> None:
    assert report.states.select("workspace", "of_global", "state").unique().rows() == [("tracker", "COMPLETED", "OPEN")]
    assert report.states.height == 2


def test_what_a_workspace_says_stands_beside_its_state(report: Report) -> None:
    told = dict(report.states.select("dataset", "comments").iter_rows())
    assert told == {EXPRESS.name: "", PROMPT.name: "strip 4–6 BAD: trip of TEC+"}


def test_datasets_are_counted_by_workspace_and_state(report: Report) -> None:
    counts = {row[0]: row[1:] for row in report.open.iter_rows()}
    assert counts["tracker"] == (0, 2, 0, 0) and counts["ecal"] == (0, 0, 0, 2)


def test_a_day_without_runs_is_empty_and_not_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        empty = report_of(session, Period.read("2001-01-01"))
    assert (empty.runs.height, empty.express.height, empty.open.height) == (0, 0, 0)
