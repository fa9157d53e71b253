"""What people were told, and whether the log says the same: each act told as done is in it once, and nothing else is.

An act carries a mark of its own in its comment, which the log keeps as part of its reason; an undo is known by what it
takes back.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import Engine, text

_MARK = re.compile(r"\bmark-[0-9a-z]+-\d+-\d+\b")
_ACTS = text('SELECT id, "by", why, kind, undoes FROM change_set WHERE id > :since AND "by" = ANY(:people) ORDER BY id')
_WORDS = text("""
    SELECT change_set, count(*) FROM (
        SELECT change_set FROM run_change WHERE change_set > :since
        UNION ALL SELECT change_set FROM dataset_change WHERE change_set > :since
        UNION ALL SELECT change_set FROM lumisection_change WHERE change_set > :since) words
    GROUP BY change_set
""")
_TOUCHED = text("""
    SELECT run_number FROM run_change WHERE change_set > :since
    UNION SELECT run_number FROM run_identity WHERE change_set > :since
    UNION SELECT i.run_number FROM dataset_identity i JOIN (
        SELECT dataset_id FROM dataset_change WHERE change_set > :since
        UNION SELECT dataset_id FROM lumisection_change WHERE change_set > :since) d ON d.dataset_id = i.id
    ORDER BY 1
""")


class Outcome(Enum):
    """What became of an act, as far as the person knows."""

    TOLD = "told as done"
    REFUSED = "refused in a sentence"
    UNANSWERED = "not answered"


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that a person asked for.

    Parameters
    ----------
    mark
        Its own word, in the comment; of an undo, that of the act that it takes back.
    sentence
        What the person was told.
    """

    mark: str
    person: str
    outcome: Outcome
    sentence: str = ""
    is_undo: bool = False

    def __str__(self) -> str:
        return f"{'the undo of ' if self.is_undo else ''}{self.mark} by {self.person} ({self.sentence or 'no answer'})"


@dataclass(slots=True)
class Ledger:
    """All that was asked for since act ``since`` by people of these names."""

    since: int
    people: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    _marks: int = 0

    def mark(self, person: int, *, of: str) -> str:
        """A word that no other act has; ``of`` tells one load from another in the same registry."""
        self._marks += 1
        return f"mark-{of}-{person}-{self._marks}"

    def add(self, asked: Asked) -> None:
        """Keep what became of an act."""
        self.people.add(asked.person)
        self.asked.append(asked)

    def count(self, outcome: Outcome) -> int:
        """How many acts ended so."""
        return sum(one.outcome is outcome for one in self.asked)


def what_is_wrong(on: Engine, ledger: Ledger) -> Iterator[str]:
    """Compare the ledger with the log; a sentence for each act that is lost, doubled, or in the log unasked."""
    with on.connect() as connection:
        values = {"since": ledger.since, "people": sorted(ledger.people)}
        acts = connection.execute(_ACTS, values).all()
        words = {act: count for act, count in connection.execute(_WORDS, {"since": ledger.since})}
    marks = {act.id: found[0] for act in acts if act.undoes is None and (found := _MARK.search(act.why))}
    logged: Counter[tuple[str, bool]] = Counter()
    for act in acts:
        mark = marks.get(act.id) if act.undoes is None else marks.get(act.undoes)
        if mark is None:
            yield f"Change set {act.id} by {act.by} ({act.kind}: {act.why}) was asked for by nobody."
            continue
        logged[mark, act.undoes is not None] += 1
        if act.undoes is None and not words.get(act.id):
            yield f"Change set {act.id} by {act.by} ({act.why}) has no words."
    yield from _compared(ledger.asked, logged)


def touched_runs(on: Engine, since: int) -> list[int]:
    """The runs about which anything was said after an act, by people, rules or OMS."""
    with on.connect() as connection:
        return list(connection.execute(_TOUCHED, {"since": since}).scalars())


def latest_act(on: Engine) -> int:
    """The number of the latest act."""
    with on.connect() as connection:
        return int(connection.execute(text("SELECT n FROM clock")).scalar_one())


def _compared(asked: Iterable[Asked], logged: Counter[tuple[str, bool]]) -> Iterator[str]:
    allowed: dict[Outcome, Collection[int]] = {
        Outcome.TOLD: (1,),
        Outcome.REFUSED: (0,),
        Outcome.UNANSWERED: (0, 1),
    }
    known = set()
    for one in asked:
        key = (one.mark, one.is_undo)
        known.add(key)
        if (times := logged[key]) not in allowed[one.outcome]:
            word = "is not in the log" if times == 0 else f"is in the log {times} times"
            yield f"{str(one)[0].upper()}{str(one)[1:]} was {one.outcome.value}, and {word}."
    for (mark, is_undo), times in logged.items():
        if (mark, is_undo) not in known:
            yield f"{'The undo of ' if is_undo else ''}{mark} is in the log {times} times, and nobody asked for it."
