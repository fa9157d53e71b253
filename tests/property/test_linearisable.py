"""Many writers and readers on the same datasets, in threads and processes: one order of acts explains all answers."""

import random
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.rebuild import rebuild
from tests.laws import ON_A_REGISTRY, examples
from tests.linearisable.checker import Explained, check
from tests.linearisable.deeds import Call
from tests.linearisable.ground import arrange
from tests.linearisable.playing import Programs, WriterProcess, history_of, log_of, writer_processes
from tests.linearisable.programs import a_program
from tests.property.test_rebuild_equals_live import projections

HERE, ELSEWHERE = 4, 2
"""Threads of this process, and of each other one."""
_runs = count(1, 2)


@pytest.fixture
def elsewhere(engine: Engine, database_url: str) -> Iterator[WriterProcess]:
    """Another process, on a registry that has its defaults."""
    ensure_defaults(engine)
    with writer_processes(database_url, 1) as (process,):
        yield process


def programs(rnd: random.Random, process: int, writers: int, *, steps: int) -> Programs:
    return {f"writer {process}.{n}": a_program(rnd, steps) for n in range(writers)}


def played(
    on: Engine,
    rnd: random.Random,
    others: Sequence[WriterProcess],
    *,
    writers: int,
    steps: int,
    killed_after: float | None = None,
) -> tuple[Explained, list[Call]]:
    """One history on fresh runs, and what explains it."""
    ground = arrange(on, next(_runs))
    away = [(process, programs(rnd, n, ELSEWHERE, steps=steps)) for n, process in enumerate(others, 1)]
    history = history_of(on, ground, programs(rnd, 0, writers, steps=steps), away, killed_after=killed_after)
    return check(ground, history, log_of(on, ground)), history


def rebuilds_the_same(on: Engine) -> bool:
    """Whether the projections are what the log says."""
    with transaction(on) as session:
        live = projections(session)
    rebuild(on)
    with transaction(on) as session:
        return projections(session) == live


@settings(ON_A_REGISTRY, max_examples=examples(3, at_length=40))
@given(rnd=st.randoms(use_true_random=False))
def test_many_writers_are_explained_by_the_order_of_the_log(
    engine: Engine, elsewhere: WriterProcess, rnd: random.Random
) -> None:
    explained, history = played(engine, rnd, [elsewhere], writers=HERE, steps=8)
    assert explained.acts + explained.refusals + explained.looks == len(history)
    assert rebuilds_the_same(engine)


@pytest.mark.long
def test_thousands_of_acts_of_four_processes_are_explained_also_if_one_is_killed(
    engine: Engine, database_url: str
) -> None:
    """Fourteen writers meet on fresh runs, again and again; in the end a process is killed amid its acts."""
    ensure_defaults(engine)
    found = []
    with writer_processes(database_url, 4) as others:
        for seed in range(12):
            explained, _ = played(engine, random.Random(seed), others, writers=6, steps=40)
            found.append(explained)
        killed, history = played(engine, random.Random(12), others, writers=6, steps=60, killed_after=3.0)
    assert sum(one.acts for one in found) > 1_000
    assert min(min(one.acts, one.refusals, one.looks) for one in found) > 20
    assert sum(call.answer is None for call in history) in range(1, ELSEWHERE + 1)
    assert killed.unanswered <= ELSEWHERE
    assert rebuilds_the_same(engine)
