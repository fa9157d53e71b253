"""Quick certification: what is confirmed and what stays, counted before, in one act; and where Express agrees."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import VISITOR, demo_actor
from backend.certify.batch import Setting, set_columns
from backend.certify.quick import certified_columns, preview_quick, quick_certify
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change, strip_of
from backend.queries.express import where_express_agrees
from backend.record import DatasetKey, Recorded, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import DatasetState, Origin, Status
from tests.factories import RUN, a_run
from tests.offline import EXPRESS, PROMPT, a_dataset, acts, column_ids, dataset_id, everywhere, said, say, states

EXPERT, KELLER = demo_actor("dc-expert"), demo_actor("tracker-certifier")
PIXEL, STRIP, TRACK = "tracker-pixel", "tracker-strip", "tracker-track"
ALL, EARLY = LumiSet((LumiRange(1, 100),)), LumiSet((LumiRange(1, 10),))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults and one run."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_run(opened)
        yield opened


def certify(session: Session, *keys: DatasetKey, **more: Any) -> Recorded:
    ids = [dataset_id(session, key) for key in keys]
    asked = {"actor": KELLER, "workspace": "tracker", "seen": None} | more
    return quick_certify(session, asked.pop("actor"), ids, **asked)


def origins(session: Session, key: DatasetKey, column: str) -> set[Origin]:
    strip = strip_of(session, key.run_number, key.name)
    told = strip.column(column)
    assert told is not None
    return {strip.words[one.word].origin for one in told.segments}


@pytest.mark.parametrize("status", [Status.GOOD, Status.NOTSET, Status.NO_VALUE_FOUND])
def test_what_a_rule_leaves_open_or_calls_good_a_person_confirms(session: Session, status: Status) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(status)})
    certify(session, key)
    assert said(session, key, STRIP) == {"GOOD": ALL}
    assert origins(session, key, STRIP) == {Origin.PERSON}


@pytest.mark.parametrize("status", [Status.BAD, Status.STANDBY, Status.EXCLUDED])
def test_what_is_not_good_stays_to_the_lumisection(session: Session, status: Status) -> None:
    key = a_dataset(session, flags={STRIP: {status: EARLY, Status.NOTSET: ALL - EARLY}})
    certify(session, key)
    assert said(session, key, STRIP) == {status.word: EARLY, "GOOD": ALL - EARLY}


@pytest.mark.parametrize("status", [Status.BAD, Status.NOTSET])
def test_what_people_said_stays(session: Session, status: Status) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD), PIXEL: everywhere(Status.GOOD)})
    say(session, key, {STRIP: {status: EARLY}})
    certify(session, key)
    assert said(session, key, STRIP) == {status.word: EARLY, "GOOD": ALL - EARLY}


def test_of_what_nobody_spoke_nothing_is_said(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: {Status.GOOD: EARLY}})
    certify(session, key)
    assert said(session, key, STRIP) == {"GOOD": EARLY}
    assert said(session, key, PIXEL) == {}


def test_a_column_where_bad_means_keep_stays(session: Session) -> None:
    flags = {"dc-lowlumi": everywhere(Status.NOTSET), STRIP: everywhere(Status.GOOD)}
    key = a_dataset(session, flags=flags)
    certify(session, key, workspace="global", actor=EXPERT)
    assert said(session, key, "dc-lowlumi") == {"NOTSET": ALL}
    assert origins(session, key, STRIP) == {Origin.PERSON}


def test_details_that_are_not_certified_stay(session: Session) -> None:
    key = a_dataset(session, flags={"csc-tf": everywhere(Status.NO_VALUE_FOUND), "csc-csc": everywhere(Status.GOOD)})
    certify(session, key, workspace="csc", actor=EXPERT)
    assert said(session, key, "csc-tf") == {"NO VALUE FOUND": ALL}


def test_one_comment_goes_with_it_and_one_act_says_it_all(session: Session) -> None:
    flags = {STRIP: everywhere(Status.GOOD), PIXEL: everywhere(Status.GOOD)}
    keys = [a_dataset(session, flags=flags), a_dataset(session, name=EXPRESS, flags=flags)]
    before = acts(session)
    certify(session, *keys, comment="occupancy nominal", with_sign_off=True)
    assert acts(session) == before + 1
    why = session.execute(text("SELECT why FROM change_set ORDER BY id DESC LIMIT 1")).scalar_one()
    assert why == "2 datasets certified in tracker, and signed off: occupancy nominal"
    comments = session.execute(text("SELECT DISTINCT comment FROM lumisection_change WHERE origin = 2")).scalars()
    assert list(comments) == ["occupancy nominal"]
    assert {states(session, key)["tracker"] for key in keys} == {"SIGNOFF"}


def test_the_sign_off_is_in_the_own_workspace_alone_and_only_if_wanted(session: Session) -> None:
    keys = [a_dataset(session, flags={STRIP: everywhere(Status.GOOD)}), a_dataset(session, name=EXPRESS)]
    certify(session, keys[0])
    assert states(session, keys[0])["tracker"] == "OPEN"
    certify(session, *keys, with_sign_off=True)
    assert [states(session, key)["tracker"] for key in keys] == ["SIGNOFF", "SIGNOFF"]
    assert states(session, keys[0])["ecal"] == "OPEN"


@pytest.mark.parametrize("state", [DatasetState.WAITING, DatasetState.SIGNOFF, DatasetState.COMPLETED])
def test_what_is_not_open_stays(session: Session, state: DatasetState) -> None:
    flags = {STRIP: everywhere(Status.NOTSET)}
    closed, is_open = a_dataset(session, flags=flags, tracker=state), a_dataset(session, name=EXPRESS, flags=flags)
    certify(session, closed, is_open)
    assert (said(session, closed, STRIP), said(session, is_open, STRIP)) == ({"NOTSET": ALL}, {"GOOD": ALL})
    with pytest.raises(WrongState, match=f"Nothing would change: 1 dataset {state} in tracker"):
        certify(session, closed)


def test_who_comes_second_is_told_who_came_first_though_nothing_is_left_to_confirm(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
    seen = latest_change(session).change_set
    certify(session, key, with_sign_off=True)
    with pytest.raises(Conflict, match=r"A\. Keller changed state\.tracker of"):
        certify(session, key, seen=seen)
    with pytest.raises(Conflict, match=r"A\. Keller changed state\.tracker of"):
        hurried = Setting((STRIP,), Status.GOOD)
        set_columns(session, EXPERT, [dataset_id(session, key)], setting=hurried, seen=seen)


def test_globally_a_desk_that_has_closed_is_left_alone(session: Session) -> None:
    flags = {STRIP: everywhere(Status.NOTSET), "ecal-ecal": everywhere(Status.NOTSET)}
    key = a_dataset(session, flags=flags, tracker=DatasetState.COMPLETED)
    certify(session, key, workspace="global", actor=EXPERT)
    assert (said(session, key, STRIP), said(session, key, "ecal-ecal")) == ({"NOTSET": ALL}, {"GOOD": ALL})


def test_the_preview_counts_each_and_what_is_done_is_what_was_counted(session: Session) -> None:
    strip = {Status.NOTSET: ALL - EARLY, Status.BAD: EARLY}
    keys = [a_dataset(session, flags={STRIP: strip, PIXEL: everywhere(Status.GOOD)})]
    keys.append(a_dataset(session, name=EXPRESS, tracker=DatasetState.SIGNOFF))
    ids = [dataset_id(session, key) for key in keys]
    plan = preview_quick(session, KELLER, ids, workspace="tracker", with_sign_off=True)
    assert (plan.datasets, plan.lumisections) == ((keys[0],), 100)
    assert dict(plan.flags) == {(STRIP, Status.NOTSET, Status.GOOD): 90, (PIXEL, Status.GOOD, Status.GOOD): 100}
    assert dict(plan.stays) == {(STRIP, Status.BAD): 10, (TRACK, None): 100}
    assert dict(plan.moves) == {("tracker", "OPEN", "SIGNOFF"): 1}
    assert [(left.dataset, left.why) for left in plan.left_out] == [(keys[1], "SIGNOFF in tracker")]
    certify(session, *keys, with_sign_off=True)
    after = preview_quick(session, KELLER, ids, workspace="tracker")
    assert not after
    assert said(session, keys[0], STRIP) == {"BAD": EARLY, "GOOD": ALL - EARLY}


def test_only_lumisections_that_oms_knows_are_certified(session: Session) -> None:
    known = LumiSet((LumiRange(1, 10), LumiRange(15, 20)))
    a_run(session, RUN + 1, known=known)
    key = a_dataset(session, RUN + 1, flags={STRIP: everywhere(Status.GOOD, last=30)})
    plan = preview_quick(session, KELLER, [dataset_id(session, key)], workspace="tracker")
    assert plan.flags[STRIP, Status.GOOD, Status.GOOD] == 16
    certify(session, key)
    words = session.execute(text("SELECT first, last FROM lumisection_change WHERE origin = 2 ORDER BY first")).all()
    assert [tuple(word) for word in words] == [(1, 10), (15, 20)]


def test_who_may_not_flag_or_sign_off_is_refused_first(session: Session) -> None:
    with pytest.raises(NotPermitted, match="flag lumisections of an offline dataset in ecal"):
        quick_certify(session, KELLER, [1], workspace="ecal", seen=None)
    with pytest.raises(NotPermitted):
        quick_certify(session, VISITOR, [], workspace="tracker", seen=None)
    with pytest.raises(NotPermitted, match="in cms"):
        quick_certify(session, KELLER, [1], workspace="global", seen=None)


def test_what_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="no dataset 999"):
        quick_certify(session, KELLER, [999], workspace="tracker", seen=None)
    with pytest.raises(NotFound, match="no offline workspace 'zdc'"):
        quick_certify(session, EXPERT, [1], workspace="zdc", seen=None)
    with pytest.raises(InvalidInput, match="dc has no component that is certified so"):
        quick_certify(session, EXPERT, [1], workspace="dc", seen=None)


def test_it_is_undone_as_one(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: {Status.NOTSET: ALL - EARLY, Status.BAD: EARLY}})
    done = certify(session, key, with_sign_off=True)
    undo(session, done.change_set, by="A. Keller", why="too quick")
    assert said(session, key, STRIP) == {"NOTSET": ALL - EARLY, "BAD": EARLY}
    assert states(session, key)["tracker"] == "OPEN"


def test_who_has_not_seen_that_somebody_found_something_is_told(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD)})
    seen = latest_change(session).change_set
    say(session, key, {STRIP: {Status.BAD: EARLY}})
    with pytest.raises(Conflict, match=r"S\. Tanaka changed tracker-strip 1–10"):
        certify(session, key, seen=seen)


def test_what_somebody_did_in_another_column_is_no_conflict(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD)})
    seen = latest_change(session).change_set
    say(session, key, {"ecal-ecal": {Status.BAD: EARLY}})
    certify(session, key, seen=seen)


def agrees(session: Session, key: DatasetKey) -> bool:
    id_, ids = dataset_id(session, key), column_ids(session)
    named = [ids[name] for name, inverted in certified_columns(session, "tracker").items() if not inverted]
    return where_express_agrees(session, [id_], columns=named) == (id_,)


EXPRESS_GOOD = {column: everywhere(Status.GOOD) for column in (PIXEL, STRIP, TRACK)}


@pytest.mark.parametrize("own", [Status.GOOD, Status.NOTSET, Status.NO_VALUE_FOUND, None])
def test_express_agrees_with_what_would_be_confirmed(session: Session, own: Status | None) -> None:
    a_dataset(session, name=EXPRESS, flags=EXPRESS_GOOD)
    key = a_dataset(session, flags={} if own is None else {STRIP: everywhere(own)})
    assert agrees(session, key)


def test_express_agrees_to_the_lumisection_where_both_say_bad(session: Session) -> None:
    a_dataset(session, name=EXPRESS, flags=EXPRESS_GOOD | {STRIP: {Status.BAD: EARLY, Status.GOOD: ALL - EARLY}})
    key = a_dataset(session, flags={STRIP: {Status.BAD: EARLY, Status.NOTSET: ALL - EARLY}})
    assert agrees(session, key)
    say(session, key, {STRIP: {Status.BAD: LumiSet((LumiRange(1, 11),))}})
    assert not agrees(session, key)


@pytest.mark.parametrize("status", [Status.BAD, Status.STANDBY, Status.NOTSET])
def test_express_does_not_agree_where_it_says_otherwise_or_has_no_verdict(session: Session, status: Status) -> None:
    a_dataset(session, name=EXPRESS, flags=EXPRESS_GOOD | {STRIP: {Status.GOOD: ALL - EARLY, status: EARLY}})
    assert not agrees(session, a_dataset(session))


def test_without_express_nothing_agrees_and_express_does_not_agree_with_itself(session: Session) -> None:
    key = a_dataset(session, flags=EXPRESS_GOOD)
    assert not agrees(session, key)
    assert not agrees(session, a_dataset(session, name=EXPRESS, flags=EXPRESS_GOOD))
    assert agrees(session, key)


def test_the_names_of_the_datasets_tell_which_is_express() -> None:
    assert EXPRESS.startswith("/Express/")
    assert not PROMPT.startswith("/Express/")
