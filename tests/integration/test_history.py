"""The log that benchmarks read is one that the registry itself could have written, and folds to the same rows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from backend.classify import recipes
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.golden.selection import select
from backend.jobs.checking import checking_itself
from backend.jobs.job import Ending, Tick
from backend.rebuild import differences, rebuild
from backend.record import Act, DatasetKey, DatasetSaid, LuminositySaid, LumisectionSaid, RunSaid, record
from models.lumis import LumiRange
from models.vocabulary import ActKind, LuminositySource, Origin
from scripts.benchmarks.history import ACTS_PER_RUN, FIRST_RUN, OFFLINE_FLAGS, add_flags, write_history
from tests.conftest import an_empty_registry

RUNS = 6
_ROWS = {
    "run": "SELECT * FROM run ORDER BY run_number",
    "dataset": """
        SELECT run_number, name, states, is_hidden, attributes, lumisections, counts, bits, notes,
            last_change, changed_by FROM dataset ORDER BY run_number, name
    """,
    "segments": """
        SELECT s.run_number, s.name, s.workspace, s.column_name, s.first, s.last, s.value, w.change_set, w.comment
        FROM segment s JOIN lumisection_change w ON w.id = s.change ORDER BY 1, 2, 3, 4, 5
    """,
    "luminosity": "SELECT * FROM luminosity ORDER BY run_number, source",
    "change_set": 'SELECT id, "by", why, kind FROM change_set ORDER BY id',
}

_FLAGS_OF_DATASETS = """
    SELECT DISTINCT (SELECT count(DISTINCT c) FROM unnest(columns) c WHERE c < 1001)
    FROM segments JOIN dataset_identity d ON d.id = dataset_id WHERE d.name <> 'online'
"""


@pytest.fixture
def replayed(postgresql: Embedded) -> Iterator[Engine]:
    """Another empty registry."""
    with an_empty_registry(postgresql) as url:
        on = engine_for(url)
        yield on
        on.dispose()


def rows(on: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the projections, and the acts."""
    with on.connect() as connection:
        return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in _ROWS.items()}


def acts_of(on: Engine, base: int) -> list[Act]:
    """The acts of a log after a number, as they would be said to the door."""
    with on.connect() as connection:

        def words(query: str) -> dict[int, list[Any]]:
            found = defaultdict(list)
            for act, *word in connection.execute(text(query)):
                found[act].append(word)
            return found

        created = words("SELECT change_set, run_number, name FROM dataset_identity ORDER BY id")
        runs = words("SELECT change_set, run_number FROM run_identity")
        of_runs = words("SELECT change_set, run_number, said, origin FROM run_change ORDER BY id")
        of_datasets = words("""
            SELECT w.change_set, run_number, name, said, origin
            FROM dataset_change w JOIN dataset_identity d ON d.id = dataset_id ORDER BY w.id
        """)
        flags = words("""
            SELECT w.change_set, run_number, name, columns, first, last, value, origin, cause, comment
            FROM lumisection_change w JOIN dataset_identity d ON d.id = dataset_id ORDER BY w.id
        """)
        luminosities = words("SELECT change_set, run_number, first, delivered, recorded FROM luminosity_change")
        return [
            Act(
                by,
                why,
                ActKind(kind),
                new_runs=tuple(run for (run,) in runs[id_]),
                new_datasets=tuple(DatasetKey(*key) for key in created[id_]),
                runs=tuple(RunSaid(run, said, Origin(origin)) for run, said, origin in of_runs[id_]),
                datasets=tuple(DatasetSaid(DatasetKey(*w[:2]), w[2], Origin(w[3])) for w in of_datasets[id_]),
                lumisections=tuple(
                    LumisectionSaid(
                        DatasetKey(*w[:2]),
                        tuple(w[2]),
                        LumiRange(*w[3:5]),
                        w[5],
                        Origin(w[6]),
                        cause=w[7],
                        comment=w[8],
                    )
                    for w in flags[id_]
                ),
                luminosities=tuple(LuminositySaid(w[0], LuminositySource.OMS, *w[1:]) for w in luminosities[id_]),
            )
            for id_, by, why, kind in connection.execute(
                text('SELECT id, "by", why, kind FROM change_set WHERE id > :base ORDER BY id'), {"base": base}
            )
        ]


def test_said_through_the_door_act_by_act_it_gives_the_same_rows_as_a_rebuild(engine: Engine, replayed: Engine) -> None:
    words = write_history(engine, RUNS, trust=False)
    rebuild(engine)
    add_flags(replayed)
    with replayed.connect() as connection:
        base = connection.execute(text("SELECT n FROM clock")).scalar_one()
    acts = acts_of(engine, base)
    for act in acts:
        with transaction(replayed) as session:
            record(session, act)

    assert rows(replayed) == rows(engine)
    assert list(differences(replayed, [FIRST_RUN + n for n in range(RUNS)], chunk=4)) == []
    assert len(acts) == RUNS * ACTS_PER_RUN
    assert 140 * RUNS < words < 180 * RUNS


def test_a_dataset_has_the_flags_of_the_field_and_a_recipe_of_its_year_keeps_some_of_it(engine: Engine) -> None:
    write_history(engine, 24)
    rebuild(engine)
    with engine.connect() as connection:
        flagged = connection.execute(text(_FLAGS_OF_DATASETS)).scalars().all()
    with transaction(engine) as session:
        recipe = next(recipe for recipe in recipes(session) if recipe.name == "golden 2016")

    assert flagged == [OFFLINE_FLAGS]
    made = select(engine, recipe.rule, datasets=recipe.body.datasets).kept
    assert set(made) == {FIRST_RUN + n for n in range(3, 24, 4)}


def test_it_is_the_same_each_time(engine: Engine, replayed: Engine) -> None:
    for on in (engine, replayed):
        write_history(on, RUNS)
        rebuild(on)
    assert rows(replayed) == rows(engine)


DAMAGE = (
    "UPDATE run SET state = 'OPEN' WHERE run_number = 265002",
    "DELETE FROM dataset_brief WHERE id = 6",
    'UPDATE segments SET "values"[2] = 6 WHERE dataset_id = 7',
    "UPDATE luminosity SET recorded[1] = 9 WHERE run_number = 265002",
)


def test_rows_that_are_not_what_the_log_says_are_named_and_left_alone(engine: Engine) -> None:
    write_history(engine, RUNS)
    rebuild(engine)
    check = checking_itself(runs=2)
    sound = check(Tick(engine))
    with engine.begin() as connection:
        for statement in DAMAGE:
            connection.execute(text(statement))
    standing = rows(engine)
    found = check(Tick(engine))

    assert (sound.ending, sound.kept) == (Ending.OK, {"after": FIRST_RUN + 1})
    assert check(Tick(engine, {"after": FIRST_RUN + RUNS})).kept == {"after": 0}
    assert found.ending is Ending.FAILED
    assert found.sentence == (
        "4 rows are not what the log says: run 265002 (state); dataset_brief 6 (is missing); segments 7 (values);"
        " luminosity 265002 oms (recorded). Run ./scripts/rebuild."
    )
    assert rows(engine) == standing
