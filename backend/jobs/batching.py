"""A batch as a task: an order on many datasets that a page has previewed, done by the worker in one act."""

from typing import ClassVar

from pydantic import Field
from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.orders import Order
from backend.certify.plan import Plan
from backend.certify.ticked import MOST_DATASETS
from backend.db import transaction
from backend.errors import WrongState
from backend.jobs.asker import Asker, told
from backend.jobs.task import Errand, Hand

_LATEST = text("SELECT n FROM clock")


class Batch(Errand):
    """An order on datasets, all of it or nothing; ``seen`` is the change set that its preview showed."""

    kind: ClassVar[str] = "batch"
    meaning: ClassVar[str] = "do an ORDER on many datasets in one act, as it was previewed"
    action: ClassVar[Action] = Action.DATASET_BATCH

    asker: Asker
    order: Order
    ids: tuple[int, ...] = Field(min_length=1, max_length=MOST_DATASETS)
    why: str = Field("", max_length=2_000)
    seen: int = Field(ge=0)

    def work(self, hand: Hand) -> str:
        """Do it. Done anew after a worker died, it finds what is so already, and says nothing twice."""
        hand.progress(0.0, f"{len(self.ids)} datasets are being counted")
        with transaction(hand.engine) as session:
            plan = self.order.plan(session, self.asker.actor, self.ids)
            if not plan:
                return f"Nothing is left to do: {plan.why_nothing}."
            hand.progress(0.3, f"{len(plan.datasets)} datasets are being changed")
            done = self.order.do(session, self.asker.actor, self.ids, why=self.why, seen=self.seen)
        return told(done)


def batch_of(
    session: Session, actor: Actor, order: Order, *, ids: tuple[int, ...], why: str = ""
) -> tuple[Batch, Plan]:
    """The task for an order, and what it would do as things stand: what is looked at before one asks for it.

    Raises
    ------
    RegistryError
        Whatever the order's command would refuse.
    WrongState
        If nothing would change.
    """
    seen = session.execute(_LATEST).scalar_one()
    plan = order.plan(session, actor, ids)
    if not plan:
        raise WrongState(f"Nothing would change in any of {len(ids)} datasets.")
    return Batch(asker=Asker.of(actor), order=order, ids=ids, why=why, seen=seen), plan


def batch_as_previewed(
    session: Session, actor: Actor, order: Order, *, ids: tuple[int, ...], why: str = "", seen: int
) -> Batch:
    """The task for an order whose preview, of what stood at ``seen``, was confirmed: it is not counted a second time.

    The rights that an order takes do not depend on how many datasets it is for: they are asked of the first alone.

    Raises
    ------
    RegistryError
        Whatever the order's command would refuse of the first dataset.
    InvalidInput
        If none is ticked.
    """
    order.plan(session, actor, ids[:1])
    return Batch(asker=Asker.of(actor), order=order, ids=ids, why=why, seen=seen)
