"""Every act that people do: undone the state is row for row what it was, redone what it became; and of two people who
do it at the same moment one does it and the other is told."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Engine

import backend.certify
from backend.access import Actor
from backend.certify.cycles import MadeCycle
from backend.certify.plan import record_plan
from backend.certify.refresh import reset_run
from backend.certify.taking_back import take_back
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.queries import latest_change
from backend.record import Act, LuminositySaid, Recorded, record
from models.vocabulary import ActKind, LuminositySource
from tests.certifying import EXPERT, last_act, one_after_the_other, whole_state
from tests.databases import Reused, a_copy, drop
from tests.factories import RUN
from tests.peoples_acts import ACTS, PeoplesAct, arrange

NOT_BY_PEOPLE = {ActKind.SETUP, ActKind.INGEST, ActKind.CLASSIFY, ActKind.PROPOSAL}
"""What the registry, sources and rules say: nobody undoes it."""
ELSEWHERE = {ActKind.UNDO, ActKind.IMPORT_LUMINOSITY, ActKind.GOLDEN_JSON}
"""The undo itself, and what other packages let people do."""
COLLEAGUE = Actor("M. Rossi", EXPERT.egroups, is_verified=True)
ON_THEIR_OWN = {take_back, reset_run, record_plan}
"""The undo itself, and the reset, which asks OMS and is undone by its own tests; and what batches have in common."""


@pytest.fixture(scope="module")
def arranged(postgresql: Embedded) -> Iterator[Reused]:
    """A database in which all of them can be done, put back after each test."""
    name = a_copy(postgresql, name="every_act")
    on = engine_for(postgresql.url(name))
    arrange(on)
    on.dispose()
    copy = Reused(postgresql, of=name)
    yield copy
    copy.drop()
    drop(postgresql, name)


@pytest.fixture
def registry(arranged: Reused) -> Iterator[Engine]:
    """A registry in which all of them can be done."""
    arranged.as_made()
    on = arranged.engine()
    yield on
    on.dispose()


def in_words(act: PeoplesAct) -> str:
    return act.command.__name__


def seen_in(engine: Engine) -> int:
    with transaction(engine) as session:
        return latest_change(session).change_set


@pytest.mark.parametrize("act", ACTS, ids=in_words)
def test_undone_the_state_is_row_for_row_what_it_was_and_redone_what_it_became(
    registry: Engine, act: PeoplesAct
) -> None:
    with transaction(registry) as session:
        before = whole_state(session)
        act.do(session, EXPERT, latest_change(session).change_set)
        done, after = last_act(session), whole_state(session)
        assert done.kind == act.kind
        assert after != before
        undone = take_back(session, EXPERT, done.id).change_set
        assert whole_state(session) == before
        take_back(session, EXPERT, undone)
        assert whole_state(session) == after


@pytest.mark.parametrize("act", ACTS, ids=in_words)
def test_of_two_who_do_it_at_the_same_moment_one_does_and_the_other_is_told(registry: Engine, act: PeoplesAct) -> None:
    seen = seen_in(registry)
    told = one_after_the_other(
        registry,
        lambda session: act.do(session, EXPERT, seen),
        lambda session: act.do(session, COLLEAGUE, seen),
    )
    assert told in {"Conflict", "WrongState", "InvalidInput", "NotFound"}


@pytest.mark.parametrize("act", ACTS, ids=in_words)
def test_of_two_who_undo_it_at_the_same_moment_one_does_and_the_other_is_told(
    registry: Engine, act: PeoplesAct
) -> None:
    with transaction(registry) as session:
        act.do(session, EXPERT, latest_change(session).change_set)
        done = last_act(session).id
    told = one_after_the_other(
        registry,
        lambda session: take_back(session, EXPERT, done),
        lambda session: take_back(session, COLLEAGUE, done),
    )
    assert told in {"InvalidInput", "WrongState"}


def test_an_import_of_luminosity_is_undone_and_redone_too(registry: Engine) -> None:
    with transaction(registry) as session:
        before = whole_state(session)
        said = LuminositySaid(RUN, LuminositySource.BRILCALC, 1, [0.5, None, 0.25], [0.4, None, 0.2])
        act = Act(by="J. Novak", why="brilcalc", kind=ActKind.IMPORT_LUMINOSITY, luminosities=(said,))
        done = record(session, act).change_set
        after = whole_state(session)
        undone = take_back(session, EXPERT, done).change_set
        assert whole_state(session) == before != after
        take_back(session, EXPERT, undone)
        assert whole_state(session) == after


def test_no_command_and_no_kind_of_act_is_forgotten() -> None:
    assert {act.command for act in ACTS} == set(commands()) - ON_THEIR_OWN
    assert {act.kind for act in ACTS} == set(ActKind) - NOT_BY_PEOPLE - ELSEWHERE


def commands() -> Iterator[Callable[..., Any]]:
    """Everything in the package that an actor does and that leaves an act in the log."""
    for module in pkgutil.iter_modules(backend.certify.__path__, "backend.certify."):
        for _, found in inspect.getmembers(import_module(module.name), inspect.isfunction):
            told = inspect.signature(found, eval_str=True)
            is_own = found.__module__ == module.name and not found.__name__.startswith("_")
            if is_own and "actor" in told.parameters and told.return_annotation in (Recorded, MadeCycle):
                yield found
