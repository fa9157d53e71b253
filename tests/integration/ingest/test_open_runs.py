"""What OMS says of a run that is open is in the log and in sight: once, by lumisection number, and whole."""

import sys
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier
from time import perf_counter

import orjson
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, SourceNonsense
from backend.ingest.oms_lumisections import read_lumisections
from backend.ingest.oms_run import read_run
from backend.ingest.runs import Outcome, ingest_run
from backend.record import Act, DatasetKey, RunSaid, columns_by_name, record, undo
from models.lumis import LumiSet
from models.vocabulary import DCS_BITS, ONLINE, ActKind, Bit, Origin
from scripts.simulator.running import feed_named
from tests.factories import RUN
from tests.ingested import acts, bit, flag_bit, last_why, run, take_in, words
from tests.oms_answers import an_oms_run, luminosity

ONLINE_KEY = DatasetKey(RUN, ONLINE)


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
