"""To take back a large act as a task: it costs about as much as the act did."""

from typing import ClassVar

from pydantic import Field
from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.taking_back import take_back, undoable
from backend.db import transaction
from backend.errors import WrongState
from backend.jobs.asker import Asker, told
from backend.jobs.task import Errand, Hand
from backend.record import Recorded

_UNDO = text("""
    SELECT id, at FROM change_set
    WHERE undoes = :act AND "by" = :by AND why = :why AND scope IS NULL ORDER BY id LIMIT 1
""")


class TakeBack(Errand):
    """An act that is taken back; of an undo, what it took back holds again."""

    kind: ClassVar[str] = "undo"
    meaning: ClassVar[str] = "take back the act CHANGE_SET"
    action: ClassVar[Action] = Action.UNDO

    asker: Asker
    change_set: int = Field(ge=1)
    why: str = Field(min_length=1, max_length=2_000)

    def work(self, hand: Hand) -> str:
        """Take it back. Done anew after a worker died, it finds its own undo, and undoes nothing twice."""
        hand.progress(0.0, f"change set {self.change_set} is being taken back")
        with transaction(hand.engine) as session:
            if (done := self._done(session)) is None:
                done = take_back(session, self.asker.actor, self.change_set, why=self.why)
        return told(done)

    def _done(self, session: Session) -> Recorded | None:
        asked = {"act": self.change_set, "by": self.asker.name, "why": self.why}
        found = session.execute(_UNDO, asked).one_or_none()
        return None if found is None else Recorded(*found)


def undo_of(session: Session, actor: Actor, change_set: int, *, why: str) -> TakeBack:
    """The task that takes an act back.

    Raises
    ------
    NotFound
        If there is no such act.
    WrongState
        If the actor cannot take it back as things stand; the sentence says why.
    """
    if (why_not := undoable(session, actor, change_set).why_not) is not None:
        raise WrongState(why_not)
    return TakeBack(asker=Asker.of(actor), change_set=change_set, why=why)
