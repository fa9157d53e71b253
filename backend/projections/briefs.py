"""The brief of a dataset: what desks look through, from its row."""

from typing import Any

from models.attributes import COUNTS_PER_FLAG
from models.brief_layout import BRIEF_STATUSES, DESKS, GUI_PREFIX, STATE_CODES

_CODES: dict[Any, int] = {state.value: code for state, code in STATE_CODES.items()}
_REPEATED = ("id", "run_number", "lumisections", "last_change", "is_hidden", "name", "changed_by")


def brief_row(dataset: dict[str, Any]) -> dict[str, Any]:
    """The row of ``dataset_brief`` for a row of ``dataset``, as JSON values; a state that is none of ours is none."""
    states = dataset["states"]
    return {
        **{name: dataset[name] for name in _REPEATED},
        "is_in_gui": any(name.startswith(GUI_PREFIX) for name in dataset["attributes"]),
        "states": "\\x" + bytes(_CODES.get(states.get(desk), 0) for desk in DESKS).hex(),
        "flags": _flags(dataset["counts"]),
    }


def _flags(counts: list[int]) -> list[int]:
    """What is BAD and what is GOOD of each flag in turn, without trailing zeros."""
    each = [counts[status - 1 :: COUNTS_PER_FLAG] for status in BRIEF_STATUSES]
    length = max(map(len, each))
    flags = [0] * (len(each) * length)
    for at, of_status in enumerate(each):
        flags[at : len(each) * len(of_status) : len(each)] = of_status
    while flags and not flags[-1]:
        flags.pop()
    return flags
