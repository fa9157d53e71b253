"""A status is said of whole datasets by whoever may flag: of what is OPEN, in one act, with a cause and a comment."""

import pytest
from sqlmodel import Session

from backend.access import VISITOR, Actor
from backend.certify.saying import Saying, preview_saying, say_status
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change
from backend.record import DatasetKey
from models.vocabulary import DatasetState, Origin, Status
from tests.batches import ALL, EARLY, ECAL, KELLER, PIXEL, STRIP, ids_of, words
from tests.offline import EXPRESS, a_dataset, acts, everywhere, said, say

BAD = Saying((PIXEL, STRIP), Status.BAD, comment="HV trip")


def saying(
    session: Session, *keys: DatasetKey, what: Saying = BAD, actor: Actor = KELLER, seen: int | None = None
) -> None:
    say_status(session, actor, ids_of(session, *keys), saying=what, seen=seen)


def test_it_is_said_of_the_open_ones_in_one_act_as_it_was_counted(session: Session) -> None:
    key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD)})
    closed = a_dataset(session, name=EXPRESS, tracker=DatasetState.SIGNOFF)
    plan = preview_saying(session, KELLER, ids_of(session, key, closed), saying=BAD)
    assert dict(plan.flags) == {(PIXEL, None, Status.BAD): 100, (STRIP, Status.GOOD, Status.BAD): 100}
    assert [(left.dataset, left.why) for left in plan.left_out] == [(closed, "SIGNOFF in tracker")]
    before = acts(session)
    saying(session, key, closed)
    assert acts(session) == before + 1
    assert (said(session, key, STRIP), said(session, closed, STRIP)) == ({"BAD": ALL}, {})
    assert words(session, key, STRIP) == [("BAD", Origin.PERSON, "HV trip")]


def test_closed_ones_alone_are_refused_with_the_reason(session: Session) -> None:
    with pytest.raises(WrongState, match="1 dataset COMPLETED in tracker"):
        saying(session, a_dataset(session, tracker=DatasetState.COMPLETED))


def test_the_right_is_that_of_flagging_in_the_workspace_and_comes_first(session: Session) -> None:
    key = a_dataset(session)
    for actor, what in ((VISITOR, BAD), (KELLER, Saying((STRIP, ECAL), Status.BAD))):
        with pytest.raises(NotPermitted):
            saying(session, key, what=what, actor=actor)


def test_bad_takes_a_comment_and_there_must_be_something_to_say(session: Session) -> None:
    key = a_dataset(session)
    with pytest.raises(InvalidInput, match="BAD needs a comment"):
        saying(session, key, what=Saying((STRIP,), Status.BAD))
    with pytest.raises(InvalidInput, match="No component is named"):
        saying(session, key, what=Saying((), Status.GOOD))
    with pytest.raises(InvalidInput, match="tracker offers no cause 'weather'"):
        saying(session, key, what=Saying((STRIP,), Status.GOOD, cause="weather"))
    with pytest.raises(NotFound, match="no component 'tracker-nothing' offline"):
        saying(session, key, what=Saying(("tracker-nothing",), Status.GOOD))


def test_who_has_not_seen_what_a_colleague_found_is_told(session: Session) -> None:
    key = a_dataset(session)
    seen = latest_change(session).change_set
    say(session, key, {STRIP: {Status.BAD: EARLY}})
    with pytest.raises(Conflict, match=r"S\. Tanaka changed tracker-strip"):
        saying(session, key, what=Saying((STRIP,), Status.EXCLUDED), seen=seen)
