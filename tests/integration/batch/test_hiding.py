"""Datasets are hidden, for a reason, and shown again; what was refused leaves no trace."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from backend.access import VISITOR
from backend.certify.batch import set_columns
from backend.certify.hiding import hide_datasets, preview_hiding, show_datasets
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change
from backend.record import DatasetKey, undo
from models.vocabulary import DatasetState, Status
from tests.batches import ALL, EARLY, EXPERT, GOOD, PETROV, STRIP, ids_of
from tests.factories import RUN
from tests.offline import (
    EXPRESS,
    a_dataset,
    everywhere,
    is_hidden,
    said,
    say,
)


class TestHide:
    """Hidden, and shown again."""

    def test_hidden_ones_stay_hidden_whatever_is_said_of_them_and_are_shown_again(self, session: Session) -> None:
        key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD)})
        hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", seen=None)
        say(session, key, {STRIP: {Status.BAD: EARLY}})
        assert is_hidden(session, key)
        show_datasets(session, EXPERT, ids_of(session, key), seen=None)
        assert not is_hidden(session, key)
        assert said(session, key, STRIP) == {"BAD": EARLY, "GOOD": ALL - EARLY}

    def test_it_takes_a_reason(self, session: Session) -> None:
        key = a_dataset(session)
        with pytest.raises(InvalidInput, match="To hide 1 datasets takes a reason"):
            hide_datasets(session, EXPERT, ids_of(session, key), why=" ", seen=None)

    def test_what_is_closed_globally_stays_unless_it_is_wanted(self, session: Session) -> None:
        key = a_dataset(session, **{"global": DatasetState.COMPLETED})
        with pytest.raises(WrongState, match="COMPLETED in global"):
            hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", seen=None)
        hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", with_closed=True, seen=None)
        assert is_hidden(session, key)

    def test_the_preview_tells_which(self, session: Session) -> None:
        keys = [a_dataset(session), a_dataset(session, name=EXPRESS)]
        hide_datasets(session, EXPERT, ids_of(session, keys[1]), why="doubled", seen=None)
        plan = preview_hiding(session, EXPERT, ids_of(session, *keys))
        assert (plan.datasets, [left.why for left in plan.left_out]) == ((keys[0],), ["hidden already"])
        shown = preview_hiding(session, EXPERT, ids_of(session, *keys), is_hidden=False)
        assert (shown.datasets, [left.why for left in shown.left_out]) == ((keys[1],), ["not hidden"])

    def test_who_may_not_is_refused_first(self, session: Session) -> None:
        with pytest.raises(NotPermitted, match="hide a dataset or show it again"):
            hide_datasets(session, PETROV, [999], why="", seen=None)
        with pytest.raises(NotPermitted):
            show_datasets(session, VISITOR, [999], seen=None)

    def test_online_is_never_hidden(self, session: Session) -> None:
        online = DatasetKey(RUN, "online")
        with pytest.raises(InvalidInput, match="online is what the shift crew says"):
            hide_datasets(session, EXPERT, ids_of(session, online), why="x", seen=None)

    def test_it_is_undone(self, session: Session) -> None:
        key = a_dataset(session)
        done = hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", seen=None)
        undo(session, done.change_set, by="J. Novak", why="not doubled")
        assert not is_hidden(session, key)

    def test_who_has_not_seen_that_somebody_hid_it_is_told(self, session: Session) -> None:
        key = a_dataset(session)
        seen = latest_change(session).change_set
        hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", seen=None)
        show_datasets(session, EXPERT, ids_of(session, key), seen=None)
        with pytest.raises(Conflict, match="changed hidden"):
            hide_datasets(session, EXPERT, ids_of(session, key), why="doubled", seen=seen)


def test_no_act_leaves_a_trace_of_one_that_was_refused(session: Session) -> None:
    before = session.execute(text("SELECT n FROM clock")).scalar_one()
    with pytest.raises(NotFound):
        set_columns(session, EXPERT, [999], setting=GOOD, seen=None)
    assert session.execute(text("SELECT n FROM clock")).scalar_one() == before
