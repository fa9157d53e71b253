"""One run from OMS into a real registry: what is in the log, what is in sight, what waits to be decided."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier
from time import perf_counter

import orjson
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, NotFound, SourceNonsense, WrongState
from backend.ingest.oms_lumisections import read_lumisections
from backend.ingest.oms_run import read_run
from backend.ingest.proposals import accept_proposal, pending_proposal, reject_proposal
from backend.ingest.runs import Outcome, ingest_run
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import DCS_BITS, ONLINE, ActKind, Bit, Origin, RunState
from scripts.simulator.running import feed_named
from tests.factories import RUN
from tests.oms_answers import OmsState, an_oms_run, luminosity

ONLINE_KEY = DatasetKey(RUN, ONLINE)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session to look with: it sees what others committed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield Session(connection)


def take_in(engine: Engine, *states: OmsState) -> list[Outcome]:
    return [ingest_run(engine, state.run(), state.read()) for state in states]


def acts(session: Session) -> list[str]:
    """The kinds of the acts so far, registrations left out."""
    return list(session.execute(text("SELECT kind FROM change_set WHERE kind <> 'setup' ORDER BY id")).scalars())


def last_why(session: Session) -> str:
    return str(session.execute(text("SELECT why FROM change_set ORDER BY id DESC LIMIT 1")).scalar_one())


def words(session: Session) -> int:
    """How many rows the log has."""
    query = text("""
        SELECT (SELECT count(*) FROM change_set) + (SELECT count(*) FROM run_change)
             + (SELECT count(*) FROM lumisection_change) + (SELECT count(*) FROM luminosity_change)
    """)
    return int(session.execute(query).scalar_one())


def bit(session: Session, name: str) -> list[tuple[int, int, int]]:
    """The values in sight as (first, last, value), those of neighbouring words joined."""
    query = text("SELECT first, last, value FROM segment WHERE column_name = :name ORDER BY first")
    joined: list[tuple[int, int, int]] = []
    for first, last, value in session.execute(query, {"name": name}):
        if joined and joined[-1][1:] == (first - 1, value):
            joined[-1] = joined[-1][0], last, value
        else:
            joined.append((first, last, value))
    return joined


def run(session: Session, column: str) -> object:
    return session.execute(text("SELECT to_jsonb(run) -> :column FROM run"), {"column": column}).scalar_one()


def move(engine: Engine, state: RunState) -> None:
    said = RunSaid(RUN, {"state": state.value}, Origin.PERSON)
    with transaction(engine) as session:
        record(session, Act(by="S. Tanaka", why="moved", kind=ActKind.MOVE_RUN, runs=(said,)))


def flag_bit(engine: Engine, name: str, value: Bit, *, of: tuple[int, int]) -> None:
    with transaction(engine) as session:
        column = columns_by_name(session)[f"oms-{name}"].id
        said = LumisectionSaid(ONLINE_KEY, (column,), LumiRange(*of), value, Origin.PERSON)
        record(session, Act(by="S. Tanaka", why="OMS is wrong", kind=ActKind.FLAG, lumisections=(said,)))


def accept(engine: Engine, *, seen: int | None = None) -> int:
    with transaction(engine) as session:
        return accept_proposal(session, RUN, by="L. Moreau", why="OMS is right", seen=seen).change_set


def reject(engine: Engine) -> int:
    with transaction(engine) as session:
        return reject_proposal(session, RUN, by="L. Moreau", why="OMS is wrong").change_set


def test_a_new_run_is_open_and_in_sight(engine: Engine, session: Session) -> None:
    state = an_oms_run(10).where([4, 5], bpix_ready=False).lacking(7)
    assert take_in(engine, state) == [Outcome.NEW]
    assert bit(session, "bpix_ready") == [(1, 3, 1), (4, 5, 0), (6, 6, 1), (8, 10, 1)]
    assert (run(session, "state"), run(session, "known"), run(session, "energy_gev")) == ("OPEN", [1, 6, 8, 10], 6800)
    assert run(session, "is_significant") is None
    assert last_why(session) == "run 360459 appeared in OMS, lumisections 1–6, 8–10"


def test_a_run_without_lumisections_is_in_sight_too(engine: Engine, session: Session) -> None:
    assert take_in(engine, an_oms_run(0), an_oms_run(0)) == [Outcome.NEW, Outcome.UNCHANGED]
    assert run(session, "known") == []


def test_the_same_again_leaves_no_trace(engine: Engine, session: Session) -> None:
    state = an_oms_run(10).where([3], prescale_index=1, prescale_name="2.0E34").where([4], **luminosity([0.25])[1])
    take_in(engine, state)
    before = words(session)
    assert take_in(engine, state) == [Outcome.UNCHANGED]
    assert words(session) == before


def test_a_change_is_told_in_the_log(engine: Engine, session: Session) -> None:
    now = an_oms_run(12).lacking(5).where([3], bpix_ready=False).but(energy=6500, b_field=0.0)
    assert take_in(engine, an_oms_run(10), now) == [Outcome.NEW, Outcome.CHANGED]
    assert last_why(session) == (
        "OMS: lumisections 11–12 came; lumisections 5 went; b_field, energy, ls_duration changed; "
        "values of lumisections changed"
    )


def test_all_expected_columns_exist_from_the_first_run_on_and_new_detectors_when_they_come(
    engine: Engine, session: Session
) -> None:
    take_in(engine, an_oms_run(2).where([1], newdet_ready=True))
    names = [column.name for column in columns_by_name(session).values()]
    assert names == [*DCS_BITS, "physics_flag", "prescale_index", "prescale_name", "newdet_ready"]
    assert bit(session, "newdet_ready") == [(1, 1, Bit.TRUE), (2, 2, Bit.NULL)]


def test_prescale_names_stand_in_the_dictionary(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(3).where([1, 2], prescale_name="2.0E34").where([3], prescale_name="Emergency"))
    query = text("""
        SELECT s.first, s.last, t.word FROM segment s JOIN column_text t ON t.id = s.value
        WHERE s.column_name = 'prescale_name' ORDER BY 1
    """)
    assert [tuple(row) for row in session.execute(query)] == [(1, 2, "2.0E34"), (3, 3, "Emergency")]


def test_luminosity_stands_at_its_lumisection(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(4).where([2], **luminosity([0.25])[1]).where([4], **luminosity([0.5])[1]))
    row = session.execute(text("SELECT source, delivered, recorded FROM luminosity")).one()
    assert tuple(row) == ("oms", [None, 0.25, None, 0.5], [None, 0.25, None, 0.5])


def test_what_a_person_says_of_a_bit_stands_and_oms_does_not_repeat_itself(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    flag_bit(engine, "bpix_ready", Bit.FALSE, of=(2, 4))
    assert take_in(engine, an_oms_run(10)) == [Outcome.UNCHANGED]
    assert bit(session, "bpix_ready") == [(1, 1, 1), (2, 4, 0), (5, 10, 1)]


def test_what_is_undone_changes_nothing_of_what_oms_said(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    flag_bit(engine, "bpix_ready", Bit.FALSE, of=(2, 4))
    with transaction(engine) as writing:
        undo(writing, int(session.execute(text("SELECT n FROM clock")).scalar_one()), by="S. Tanaka", why="mistake")
    assert take_in(engine, an_oms_run(10)) == [Outcome.UNCHANGED]


def test_a_classifier_judges_what_is_new_or_changed_in_the_same_transaction(engine: Engine, session: Session) -> None:
    judged = []

    def judge(judging: Session, run_number: int) -> None:
        judged.append((run_number, judging.execute(text("SELECT lumisections FROM run")).scalar_one()))
        if len(judged) == 2:
            raise RuntimeError("no rule fits")

    ten, twelve = an_oms_run(10), an_oms_run(12)
    ingest_run(engine, ten.run(), ten.read(), classify=judge)
    ingest_run(engine, ten.run(), ten.read(), classify=judge)
    with pytest.raises(RuntimeError, match="no rule fits"):
        ingest_run(engine, twelve.run(), twelve.read(), classify=judge)
    assert judged == [(RUN, 10), (RUN, 12)]
    assert run(session, "lumisections") == 10


def test_what_the_database_cannot_keep_is_nonsense_and_leaves_no_trace(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(2))
    before = words(session)
    for state in (an_oms_run(2, fill_number=2**40), an_oms_run(2, hlt_key="a\0b")):
        with pytest.raises(SourceNonsense, match=f"run {RUN} cannot be kept"):
            take_in(engine, state)
    assert words(session) == before


def test_two_workers_make_a_new_run_once(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(1, run_number=RUN - 1))
    together = Barrier(2)

    def work() -> str:
        state = an_oms_run(10)
        oms_run, lumisections = state.run(), state.read()
        together.wait(timeout=10)
        try:
            return ingest_run(engine, oms_run, lumisections)
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(future.result() for future in [pool.submit(work), pool.submit(work)])
    assert outcomes in (["conflict", "new"], ["new", "unchanged"])
    assert take_in(engine, an_oms_run(10)) == [Outcome.UNCHANGED]
    assert acts(session) == ["ingest", "ingest"]


def test_two_workers_say_one_change_once(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    together = Barrier(2)

    def work() -> Outcome:
        together.wait(timeout=10)
        return take_in(engine, an_oms_run(12))[0]

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(future.result() for future in [pool.submit(work), pool.submit(work)])
    assert outcomes == [Outcome.CHANGED, Outcome.UNCHANGED]


# A run that is signed off.


@pytest.mark.parametrize("state", [RunState.SIGNOFF, RunState.COMPLETED])
def test_a_change_of_a_run_that_is_not_open_is_proposed(engine: Engine, session: Session, state: RunState) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, state)
    now = an_oms_run(12).where([3], bpix_ready=False).where([4], **luminosity([0.5])[1]).but(energy=6500)
    assert take_in(engine, now, now) == [Outcome.PROPOSED, Outcome.UNCHANGED]
    assert (run(session, "known"), run(session, "energy_gev")) == ([1, 10], 6800)
    assert bit(session, "bpix_ready") == [(1, 10, 1)]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.acts == (run(session, "proposed_by"),)
    assert pending.words.attributes == {"known": [[1, 12]], "oms.ls_duration": 12, "oms.energy": 6500}
    assert [(w.range, w.value) for w in pending.words.lumisections] == [
        (LumiRange(3, 3), Bit.FALSE),
        (LumiRange(11, 12), Bit.TRUE),
    ]
    assert [(w.first, w.recorded) for w in pending.words.luminosities] == [(4, [0.5])]


def test_values_alone_are_proposed_too(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    assert take_in(engine, an_oms_run(10).where([3], bpix_ready=False)) == [Outcome.PROPOSED]
    assert run(session, "proposed_by") is not None


def test_an_accepted_proposal_holds_and_is_not_proposed_again(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(12).where([3], bpix_ready=False).where([4], **luminosity([0.5])[1]).but(energy=6500)
    take_in(engine, now)
    accept(engine)
    assert (run(session, "known"), run(session, "energy_gev"), run(session, "proposed_by")) == ([1, 12], 6500, None)
    assert bit(session, "bpix_ready") == [(1, 2, 1), (3, 3, 0), (4, 12, 1)]
    assert session.execute(text("SELECT recorded[4] FROM luminosity")).scalar_one() == 0.5
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    assert pending_proposal(session, RUN) is None


def test_a_rejected_proposal_is_not_proposed_again_nor_with_the_next(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(10).where([3], bpix_ready=False).but(energy=6500)
    take_in(engine, now)
    reject(engine)
    assert (run(session, "proposed_by"), run(session, "energy_gev")) == (None, 6800)
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    assert take_in(engine, now.but(b_field=0.0)) == [Outcome.PROPOSED]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.words.attributes == {"oms.b_field": 0.0}
    assert pending.words.lumisections == ()


def test_amendments_are_decided_together_and_the_last_word_counts(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500).where([2, 3], bpix_ready=False))
    first = run(session, "proposed_by")
    take_in(engine, an_oms_run(10).but(energy=6400, b_field=0.0).where([3, 4], bpix_ready=False))
    assert run(session, "proposed_by") == first
    pending = pending_proposal(session, RUN)
    assert pending is not None and len(pending.acts) == 2
    assert pending.words.attributes == {"oms.energy": 6400, "oms.b_field": 0.0}
    assert [(w.range, w.value) for w in pending.words.lumisections] == [(LumiRange(3, 4), Bit.FALSE)]
    accept(engine)
    assert bit(session, "bpix_ready") == [(1, 2, 1), (3, 4, 0), (5, 10, 1)]


def test_nothing_of_a_run_that_shrank_and_grew_while_it_was_decided_is_lost(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(14).where([13], bpix_ready=False), an_oms_run(11))
    accept(engine)
    assert run(session, "known") == [1, 11]
    take_in(engine, an_oms_run(14).where([13], bpix_ready=False))
    accept(engine)
    assert run(session, "known") == [1, 14]
    assert bit(session, "bpix_ready") == [(1, 12, 1), (13, 13, 0), (14, 14, 1)]


def test_what_oms_takes_back_needs_no_decision(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    later = an_oms_run(10).but(last_update="2022-10-11T00:00:00Z")
    assert take_in(engine, an_oms_run(10).lacking(4, 5).where([7], bpix_ready=False), later) == [
        Outcome.PROPOSED,
        Outcome.CHANGED,
    ]
    assert (pending_proposal(session, RUN), run(session, "proposed_by")) == (None, None)
    assert run(session, "oms_last_update") == "2022-10-11T00:00:00+00:00"
    assert last_why(session) == "OMS took back what it had proposed"
    assert take_in(engine, later) == [Outcome.UNCHANGED]


def test_oms_that_comes_round_to_what_holds_after_a_rejection_proposes_nothing(
    engine: Engine, session: Session
) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500).where([7], bpix_ready=False))
    reject(engine)
    assert take_in(engine, an_oms_run(10), an_oms_run(10)) == [Outcome.CHANGED, Outcome.UNCHANGED]
    assert (run(session, "proposed_by"), run(session, "energy_gev")) == (None, 6800)


def test_a_prescale_taken_back_is_proposed_and_accepted(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(4).where([1, 2, 3, 4], prescale_index=2))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(4).where([1, 2], prescale_index=2))
    pending = pending_proposal(session, RUN)
    assert pending is not None and [w.withdraws for w in pending.words.lumisections] == [(Origin.RULE,)]
    accept(engine)
    assert bit(session, "prescale_index") == [(1, 2, 2)]


def test_only_a_newer_last_update_of_a_signed_off_run_is_taken_in(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    assert take_in(engine, an_oms_run(10).but(last_update="2022-10-11T00:00:00Z")) == [Outcome.CHANGED]
    assert (run(session, "proposed_by"), acts(session)[-1]) == (None, "ingest")


def test_an_undone_acceptance_is_pending_again_and_may_be_rejected(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    now = an_oms_run(10).but(energy=6500).where([2], bpix_ready=False)
    take_in(engine, now)
    accepted = accept(engine)
    with transaction(engine) as writing:
        undo(writing, accepted, by="S. Tanaka", why="not so fast")
    assert (run(session, "energy_gev"), bit(session, "bpix_ready")) == (6800, [(1, 10, 1)])
    assert take_in(engine, now) == [Outcome.UNCHANGED]
    pending = pending_proposal(session, RUN)
    assert pending is not None and pending.words.attributes == {"oms.energy": 6500}
    assert len(pending.words.lumisections) == 1
    rejected = reject(engine)
    assert pending_proposal(session, RUN) is None
    with transaction(engine) as writing:
        undo(writing, rejected, by="S. Tanaka", why="not so fast")
    accept(engine)
    assert (run(session, "energy_gev"), bit(session, "bpix_ready")) == (6500, [(1, 1, 1), (2, 2, 0), (3, 10, 1)])


def test_a_run_that_is_open_again_follows_oms(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(12).but(energy=6500))
    move(engine, RunState.OPEN)
    assert take_in(engine, an_oms_run(12).but(energy=6400)) == [Outcome.CHANGED]
    assert (run(session, "known"), run(session, "energy_gev"), run(session, "proposed_by")) == ([1, 12], 6400, None)
    assert bit(session, "bpix_ready") == [(1, 12, 1)]


def test_what_was_amended_since_one_looked_is_a_conflict(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).but(energy=6500))
    seen = int(session.execute(text("SELECT n FROM clock")).scalar_one())
    take_in(engine, an_oms_run(10).but(energy=6400))
    with pytest.raises(Conflict, match=f"OMS amended what it proposes about run {RUN}"):
        accept(engine, seen=seen)
    accept(engine, seen=seen + 1)
    assert run(session, "energy_gev") == 6400


def test_where_nothing_is_proposed_nothing_can_be_decided(engine: Engine) -> None:
    with pytest.raises(NotFound, match=f"no run {RUN}"):
        accept(engine)
    take_in(engine, an_oms_run(10))
    with pytest.raises(WrongState, match=f"nothing about run {RUN}"):
        reject(engine)


def test_what_people_said_stays_when_a_proposal_is_accepted(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10))
    flag_bit(engine, "bpix_ready", Bit.TRUE, of=(2, 3))
    move(engine, RunState.SIGNOFF)
    take_in(engine, an_oms_run(10).where([3, 4], bpix_ready=False))
    accept(engine)
    assert bit(session, "bpix_ready") == [(1, 3, 1), (4, 4, 0), (5, 10, 1)]


def test_a_run_that_is_no_longer_in_sight_comes_back_with_oms(engine: Engine, session: Session) -> None:
    made = RunSaid(RUN, {"stop_reason": "by hand"}, Origin.PERSON)
    act = Act(
        by="S. Tanaka", why="made", kind=ActKind.EDIT_RUN, new_runs=(RUN,), new_datasets=(ONLINE_KEY,), runs=(made,)
    )
    with transaction(engine) as writing:
        undo(writing, record(writing, act).change_set, by="S. Tanaka", why="mistake")
    assert session.execute(text("SELECT count(*) FROM run")).scalar_one() == 0
    assert take_in(engine, an_oms_run(3), an_oms_run(3)) == [Outcome.CHANGED, Outcome.UNCHANGED]
    assert run(session, "known") == [1, 3]


def test_the_first_words_of_a_run_of_534_lumisections_are_a_handful_and_quick(
    engine: Engine, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    like = min(feed_named("2018").runs, key=lambda season_run: abs(season_run.count - 534))
    rows = [{"attributes": row} for row in like.rows()]
    took: dict[Outcome, list[float]] = {Outcome.NEW: [], Outcome.UNCHANGED: []}
    for run_number in range(1, 10):
        said = {"attributes": like.attributes | {"run_number": run_number}}
        told = orjson.dumps([row | {"attributes": row["attributes"] | {"run_number": run_number}} for row in rows])
        for outcome, milliseconds in took.items():
            begun = perf_counter()
            lumisections = read_lumisections(run_number, orjson.loads(told))
            assert ingest_run(engine, read_run(said), lumisections) is outcome
            milliseconds.append((perf_counter() - begun) * 1e3)
    assert session.execute(text("SELECT count(*) FROM lumisection_change")).scalar_one() <= 9 * 30
    with capsys.disabled():
        medians = ", ".join(f"{outcome} {median(times[1:]):.1f} ms" for outcome, times in took.items())
        sys.stdout.write(f"\ningest of a run of {like.count} lumisections: {medians}\n")


def test_known_counts_follow_a_run_that_shrinks(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(10), an_oms_run(10).lacking(1, 10))
    assert (run(session, "lumisections"), LumiSet.flat(run(session, "known"))) == (8, LumiSet.span(2, 9))  # type: ignore[arg-type]
    assert bit(session, "bpix_ready") == [(1, 10, 1)]
