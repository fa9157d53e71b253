"""The door for writes: what is said is in the log and in sight at once, conflicts are told, nothing is lost."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Origin, Status
from tests.factories import RUN, a_flag, a_run, columns, flag


def segments(session: Session) -> list[tuple[str, int, int, int]]:
    query = text("SELECT column_name, first, last, value FROM segment ORDER BY dataset_id, column_name, first")
    return [tuple(row) for row in session.execute(query)]


def counts(session: Session, column: int) -> dict[str, int]:
    array = session.execute(text("SELECT counts FROM dataset")).scalar_one()
    part = array[(column - 1) * 6 : column * 6]
    return {Status(i + 1).name: n for i, n in enumerate(part) if n}


def test_a_flag_is_in_sight_at_once(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 100), origin=Origin.RULE))
    flag(session, a_flag(online, pixel))
    assert segments(session) == [("pixel", 1, 9, 1), ("pixel", 10, 20, 2), ("pixel", 21, 100, 1)]
    assert counts(session, pixel) == {"GOOD": 89, "BAD": 11}


def test_a_person_outranks_a_later_rule(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel))
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 100), origin=Origin.RULE))
    assert counts(session, pixel) == {"GOOD": 89, "BAD": 11}


def test_a_withdrawal_gives_back_to_the_machine(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 100), origin=Origin.RULE))
    flag(session, a_flag(online, pixel))
    back = LumisectionSaid(online, (pixel,), LumiRange(15, 30), None, Origin.PERSON, withdraws=(Origin.PERSON,))
    flag(session, back)
    assert counts(session, pixel) == {"GOOD": 95, "BAD": 5}


def test_a_hole_in_oms_stays_a_hole_whatever_is_flagged_over_it(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session, known=LumiSet.pairs([[1, 59], [63, 160]]))
    flag(session, a_flag(online, pixel, of=(50, 70)))
    assert counts(session, pixel) == {"BAD": 18}


def test_a_run_that_shrinks_keeps_the_words_outside_and_counts_only_the_known(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel, of=(90, 100)))
    said = RunSaid(RUN, {"known": [[1, 95]]}, Origin.RULE)
    record(session, Act(by="ingest", why="run shrank", kind=ActKind.INGEST, runs=(said,)))
    assert counts(session, pixel) == {"BAD": 6}
    assert segments(session) == [("pixel", 90, 100, 2)]


def test_two_people_on_overlapping_lumisections_conflict(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    seen = flag(session, a_flag(online, pixel, of=(1, 5))).change_set
    flag(session, a_flag(online, pixel, of=(10, 20)), by="S. Tanaka", seen=seen)
    with pytest.raises(Conflict, match=r"S\. Tanaka changed tracker-pixel 10–20 at \d\d:\d\d UTC"):
        flag(session, a_flag(online, pixel, of=(20, 30)), by="L. Moreau", seen=seen)


def test_two_people_on_different_lumisections_or_columns_do_not_conflict(session: Session) -> None:
    pixel, strip, _ = columns(session)
    online = a_run(session)
    seen = flag(session, a_flag(online, pixel, of=(1, 5))).change_set
    flag(session, a_flag(online, pixel, of=(10, 20)), seen=seen)
    flag(session, a_flag(online, pixel, of=(21, 30)), seen=seen)
    flag(session, a_flag(online, strip, of=(10, 20)), seen=seen)


def test_an_undo_of_what_one_looked_at_is_a_conflict(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    seen = flag(session, a_flag(online, pixel)).change_set
    undo(session, seen, by="L. Moreau", why="mistake")
    with pytest.raises(Conflict, match=r"L\. Moreau"):
        flag(session, a_flag(online, pixel), seen=seen)


def test_a_redo_of_what_one_saw_undone_is_a_conflict_however_long_the_chain(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    last = first = flag(session, a_flag(online, pixel)).change_set
    for by in ("L. Moreau", "K. Ito", "J. Novak", "A. Keller"):
        seen, last = last, undo(session, last, by=by, why="on second thoughts").change_set
        with pytest.raises(Conflict, match=f"{by} changed tracker-pixel 10–20"):
            flag(session, a_flag(online, pixel, of=(20, 30)), seen=seen)
    flag(session, a_flag(online, pixel, of=(21, 30)), seen=first)


def test_an_undo_that_is_narrowed_to_one_dataset_is_no_conflict_in_another(session: Session) -> None:
    pixel, *_ = columns(session)
    here, there = a_run(session), a_run(session, RUN + 1)
    done = flag(session, a_flag(here, pixel), a_flag(there, pixel)).change_set
    of_here = session.execute(text("SELECT id FROM dataset WHERE run_number = :run"), {"run": RUN}).scalars().all()
    undone = undo(session, done, by="L. Moreau", why="mistake", scope={"datasets": of_here}).change_set
    with pytest.raises(Conflict, match=r"L\. Moreau"):
        flag(session, a_flag(here, pixel), seen=done)
    undo(session, undone, by="K. Ito", why="it was right")
    with pytest.raises(Conflict, match=r"K\. Ito"):
        flag(session, a_flag(here, pixel), seen=undone)
    flag(session, a_flag(there, pixel), seen=done)


def test_a_redo_of_what_was_said_of_a_run_is_a_conflict_in_that_attribute(session: Session) -> None:
    a_run(session)
    act = Act("A", "class", ActKind.EDIT_RUN, runs=(RunSaid(RUN, {"run_class": "Collisions22"}, Origin.PERSON),))
    other = Act("A", "stop", ActKind.EDIT_RUN, runs=(RunSaid(RUN, {"stop_reason": "crash"}, Origin.PERSON),))
    undone = undo(session, record(session, act).change_set, by="B", why="mistake").change_set
    undo(session, undone, by="L. Moreau", why="it was right")
    with pytest.raises(Conflict, match=rf"L\. Moreau changed run_class of {RUN}"):
        record(session, act, seen=undone)
    record(session, other, seen=undone)


def test_two_people_on_one_attribute_conflict(session: Session) -> None:
    a_run(session)
    act = Act(
        by="A", why="class", kind=ActKind.EDIT_RUN, runs=(RunSaid(RUN, {"run_class": "Collisions22"}, Origin.PERSON),)
    )
    first = record(session, act, seen=1)
    with pytest.raises(Conflict, match=f"A changed run_class of {RUN}"):
        record(session, act, seen=first.change_set - 1)


def test_an_unknown_run_or_dataset_is_told(session: Session) -> None:
    pixel, *_ = columns(session)
    a_run(session)
    with pytest.raises(NotFound, match="no dataset 360459 /PromptReco"):
        flag(session, a_flag(DatasetKey(RUN, "/PromptReco/Collisions2022/DQM"), pixel))
    with pytest.raises(NotFound, match="no run 1"):
        record(session, Act(by="A", why="x", kind=ActKind.EDIT_RUN, runs=(RunSaid(1, {"state": "OPEN"}, Origin.RULE),)))


def test_an_act_that_says_nothing_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput, match="says nothing"):
        record(session, Act(by="A", why="nothing at all", kind=ActKind.FLAG))


def test_change_set_ids_have_no_gaps_also_after_a_rollback(engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session, 1)
    with pytest.raises(RuntimeError), transaction(engine) as session:
        a_run(session, 2)
        raise RuntimeError("the worker dies")
    with transaction(engine) as session:
        a_run(session, 3)
    with transaction(engine) as session:
        ids = session.execute(text("SELECT id FROM change_set ORDER BY id")).scalars().all()
        assert list(ids) == [1, 2]
        assert session.execute(text("SELECT array_agg(run_number) FROM run")).scalar_one() == [1, 3]


@pytest.mark.parametrize(
    "table", ["change_set", "run_change", "lumisection_change", "run_identity", "dataset_identity"]
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_forget(engine: Engine, table: str, statement: str) -> None:
    with pytest.raises(Exception, match="append-only"), transaction(engine) as session:
        session.execute(text(statement.format(table)))


def test_comments_and_causes_in_force_are_searchable(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    flag(session, a_flag(online, pixel, comment="power supply trip"))
    found = "SELECT count(*) FROM dataset WHERE words @@ websearch_to_tsquery('simple', 'supply')"
    assert session.execute(text(found)).scalar_one() == 1
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 100), comment="all well"))
    assert session.execute(text(found)).scalar_one() == 0


def test_a_proposal_changes_nothing_but_is_pending_until_it_is_decided(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session)
    propose = Act(
        by="ingest",
        why="OMS changed",
        kind=ActKind.PROPOSAL,
        runs=(RunSaid(RUN, {"oms.energy": 6800}, Origin.RULE),),
        lumisections=(a_flag(online, pixel, origin=Origin.RULE),),
    )
    pending = record(session, propose)
    row = session.execute(text("SELECT proposed_by, energy_gev FROM run")).one()
    assert tuple(row) == (pending.change_set, None)
    assert segments(session) == []
    accept = Act(
        by="L. Moreau",
        why="OMS is right",
        kind=ActKind.ACCEPT,
        runs=propose.runs,
        lumisections=propose.lumisections,
    )
    accepted = record(session, accept)
    assert tuple(session.execute(text("SELECT proposed_by, energy_gev FROM run")).one()) == (None, 6800)
    undo(session, accepted.change_set, by="L. Moreau", why="no")
    assert tuple(session.execute(text("SELECT proposed_by, energy_gev FROM run")).one()) == (pending.change_set, None)
