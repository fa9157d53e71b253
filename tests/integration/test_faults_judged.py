"""The judge of faults is no fool: a lost, doubled or backdated act is seen, and so is a trace."""

import pytest
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.record import Act, DatasetKey, LumisectionSaid, record
from models.lumis import LumiRange
from models.vocabulary import ActKind, Origin, Status
from scripts.load.acts_kept import Kept, kept
from scripts.load.faults.__main__ import main
from scripts.load.faults.row import Row
from scripts.load.writing import Said
from tests.factories import RUN, a_run, columns


@pytest.fixture
def said(engine: Engine) -> Said:
    """One act that was acknowledged and is in the log."""
    with transaction(engine) as session:
        a_run(session)
        [column] = columns(session, ["tracker-strip"])
        word = LumisectionSaid(
            DatasetKey(RUN, "online"), (column,), LumiRange(1, 2), int(Status.BAD), Origin.PERSON, comment="act 1"
        )
        record(session, Act(by="a", why="act 1", kind=ActKind.FLAG, lumisections=(word,)))
    return Said(acknowledged=["act 1"], open=["act 2"])


def test_what_is_there_once_is_whole(database_url: str, said: Said) -> None:
    found = kept(database_url, [said])
    assert (found.is_whole, found.acknowledged, found.kept_unanswered, str(found)) == (True, 1, 0, "0 of 1")


def test_an_act_that_is_not_there_is_lost(database_url: str, said: Said) -> None:
    said.acknowledged.append("act 3")
    assert kept(database_url, [said]).lost == ("act 3",)


def test_an_act_without_an_answer_may_be_there(database_url: str, said: Said) -> None:
    said.open.append(said.acknowledged.pop())
    found = kept(database_url, [said])
    assert (found.is_whole, found.kept_unanswered) == (True, 1)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE clock SET n = n + 1", "gaps"),
        ("UPDATE run SET state = 'SIGNOFF'", "different"),
    ],
)
def test_what_was_damaged_is_seen(engine: Engine, database_url: str, said: Said, damage: str, what: str) -> None:
    with transaction(engine) as session:
        session.execute(text(damage))
    found = kept(database_url, [said])
    assert getattr(found, what) and not found.is_whole


def test_a_fault_that_is_not_there_is_refused_and_those_that_are_there_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["./scripts/faults", "earthquake"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no fault earthquake; there are worker, web, database" in capsys.readouterr().err


def test_a_line_is_not_well_with_a_trace_or_a_lost_act() -> None:
    whole = Kept(3, (), (), 0, 0, 0, ())
    assert Row("x", kept=whole).is_well
    assert not Row("x", kept=whole, wrong=("a trace on the page",)).is_well
    assert not Row("x", kept=Kept(3, ("act 1",), (), 0, 0, 0, ())).is_well
    assert not Row("x").is_well
