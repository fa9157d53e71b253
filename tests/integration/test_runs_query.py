"""Runs as a table shows them: the right ones, in an order that never wavers, with what their lumisections hold."""

import pytest
from sqlmodel import Session

from backend.errors import InvalidFilter
from backend.queries import (
    RUNS,
    FlagCondition,
    Sort,
    changes_since,
    counters,
    latest_change,
    parse_filter,
    runs_page,
)
from backend.record import Act, LumisectionSaid, RunSaid, record, register_columns
from backend.record.columns import NewColumn
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ColumnKind, Origin, Status
from tests.factories import a_flag, a_run, columns, flag


def numbers(session: Session, typed: str = "", *sort: Sort, **page: int) -> list[int]:
    found = runs_page(session, filter=parse_filter(typed, RUNS), sort=sort, **page)
    return [row.run_number for row in found.rows]


def edit(session: Session, run_number: int, **said: object) -> None:
    record(session, Act("A", "edit", ActKind.EDIT_RUN, runs=(RunSaid(run_number, said, Origin.PERSON),)))


def test_a_row_holds_what_its_known_lumisections_hold(session: Session) -> None:
    pixel, *_ = columns(session)
    bit = register_columns(session, [NewColumn("oms", "bpix_ready", ColumnKind.BIT)], by="test", why="bits")
    online = a_run(session, known=LumiSet.pairs([[1, 59], [63, 160]]), energy=6800)
    ready = (bit["oms-bpix_ready"].id,)
    said = [
        LumisectionSaid(online, ready, LumiRange(1, 40), Bit.TRUE, Origin.RULE),
        LumisectionSaid(online, ready, LumiRange(41, 61), Bit.FALSE, Origin.RULE),
        LumisectionSaid(online, ready, LumiRange(62, 200), Bit.NULL, Origin.RULE),
    ]
    act = flag(session, a_flag(online, pixel, of=(50, 70), comment="HV trip"), *said, by="S. Tanaka")
    page = runs_page(session)
    row = page.rows[0]
    assert row.counts == {
        "tracker-pixel": {Status.BAD: 18},
        "oms-bpix_ready": {Bit.TRUE: 40, Bit.FALSE: 19, Bit.NULL: 98},
    }
    assert (row.commented, row.notes["tracker-pixel"]["comments"]) == ({"tracker-pixel"}, ["HV trip"])
    assert (row.lumisections, row.attributes["energy_gev"], row.attributes["state"]) == (157, 6800.0, "OPEN")
    assert (row.last_change, row.changed_by, page.change_set) == (act.change_set, "S. Tanaka", act.change_set)
    assert (row.is_running, row.is_significant, row.is_changed_after_signoff, page.total) == (True, None, False, 1)


def test_the_latest_run_comes_first_and_pages_meet_without_gap(session: Session) -> None:
    for number in (5, 3, 9, 7):
        a_run(session, number)
    assert numbers(session) == [9, 7, 5, 3]
    assert numbers(session, offset=1, limit=2) == [7, 5]
    assert runs_page(session, offset=9, limit=2).total == 4
    assert runs_page(session, limit=0).rows == ()


def test_equal_runs_keep_their_order_and_unsaid_comes_last_either_way(session: Session) -> None:
    for number, energy in ((1, 6500), (2, None), (3, 900), (4, 6500)):
        a_run(session, number, energy=energy, era=f"Run{energy}")
    assert numbers(session, "", Sort("energy")) == [3, 4, 1, 2]
    assert numbers(session, "", Sort("energy", descending=True)) == [4, 1, 3, 2]
    assert numbers(session, "", Sort("run", descending=False)) == [1, 2, 3, 4]


def test_what_only_oms_knows_is_sorted_as_numbers(session: Session) -> None:
    for number, size in ((1, 900), (2, 12_000), (3, 5), (4, None)):
        a_run(session, number, hlt_physics_size=size)
    assert numbers(session, "", Sort("oms.hlt_physics_size", descending=True)) == [2, 1, 3, 4]
    assert numbers(session, "", Sort("oms.hlt_physics_size")) == [3, 1, 2, 4]


def test_a_component_is_sorted_worst_first(session: Session) -> None:
    pixel, *_ = columns(session)
    for number, bad in ((1, 2), (2, 9), (3, 2)):
        online = a_run(session, number)
        status = Status.GOOD if number == 3 else Status.STANDBY
        flag(session, a_flag(online, pixel, of=(1, bad)), a_flag(online, pixel, status, of=(50, 60)))
    assert numbers(session, "", Sort("tracker-pixel", descending=True)) == [2, 1, 3]


def test_the_figures_are_those_of_the_runs_that_match(session: Session) -> None:
    for number, recorded in ((1, 10.5), (2, None), (3, 2.0)):
        a_run(session, number, recorded_lumi=recorded, delivered_lumi=20, end_time="2018-10-01T00:00:00Z")
    edit(session, 3, state="SIGNOFF")
    edit(session, 1, is_significant=True)
    figures = counters(session, parse_filter("run < 3", RUNS))
    assert (figures.runs, figures.open, figures.significant, figures.running) == (2, 2, 1, 0)
    assert (figures.lumisections, figures.recorded_per_pb, figures.delivered_per_pb) == (200, 10.5, 40.0)
    assert (figures.of_runs, figures.changed_after_signoff) == (3, 0)


def test_no_runs_have_figures_too(session: Session) -> None:
    figures = counters(session)
    assert (figures.runs, figures.oldest_open, figures.lumisections, figures.recorded_per_pb) == (0, None, 0, 0.0)


def test_one_sees_which_runs_changed_since_one_looked(session: Session) -> None:
    pixel, *_ = columns(session)
    a_run(session, 1)
    online = a_run(session, 2)
    a_run(session, 3)
    seen = latest_change(session).change_set
    assert changes_since(session, seen).runs == frozenset()
    flag(session, a_flag(online, pixel))
    edit(session, 3, stop_reason="beam dump")
    changed = changes_since(session, seen)
    assert (changed.runs, changed.change_set) == ({2, 3}, seen + 2)


@pytest.mark.parametrize("page", [{"offset": -1}, {"limit": -1}, {"limit": 1_000_000}])
def test_a_page_that_cannot_be_is_told(session: Session, page: dict[str, int]) -> None:
    with pytest.raises(InvalidFilter, match="A page of"):
        runs_page(session, **page)


@pytest.mark.parametrize("key", ["strat", "tracker-pixell", "comments"])
def test_a_sort_that_cannot_be_is_told(session: Session, key: str) -> None:
    columns(session)
    with pytest.raises(InvalidFilter):
        runs_page(session, sort=(Sort(key),))


def test_a_filter_that_cannot_be_is_told(session: Session) -> None:
    with pytest.raises(InvalidFilter, match="no component"):
        runs_page(session, filter=FlagCondition("nobody-knows", Status.BAD))
