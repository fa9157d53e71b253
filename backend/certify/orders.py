"""An order: what is to be done with many datasets, written down so that it can wait and be done by a worker."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from backend.access import Actor
from backend.certify.batch import Setting, preview_setting, set_columns
from backend.certify.copying import Copy, copy_datasets, preview_copies
from backend.certify.copying_columns import ColumnsCopy, copy_columns, preview_columns
from backend.certify.cycles_states import move_in_cycle, preview_in_cycle
from backend.certify.datasets import move_datasets, preview_moves
from backend.certify.hiding import hide_datasets, preview_hiding, show_datasets
from backend.certify.plan import Plan
from backend.certify.quick import preview_quick, quick_certify
from backend.certify.saying import Saying, preview_saying, say_status
from backend.record import Recorded
from models.vocabulary import DatasetState


class _Ordered(BaseModel):
    """One kind of order. ``plan`` previews it and refuses what cannot be; ``do`` does it, in one act."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        """What it would do with these datasets."""

    @abstractmethod
    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        """Do it."""


class SetColumns(_Ordered):
    """To set columns to a status."""

    what: Literal["set columns"] = "set columns"
    setting: Setting

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_setting(session, actor, ids, setting=self.setting)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return set_columns(session, actor, ids, setting=self.setting, why=why, seen=seen)


class CopyDatasets(_Ordered):
    """To copy datasets under another name."""

    what: Literal["copy datasets"] = "copy datasets"
    target: Copy

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_copies(session, actor, ids, copy=self.target)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return copy_datasets(session, actor, ids, copy=self.target, why=why, seen=seen)


class CopyColumns(_Ordered):
    """To copy columns from another dataset of the same run."""

    what: Literal["copy columns"] = "copy columns"
    source: ColumnsCopy

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_columns(session, actor, ids, copy=self.source)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return copy_columns(session, actor, ids, copy=self.source, why=why, seen=seen)


class Move(_Ordered):
    """To move datasets to a state in some workspaces."""

    what: Literal["move"] = "move"
    desks: tuple[str, ...]
    to: DatasetState
    with_closed: bool = False

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_moves(session, actor, ids, desks=self.desks, to=self.to, with_closed=self.with_closed)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return move_datasets(
            session, actor, ids, desks=self.desks, to=self.to, with_closed=self.with_closed, why=why, seen=seen
        )


class MoveInCycle(_Ordered):
    """To move datasets of a cycle, on or back."""

    what: Literal["move in cycle"] = "move in cycle"
    cycle: int
    desk: str
    to: DatasetState

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_in_cycle(session, actor, self.cycle, ids=ids, desk=self.desk, to=self.to)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return move_in_cycle(session, actor, self.cycle, ids=ids, desk=self.desk, to=self.to, why=why, seen=seen)


class Say(_Ordered):
    """To say a status of whole datasets."""

    what: Literal["say"] = "say"
    saying: Saying

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_saying(session, actor, ids, saying=self.saying)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return say_status(session, actor, ids, saying=self.saying, why=why, seen=seen)


class Certify(_Ordered):
    """To certify quickly, and to sign off if one wants."""

    what: Literal["certify"] = "certify"
    workspace: str
    comment: str | None = None
    with_sign_off: bool = False

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_quick(session, actor, ids, workspace=self.workspace, with_sign_off=self.with_sign_off)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return quick_certify(
            session,
            actor,
            ids,
            workspace=self.workspace,
            comment=self.comment,
            with_sign_off=self.with_sign_off,
            why=why,
            seen=seen,
        )


class Hide(_Ordered):
    """To hide datasets; the reason is that of the act."""

    what: Literal["hide"] = "hide"
    with_closed: bool = False

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_hiding(session, actor, ids, with_closed=self.with_closed)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return hide_datasets(session, actor, ids, why=why, with_closed=self.with_closed, seen=seen)


class Show(_Ordered):
    """To show hidden datasets again."""

    what: Literal["show"] = "show"

    def plan(self, session: Session, actor: Actor, ids: Sequence[int]) -> Plan:
        return preview_hiding(session, actor, ids, is_hidden=False)

    def do(self, session: Session, actor: Actor, ids: Sequence[int], *, why: str, seen: int | None) -> Recorded:
        return show_datasets(session, actor, ids, why=why, seen=seen)


Order = Annotated[
    SetColumns | CopyDatasets | CopyColumns | Move | MoveInCycle | Say | Certify | Hide | Show,
    Field(discriminator="what"),
]
"""Any of them, told apart by ``what``."""
