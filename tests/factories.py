"""Arranges what tests start from: runs, flags, acts, in the fewest words."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from backend.record import (
    Act,
    DatasetKey,
    LumisectionSaid,
    Recorded,
    RunSaid,
    record,
    register_columns,
)
from backend.record.columns import NewColumn
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, ActKind, ColumnKind, Origin, Status

RUN = 360459
COMPONENTS = ("tracker-pixel", "tracker-strip", "ecal-ecal")


def columns(session: Session, names: Iterable[str] = COMPONENTS) -> list[int]:
    """The ids of flag columns, made if need be."""
    wanted = [NewColumn(*name.split("-"), kind=ColumnKind.FLAG) for name in names]
    known = register_columns(session, wanted, by="test", why="columns for a test")
    return [known[str(c)].id for c in wanted]


def bit_columns(session: Session, names: Iterable[str]) -> list[int]:
    """The ids of the columns of DCS bits, made if need be."""
    wanted = [NewColumn(OMS_WORKSPACE, name, kind=ColumnKind.BIT) for name in names]
    known = register_columns(session, wanted, by="test", why="DCS bits for a test")
    return [known[str(c)].id for c in wanted]


def a_run(session: Session, run_number: int = RUN, *, known: LumiSet | None = None, **oms: Any) -> DatasetKey:
    """A run with its online dataset, as ingest would make it; 100 lumisections unless said otherwise."""
    online = DatasetKey(run_number, ONLINE)
    said = {"known": (known or LumiSet.span(1, 100)).as_pairs(), "state": "OPEN"}
    said |= {f"oms.{name}": value for name, value in oms.items()}
    act = Act(
        by="ingest",
        why=f"run {run_number} appeared in OMS",
        kind=ActKind.INGEST,
        new_runs=(run_number,),
        new_datasets=(online,),
        runs=(RunSaid(run_number, said, Origin.RULE),),
    )
    record(session, act)
    return online


def a_flag(
    dataset: DatasetKey,
    column: int,
    status: Status = Status.BAD,
    *,
    of: tuple[int, int] = (10, 20),
    origin: Origin = Origin.PERSON,
    comment: str | None = None,
) -> LumisectionSaid:
    """One flag over a range."""
    return LumisectionSaid(dataset, (column,), LumiRange(*of), status, origin, comment=comment)


def flag(session: Session, *said: LumisectionSaid, by: str = "S. Tanaka", seen: int | None = None) -> Recorded:
    """An act of flagging."""
    return record(session, Act(by=by, why="flagged", kind=ActKind.FLAG, lumisections=said), seen=seen)
