"""Arranges batches: the people who may, what they set and copy, and what holds afterwards."""

from typing import Any

from sqlmodel import Session

from backend.access import Actor, demo_actor
from backend.certify.batch import Setting, set_columns
from backend.certify.copying import Copy, copy_datasets
from backend.certify.copying_columns import ColumnsCopy, copy_columns
from backend.queries import strip_of
from backend.record import DatasetKey, Recorded
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Origin, Status
from tests.factories import RUN
from tests.offline import (
    EXPRESS,
    dataset_id,
)

EXPERT, PETROV, KELLER = demo_actor("dc-expert"), demo_actor("tracker-admin"), demo_actor("tracker-certifier")
PIXEL, STRIP, ECAL = "tracker-pixel", "tracker-strip", "ecal-ecal"
ALL, EARLY = LumiSet((LumiRange(1, 100),)), LumiSet((LumiRange(1, 10),))
COPY_NAME = "/ReReco/Collisions2018/DQM"
COPY = DatasetKey(RUN, COPY_NAME)
GOOD = Setting((PIXEL, STRIP), Status.GOOD)


def ids_of(session: Session, *keys: DatasetKey) -> list[int]:
    return [dataset_id(session, key) for key in keys]


def setting(session: Session, *keys: DatasetKey, to: Setting = GOOD, actor: Actor = EXPERT, **more: Any) -> Recorded:
    return set_columns(session, actor, ids_of(session, *keys), setting=to, **({"seen": None} | more))


def copying(session: Session, *keys: DatasetKey, actor: Actor = EXPERT, **more: Any) -> Recorded:
    asked = {"copy": Copy(COPY_NAME, ("tracker", "ecal")), "seen": None} | more
    return copy_datasets(session, actor, ids_of(session, *keys), **asked)


def copying_columns(session: Session, *keys: DatasetKey, actor: Actor = EXPERT, **more: Any) -> Recorded:
    asked = {"copy": ColumnsCopy(EXPRESS, (STRIP,)), "seen": None} | more
    return copy_columns(session, actor, ids_of(session, *keys), **asked)


def words(session: Session, key: DatasetKey, column: str) -> list[tuple[str, Origin, str | None]]:
    """What holds, in order: status, whose kind of word it is, comment."""
    strip = strip_of(session, key.run_number, key.name)
    told = strip.column(column)
    by = [(one.value, strip.words[one.word]) for one in told.segments] if told else []
    return [(value.word, word.origin, word.comment) for value, word in by if isinstance(value, Status)]
