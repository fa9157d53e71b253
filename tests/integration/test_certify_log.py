"""The Log: acts by who, what kind, run, dataset, workspace, time and text; what each said, what difference it made."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.flags import Flag, flag_lumisections, give_back
from backend.certify.moving_runs import move_run
from backend.certify.places import Place
from backend.certify.runs import edit_stop_reason
from backend.certify.taking_back import take_back
from backend.configuration import Cause, CausesBody, configure, ensure_defaults
from backend.db import transaction
from backend.errors import NotFound
from backend.queries.difference import AttributeMade, difference_made
from backend.queries.log import LogEntry, LogFilter, log_page
from backend.queries.log_words import MOST_LINES
from backend.record import Act, RunSaid, record
from models.lumis import LumiSet
from models.vocabulary import ActKind, Origin, RunState, Status
from tests.certifying import (
    CERTIFIER,
    EXPERT,
    ON_CALL,
    PIXEL,
    PROMPT,
    SHIFTER,
    STRIP,
    a_dataset,
    a_flag,
    a_judged_run,
    a_place,
    tob_ready,
)
from tests.factories import RUN

BAD, GOOD, STANDBY = Status.BAD, Status.GOOD, Status.STANDBY


@pytest.fixture
def acts(engine: Engine) -> dict[str, int]:
    """A registry in which several people did something, each deed under a name."""
    ensure_defaults(engine)
    done: dict[str, int] = {}
    with transaction(engine) as session:
        a_judged_run(session)
        a_judged_run(session, 2)
        a_dataset(session)
        done["flag"] = flag_lumisections(session, SHIFTER, [a_flag()], seen=None).change_set
        done["reason"] = edit_stop_reason(session, ON_CALL, 2, "50% of HV off", seen=None).change_set
        prompt = [a_flag(STANDBY, STRIP, PIXEL, dataset=PROMPT, comment=None)]
        done["offline"] = flag_lumisections(session, CERTIFIER, prompt, seen=None).change_set
        done["undo"] = take_back(session, SHIFTER, done["flag"], why="wrong range").change_set
        body = CausesBody(causes=(Cause(word="HV"),))
        done["causes"] = configure(
            session, body.kind, name="tracker", body=body, by="A. Petrov", why="causes"
        ).change_set
        done["move"] = move_run(session, SHIFTER, 2, RunState.SIGNOFF, seen=None).change_set
    return done


@pytest.fixture
def session(engine: Engine, acts: dict[str, int]) -> Iterator[Session]:
    with transaction(engine) as opened:
        yield opened


def found(session: Session, acts: dict[str, int], **wanted: object) -> list[str]:
    """The deeds that a filter finds, latest first; what arranged them is left out."""
    names = {number: name for name, number in acts.items()}
    page = log_page(session, filter=LogFilter(**wanted), limit=1_000)  # type: ignore[arg-type]
    assert page.before is None
    return [names[entry.change_set] for entry in page.entries if entry.change_set in names]


def entry(session: Session, change_set: int) -> LogEntry:
    return next(e for e in log_page(session, limit=1_000).entries if e.change_set == change_set)


def test_the_log_has_every_act_latest_first(session: Session, acts: dict[str, int]) -> None:
    assert found(session, acts) == ["move", "causes", "undo", "offline", "reason", "flag"]


def test_a_page_goes_on_where_the_one_before_ended_whatever_is_done_meanwhile(
    session: Session, acts: dict[str, int]
) -> None:
    first = log_page(session, limit=4)
    flag_lumisections(session, SHIFTER, [a_flag()], seen=None)
    rest = log_page(session, limit=1_000, before=first.before)
    numbers = [e.change_set for e in (*first.entries, *rest.entries)]
    assert numbers == list(range(acts["move"], 0, -1))
    assert (first.before, rest.before) == (numbers[3], None)


@pytest.mark.parametrize(
    "wanted,expected",
    [
        ({"by": "tanaka"}, ["move", "undo", "flag"]),
        ({"by": "%"}, []),
        ({"kinds": frozenset({ActKind.FLAG})}, ["offline", "flag"]),
        ({"kinds": frozenset({ActKind.UNDO, ActKind.MOVE_RUN})}, ["move", "undo"]),
        ({"run_number": 2}, ["move", "reason"]),
        ({"run_number": RUN}, ["undo", "offline", "flag"]),
        ({"run_number": 3}, []),
        ({"dataset": "promptreco"}, ["offline"]),
        ({"dataset": "online"}, ["undo", "flag"]),
        ({"workspace": "tracker"}, ["causes", "undo", "offline", "flag"]),
        ({"workspace": "ecal"}, []),
        ({"text": "hv trip"}, ["undo", "flag"]),
        ({"text": "50% of"}, ["reason"]),
        ({"text": "wrong RANGE", "by": "S. Tanaka"}, ["undo"]),
        ({"run_number": RUN, "kinds": frozenset({ActKind.FLAG}), "workspace": "tracker", "by": "Keller"}, ["offline"]),
    ],
)
def test_acts_are_found_by_who_what_where_and_words(
    session: Session, acts: dict[str, int], wanted: dict[str, object], expected: list[str]
) -> None:
    assert found(session, acts, **wanted) == expected


def test_acts_are_found_by_time(session: Session, acts: dict[str, int]) -> None:
    at = entry(session, acts["offline"]).at
    later = found(session, acts, since=at)
    assert later == ["move", "causes", "undo", "offline"]
    assert found(session, acts, until=at) == ["reason", "flag"]
    assert found(session, acts, since=at + timedelta(hours=1)) == []


def test_an_undo_of_one_run_is_not_found_by_another(session: Session, acts: dict[str, int]) -> None:
    words = tuple(RunSaid(run, {"stop_reason": "crash"}, Origin.PERSON) for run in (RUN, 2))
    both = record(session, Act(by="x", why="both", kind=ActKind.EDIT_RUN, runs=words)).change_set
    acts["narrow"] = take_back(session, EXPERT, both, scope={"runs": [RUN]}).change_set
    assert found(session, acts, run_number=RUN)[0] == "narrow"
    assert "narrow" not in found(session, acts, run_number=2)


# what each said


def test_each_act_is_told_in_lines(session: Session, acts: dict[str, int]) -> None:
    told = {name: entry(session, number).told for name, number in acts.items()}
    assert told["flag"].lines == (f"{RUN} online: tracker-strip 10–20 BAD: HV trip",)
    assert told["offline"].lines == (f"{RUN} {PROMPT.name}: tracker-pixel, tracker-strip 10–20 STANDBY",)
    assert told["reason"].lines == ("2: stop_reason 50% of HV off",)
    assert told["causes"].lines == ("cause tracker: version 1",)
    assert told["move"].lines == ("2: state SIGNOFF",)
    assert (told["flag"].words, told["flag"].runs, told["flag"].datasets) == (1, (RUN,), 1)


def test_an_undo_tells_what_it_undid_and_the_act_who_undid_it(session: Session, acts: dict[str, int]) -> None:
    undone = entry(session, acts["flag"]).undone_by
    assert [(u.change_set, u.by, u.is_all) for u in undone] == [(acts["undo"], "S. Tanaka", True)]
    undo = entry(session, acts["undo"])
    assert (undo.undoes, undo.root, undo.told.lines) == (
        acts["flag"],
        acts["flag"],
        entry(session, acts["flag"]).told.lines,
    )


def test_an_undo_that_was_itself_undone_is_told_no_more(session: Session, acts: dict[str, int]) -> None:
    redo = take_back(session, SHIFTER, acts["undo"], why="the range was right").change_set
    assert entry(session, acts["flag"]).undone_by == ()
    assert [u.change_set for u in entry(session, acts["undo"]).undone_by] == [redo]
    again = take_back(session, SHIFTER, redo, why="it was not").change_set
    assert [u.change_set for u in entry(session, acts["flag"]).undone_by] == [acts["undo"]]
    assert [u.change_set for u in entry(session, redo).undone_by] == [again]


def test_a_long_act_tells_its_first_words_and_how_many_there_are(session: Session) -> None:
    where = LumiSet.pairs([n, n] for n in range(1, 100, 2))
    done = flag_lumisections(session, ON_CALL, [Flag(Place(a_place().dataset, (STRIP,), where), STANDBY)], seen=None)
    told = entry(session, done.change_set).told
    assert (len(told.lines), told.words) == (MOST_LINES, 50)


def test_what_is_given_back_or_withdrawn_is_told_so(session: Session) -> None:
    flag_lumisections(session, SHIFTER, [a_flag()], seen=None)
    done = give_back(session, SHIFTER, [a_place()], seen=None).change_set
    assert entry(session, done).told.lines == (f"{RUN} online: tracker-strip 10–20 withdrawn (person)",)


# the difference it made


def test_the_difference_of_a_flag_and_of_its_undo_is_told_from_and_to(session: Session, acts: dict[str, int]) -> None:
    made = difference_made(session, acts["flag"])
    assert ranges(made) == [(f"{RUN} online", STRIP, "10–20", GOOD, BAD)]
    assert ranges(difference_made(session, acts["undo"])) == [(f"{RUN} online", STRIP, "10–20", BAD, GOOD)]
    assert ranges(difference_made(session, acts["offline"])) == [
        (f"{RUN} {PROMPT.name}", PIXEL, "10–20", None, STANDBY),
        (f"{RUN} {PROMPT.name}", STRIP, "10–20", None, STANDBY),
    ]
    assert ranges(difference_made(session, acts["offline"], run_number=2)) == []


def ranges(made: object) -> list[tuple[object, ...]]:
    told = made.ranges  # type: ignore[attr-defined]
    return [(r.subject, str(r.column), str(r.where), r.before, r.after) for r in told]


def test_the_difference_in_attributes_is_told_from_and_to(session: Session, acts: dict[str, int]) -> None:
    assert difference_made(session, acts["reason"]).attributes == (
        AttributeMade("2", "stop_reason", None, "50% of HV off"),
    )
    assert difference_made(session, acts["move"]).attributes == (AttributeMade("2", "state", "OPEN", "SIGNOFF"),)


def test_what_held_already_or_is_outranked_made_no_difference(engine: Engine, acts: dict[str, int]) -> None:
    with transaction(engine) as writing:
        flag_lumisections(writing, ON_CALL, [a_flag(STANDBY, of=(10, 15))], seen=None)
        first = flag_lumisections(writing, ON_CALL, [a_flag(STANDBY, of=(12, 20))], seen=None)
        tob_ready(writing)
    with transaction(engine) as session:
        assert ranges(difference_made(session, first.change_set)) == [(f"{RUN} online", STRIP, "16–20", GOOD, STANDBY)]
        with pytest.raises(NotFound, match="no change set 9999"):
            difference_made(session, 9999)
