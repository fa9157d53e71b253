"""Who has to wait for somebody else decides afterwards: nothing that was judged before a lock is done after it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.accepted import accepted_datasets, switch_accepted_dataset, write_accepted_dataset
from backend.certify.cycles import create_cycle, delete_cycle
from backend.certify.cycles_states import complete_cycle, move_cycle
from backend.certify.datasets import move_datasets
from backend.certify.taking_back import take_back
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import RUNS, parse_filter
from backend.queries.saved_filters import delete_filter, save_filter
from backend.record import Act, DatasetKey, lock_configuration, record, undo
from models.vocabulary import ActKind, ConfigurationKind, DatasetState, Status
from tests.certifying import EXPERT, STRIP, one_after_the_other, wait_until_somebody_waits
from tests.factories import RUN, a_run
from tests.offline import everywhere, say
from tests.peoples_acts import ACCEPTED, CYCLES, DONE, arrange, ids

COMPLETED = DatasetState.COMPLETED


@pytest.fixture
def registry(engine: Engine) -> Engine:
    """A registry in which everything can be done."""
    arrange(engine)
    return engine


def complete(session: Session, name: str = "ready") -> int:
    return complete_cycle(session, EXPERT, CYCLES[name], desk="tracker", seen=None).change_set


def test_a_cycle_is_not_completed_while_its_datasets_are_taken_back(registry: Engine) -> None:
    with transaction(registry) as session:
        moved = move_cycle(session, EXPERT, CYCLES["week 48"], desk="tracker", to=COMPLETED, seen=None).change_set
    assert (
        one_after_the_other(
            registry,
            lambda session: take_back(session, EXPERT, moved),
            lambda session: complete(session, "week 48"),
        )
        == "WrongState"
    )


def test_datasets_are_not_taken_back_while_their_cycle_is_completed(registry: Engine) -> None:
    with transaction(registry) as session:
        moved = move_cycle(session, EXPERT, CYCLES["week 48"], desk="tracker", to=COMPLETED, seen=None).change_set
    assert (
        one_after_the_other(
            registry,
            lambda session: complete(session, "week 48"),
            lambda session: take_back(session, EXPERT, moved),
        )
        == "WrongState"
    )


def test_a_cycle_is_not_completed_while_a_dataset_is_reopened(registry: Engine) -> None:
    def reopen(session: Session) -> None:
        opened = {"desks": ("tracker",), "to": DatasetState.OPEN, "with_closed": True}
        move_datasets(session, EXPERT, ids(session, DONE), **opened, seen=None)

    assert one_after_the_other(registry, reopen, complete) == "WrongState"


def test_a_cycle_does_not_come_back_under_a_name_that_is_just_given(registry: Engine) -> None:
    def again(session: Session) -> None:
        told = {"deadline": date(2022, 12, 1), "desks": ("tracker",)}
        create_cycle(session, EXPERT, name="ready", ids=ids(session, DONE), **told)

    with transaction(registry) as session:
        deleted = delete_cycle(session, EXPERT, CYCLES["ready"], seen=None).change_set
    assert one_after_the_other(registry, again, lambda session: take_back(session, EXPERT, deleted)) == "WrongState"


def test_a_dataset_that_was_made_again_does_not_vanish_under_who_flags_it(registry: Engine) -> None:
    fresh = DatasetKey(RUN, "/ReReco/Collisions2022/DQM")
    making = Act(by="A", why="made", kind=ActKind.MOVE_RUN, new_datasets=(fresh,))
    with transaction(registry) as session:
        undo(session, record(session, making).change_set, by="A", why="too early")
        again = record(session, making).change_set

    def flag(session: Session) -> None:
        say(session, fresh, {STRIP: everywhere(Status.BAD)})

    told = one_after_the_other(registry, flag, lambda session: undo(session, again, by="A", why="no"))
    assert told == "Conflict"


def test_who_switches_an_accepted_dataset_off_keeps_what_was_just_written(registry: Engine) -> None:
    changed = ACCEPTED.model_copy(update={"run_to": 370_000})
    told = {"name": ACCEPTED.name, "why": "a test", "seen": None}
    one_after_the_other(
        registry,
        lambda session: write_accepted_dataset(session, EXPERT, body=changed, **told),
        lambda session: switch_accepted_dataset(session, EXPERT, is_enabled=False, **told),
    )
    with transaction(registry) as session:
        kept = accepted_datasets(session)[ACCEPTED.name]
    assert (kept.body, kept.is_enabled) == (changed, False)


def test_who_changes_an_accepted_dataset_does_not_bring_it_back_into_play(registry: Engine) -> None:
    changed = ACCEPTED.model_copy(update={"run_to": 370_000})
    told = {"name": ACCEPTED.name, "why": "a test", "seen": None}
    one_after_the_other(
        registry,
        lambda session: switch_accepted_dataset(session, EXPERT, is_enabled=False, **told),
        lambda session: write_accepted_dataset(session, EXPERT, body=changed, **told),
    )
    with transaction(registry) as session:
        kept = accepted_datasets(session)[ACCEPTED.name]
    assert (kept.body, kept.is_enabled) == (changed, False)


def test_a_filter_that_was_just_deleted_is_not_deleted_again(registry: Engine) -> None:
    with transaction(registry) as session:
        kept = save_filter(session, EXPERT, subject="run", name="mine", filter=parse_filter("class = Cosmics22", RUNS))

    def delete(session: Session) -> None:
        delete_filter(session, EXPERT, kept.id)

    assert one_after_the_other(registry, delete, delete) == "NotFound"


def test_who_starts_and_who_configures_do_not_wait_for_each_other(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            lock_configuration(session, [ConfigurationKind.WORKSPACE.value])
            waiting = pool.submit(ensure_defaults, engine)
            wait_until_somebody_waits(session)
            a_run(session)
        assert waiting.result(timeout=20)
