"""The log is the truth: after any history, rebuilding gives the same projections, row by row, and so does the past."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound
from backend.rebuild import rebuild
from backend.record import (
    Act,
    ConfigurationSaid,
    CycleSaid,
    DatasetKey,
    DatasetSaid,
    GoldenJsonMade,
    GoldenJsonSaid,
    LuminositySaid,
    LumisectionSaid,
    RunSaid,
    record,
    undo,
)
from models.lumis import LumiRange
from models.vocabulary import ActKind, Bit, GoldenJsonKind, LuminositySource, Origin
from tests.factories import COMPONENTS, a_run, bit_columns, columns
from tests.laws import examples

RUNS = (1, 2)
FLAGS = len(COMPONENTS)
PROMPT = "/PromptReco/Collisions2022/DQM"
CYCLES = (1, 2)
JSONS = (1, 2)
PROJECTIONS = (
    "run",
    "dataset",
    "dataset_brief",
    "segments",
    "luminosity",
    "configuration",
    "cycle_now",
    "golden_json_now",
)

ranges = st.tuples(st.integers(1, 30), st.integers(1, 30)).map(lambda p: LumiRange(min(p), max(p)))
origins = st.sampled_from(list(Origin))
comments = st.none() | st.sampled_from(["power supply trip", "noisy", ""])
withdrawn = st.lists(st.sampled_from([Origin.RULE, Origin.PERSON]), min_size=1, max_size=2, unique=True).map(tuple)
datasets = st.builds(DatasetKey, st.sampled_from(RUNS), st.sampled_from(["online", PROMPT]))


def flags_and_bits(session: Session) -> list[int]:
    """The ids of the columns that histories are about: flags first."""
    return [*columns(session), *bit_columns(session, ("bpix_ready", "tecp_ready"))]


def words(ids: list[int]) -> st.SearchStrategy[LumisectionSaid]:
    """Words about flags, and of OMS about its bits."""
    some = st.lists(st.sampled_from(ids[:FLAGS]), min_size=1, max_size=3, unique=True).map(tuple)
    bits = st.lists(st.sampled_from(ids[FLAGS:]), min_size=1, max_size=2, unique=True).map(tuple)
    of_oms = st.builds(LumisectionSaid, datasets, bits, ranges, st.sampled_from(list(Bit)), origins)
    says = st.builds(
        LumisectionSaid, datasets, some, ranges, st.integers(1, 6), origins, cause=comments, comment=comments
    )
    takes = st.builds(LumisectionSaid, datasets, some, ranges, st.none(), origins, withdraws=withdrawn)
    return st.one_of(says, says, says, of_oms, takes)


known = st.lists(ranges, min_size=0, max_size=3).map(lambda rs: {"known": [[r.first, r.last] for r in rs]})
run_attributes = st.dictionaries(
    st.sampled_from(["run_class", "state", "oms.energy"]), st.sampled_from(["A", "B"]), min_size=1
).map(lambda said: {k: 6800 if k == "oms.energy" else v for k, v in said.items()})
run_words = st.builds(
    RunSaid, st.sampled_from(RUNS), known | run_attributes, origins, withdraws=st.just(()) | withdrawn
)
dataset_words = st.builds(
    DatasetSaid,
    datasets,
    st.dictionaries(st.sampled_from(["state.tracker", "hidden", "gui"]), st.sampled_from(["OPEN", ""]), min_size=1),
    origins,
    withdraws=st.just(()) | withdrawn,
)
lumi = st.lists(st.none() | st.sampled_from([0.25, 0.5]), min_size=1, max_size=4)
luminosity_words = st.builds(
    lambda run, source, first, values: LuminositySaid(run, source, first, values, values[::-1]),
    st.sampled_from(RUNS),
    st.sampled_from(list(LuminositySource)),
    st.integers(1, 10),
    lumi,
)
configuration_words = st.builds(
    ConfigurationSaid,
    st.just("cause"),
    st.sampled_from(["tracker", "ecal"]),
    st.none() | st.just({"a": 1}),
    st.booleans(),
)

cycle_attributes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["week 1", "week 2"]),
        "deadline": st.none() | st.just("2026-11-30T23:59:00Z"),
        "state.tracker": st.none() | st.sampled_from(["pending", "completed"]),
        "deleted": st.booleans(),
    },
)
in_cycle = st.lists(st.integers(1, 4), max_size=3, unique=True).map(tuple)
cycle_words = st.builds(CycleSaid, st.sampled_from(CYCLES), cycle_attributes, in_cycle, in_cycle)
json_attributes = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["week 1", "week 2"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "official": st.none() | st.sampled_from(["golden", "muon"]),
        "deleted": st.booleans(),
    },
)
json_words = st.builds(GoldenJsonSaid, st.sampled_from(JSONS), json_attributes)


def a_json(id_: int) -> GoldenJsonMade:
    return GoldenJsonMade(id_, GoldenJsonKind.UPLOADED, "{}", "0" * 64, 0, 0, None, None, None, None, 0)


def acts(ids: list[int]) -> st.SearchStrategy[tuple[str, Any]]:
    kinds = st.sampled_from([ActKind.FLAG, ActKind.FLAG, ActKind.ACCEPT, ActKind.REJECT, ActKind.PROPOSAL])
    say = st.builds(
        Act,
        by=st.sampled_from(["S. Tanaka", "L. Moreau"]),
        why=st.just("history"),
        kind=kinds,
        runs=st.lists(run_words, max_size=2).map(tuple),
        datasets=st.lists(dataset_words, max_size=2).map(tuple),
        lumisections=st.lists(words(ids), max_size=4).map(tuple),
        luminosities=st.lists(luminosity_words, max_size=1).map(tuple),
        configurations=st.lists(configuration_words, max_size=1, unique_by=lambda c: c.name).map(tuple),
        cycles=st.lists(cycle_words, max_size=2).map(tuple),
    )
    make_cycle = st.builds(
        lambda word: Act("L. Moreau", "cycle", ActKind.CYCLE, new_cycles=(word.cycle,), cycles=(word,)), cycle_words
    )
    keep_json = st.builds(
        lambda said: Act(
            by="L. Moreau",
            why="kept",
            kind=ActKind.GOLDEN_JSON,
            new_golden_jsons=(a_json(said.golden_json),),
            golden_jsons=(said,),
        ),
        json_words,
    )
    of_json = st.builds(lambda said: Act("S. Tanaka", "said", ActKind.GOLDEN_JSON, golden_jsons=(said,)), json_words)
    create = st.builds(
        lambda run: Act("L. Moreau", "sign-off", ActKind.DATASET, new_datasets=(DatasetKey(run, PROMPT),)),
        st.sampled_from(RUNS),
    )
    scope = st.none() | st.fixed_dictionaries(
        {},
        optional={
            "datasets": st.lists(st.integers(1, 4), max_size=2),
            "runs": st.lists(st.sampled_from(RUNS), max_size=1),
            "cycles": st.lists(st.sampled_from(CYCLES), max_size=1),
            "golden_jsons": st.lists(st.sampled_from(JSONS), max_size=1),
        },
    )
    take_back = st.tuples(st.just("undo"), st.tuples(st.integers(2, 14), scope))
    says = st.one_of(say, create | make_cycle, keep_json | of_json).map(lambda act: ("say", act))
    return st.one_of(says, says, take_back)


def play(on: Engine, kind: str, what: Any) -> None:
    """One act; what the door refuses leaves no trace, and that too must hold."""
    try:
        with transaction(on) as session:
            if kind == "say":
                record(session, what)
            else:
                undo(session, what[0], by="S. Tanaka", why="mistake", scope=what[1])
    except (Conflict, InvalidInput, NotFound):
        pass


def projections(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(r) for r in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
        for table in PROJECTIONS
    }


def forget(on: Engine) -> None:
    """An empty registry again, for the next example: the triggers look away."""
    with transaction(on) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        tables = session.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        ).scalars()
        for table in tables.all():
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(text("INSERT INTO clock (one, n) VALUES (true, 0)"))
        for sequence in ("dataset_identity", "run_change", "dataset_change", "lumisection_change", "luminosity_change"):
            session.execute(text(f"ALTER SEQUENCE {sequence}_id_seq RESTART"))


@settings(
    max_examples=examples(25, at_length=60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
@given(data=st.data())
def test_rebuild_equals_live_after_any_history(engine: Engine, data: st.DataObject) -> None:
    forget(engine)
    with transaction(engine) as session:
        ids = flags_and_bits(session)
        for run in RUNS:
            a_run(session, run)
    for kind, what in data.draw(st.lists(acts(ids), min_size=1, max_size=12)):
        play(engine, kind, what)
    with transaction(engine) as session:
        live = projections(session)
    rebuild(engine, chunk=1)
    with transaction(engine) as session:
        assert projections(session) == live
