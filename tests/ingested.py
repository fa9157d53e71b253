"""A registry as ingest leaves it: OMS states taken in, and what one asks of the registry afterwards."""

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.ingest.proposals import accept_proposal, reject_proposal
from backend.ingest.runs import Outcome, ingest_run
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record
from models.lumis import LumiRange
from models.vocabulary import ONLINE, ActKind, Bit, Origin, RunState
from tests.factories import RUN
from tests.oms_answers import OmsState

ONLINE_KEY = DatasetKey(RUN, ONLINE)


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
