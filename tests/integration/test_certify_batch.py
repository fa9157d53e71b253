"""Batch tools on many datasets: set and copy columns, copy, hide and show; counted before, all or nothing, undone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import VISITOR, Actor, demo_actor
from backend.certify.batch import Setting, preview_setting, set_columns
from backend.certify.copying import Copy, copy_datasets, preview_copies
from backend.certify.copying_columns import ColumnsCopy, copy_columns, preview_columns
from backend.certify.hiding import hide_datasets, preview_hiding, show_datasets
from backend.certify.orders import Certify, CopyColumns, CopyDatasets, Hide, Move, Order, SetColumns, Show
from backend.certify.plan import Plan
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, RegistryError, WrongState
from backend.jobs.batching import Batch, batch_of
from backend.jobs.job import Ending, Report
from backend.jobs.running import Bench
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import ask
from backend.queries import latest_change, strip_of
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, Recorded, columns_by_name, record, undo
from backend.settings import Settings
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ConfigurationKind, DatasetState, Origin, Status
from tests.factories import RUN, a_run
from tests.offline import (
    EXPRESS,
    PROMPT,
    a_dataset,
    acts,
    attributes,
    dataset_id,
    everywhere,
    is_hidden,
    names_of,
    said,
    say,
    states,
)

EXPERT, PETROV, KELLER = demo_actor("dc-expert"), demo_actor("tracker-admin"), demo_actor("tracker-certifier")
PIXEL, STRIP, ECAL = "tracker-pixel", "tracker-strip", "ecal-ecal"
ALL, EARLY = LumiSet((LumiRange(1, 100),)), LumiSet((LumiRange(1, 10),))
COPY_NAME = "/ReReco/Collisions2018/DQM"
COPY = DatasetKey(RUN, COPY_NAME)
GOOD = Setting((PIXEL, STRIP), Status.GOOD)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults and one run."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_run(opened)
        yield opened


def ids_of(session: Session, *keys: DatasetKey) -> list[int]:
    return [dataset_id(session, key) for key in keys]


def setting(session: Session, *keys: DatasetKey, to: Setting = GOOD, actor: Actor = EXPERT, **more: Any) -> Recorded:
    return set_columns(session, actor, ids_of(session, *keys), setting=to, **({"seen": None} | more))


def copying(session: Session, *keys: DatasetKey, actor: Actor = EXPERT, **more: Any) -> Recorded:
    asked = {"copy": Copy(COPY_NAME, ("tracker", "ecal")), "seen": None} | more
    return copy_datasets(session, actor, ids_of(session, *keys), **asked)


def copying_columns(session: Session, *keys: DatasetKey, actor: Actor = EXPERT, **more: Any) -> Recorded:
    asked = {"copy": ColumnsCopy(EXPRESS, (STRIP,)), "seen": None} | more
    return copy_columns(session, actor, ids_of(session, *keys), **asked)


def words(session: Session, key: DatasetKey, column: str) -> list[tuple[str, Origin, str | None]]:
    """What holds, in order: status, whose kind of word it is, comment."""
    strip = strip_of(session, key.run_number, key.name)
    told = strip.column(column)
    by = [(one.value, strip.words[one.word]) for one in told.segments] if told else []
    return [(value.word, word.origin, word.comment) for value, word in by if isinstance(value, Status)]


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


class TestAsTask:
    """An order that a worker does."""

    ORDERS = (
        SetColumns(setting=GOOD),
        CopyDatasets(target=Copy(COPY_NAME, ("tracker",))),
        CopyColumns(source=ColumnsCopy(EXPRESS, (STRIP,))),
        Move(desks=("tracker",), to=DatasetState.SIGNOFF),
        Certify(workspace="tracker", comment="nominal", with_sign_off=True),
        Hide(),
    )

    @pytest.fixture
    def registry(self, engine: Engine) -> Engine:
        ensure_defaults(engine)
        with transaction(engine) as session:
            a_run(session)
            a_dataset(session, name=EXPRESS, flags={STRIP: everywhere(Status.GOOD)})
            a_dataset(session, flags={STRIP: everywhere(Status.NOTSET)})
        return engine

    def asked(self, engine: Engine, order: Order) -> Plan:
        with transaction(engine) as session:
            ids = tuple(ids_of(session, DatasetKey(RUN, PROMPT)))
            batch, plan = batch_of(session, EXPERT, order, ids=ids, why="the whole week")
            ask(session, Batch.kind, batch.model_dump(mode="json"), by=EXPERT.name)
        return plan

    def done(self, engine: Engine) -> Report:
        report = work_on_one(Bench(engine, "worker"), {Batch.kind: Batch}, settings=Settings())
        assert report is not None
        return report

    @pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.what)
    def test_what_was_previewed_is_done_by_the_worker_in_one_act(self, registry: Engine, order: Order) -> None:
        plan = self.asked(registry, order)
        assert len(plan.datasets) == 1
        report = self.done(registry)
        assert (report.ending, report.sentence[:23]) == (Ending.OK, "Recorded as change set ")
        with transaction(registry) as session:
            last = session.execute(text('SELECT "by", why FROM change_set ORDER BY id DESC LIMIT 1')).one()
        assert tuple(last) == ("J. Novak", "the whole week")

    @pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.what)
    def test_done_anew_it_says_nothing_twice(self, registry: Engine, order: Order) -> None:
        self.asked(registry, order)
        self.asked(registry, order)
        self.done(registry)
        with transaction(registry) as session:
            before = acts(session)
        self.done(registry)
        with transaction(registry) as session:
            assert acts(session) == before

    def test_shown_again_by_the_worker(self, registry: Engine) -> None:
        self.asked(registry, Hide())
        self.done(registry)
        self.asked(registry, Show())
        self.done(registry)
        with transaction(registry) as session:
            assert not is_hidden(session, DatasetKey(RUN, PROMPT))

    def test_what_would_be_refused_is_refused_when_it_is_asked_for(self, registry: Engine) -> None:
        with transaction(registry) as session:
            with pytest.raises(NotPermitted):
                batch_of(session, KELLER, SetColumns(setting=GOOD), ids=(1,))
            with pytest.raises(NotFound):
                batch_of(session, EXPERT, SetColumns(setting=GOOD), ids=(999,))
            ids = tuple(ids_of(session, DatasetKey(RUN, PROMPT)))
            with pytest.raises(WrongState, match="Nothing would change in any of 1 datasets"):
                batch_of(session, EXPERT, Show(), ids=ids)

    def test_what_somebody_changed_since_the_preview_fails_the_task(self, registry: Engine) -> None:
        self.asked(registry, SetColumns(setting=GOOD))
        with transaction(registry) as session:
            say(session, DatasetKey(RUN, PROMPT), {STRIP: {Status.BAD: EARLY}})
        report = self.done(registry)
        assert (report.ending, report.sentence[:32]) == (Ending.FAILED, "S. Tanaka changed tracker-strip ")

    def test_rights_that_were_lost_meanwhile_fail_the_task(self, registry: Engine) -> None:
        self.asked(registry, SetColumns(setting=GOOD))
        with transaction(registry) as session:
            group = "cms-dqm-runregistry-data-certification"
            configure(session, ConfigurationKind.PERMISSION, name=group, body={"grants": ["undo"]}, by="x", why="left")
        assert "may not change many datasets at once" in self.done(registry).sentence


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
