"""What Express said of the same run: the worst word, and whether a certifier has anything to look at."""

from collections.abc import Iterable, Mapping

from models.vocabulary import INVERTED, Status

Counts = Mapping[str, Mapping[int, int]]
"""Component → status → lumisections."""

_LOUD = (Status.BAD, Status.EXCLUDED, Status.STANDBY)
_ODD = (Status.BAD, Status.EXCLUDED)


def express_says(express: Counts, components: Iterable[str]) -> tuple[Status | None, str]:
    """The worst that Express says of these components, with the most lumisections that one of them has.

    A detector that is out of the whole run is no news.

    >>> express_says({"tracker-strip": {1: 90, 2: 4}, "tracker-pixel": {1: 94}}, ["tracker-strip", "tracker-pixel"])
    (<Status.BAD: 2>, '4 LS BAD')
    >>> express_says({"tracker-strip": {1: 94}, "gem-gem": {4: 94}}, ["tracker-strip", "gem-gem"])
    (<Status.GOOD: 1>, 'GOOD')
    >>> express_says({}, ["tracker-strip"])
    (None, 'nothing yet')
    """
    said = [counts for name in _judged(components) if not _is_out(counts := express.get(name, {}))]
    for status in _LOUD:
        if most := max((counts.get(status, 0) for counts in said), default=0):
            return status, f"{most:,} LS {status.word}"
    if any(counts.get(Status.GOOD) for counts in said):
        return Status.GOOD, Status.GOOD.word
    return None, "nothing yet"


def nothing_odd(own: Counts, express: Counts, components: Iterable[str]) -> bool:
    """Whether there is nothing odd: neither says BAD or EXCLUDED anywhere, and Express says GOOD of every component.

    STANDBY is where high voltage ramps up; it stays what it is when a dataset is certified. A detector that is out of
    the whole run, in both, is nothing to look at either.

    >>> nothing_odd({"tracker-strip": {5: 94}}, {"tracker-strip": {1: 90, 3: 4}}, ["tracker-strip"])
    True
    >>> nothing_odd({"tracker-strip": {2: 1, 5: 93}}, {"tracker-strip": {1: 94}}, ["tracker-strip"])
    False
    """
    judged = _judged(components)
    return bool(judged) and all(_agree(own.get(name, {}), express.get(name, {})) for name in judged)


def _agree(own: Mapping[int, int], express: Mapping[int, int]) -> bool:
    if _is_out(own) and _is_out(express):
        return True
    return bool(express.get(Status.GOOD)) and not any(said.get(status) for said in (own, express) for status in _ODD)


def _is_out(counts: Mapping[int, int]) -> bool:
    return {status for status, lumisections in counts.items() if lumisections} == {Status.EXCLUDED}


def _judged(components: Iterable[str]) -> list[str]:
    return [name for name in components if name not in INVERTED]
