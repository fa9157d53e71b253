"""An order on many datasets is done by the worker as it was previewed, in one act, and once."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from backend.access import Actor
from backend.certify.copying import Copy
from backend.certify.copying_columns import ColumnsCopy
from backend.certify.orders import (
    Certify,
    CopyColumns,
    CopyDatasets,
    Hide,
    Move,
    MoveInCycle,
    Order,
    Say,
    SetColumns,
    Show,
)
from backend.certify.plan import Plan
from backend.certify.saying import Saying
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.errors import NotFound, NotPermitted, WrongState
from backend.jobs.asker import act_of
from backend.jobs.batching import Batch, batch_as_previewed, batch_of
from backend.jobs.job import Ending, Report
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import ask
from backend.jobs.undoing import TakeBack, undo_of
from backend.queries import latest_change
from backend.queries.work import task, tasks
from backend.record import DatasetKey
from backend.settings import Settings
from models.vocabulary import ConfigurationKind, DatasetState, Status
from tests.batches import COPY_NAME, EARLY, EXPERT, GOOD, KELLER, STRIP, ids_of
from tests.cycled import a_cycle
from tests.factories import RUN, a_run
from tests.offline import (
    EXPRESS,
    PROMPT,
    a_dataset,
    acts,
    everywhere,
    is_hidden,
    said,
    say,
)


class TestAsTask:
    """An order that a worker does."""

    ORDERS = (
        SetColumns(setting=GOOD),
        CopyDatasets(target=Copy(COPY_NAME, ("tracker",))),
        CopyColumns(source=ColumnsCopy(EXPRESS, (STRIP,))),
        Move(desks=("tracker",), to=DatasetState.SIGNOFF),
        MoveInCycle(cycle=1, desk="tracker", to=DatasetState.COMPLETED),
        Say(saying=Saying((STRIP,), Status.BAD, comment="HV trip")),
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
            a_cycle(session, ids_of(session, DatasetKey(RUN, PROMPT)))
        return engine

    def asked(self, engine: Engine, order: Order) -> Plan:
        with transaction(engine) as session:
            ids = tuple(ids_of(session, DatasetKey(RUN, PROMPT)))
            batch, plan = batch_of(session, EXPERT, order, ids=ids, why="the whole week")
            ask(session, Batch.kind, batch.model_dump(mode="json"), by=EXPERT.name)
        return plan

    def done(self, engine: Engine) -> Report:
        report = work_on_one(Bench(engine, "worker"), KINDS, settings=Settings())
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

    def taken_back(self, engine: Engine, act: int, *, times: int = 1) -> int:
        """Have it taken back by the worker; gives the undo."""
        with transaction(engine) as session:
            errand = undo_of(session, EXPERT, act, why="too quick").model_dump(mode="json")
            for _ in range(times):
                ask(session, TakeBack.kind, errand, by=EXPERT.name)
        for _ in range(times):
            found = act_of(self.done(engine).sentence)
        assert found is not None
        return found

    def test_a_large_act_is_taken_back_by_the_worker_and_brought_back(self, registry: Engine) -> None:
        self.asked(registry, Certify(workspace="tracker"))
        act = act_of(self.done(registry).sentence)
        assert act is not None
        for expected in ("NOTSET", "GOOD"):
            act = self.taken_back(registry, act)
            with transaction(registry) as session:
                assert list(said(session, DatasetKey(RUN, PROMPT), STRIP)) == [expected]

    def test_taken_back_anew_after_a_worker_died_it_is_taken_back_once(self, registry: Engine) -> None:
        self.asked(registry, Hide())
        act = act_of(self.done(registry).sentence)
        assert act is not None
        undo = self.taken_back(registry, act, times=2)
        with transaction(registry) as session:
            assert latest_change(session).change_set == undo == act + 1

    def test_who_may_not_take_it_back_hears_so_when_asking(self, registry: Engine) -> None:
        self.asked(registry, Hide())
        act = act_of(self.done(registry).sentence)
        assert act is not None
        with transaction(registry) as session, pytest.raises(WrongState, match="may not undo"):
            undo_of(session, KELLER, act, why="too quick")

    @pytest.mark.parametrize("actor", [KELLER, replace(EXPERT, is_verified=False)], ids=["another", "unverified"])
    def test_who_confirms_a_preview_without_the_right_is_refused_before_it_is_asked_for(
        self, registry: Engine, actor: Actor
    ) -> None:
        with transaction(registry) as session:
            ids = tuple(ids_of(session, DatasetKey(RUN, PROMPT)))
            with pytest.raises(NotPermitted):
                batch_as_previewed(session, actor, SetColumns(setting=GOOD), ids=ids, seen=0)

    def test_what_was_changed_between_preview_and_confirmation_fails_the_task(self, registry: Engine) -> None:
        with transaction(registry) as session:
            seen = latest_change(session).change_set
            say(session, DatasetKey(RUN, PROMPT), {STRIP: {Status.BAD: EARLY}})
            ids = tuple(ids_of(session, DatasetKey(RUN, PROMPT)))
            errand = batch_as_previewed(session, EXPERT, SetColumns(setting=GOOD), ids=ids, seen=seen)
            ask(session, Batch.kind, errand.model_dump(mode="json"), by=EXPERT.name)
        report = self.done(registry)
        assert (report.ending, report.sentence[:32]) == (Ending.FAILED, "S. Tanaka changed tracker-strip ")

    def test_in_the_list_of_tasks_thousands_of_ids_are_left_out(self, registry: Engine) -> None:
        self.asked(registry, Hide())
        with transaction(registry) as session:
            (row,) = tasks(session)
            assert set(row.arguments) == {"order", "why", "seen"}
            assert (task(session, row.id), task(session, row.id + 1)) == (row, None)
