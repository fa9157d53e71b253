"""As of any change set, the past is what the registry showed then: for one dataset and for all."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.queries.as_of import known_as_of, segments_as_of
from models.lumis import LumiSet
from tests.factories import a_run
from tests.property.test_rebuild_equals_live import RUNS, acts, flags_and_bits, forget, play

_SEGMENTS = text("""
    SELECT s.dataset_id, u.c, u.f, u.l, u.v, u.w
    FROM segments s, unnest(s.columns, s.firsts, s.lasts, s."values", s.changes) u(c, f, l, v, w) ORDER BY 1, 2, 3
""")
Shown = tuple[list[tuple[int, ...]], dict[int, LumiSet]]


def shown(on: Engine) -> tuple[int, Shown]:
    """The latest change set, every segment, and what is known of each run."""
    with transaction(on) as session:
        clock = session.execute(text("SELECT n FROM clock")).scalar_one()
        rows = [tuple(row) for row in session.execute(_SEGMENTS)]
        known = {run: LumiSet.flat(flat) for run, flat in session.execute(text("SELECT run_number, known FROM run"))}
    return clock, (rows, known)


def as_of(on: Engine, change_set: int, *datasets: int) -> list[tuple[int, ...]]:
    past = segments_as_of(on, change_set, datasets=datasets)
    arrays = (past.dataset, past.column, past.first, past.last, past.value, past.change)
    return list(zip(*(array.tolist() for array in arrays), strict=True))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_past_is_what_was_shown_then(engine: Engine, data: st.DataObject) -> None:
    forget(engine)
    with transaction(engine) as session:
        ids = flags_and_bits(session)
        for run in RUNS:
            a_run(session, run)
    then = dict([shown(engine)])
    for kind, what in data.draw(st.lists(acts(ids), min_size=1, max_size=8)):
        play(engine, kind, what)
        clock, now = shown(engine)
        then[clock] = now
    with transaction(engine) as session:
        exist = {row[0] for row in session.execute(text("SELECT id FROM dataset"))}
    for change_set, (rows, known) in then.items():
        past = as_of(engine, change_set)
        assert past == rows
        one = data.draw(st.sampled_from(sorted(exist)))
        assert as_of(engine, change_set, one) == [row for row in past if row[0] == one]
        with transaction(engine) as session:
            for run in RUNS:
                assert known_as_of(session, run, change_set) == known[run]
