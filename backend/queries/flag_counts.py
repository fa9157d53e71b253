"""The counts of a dataset's flags by component, taken from what the projection holds when somebody asks for one."""

from collections.abc import Iterator, Mapping, Sequence

from models.attributes import COUNTS_PER_FLAG
from models.vocabulary import Status


class FlagCounts(Mapping[str, Mapping[int, int]]):
    """Component → code of :class:`Status` → lumisections; zeros, and components of which nobody spoke, are left out.

    A page of a hundred datasets has ten thousand of them, and shows some hundreds: each is made when it is asked for.

    >>> FlagCounts([7, 0, 2, 0, 0, 0] + [0] * 6 + [1], {"dt-dt": 1, "csc-csc": 2, "hcal-hcal": 3})
    {'dt-dt': {1: 7, 3: 2}, 'hcal-hcal': {1: 1}}

    Parameters
    ----------
    counts
        As ``dataset.counts`` holds them: of each flag, in the order of the ids, one per status.
    flags
        Component → id, ascending.
    """

    __slots__ = ("_counts", "_flags")

    def __init__(self, counts: Sequence[int], flags: Mapping[str, int]) -> None:
        self._counts, self._flags = counts, flags

    def __getitem__(self, component: str) -> Mapping[int, int]:
        begin = (self._flags[component] - 1) * COUNTS_PER_FLAG
        counted = self._counts[begin : begin + COUNTS_PER_FLAG]
        found = {status: count for status, count in enumerate(counted, Status.GOOD) if count}
        if not found:
            raise KeyError(component)
        return found

    def __iter__(self) -> Iterator[str]:
        counts = self._counts
        for component, id_ in self._flags.items():
            if any(counts[(id_ - 1) * COUNTS_PER_FLAG : id_ * COUNTS_PER_FLAG]):
                yield component

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))
