"""Datasets and columns are copied: whose words they are stays, counted before, undone as one."""

import pytest
from sqlmodel import Session

from backend.certify.copying import Copy, preview_copies
from backend.certify.copying_columns import ColumnsCopy, preview_columns
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.queries import latest_change, strip_of
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, columns_by_name, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, DatasetState, Origin, Status
from tests.batches import (
    ALL,
    COPY,
    COPY_NAME,
    EARLY,
    ECAL,
    EXPERT,
    PETROV,
    STRIP,
    copying,
    copying_columns,
    ids_of,
    words,
)
from tests.factories import RUN, a_run
from tests.offline import (
    EXPRESS,
    PROMPT,
    a_dataset,
    attributes,
    everywhere,
    names_of,
    said,
    say,
    states,
)


class TestCopyDatasets:
    """A new dataset of each, under another name."""

    def test_flags_of_the_chosen_desks_keep_whose_words_they_are(self, session: Session) -> None:
        key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD), "csc-csc": everywhere(Status.GOOD)})
        say(session, key, {STRIP: {Status.BAD: EARLY}}, comment="TIB off")
        copying(session, key)
        expected = [("BAD", Origin.PERSON, "TIB off"), ("GOOD", Origin.RULE, None)]
        assert words(session, COPY, STRIP) == words(session, key, STRIP) == expected
        assert words(session, COPY, "csc-csc") == []

    def test_states_of_the_chosen_desks_and_the_global_one_are_copied(self, session: Session) -> None:
        key = a_dataset(session, tracker=DatasetState.COMPLETED, ecal=DatasetState.WAITING)
        copying(session, key)
        assert states(session, COPY) == {"global": "OPEN", "tracker": "COMPLETED", "ecal": "waiting dqm gui"}

    def test_overridden_bits_are_copied_and_links_to_the_gui_are_not(self, session: Session) -> None:
        key = a_dataset(session)
        bit = columns_by_name(session)["oms-bpix_ready"].id
        word = LumisectionSaid(key, (bit,), LumiRange(3, 5), int(Bit.FALSE), Origin.PERSON, comment="recovered")
        link = DatasetSaid(key, {"gui./ZeroBias/Run2018D/DQMIO": True}, Origin.RULE)
        record(session, Act(by="J. Novak", why="x", kind=ActKind.FLAG, datasets=(link,), lumisections=(word,)))
        copying(session, key)
        told = strip_of(session, RUN, COPY_NAME).column("oms-bpix_ready")
        assert told is not None
        assert [(one.range, one.value) for one in told.segments] == [(LumiRange(3, 5), Bit.FALSE)]
        assert attributes(session, COPY) == {}

    def test_the_preview_counts_and_changes_nothing(self, session: Session) -> None:
        key = a_dataset(session, flags={STRIP: everywhere(Status.GOOD)})
        plan = preview_copies(session, EXPERT, ids_of(session, key), copy=Copy(COPY_NAME, ("tracker",)))
        assert (plan.new_datasets, plan.lumisections) == ((COPY,), 100)
        assert dict(plan.flags) == {(STRIP, None, Status.GOOD): 100}
        assert dict(plan.moves) == {("global", None, "OPEN"): 1, ("tracker", None, "OPEN"): 1}
        assert COPY_NAME not in names_of(session)

    def test_two_of_one_run_cannot_have_the_same_name(self, session: Session) -> None:
        keys = [a_dataset(session), a_dataset(session, name=EXPRESS)]
        with pytest.raises(InvalidInput, match=f"Two datasets of run {RUN}"):
            copying(session, *keys)

    def test_one_run_that_has_the_name_stops_all(self, session: Session) -> None:
        a_run(session, RUN + 1)
        keys = [a_dataset(session), a_dataset(session, RUN + 1)]
        a_dataset(session, RUN + 1, COPY_NAME)
        with pytest.raises(Conflict, match=f"Run {RUN + 1} has a dataset {COPY_NAME}"):
            copying(session, *keys)
        assert COPY_NAME not in names_of(session)

    @pytest.mark.parametrize("name", ["", "online", "/A B/C/D", "x" * 300])
    def test_the_name_must_be_that_of_a_dataset(self, session: Session, name: str) -> None:
        with pytest.raises(InvalidInput, match="cannot be named"):
            copying(session, a_dataset(session), copy=Copy(name, ("tracker",)))

    def test_who_may_not_is_refused_first(self, session: Session) -> None:
        with pytest.raises(NotPermitted, match="in global"):
            copying(session, a_dataset(session), actor=PETROV, copy=Copy("", ("zdc",)))
        with pytest.raises(NotFound, match="no offline workspace 'zdc'"):
            copying(session, a_dataset(session, name=EXPRESS), copy=Copy(COPY_NAME, ("zdc",)))

    def test_it_is_undone_with_everything_in_it(self, session: Session) -> None:
        done = copying(session, a_dataset(session, flags={STRIP: everywhere(Status.GOOD)}))
        undo(session, done.change_set, by="J. Novak", why="wrong name")
        assert names_of(session) == [PROMPT, "online"]

    def test_who_has_not_seen_what_is_copied_is_told(self, session: Session) -> None:
        key = a_dataset(session)
        seen = latest_change(session).change_set
        say(session, key, {STRIP: {Status.BAD: EARLY}})
        with pytest.raises(Conflict, match="changed tracker-strip"):
            copying(session, key, seen=seen)


class TestCopyColumns:
    """What a column says in one dataset, in others of the same run."""

    @pytest.fixture
    def pair(self, session: Session) -> tuple[DatasetKey, DatasetKey]:
        source = a_dataset(session, name=EXPRESS, flags={STRIP: everywhere(Status.GOOD)})
        say(session, source, {STRIP: {Status.BAD: EARLY}}, comment="TIB off")
        return source, a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})

    def test_the_target_says_what_the_source_says_and_whose_words_they_are(
        self, session: Session, pair: tuple[DatasetKey, DatasetKey]
    ) -> None:
        source, target = pair
        say(session, target, {STRIP: {Status.STANDBY: LumiSet((LumiRange(5, 50),))}})
        copying_columns(session, target)
        assert words(session, target, STRIP) == words(session, source, STRIP)

    def test_where_the_source_says_nothing_the_target_says_nothing(self, session: Session) -> None:
        a_dataset(session, name=EXPRESS, flags={STRIP: {Status.GOOD: EARLY}})
        target = a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
        copying_columns(session, target)
        assert said(session, target, STRIP) == {"GOOD": EARLY}

    def test_the_preview_counts_from_what_to_what(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        _, target = pair
        say(session, target, {STRIP: {Status.STANDBY: EARLY}})
        plan = preview_columns(session, EXPERT, ids_of(session, target), copy=ColumnsCopy(EXPRESS, (STRIP,)))
        assert dict(plan.flags) == {
            (STRIP, Status.STANDBY, Status.BAD): 10,
            (STRIP, Status.NOTSET, Status.GOOD): 90,
        }
        assert plan.covered == 10

    def test_what_is_alike_is_not_copied_twice(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        copying_columns(session, pair[1])
        with pytest.raises(WrongState, match="1 dataset is so already"):
            copying_columns(session, pair[1])

    def test_closed_ones_are_untouched_unless_they_are_wanted(self, session: Session) -> None:
        a_dataset(session, name=EXPRESS, flags={STRIP: everywhere(Status.GOOD)})
        target = a_dataset(session, tracker=DatasetState.COMPLETED)
        with pytest.raises(WrongState, match="COMPLETED in tracker"):
            copying_columns(session, target)
        copying_columns(session, target, copy=ColumnsCopy(EXPRESS, (STRIP,), with_closed=True))
        assert said(session, target, STRIP) == {"GOOD": ALL}

    def test_one_run_without_a_source_stops_all(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        a_run(session, RUN + 1)
        with pytest.raises(NotFound, match=f"Run {RUN + 1} has no dataset {EXPRESS} to copy from"):
            copying_columns(session, pair[1], a_dataset(session, RUN + 1))
        assert said(session, pair[1], STRIP) == {"NOTSET": ALL}

    def test_a_dataset_is_not_copied_to_itself(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        with pytest.raises(InvalidInput, match="cannot be copied to itself"):
            copying_columns(session, *pair)

    def test_who_may_not_is_refused_first(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        with pytest.raises(NotPermitted, match="in ecal"):
            copying_columns(session, pair[1], actor=PETROV, copy=ColumnsCopy("/None/X/DQM", (ECAL,)))

    def test_it_is_undone(self, session: Session, pair: tuple[DatasetKey, DatasetKey]) -> None:
        done = copying_columns(session, pair[1])
        undo(session, done.change_set, by="J. Novak", why="wrong")
        assert said(session, pair[1], STRIP) == {"NOTSET": ALL}

    def test_who_has_not_seen_a_change_of_the_source_is_told(
        self, session: Session, pair: tuple[DatasetKey, DatasetKey]
    ) -> None:
        seen = latest_change(session).change_set
        say(session, pair[0], {STRIP: {Status.EXCLUDED: EARLY}})
        with pytest.raises(Conflict, match="changed tracker-strip"):
            copying_columns(session, pair[1], seen=seen)
