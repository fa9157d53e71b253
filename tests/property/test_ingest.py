"""Whatever OMS says of a run, and whatever people do meanwhile: the log says what OMS says, and says it once.

The log is read here by painting every word onto every lumisection, one by one, without the folds of the registry.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.embedded import Embedded
from backend.ingest.difference import VOLATILE
from backend.ingest.proposals import accept_proposal, pending_proposal, reject_proposal
from backend.ingest.runs import Outcome, ingest_run
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, Origin, RunState
from tests.databases import an_engine
from tests.laws import examples
from tests.oms_answers import OmsState, an_oms_run

BITS = ("bpix_ready", "cms_active", "newdet_ready")
PRESCALES = ("prescale_index", "prescale_name")
LAST = 12
_runs = itertools.count(400_001)


@pytest.fixture(scope="module")
def engine(postgresql: Embedded) -> Iterator[Engine]:
    """One registry for all examples; each has a run of its own."""
    with an_engine(postgresql, name="property_ingest") as made:
        yield made


# What happens to a run in OMS.

ranges = st.tuples(st.integers(1, LAST), st.integers(0, 5)).map(lambda r: range(r[0], min(r[0] + r[1], LAST) + 1))
values = st.one_of(
    st.tuples(st.sampled_from(BITS), st.sampled_from((True, False, None))),
    st.tuples(st.just("prescale_index"), st.sampled_from((None, 0, 3))),
    st.tuples(st.just("prescale_name"), st.sampled_from((None, "2.0E34", "Emergency"))),
    st.tuples(
        st.sampled_from(("delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection")),
        st.sampled_from((None, 0.0, 0.25, 0.5)),
    ),
)
attributes = st.one_of(
    st.tuples(st.just("energy"), st.sampled_from((None, 6500, 6800))),
    st.tuples(st.just("hlt_physics_counter"), st.sampled_from((0, 100, 200))),
    st.tuples(st.just("end_time"), st.sampled_from((None, "2022-10-10T09:00:00Z"))),
    st.tuples(st.just("last_update"), st.sampled_from(("2022-10-10T10:00:00Z", "2022-10-10T11:00:00Z"))),
    st.tuples(st.just("components"), st.sampled_from((None, ["PIXEL"], ["PIXEL", "TRACKER"]))),
)
oms_steps = st.one_of(
    st.tuples(st.just("grows"), st.integers(1, LAST)),
    st.tuples(st.just("shrinks"), st.integers(0, LAST)),
    st.tuples(st.just("hole"), ranges),
    st.tuples(st.just("values"), ranges, values),
    st.tuples(st.just("attribute"), attributes),
    st.tuples(st.just("attribute gone"), st.sampled_from(("energy", "hlt_physics_counter", "components"))),
    st.tuples(st.just("detector gone"), st.sampled_from(BITS)),
    st.tuples(st.just("nothing")),
)


def happen(state: OmsState, step: tuple[Any, ...]) -> OmsState:
    """The run in OMS afterwards."""
    has = state.lumisections
    after = state
    match step:
        case ("grows", last):
            after = state.where([n for n in range(1, last + 1) if n not in has], bpix_ready=True)
        case ("shrinks", last):
            after = state.lacking(*(n for n in has if n > last))
        case ("hole", numbers):
            after = state.lacking(*numbers)
        case ("values", numbers, (name, value)):
            after = state.where([n for n in numbers if n in has], **{name: value})
        case ("attribute", (name, value)):
            after = state.but(**{name: value})
        case ("attribute gone", name):
            after = state.without(name)
        case ("detector gone", name):
            spoken = {n: {k: v for k, v in said.items() if k != name} for n, said in has.items()}
            after = OmsState(state.run_number, state.attributes, spoken)
    return after


# What people do meanwhile.

people_steps = st.one_of(
    st.tuples(st.just("flag"), st.sampled_from(BITS), ranges, st.sampled_from(tuple(Bit))),
    st.tuples(st.just("move"), st.sampled_from(tuple(RunState))),
    st.tuples(st.sampled_from(("accept", "reject", "undo"))),
)

_LATEST = text("""
    SELECT s.id FROM change_set s JOIN run_change c ON c.change_set = s.id
    WHERE c.run_number = :run AND s.kind IN ('accept', 'reject') ORDER BY s.id DESC LIMIT 1
""")
_UNDONE = text("SELECT id FROM change_set WHERE undoes = :act")


@dataclass
class People:
    """What people said of the run, and which decisions they took back."""

    engine: Engine
    run_number: int
    flags: dict[tuple[str, int], int] = field(default_factory=dict)
    rejections: set[int] = field(default_factory=set)

    def act(self, step: tuple[Any, ...]) -> None:
        with transaction(self.engine) as session:
            match step:
                case ("flag", name, numbers, value):
                    self.flag(session, name, numbers, value)
                case ("move", state):
                    said = RunSaid(self.run_number, {"state": state.value}, Origin.PERSON)
                    record(session, Act(by="S. Tanaka", why="moved", kind=ActKind.MOVE_RUN, runs=(said,)))
                case ("undo",):
                    self.take_back(session)
                case (decision,) if pending_proposal(session, self.run_number):
                    decide = accept_proposal if decision == "accept" else reject_proposal
                    decided = decide(session, self.run_number, by="L. Moreau", why=decision)
                    self.rejections |= {decided.change_set} if decision == "reject" else set()

    def flag(self, session: Session, name: str, numbers: range, value: Bit) -> None:
        column = columns_by_name(session).get(f"oms-{name}")
        if column is None:
            return
        where = LumiRange(numbers[0], numbers[-1])
        said = LumisectionSaid(DatasetKey(self.run_number, ONLINE), (column.id,), where, value, Origin.PERSON)
        record(session, Act(by="S. Tanaka", why="flagged", kind=ActKind.FLAG, lumisections=(said,)))
        self.flags |= dict.fromkeys(((name, n) for n in numbers), int(value))

    def take_back(self, session: Session) -> None:
        """Undo the latest decision, or the undo of it."""
        latest = session.execute(_LATEST, {"run": self.run_number}).scalar_one_or_none()
        if latest is None or session.execute(_UNDONE, {"act": latest}).first():
            return
        undo(session, latest, by="S. Tanaka", why="not so fast")
        self.rejections.discard(latest)


# What the log says, word by word.

_RUN_WORDS = text("""
    SELECT c.said FROM run_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND s.kind IN ('ingest', 'proposal') ORDER BY c.id
""")
_LUMISECTION_WORDS = text("""
    SELECT l.name, c.first, c.last, coalesce((SELECT t.word FROM column_text t WHERE t.id = c.value
                                              AND t.column_id = l.id), c.value::text)
    FROM lumisection_change c JOIN change_set s ON s.id = c.change_set JOIN dataset_identity d ON d.id = c.dataset_id
    JOIN lumisection_column l ON l.id = ANY(c.columns)
    WHERE d.run_number = :run AND s.kind IN ('ingest', 'proposal') ORDER BY c.id
""")
_LUMINOSITY_WORDS = text("""
    SELECT c.first, c.delivered, c.recorded FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = :run AND s.kind IN ('ingest', 'proposal') ORDER BY c.id
""")
_IN_SIGHT = text("""
    SELECT column_name, first, last, value FROM segment s JOIN dataset_identity d ON d.id = s.dataset_id
    WHERE d.run_number = :run
""")

Painted = dict[tuple[str, int], Any]


def log_size(session: Session, run_number: int) -> tuple[int, ...]:
    queries = (_RUN_WORDS, _LUMISECTION_WORDS, _LUMINOSITY_WORDS, text("SELECT id FROM change_set WHERE :run > 0"))
    return tuple(len(session.execute(query, {"run": run_number}).all()) for query in queries)


def painted_words(session: Session, run_number: int, known: LumiSet, *, before: tuple[int, ...]) -> Painted:
    """What the words say of each lumisection; those after ``before`` are seen to be new, and of known lumisections."""
    painted: Painted = {}

    def paint(name: str, number: int, value: Any, *, is_new: bool) -> None:
        if is_new:
            assert painted.get((name, number)) != value, f"{name} of lumisection {number} is {value} was said before"
            assert number in known, f"{name} was said of lumisection {number}, which OMS does not have"
        painted[name, number] = value

    asked = {"run": run_number}
    for at, (name, first, last, value) in enumerate(session.execute(_LUMISECTION_WORDS, asked)):
        for number in range(first, last + 1):
            paint(name, number, value, is_new=at >= before[1])
    for at, (first, delivered, recorded) in enumerate(session.execute(_LUMINOSITY_WORDS, asked)):
        for number, pair in enumerate(zip(delivered, recorded, strict=True), first):
            paint("luminosity", number, pair, is_new=at >= before[2])
    return painted


def expected(state: OmsState) -> Painted:
    """What OMS says of each of its lumisections."""
    said: Painted = {}
    for n, row in state.lumisections.items():
        said |= {(name, n): str(int(Bit.of(row.get(name)))) for name in BITS}
        said |= {(name, n): None if row.get(name) is None else str(row[name]) for name in PRESCALES}
        said["luminosity", n] = tuple(row.get(f"{kind}_lumi_per_lumisection") for kind in ("delivered", "recorded"))
    return said


def unspoken(name: str) -> Any:
    """What holds of a lumisection of which nothing was ever said."""
    return str(int(Bit.NULL)) if name in BITS else (None, None) if name == "luminosity" else None


def check_log(session: Session, state: OmsState, *, before: tuple[int, ...]) -> Painted:
    """The log says exactly what OMS says now."""
    run, said = state.run(), {}
    for words in session.execute(_RUN_WORDS, {"run": state.run_number}).scalars():
        said |= words
    known = LumiSet.numbers(state.lumisections)
    assert said["known"] == known.as_pairs()
    now = {f"oms.{name}": value for name, value in run.attributes.items()} | {"oms.ls_duration": len(known)}
    ignored = VOLATILE if run.end_time is None else frozenset()
    for name in (said.keys() | now.keys()) - ignored - {"known", "state", "oms.beams_present_and_stable"}:
        assert said.get(name) == now.get(name), name
    painted = painted_words(session, state.run_number, known, before=before)
    for (name, number), value in expected(state).items():
        assert painted.get((name, number), unspoken(name)) == value, (name, number)
    return painted


def check_sight(session: Session, state: OmsState, people: People, *, painted: Painted) -> None:
    """Where nothing was rejected and nothing is pending, people see what OMS says, and above it what they said."""
    if people.rejections or pending_proposal(session, state.run_number):
        return
    seen: Painted = {}
    for name, first, last, value in session.execute(_IN_SIGHT, {"run": state.run_number}):
        seen |= {(name, n): str(value) for n in range(first, last + 1)}
    for name, number in itertools.product(BITS, state.lumisections):
        holds = people.flags.get((name, number), painted.get((name, number)))
        assert seen.get((name, number)) == (None if holds is None else str(holds)), (name, number)
    row = session.execute(
        text("SELECT known, lumisections FROM run WHERE run_number = :run"), {"run": people.run_number}
    )
    assert tuple(row.one()) == (LumiSet.numbers(state.lumisections).as_flat(), len(state.lumisections))


@settings(max_examples=examples(25, at_length=60), deadline=None)
@given(st.sets(st.integers(1, LAST)), st.lists(st.one_of(oms_steps, oms_steps, people_steps), max_size=14))
def test_the_log_says_what_oms_says_and_says_it_once(
    engine: Engine, numbers: set[int], steps: list[tuple[Any, ...]]
) -> None:
    state = an_oms_run(0, run_number=next(_runs)).where(numbers, bpix_ready=True, cms_active=True)
    people = People(engine, state.run_number)
    before: tuple[int, ...] = (0, 0, 0, 0)
    for step in [("nothing",), *steps]:
        if step[0] in {"flag", "move", "accept", "reject", "undo"}:
            people.act(step)
        state = happen(state, step)
        ingest_run(engine, state.run(), state.read())
        with transaction(engine) as session:
            painted = check_log(session, state, before=before)
            check_sight(session, state, people, painted=painted)
            before = log_size(session, state.run_number)
        assert ingest_run(engine, state.run(), state.read()) is Outcome.UNCHANGED
        with transaction(engine) as session:
            assert log_size(session, state.run_number) == before
