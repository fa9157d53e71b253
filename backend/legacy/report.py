"""What an import brought, what of the original was not understood, and what came out other than it was there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_EXAMPLES = 5


@dataclass(slots=True)
class Finding:
    """So many things of one kind, and the first of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, count: int, examples: Iterator[str] | list[str]) -> None:
        """Count further ones."""
        self.count += count
        for example in examples:
            if len(self.examples) == MOST_EXAMPLES:
                break
            self.examples.append(example)


@dataclass(slots=True)
class Report:
    """The report of an import.

    ``brought`` is what → how many. ``not_understood`` is kind → what was met; each kind says what was done with it.
    ``differences`` is kind → where the registry shows otherwise than the original did, of what was ``checked``.
    """

    brought: Counter[str] = field(default_factory=Counter)
    not_understood: dict[str, Finding] = field(default_factory=dict)
    differences: dict[str, Finding] = field(default_factory=dict)
    checked: Counter[str] = field(default_factory=Counter)

    def misses(self, kind: str, count: int, examples: list[str]) -> None:
        """Something that was not understood."""
        if count:
            self.not_understood.setdefault(kind, Finding()).add(count, examples)

    def differs(self, kind: str, count: int, example: str) -> None:
        """Something that came out otherwise."""
        if count:
            self.differences.setdefault(kind, Finding()).add(count, [example])

    def __str__(self) -> str:
        """The report as people read it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield "Carried over"
        yield from (f"  {count:>12,}  {what}" for what, count in self.brought.items())
        yield "Not understood" if self.not_understood else "Not understood: nothing"
        yield from _told(self.not_understood)
        checked = ", ".join(f"{count:,} {what}" for what, count in self.checked.items())
        yield f"Held against the original: {checked}" if checked else "Not held against the original"
        if checked:
            yield "Other than there" if self.differences else "Other than there: nothing"
        yield from _told(self.differences)


def _told(findings: dict[str, Finding]) -> Iterator[str]:
    for kind, found in findings.items():
        yield f"  {found.count:>12,}  {kind}"
        yield from (f"                    {example}" for example in found.examples)
        if found.count > len(found.examples):
            yield "                    …"
