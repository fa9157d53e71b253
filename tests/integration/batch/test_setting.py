"""Columns of many datasets are set: counted before, all or nothing, undone as one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR
from backend.certify.batch import Setting, preview_setting, set_columns
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, RegistryError, WrongState
from backend.queries import latest_change
from backend.record import undo
from models.vocabulary import ConfigurationKind, DatasetState, Origin, Status
from tests.batches import ALL, EARLY, ECAL, EXPERT, GOOD, KELLER, PETROV, PIXEL, STRIP, ids_of, setting, words
from tests.factories import a_run
from tests.offline import (
    EXPRESS,
    a_dataset,
    acts,
    dataset_id,
    everywhere,
    said,
    say,
    states,
)


class TestSetColumns:
    """One status of some columns, over all lumisections."""

    def test_all_lumisections_of_all_datasets_say_it_in_one_act(self, session: Session) -> None:
        keys = [a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)}), a_dataset(session, name=EXPRESS)]
        before = acts(session)
        setting(session, *keys)
        assert acts(session) == before + 1
        assert [said(session, key, column) for key in keys for column in (PIXEL, STRIP)] == [{"GOOD": ALL}] * 4

    def test_the_preview_counts_what_is_there_and_whose_words_are_covered(self, session: Session) -> None:
        key = a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
        say(session, key, {STRIP: {Status.BAD: EARLY}})
        closed = a_dataset(session, name=EXPRESS, tracker=DatasetState.COMPLETED)
        plan = preview_setting(session, EXPERT, ids_of(session, key, closed), setting=GOOD)
        assert dict(plan.flags) == {
            (PIXEL, None, Status.GOOD): 100,
            (STRIP, Status.BAD, Status.GOOD): 10,
            (STRIP, Status.NOTSET, Status.GOOD): 90,
        }
        assert (plan.datasets, plan.lumisections, plan.covered) == ((key,), 100, 10)
        assert [(left.dataset, left.why) for left in plan.left_out] == [(closed, "COMPLETED in tracker")]
        assert acts(session) == latest_change(session).change_set

    @pytest.mark.parametrize("state", [DatasetState.SIGNOFF, DatasetState.COMPLETED])
    def test_closed_ones_are_untouched_unless_they_are_wanted(self, session: Session, state: DatasetState) -> None:
        key = a_dataset(session, tracker=state)
        with pytest.raises(WrongState, match=f"1 dataset {state} in tracker"):
            setting(session, key)
        setting(session, key, to=Setting((STRIP,), Status.GOOD, with_closed=True))
        assert (said(session, key, STRIP), states(session, key)["tracker"]) == ({"GOOD": ALL}, state)

    def test_who_waits_is_untouched_even_so(self, session: Session) -> None:
        key = a_dataset(session, tracker=DatasetState.WAITING)
        with pytest.raises(WrongState, match="waiting dqm gui in tracker"):
            setting(session, key, to=Setting((STRIP,), Status.GOOD, with_closed=True))

    def test_of_columns_of_two_desks_the_open_one_is_set(self, session: Session) -> None:
        key = a_dataset(session, tracker=DatasetState.COMPLETED)
        setting(session, key, to=Setting((STRIP, ECAL), Status.GOOD))
        assert (said(session, key, STRIP), said(session, key, ECAL)) == ({}, {"GOOD": ALL})

    def test_what_is_so_already_is_not_said_again(self, session: Session) -> None:
        key = a_dataset(session)
        setting(session, key)
        with pytest.raises(WrongState, match="1 dataset is so already"):
            setting(session, key)

    def test_bad_takes_a_comment_and_a_cause_must_be_offered(self, session: Session) -> None:
        key = a_dataset(session)
        with pytest.raises(InvalidInput, match="BAD needs a comment of 3 characters or more, not 'no'"):
            setting(session, key, to=Setting((STRIP,), Status.BAD, comment=" no "))
        with pytest.raises(InvalidInput, match="tracker offers no cause 'DAQ'"):
            setting(session, key, to=Setting((STRIP,), Status.BAD, cause="DAQ", comment="FEDs out"))
        causes = {"causes": [{"word": "DAQ"}]}
        configure(session, ConfigurationKind.CAUSE, name="tracker", body=causes, by="test", why="causes")
        setting(session, key, to=Setting((STRIP,), Status.BAD, cause="DAQ", comment="FEDs out"))
        assert words(session, key, STRIP) == [("BAD", Origin.PERSON, "FEDs out")]

    def test_nobody_says_what_only_a_rule_says(self, session: Session) -> None:
        with pytest.raises(InvalidInput, match="Nobody can say NO VALUE FOUND"):
            setting(session, a_dataset(session), to=Setting((STRIP,), Status.NO_VALUE_FOUND))

    @pytest.mark.parametrize("column", ["tracker-nothing", "oms-bpix_ready", "tracker"])
    def test_there_must_be_such_a_column(self, session: Session, column: str) -> None:
        with pytest.raises(NotFound, match=f"no component '{column}' offline"):
            setting(session, a_dataset(session), to=Setting((column,), Status.GOOD))

    def test_who_may_not_is_refused_first(self, session: Session) -> None:
        key = a_dataset(session)
        for actor in (KELLER, VISITOR):
            with pytest.raises(NotPermitted, match="change many datasets at once in tracker"):
                setting(session, key, to=Setting((STRIP,), Status.NO_VALUE_FOUND), actor=actor)
        setting(session, key, actor=PETROV)
        with pytest.raises(NotPermitted, match="in ecal"):
            setting(session, key, to=Setting((STRIP, ECAL), Status.GOOD), actor=PETROV)
        with pytest.raises(NotPermitted, match="back to OPEN"):
            setting(session, key, to=Setting((STRIP,), Status.GOOD, with_closed=True), actor=PETROV)

    def test_one_that_is_not_there_stops_all(self, session: Session) -> None:
        key = a_dataset(session)
        with pytest.raises(NotFound, match="no dataset 999"):
            set_columns(session, EXPERT, [dataset_id(session, key), 999], setting=GOOD, seen=None)
        assert said(session, key, STRIP) == {}

    def test_it_is_undone_as_one(self, session: Session) -> None:
        key = a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
        done = setting(session, key)
        undo(session, done.change_set, by="J. Novak", why="wrong week")
        assert (said(session, key, STRIP), said(session, key, PIXEL)) == ({"NOTSET": ALL}, {})

    def test_who_has_not_seen_what_somebody_changed_is_told(self, session: Session) -> None:
        key = a_dataset(session)
        seen = latest_change(session).change_set
        say(session, key, {STRIP: {Status.BAD: EARLY}})
        with pytest.raises(Conflict, match=r"S\. Tanaka changed tracker-strip 1–10"):
            setting(session, key, seen=seen)


def test_of_two_who_set_the_same_column_at_the_same_moment_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session)
        ids = ids_of(session, a_dataset(session), a_dataset(session, name=EXPRESS))
        seen = latest_change(session).change_set
    both = Barrier(2)

    def one(turn: tuple[Status, list[int]]) -> str:
        status, mine = turn
        try:
            with transaction(engine) as session:
                both.wait()
                set_columns(session, EXPERT, mine, setting=Setting((STRIP,), status), seen=seen)
        except RegistryError as error:
            return type(error).__name__
        return "set"

    with ThreadPoolExecutor(2) as pool:
        turns = [(Status.GOOD, ids), (Status.STANDBY, ids[::-1])]
        assert sorted(pool.map(one, turns)) == ["Conflict", "set"]
