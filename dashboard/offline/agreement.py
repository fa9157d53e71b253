"""What Express said of the same run: the worst word, and whether a certifier has anything to look at."""

from collections.abc import Iterable, Mapping

from models.vocabulary import INVERTED, Status

Counts = Mapping[str, Mapping[int, int]]
"""Component → status → lumisections."""

_LOUD = (Status.BAD, Status.EXCLUDED, Status.STANDBY)
_ODD = (Status.BAD, Status.EXCLUDED)


def express_says(express: Counts, components: Iterable[str]) -> tuple[Status | None, str]:
    """The worst that Express says of these components, with the most lumisections that one of them has.

    >>> express_says({"tracker-strip": {1: 90, 2: 4}, "tracker-pixel": {1: 94}}, ["tracker-strip", "tracker-pixel"])
    (<Status.BAD: 2>, '4 LS BAD')
    >>> express_says({"tracker-strip": {1: 94}}, ["tracker-strip"])
    (<Status.GOOD: 1>, 'GOOD')
    >>> express_says({}, ["tracker-strip"])
    (None, 'nothing yet')
    """
    said = [express.get(component, {}) for component in _judged(components)]
    for status in _LOUD:
        if most := max((counts.get(status, 0) for counts in said), default=0):
            return status, f"{most:,} LS {status.word}"
    if any(counts.get(Status.GOOD) for counts in said):
        return Status.GOOD, Status.GOOD.word
    return None, "nothing yet"


def agrees(own: Counts, express: Counts, components: Iterable[str]) -> bool:
    """Whether there is nothing odd: neither says BAD or EXCLUDED anywhere, and Express says GOOD of every component.

    STANDBY is where high voltage ramps up; it stays what it is when a dataset is certified.

    >>> agrees({"tracker-strip": {5: 94}}, {"tracker-strip": {1: 90, 3: 4}}, ["tracker-strip"])
    True
    >>> agrees({"tracker-strip": {2: 1, 5: 93}}, {"tracker-strip": {1: 94}}, ["tracker-strip"])
    False
    """
    judged = _judged(components)
    return bool(judged) and all(
        express.get(name, {}).get(Status.GOOD)
        and not any(said.get(name, {}).get(status) for said in (own, express) for status in _ODD)
        for name in judged
    )


def _judged(components: Iterable[str]) -> list[str]:
    return [name for name in components if name not in INVERTED]
