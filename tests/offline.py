"""Arranges offline datasets: runs that are signed off, datasets in some state, and what is said of them afterwards."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.certify.sign_off import SignedOffDatasets, datasets_of_sign_off
from backend.configuration import Side, workspaces
from backend.queries import strip_of
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, Recorded, RunSaid, columns_by_name, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, DatasetState, Origin, Status
from tests.factories import RUN

PROMPT, EXPRESS = "/PromptReco/Collisions2018D/DQM", "/Express/Collisions2018/DQM"
Flags = Mapping[str, Mapping[Status, LumiSet]]


def column_ids(session: Session) -> dict[str, int]:
    return {name: column.id for name, column in columns_by_name(session).items()}


def a_dataset(
    session: Session,
    run_number: int = RUN,
    name: str = PROMPT,
    *,
    state: DatasetState = DatasetState.OPEN,
    flags: Flags | None = None,
    origin: Origin = Origin.RULE,
    **states: DatasetState,
) -> DatasetKey:
    """A dataset of a run that exists, in that state in every offline workspace but those that are named."""
    key = DatasetKey(run_number, name)
    desks = ["global", *(w.workspace for w in workspaces(session, Side.OFFLINE))]
    said = {f"state.{w}": states.get(w, state).value for w in desks}
    act = Act(
        by="S. Tanaka",
        why=f"{key} for a test",
        kind=ActKind.MOVE_RUN,
        new_datasets=(key,),
        datasets=(DatasetSaid(key, said, Origin.RULE),),
        lumisections=tuple(said_of(session, key, flags or {}, origin=origin)),
    )
    record(session, act)
    return key


def said_of(
    session: Session, key: DatasetKey, flags: Flags, *, origin: Origin, comment: str | None = None
) -> list[LumisectionSaid]:
    ids = column_ids(session)
    return [
        LumisectionSaid(key, (ids[column],), found, status, origin, comment=comment)
        for column, statuses in flags.items()
        for status, where in statuses.items()
        for found in where.ranges
    ]


def say(
    session: Session,
    key: DatasetKey,
    flags: Flags,
    *,
    origin: Origin = Origin.PERSON,
    by: str = "S. Tanaka",
    comment: str | None = None,
) -> Recorded:
    words = tuple(said_of(session, key, flags, origin=origin, comment=comment))
    return record(session, Act(by=by, why="said for a test", kind=ActKind.FLAG, lumisections=words))


def sign_off(session: Session, run_number: int = RUN) -> SignedOffDatasets:
    """Sign a run off, as its move does."""
    found = datasets_of_sign_off(session, run_number)
    said = RunSaid(run_number, {"state": "SIGNOFF"}, Origin.PERSON)
    record(session, found.within(Act(by="S. Tanaka", why="signed off", kind=ActKind.MOVE_RUN, runs=(said,))))
    return found


def everywhere(status: Status, last: int = 100) -> dict[Status, LumiSet]:
    return {status: LumiSet((LumiRange(1, last),))}


def said(session: Session, key: DatasetKey, column: str) -> dict[str, LumiSet]:
    """Status → where it holds, within the known lumisections."""
    strip = strip_of(session, key.run_number, key.name)
    told = strip.column(column)
    found: dict[str, LumiSet] = {}
    for one in told.segments if told else ():
        assert isinstance(one.value, Status)
        word = one.value.word
        found[word] = (found.get(word, LumiSet()) | LumiSet((one.range,))) & strip.known
    return found


def states(session: Session, key: DatasetKey) -> dict[str, str]:
    return dict(_row(session, key).states)


def attributes(session: Session, key: DatasetKey) -> dict[str, Any]:
    return dict(_row(session, key).attributes)


def is_hidden(session: Session, key: DatasetKey) -> bool:
    return bool(_row(session, key).is_hidden)


def dataset_id(session: Session, key: DatasetKey) -> int:
    return int(_row(session, key).id)


def names_of(session: Session, run_number: int = RUN) -> list[str]:
    query = text("SELECT name FROM dataset WHERE run_number = :run ORDER BY name")
    return list(session.execute(query, {"run": run_number}).scalars())


def acts(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM change_set")).scalar_one())


def _row(session: Session, key: DatasetKey) -> Any:
    query = text("SELECT * FROM dataset WHERE run_number = :run AND name = :name")
    return session.execute(query, {"run": key.run_number, "name": key.name}).one()
