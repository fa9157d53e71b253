"""A virtual person: a role of the demo, a browser tab, and dice for what comes next and how long one thinks."""

import asyncio
import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from streamlit.proto.Alert_pb2 import Alert

from backend.access import DEMO_ROLES
from scripts.load.ledger import Asked, Ledger, Outcome
from scripts.load.page import Drawn
from scripts.load.tally import Tally
from scripts.load.visit import Reaction, Visit, VisitBroken


class TimeIsOver(Exception):
    """The load has ended; raised between two clicks, never within one."""


@dataclass(frozen=True, slots=True)
class Load:
    """What all people of one load share.

    Parameters
    ----------
    name
        A word by which the marks of this load are known in the log.
    think, until
        Seconds between two clicks, in the mean, and the monotonic moment at which the load ends.
    """

    tally: Tally
    ledger: Ledger
    name: str
    seed: int
    think: float
    until: float


class Person:
    """Somebody in front of the dashboard.

    Parameters
    ----------
    number
        Which of them, from 0; the dice follow from it and the seed.
    role
        One of the demo's, such as ``tracker-certifier``.
    """

    visit: Visit

    def __init__(self, number: int, role: str, load: Load) -> None:
        self.number, self.role, self.name = number, role, DEMO_ROLES[role].name
        self.tally, self.ledger = load.tally, load.ledger
        self.dice = random.Random(f"{load.seed} {number}")
        self._load = load

    @property
    def workspace(self) -> str:
        """The one that the person certifies; of others the global one."""
        return self.role.rpartition("-")[0] if self.role.endswith(("-certifier", "-admin")) else "global"

    async def think(self) -> None:
        """A while between two clicks: anything from half of the mean to one and a half.

        Raises
        ------
        TimeIsOver
            If it is.
        """
        seconds = self._load.think * self.dice.uniform(0.5, 1.5)
        await asyncio.sleep(min(seconds, max(self._load.until - time.monotonic(), 0)))
        if time.monotonic() >= self._load.until:
            raise TimeIsOver

    async def does(self, what: str, doing: Awaitable[Reaction]) -> Reaction:
        """Do one thing, count how long the page took, and look at what came of it for a moment."""
        reaction = await doing
        self._counts(what, reaction)
        await self.think()
        return reaction

    async def edits(self, what: str, button: str, *, mark: str, done: str, is_undo: bool = False) -> bool:
        """Press what changes something; the ledger keeps what was told. Gives whether it was done.

        Parameters
        ----------
        done
            What the sentence of the act bar holds if it was done.
        """
        outcome, said = Outcome.UNANSWERED, ""
        try:
            reaction = await self.visit.press(button, told_by=lambda element: _tells(element, done))
            outcome, said = self._outcome(done, is_undo=is_undo)
        finally:
            self.ledger.add(Asked(mark, self.name, outcome, said, is_undo=is_undo))
        self._counts(what, reaction)
        if outcome is Outcome.TOLD:
            self.tally.edit(reaction.told_ms or reaction.ms)
        elif outcome is Outcome.REFUSED:
            self.tally.refusals[said] += 1
            await self.look_again()
        else:
            self.tally.error(f"{self.name} ({what}): neither done nor refused was told")
        await self.think()
        return outcome is Outcome.TOLD

    async def look_again(self) -> None:
        """Answer the banner that says what was refused."""
        if self.visit.page.find("refusal-answered") is not None:
            await self.visit.press("refusal-answered")

    def mark(self) -> str:
        """A word for the comment of the next act."""
        return self.ledger.mark(self.number, of=self._load.name)

    def _counts(self, what: str, reaction: Reaction) -> None:
        self.tally.reaction(what, reaction.ms)
        for fault in reaction.faults:
            self.tally.error(f"{self.name} ({what}): {fault}")
        if reaction.is_broken:
            raise VisitBroken(reaction.faults[-1])

    def _outcome(self, done: str, *, is_undo: bool) -> tuple[Outcome, str]:
        """What the page says when it has come to rest: a refusal, or the act in the act bar."""
        if refused := self._shown("refusal", "alert"):
            return Outcome.REFUSED, refused
        said = self._shown("act-bar", "markdown").strip("*")
        if said and done in said:
            return Outcome.TOLD, said
        return (Outcome.REFUSED if is_undo and said else Outcome.UNANSWERED), said

    def _shown(self, container: str, kind: str) -> str:
        texts = (seen.proto.body for seen in self.visit.page.within(container) if seen.kind == kind)
        return next(texts, "").replace("\\", "")


def _tells(element: Drawn, done: str) -> bool:
    """Whether an element tells what came of an act: the sentence of the act bar, or that of a refusal."""
    if element.kind == "markdown":
        body = str(element.proto.body).replace("\\", "")
        return body.startswith("**") and done in body
    return element.kind == "alert" and element.proto.format == Alert.ERROR
