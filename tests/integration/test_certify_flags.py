"""Flagging by range: many components, ranges and datasets in one act; who may, what is refused, previewed, undone."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import VISITOR, demo_actor
from backend.certify.flags import Flag, flag_lumisections, give_back
from backend.certify.flags_preview import preview_flags
from backend.certify.places import Place
from backend.certify.taking_back import take_back
from backend.configuration import Cause, CausesBody, configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import strip_of
from backend.record import DatasetKey
from models.lumis import LumiSet
from models.vocabulary import DatasetState, Origin, Status
from tests.certifying import (
    CERTIFIER,
    DC_EXPERT,
    ONLINE_KEY,
    PIXEL,
    PROMPT,
    SHIFTER,
    STRIP,
    a_dataset,
    a_flag,
    a_judged_run,
    a_place,
    at_once,
    last_act,
    rules_say,
    said_of,
    seen,
    whole_state,
)
from tests.factories import RUN

BAD, GOOD, STANDBY = Status.BAD, Status.GOOD, Status.STANDBY
EXPRESS = DatasetKey(RUN, "/Express/Collisions2022/DQM")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with a run that rules judged, and an offline dataset that is OPEN in tracker and ecal."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_judged_run(opened)
        a_dataset(opened)
        yield opened


def test_many_components_ranges_and_datasets_are_flagged_in_one_act(session: Session) -> None:
    a_dataset(session, EXPRESS)
    before = seen(session)
    flags = [
        Flag(Place(PROMPT, (PIXEL, STRIP), LumiSet.pairs([[10, 20], [40, 50]])), BAD, comment="HV trip"),
        a_flag(GOOD, STRIP, dataset=EXPRESS, of=(1, 100), comment=None),
    ]
    done = flag_lumisections(session, CERTIFIER, flags, seen=before)
    assert done.change_set == before + 1
    assert said_of(session, PIXEL, PROMPT) == said_of(session, STRIP, PROMPT) == {BAD: "10–20, 40–50"}
    assert said_of(session, STRIP, EXPRESS) == {GOOD: "1–100"}
    act = last_act(session)
    assert (act.by, act.kind, act.why) == (
        "A. Keller",
        "flag",
        "tracker-pixel, tracker-strip 10–20, 40–50 BAD: HV trip; 1 more",
    )


def test_the_shift_crew_flags_every_component_online_and_nobody_else_does(session: Session) -> None:
    flag_lumisections(session, SHIFTER, [a_flag(BAD, STRIP, "ecal-ecal")], seen=seen(session))
    assert said_of(session, "ecal-ecal") == {GOOD: "1–9, 21–100", BAD: "10–20"}
    with pytest.raises(NotPermitted, match=r"flag lumisections of a run online in tracker\..*online-shifters"):
        flag_lumisections(session, CERTIFIER, [a_flag()], seen=None)


@pytest.mark.parametrize("actor", [SHIFTER, demo_actor("ecal-certifier"), VISITOR])
def test_offline_only_who_certifies_the_workspace_flags_it(session: Session, actor: object) -> None:
    with pytest.raises(NotPermitted, match=r"flag lumisections of an offline dataset in (tracker|ecal)\."):
        flag_lumisections(session, actor, [a_flag(BAD, "ecal-ecal", STRIP, dataset=PROMPT)], seen=None)  # type: ignore[arg-type]
    assert said_of(session, "ecal-ecal", PROMPT) == {}


def test_what_there_is_not_is_said(session: Session) -> None:
    with pytest.raises(NotFound, match=f"no dataset {RUN} /Express"):
        flag_lumisections(session, CERTIFIER, [a_flag(dataset=EXPRESS)], seen=None)
    with pytest.raises(NotFound, match="no component 'tracker-strips' offline"):
        flag_lumisections(session, CERTIFIER, [a_flag(BAD, "tracker-strips", dataset=PROMPT)], seen=None)
    with pytest.raises(NotFound, match="no component 'tracker-track' online"):
        flag_lumisections(session, SHIFTER, [a_flag(BAD, "tracker-track")], seen=None)
    with pytest.raises(NotFound, match="no component 'oms-tob_ready'"):
        flag_lumisections(session, demo_actor("admin"), [a_flag(BAD, "oms-tob_ready", dataset=PROMPT)], seen=None)


def test_a_run_or_workspace_that_is_not_open_is_not_flagged(session: Session) -> None:
    a_judged_run(session, 2, state="SIGNOFF")
    with pytest.raises(WrongState, match="Run must be in state OPEN to be flagged; run 2 is in SIGNOFF"):
        flag_lumisections(session, SHIFTER, [a_flag(dataset=DatasetKey(2, "online"))], seen=None)
    a_dataset(session, EXPRESS, states={"tracker": DatasetState.COMPLETED, "ecal": DatasetState.OPEN})
    with pytest.raises(WrongState, match="must be OPEN in tracker for this; it is in 'COMPLETED' there"):
        flag_lumisections(session, DC_EXPERT, [a_flag(BAD, "ecal-ecal", STRIP, dataset=EXPRESS)], seen=None)
    with pytest.raises(WrongState, match="in no state"):
        flag_lumisections(session, DC_EXPERT, [a_flag(BAD, "dt-dt", dataset=EXPRESS)], seen=None)


@pytest.mark.parametrize("comment", [None, "", " ab "])
def test_bad_needs_a_comment_of_three_characters(session: Session, comment: str | None) -> None:
    with pytest.raises(InvalidInput, match="BAD needs a comment of 3 characters or more"):
        flag_lumisections(session, SHIFTER, [a_flag(comment=comment)], seen=None)
    flag_lumisections(session, SHIFTER, [a_flag(STANDBY, comment=comment)], seen=None)
    assert said_of(session)[STANDBY] == "10–20"


def test_nobody_says_no_value_found(session: Session) -> None:
    with pytest.raises(InvalidInput, match="Nobody can say NO VALUE FOUND; there are GOOD, BAD"):
        flag_lumisections(session, SHIFTER, [a_flag(Status.NO_VALUE_FOUND)], seen=None)


@pytest.mark.parametrize("of", [(95, 101), (101, 120)])
def test_a_range_beyond_the_known_lumisections_is_refused(session: Session, of: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match=f"{RUN} online has the lumisections 1–100; {of[0]}–{of[1]} does not"):
        flag_lumisections(session, SHIFTER, [a_flag(of=of)], seen=None)


def test_a_hole_within_a_range_is_passed_over_and_stays_a_hole(session: Session) -> None:
    online = a_judged_run(session, 2, known=LumiSet.pairs([[1, 59], [63, 160]]))
    flag_lumisections(session, SHIFTER, [a_flag(dataset=online, of=(50, 70))], seen=None)
    assert preview_flags(session, SHIFTER, [a_flag(GOOD, dataset=online, of=(50, 70))]).flags == 18
    with pytest.raises(InvalidInput, match="61–70 does not begin and end in them"):
        flag_lumisections(session, SHIFTER, [a_flag(dataset=online, of=(61, 70))], seen=None)


def test_nothing_at_all_is_refused(session: Session) -> None:
    for flags in ([], [Flag(Place(ONLINE_KEY, (), LumiSet.span(1, 2)), GOOD)]):
        with pytest.raises(InvalidInput, match="Nothing is named"):
            flag_lumisections(session, SHIFTER, flags, seen=None)
    with pytest.raises(InvalidInput, match="Nothing is named"):
        flag_lumisections(session, SHIFTER, [Flag(Place(ONLINE_KEY, (STRIP,), LumiSet()), GOOD)], seen=None)


def test_a_cause_is_one_that_the_workspace_offers(session: Session) -> None:
    with pytest.raises(InvalidInput, match="tracker offers no cause 'HV'; it offers none"):
        flag_lumisections(session, SHIFTER, [a_flag(cause="HV")], seen=None)
    body = CausesBody(causes=(Cause(word="HV"), Cause(word="FED")))
    configure(session, body.kind, name="tracker", body=body, by="test", why="causes")
    flag_lumisections(session, SHIFTER, [a_flag(cause=" HV ")], seen=None)
    said = strip_of(session, RUN)
    segment = next(s for s in said.column(STRIP).segments if s.value is BAD)  # type: ignore[union-attr]
    assert (said.words[segment.word].cause, said.words[segment.word].comment) == ("HV", "HV trip")
    with pytest.raises(InvalidInput, match="ecal offers no cause 'FED'"):
        flag_lumisections(session, SHIFTER, [a_flag(BAD, STRIP, "ecal-ecal", cause="FED")], seen=None)


def test_of_many_flags_all_are_said_or_none(session: Session) -> None:
    before = whole_state(session)
    with pytest.raises(InvalidInput):
        flag_lumisections(session, SHIFTER, [a_flag(), a_flag(BAD, PIXEL, comment="x")], seen=None)
    assert whole_state(session) == before


def test_who_did_not_see_a_flag_does_not_overwrite_it(session: Session) -> None:
    looked_at = seen(session)
    flag_lumisections(session, SHIFTER, [a_flag(of=(10, 20))], seen=looked_at)
    with pytest.raises(Conflict, match=r"S\. Tanaka changed tracker-strip 10–20 at \d\d:\d\d UTC"):
        flag_lumisections(session, demo_actor("on-call"), [a_flag(GOOD, of=(20, 30))], seen=looked_at)
    flag_lumisections(session, demo_actor("on-call"), [a_flag(GOOD, of=(21, 30))], seen=looked_at)


def test_of_two_people_who_flag_the_same_at_once_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_judged_run(opened)
        looked_at = seen(opened)
    both = [
        partial(flag_lumisections, actor=actor, flags=[a_flag(status)], seen=looked_at)
        for actor, status in ((SHIFTER, BAD), (demo_actor("on-call"), STANDBY))
    ]
    assert at_once(engine, *both) == ["Conflict", "done"]


def test_a_flag_is_undone_and_redone_row_for_row(session: Session) -> None:
    before = whole_state(session)
    done = flag_lumisections(session, CERTIFIER, [a_flag(BAD, STRIP, PIXEL, dataset=PROMPT)], seen=None)
    after = whole_state(session)
    undone = take_back(session, CERTIFIER, done.change_set)
    assert whole_state(session) == before
    take_back(session, CERTIFIER, undone.change_set)
    assert whole_state(session) == after


# given back to the machine


def test_what_is_given_back_is_as_rules_say_also_what_they_said_since(session: Session) -> None:
    flag_lumisections(session, SHIFTER, [a_flag(of=(10, 30))], seen=None)
    rules_say(session, STRIP, STANDBY, (15, 20))
    give_back(session, SHIFTER, [a_place(of=(10, 20))], seen=seen(session))
    assert said_of(session) == {GOOD: "1–14, 31–100", STANDBY: "15–20", BAD: "21–30"}
    assert (last_act(session).kind, last_act(session).why) == (
        "withdraw",
        "given back to the machine: tracker-strip 10–20",
    )


def test_giving_back_takes_the_same_right_and_state_as_flagging(session: Session) -> None:
    with pytest.raises(NotPermitted):
        give_back(session, CERTIFIER, [a_place()], seen=None)
    a_judged_run(session, 2, state="COMPLETED")
    with pytest.raises(WrongState):
        give_back(session, SHIFTER, [a_place(dataset=DatasetKey(2, "online"))], seen=None)


# the preview


def test_the_preview_counts_from_and_to_and_names_what_of_people_is_covered(session: Session) -> None:
    flag_lumisections(session, SHIFTER, [a_flag(of=(10, 20)), a_flag(STANDBY, of=(13, 14), comment=None)], seen=None)
    rules_say(session, PIXEL, None, (1, 50))
    before = whole_state(session)
    told = preview_flags(session, SHIFTER, [a_flag(GOOD, STRIP, PIXEL, of=(12, 60), comment=None)])
    assert (told.flags, told.datasets) == (98, 1)
    assert told.changes == {(BAD, GOOD): 7, (STANDBY, GOOD): 2, (GOOD, GOOD): 50, (None, GOOD): 39}
    covered = {(word.status, str(word.where), word.by, word.comment) for word in told.covered}
    assert covered == {(BAD, "12, 15–20", "S. Tanaka", "HV trip"), (STANDBY, "13–14", "S. Tanaka", None)}
    assert whole_state(session) == before


def test_the_preview_counts_what_several_flags_leave_in_the_end(session: Session) -> None:
    told = preview_flags(session, SHIFTER, [a_flag(of=(1, 10)), a_flag(STANDBY, of=(6, 15), comment=None)])
    assert told.changes == {(GOOD, BAD): 5, (GOOD, STANDBY): 10}
    assert told.covered == ()


def test_the_preview_agrees_with_what_is_then_said(session: Session) -> None:
    flags = [a_flag(BAD, STRIP, PIXEL, dataset=PROMPT, of=(3, 77)), a_flag(GOOD, PIXEL, dataset=PROMPT, of=(50, 90))]
    told = preview_flags(session, CERTIFIER, flags)
    flag_lumisections(session, CERTIFIER, flags, seen=None)
    persons = text("SELECT sum(s.last - s.first + 1) FROM segment s JOIN lumisection_change w ON w.id = s.change "
                   "WHERE w.origin = :person AND s.name = :name")  # fmt: skip
    counted = session.execute(persons, {"person": int(Origin.PERSON), "name": PROMPT.name}).scalar_one()
    assert told.flags == counted == sum(told.changes.values())


def test_the_preview_refuses_what_the_act_would_refuse(session: Session) -> None:
    with pytest.raises(NotPermitted):
        preview_flags(session, CERTIFIER, [a_flag()])
    with pytest.raises(InvalidInput):
        preview_flags(session, SHIFTER, [a_flag(comment="x")])
