"""The facts of a dataset's lumisections, as a rule reads them: of each fact, in which lumisections it has which value.

A rule is judged once for each combination of the values that it reads, which is once for each elementary interval of
those facts at most, never once for each lumisection. Facts that differ from one lumisection to the next, such as
luminosity or the number itself, split further, but only for the rules that read them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from backend.rules import Rule
from models.lumis import LumiSet

Fact: TypeAlias = bool | int | float | str | None
Facts: TypeAlias = Mapping[str, Any]
"""Facts as a rule reads them: ``{"b_field": 3.8, "run": {"oms": {"b_field": 3.8}}}``."""

NUMBER = "lumisection_number"
RECORDED, DELIVERED, LIVE = "recorded_lumi_per_lumi", "delivered_lumi_per_lumi", "live_lumi_per_lumi"
LUMINOSITIES = frozenset({RECORDED, DELIVERED, LIVE})


@dataclass(frozen=True, slots=True)
class Lumisections:
    """The lumisections that a run has, and what is known of each.

    Parameters
    ----------
    known
        The lumisections of which anything is judged.
    spans
        Name of the fact → value → where it has it. Names are those that rules use, ``bpix_ready`` or
        ``lumisection.oms.bpix_ready``; where no value is named, the fact is null.
    series
        Name of the fact → what gives its value in a lumisection, for facts that differ from one to the next.
    """

    known: LumiSet
    spans: Mapping[str, Mapping[Fact, LumiSet]]
    series: Mapping[str, Callable[[int], Fact]] = field(default_factory=dict)
    _combined: dict[tuple[str, ...], list[tuple[tuple[Fact, ...], LumiSet]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def where(self, rule: Rule, facts: Facts, *, reads: frozenset[str]) -> LumiSet:
        """The lumisections where the rule holds.

        Parameters
        ----------
        facts
            Those that all lumisections share.
        reads
            What the rule reads, as :func:`names_read` tells.
        """
        read = self.own(reads)
        holds = [where for values, where in self.combinations(read) if rule.holds(_with(facts, read, values))]
        return holds[0] if len(holds) == 1 else LumiSet.of(r for where in holds for r in where.ranges)

    def at(self, lumisection: int, facts: Facts) -> Facts:
        """All facts of one lumisection."""
        spans = {
            name: next((value for value, where in values.items() if lumisection in where), None)
            for name, values in self.spans.items()
        }
        said = spans | {name: value_in(lumisection) for name, value_in in self.series.items()}
        return _with(facts, list(said), list(said.values()))

    def own(self, names: frozenset[str]) -> list[str]:
        """Those facts of lumisections that who reads these names reads."""
        facts = [*self.spans, *self.series]
        if "" in names:
            return facts
        wholes = {whole for name in names for whole in _wholes(name)}
        return [fact for fact in facts if fact in names or fact in wholes or not names.isdisjoint(_wholes(fact))]

    def combinations(self, names: Collection[str]) -> Iterator[tuple[tuple[Fact, ...], LumiSet]]:
        """Every combination of values that these facts have together, with where they have it."""
        spans, series = [n for n in names if n in self.spans], [n for n in names if n not in self.spans]
        for values, where in self._of_spans(tuple(spans)):
            if not series:
                yield values, where
                continue
            values_in = [self.series[name] for name in series]
            numbers: dict[tuple[Fact, ...], list[int]] = {}
            for number in where:
                numbers.setdefault(tuple(value_in(number) for value_in in values_in), []).append(number)
            for further, at in numbers.items():
                yield (*values, *further), LumiSet.numbers(at)

    def _of_spans(self, names: tuple[str, ...]) -> list[tuple[tuple[Fact, ...], LumiSet]]:
        if not names:
            return [((), self.known)] if self.known else []
        if names not in self._combined:
            self._combined[names] = [
                ((*values, value), both)
                for values, where in self._of_spans(names[:-1])
                for value, at in _everywhere(self.spans[names[-1]], where)
                if (both := where & at)
            ]
        return self._combined[names]


def names_read(rule: Rule) -> frozenset[str]:
    """The names of the facts that a rule reads; the empty name, if only the facts tell which."""
    names = frozenset(variable.name for variable in rule.variables)
    return names | {""} if rule.has_computed_names else names


def _everywhere(spans: Mapping[Fact, LumiSet], known: LumiSet) -> Iterator[tuple[Fact, LumiSet]]:
    """The values with where they are, and null where there is none."""
    yield from spans.items()
    if rest := known - LumiSet.of(r for where in spans.values() for r in where.ranges):
        yield None, rest


def _wholes(name: str) -> list[str]:
    """What a fact is a part of: ``lumisection.oms.bpix_ready`` is one of ``lumisection`` and ``lumisection.oms``."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _with(facts: Facts, names: Sequence[str], values: Sequence[Fact]) -> Facts:
    """The facts and these, each in its place."""
    told = dict(facts)
    for name, value in zip(names, values, strict=True):
        *outer, last = name.split(".")
        place = told
        for part in outer:
            place[part] = dict(place.get(part) or {})
            place = place[part]
        place[last] = value
    return told
