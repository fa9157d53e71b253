"""What a rule may cost, so that no rule can hang or crash the process that judges with it.

A rule is measured when it is parsed (:data:`MOST_LEVELS`, :data:`MOST_NODES`). While it is evaluated it spends steps:
for every turn of ``map``, ``filter``, ``reduce``, ``all``, ``some`` and ``none`` as many as its body has nodes, and
for every list and text it makes in proportion to their length. Where they are used up, the rule is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.errors import InvalidRule

MOST_LEVELS = 100
"""Objects and lists within each other; fifty operators. The golden rule of 2018 has seven levels."""
MOST_NODES = 20_000
"""Objects, lists and plain values in a rule. The golden rule of 2018 has 245."""
MOST_STEPS = 1_000_000
"""Steps of one evaluation: about a second at worst."""
STEPS_OF_A_ROW = 1_000
"""Steps that each row of a frame adds to those of one evaluation; all rows spend of one budget."""
MOST_TEXT = 100_000
"""Characters of a text that stands in a rule or that it makes. Facts may be longer."""
MOST_ROUNDS = 3
"""How often what ``missing`` is told may itself be logic that asks ``missing``."""
LEVELS_OF_A_FACT = 20
"""Levels of logic that stands in the facts; json-logic-js evaluates it where ``missing`` is told of it."""


class Budget:
    """The steps that one evaluation has left."""

    __slots__ = ("_left", "_rounds", "_steps")

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._steps = self._left = steps
        self._rounds = 0

    def spend(self, steps: int) -> None:
        """Take that many steps.

        Raises
        ------
        InvalidRule
            If so many are not left.
        """
        self._left -= steps
        if self._left < 0:
            raise InvalidRule(f"The rule takes more than {self._steps:,} steps on these facts.")

    def spend_text(self, length: int) -> None:
        """Take the steps for a text of that many characters, if it may be so long."""
        if length > MOST_TEXT:
            raise InvalidRule(f"The rule makes a text of more than {MOST_TEXT:,} characters from these facts.")
        self.spend(1 + length // 16)

    @contextmanager
    def round(self) -> Iterator[None]:
        """Go once more into logic that stands in the facts."""
        if self._rounds == MOST_ROUNDS:
            raise InvalidRule(f"In these facts 'missing' is told of logic in logic, more than {MOST_ROUNDS} deep.")
        self._rounds += 1
        try:
            yield
        finally:
            self._rounds -= 1
