"""What an act said of a cycle, as people write it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_STATE = "state."
_MOST_NAMES = 4


def cycle_words(said: Mapping[str, Any], *, added: int = 0, removed: int = 0) -> str:
    """What was said, in the order in which it is asked for; ``added`` and ``removed`` are how many datasets.

    >>> cycle_words({"name": "2018 week 43", "state.tracker": "pending", "desks": ["tracker"]}, added=2)
    'called 2018 week 43, pending in tracker, 2 datasets added'
    >>> cycle_words({"state.ecal": None, "deadline": "2018-10-26T23:59:00+00:00"}, removed=1)
    'deadline Fri 26 Oct 2018 23:59 UTC, no more for ecal, 1 dataset removed'
    """
    return ", ".join((*_attributes(said), *_states(said), *_datasets(added, removed))) or "nothing new"


def _attributes(said: Mapping[str, Any]) -> Iterator[str]:
    if said.get("deleted"):
        yield "deleted"
    if name := said.get("name"):
        yield f"called {name}"
    if "description" in said:
        yield f"described as “{said['description']}”" if said["description"] else "without a description"
    if "deadline" in said:
        until = said["deadline"]
        yield f"deadline {datetime.fromisoformat(until):%a %d %b %Y %H:%M} UTC" if until else "without a deadline"


def _states(said: Mapping[str, Any]) -> Iterator[str]:
    by_state: dict[str | None, list[str]] = {}
    for name in sorted(said):
        if name.startswith(_STATE):
            by_state.setdefault(said[name], []).append(name.removeprefix(_STATE))
    for state, desks in by_state.items():
        more = len(desks) - _MOST_NAMES
        where = ", ".join(desks[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield f"no more for {where}" if state is None else f"{state} in {where}"


def _datasets(added: int, removed: int) -> Iterator[str]:
    for count, done in ((added, "added"), (removed, "removed")):
        if count:
            yield f"{count:,} dataset{'s' * (count != 1)} {done}"
