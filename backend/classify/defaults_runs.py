"""What a fresh registry calls runs from 2015 on, and which of them it takes to be worth certifying.

The year of a run is that in which it began. What it was taken for is told by the beams and by the names of trigger mode
and HLT key, which CMS has formed alike in all these years (``collisions2018``, ``/cdaq/cosmic/…``).
"""

from collections.abc import Iterator

from backend.classify.bodies import RunClassBody, SignificanceBody
from backend.classify.defaults_clauses import Clause, all_of, any_of, at_least, contains, fact, is_not_true, is_true

YEARS = range(2015, 2027)
"""The years of which a fresh registry knows the run classes."""
WITHOUT_BEAM = frozenset({2019, 2020})
"""Years of the second long shutdown in which the LHC had no beam."""

LEAST_RECORDED_PER_PB = 0.01
"""A collision run with less is not certified; the golden rule of 2018 asks for 0.08 /pb."""
LEAST_LUMISECTIONS = 3
LEAST_LUMISECTIONS_OF_COSMICS = 100
LEAST_EVENTS = 1_000

_STABLE = is_true("stable_beam")
_WHAT: dict[str, tuple[int, tuple[Clause, ...], str]] = {
    "VdM": (
        1,
        (_STABLE, any_of(contains("hlt_key", "VdM"), contains("hlt_key", "vdm"))),
        "stable beams, and the HLT key is that of a van der Meer scan",
    ),
    "HeavyIon": (
        2,
        (
            _STABLE,
            any_of(
                contains("l1_hlt_mode", "collisionshi"),
                contains("hlt_key", "HI/"),
                contains("fill_type_runtime", "PB"),
            ),
        ),
        "stable beams, and trigger mode, HLT key or fill are those of ions",
    ),
    "Special": (
        3,
        (_STABLE, contains("hlt_key", "/cdaq/special/")),
        "stable beams, and a special HLT key",
    ),
    "Collisions": (
        4,
        (_STABLE, any_of(contains("l1_hlt_mode", "collisions"), contains("hlt_key", "/cdaq/physics/"))),
        "stable beams, and trigger mode or HLT key are those of physics",
    ),
    "Cosmics": (
        5,
        (is_not_true("stable_beam"), any_of(contains("l1_hlt_mode", "cosmic"), contains("hlt_key", "/cosmic"))),
        "no stable beams, and trigger mode or HLT key are those of cosmics",
    ),
    "Commissioning": (9, ({"!=": [fact("hlt_key"), None]},), "every other run with an HLT key"),
}
"""Class without its year → priority, what holds beside the year, the same in words."""

_ACTIVE = is_true("cms_active")
_LONG_ENOUGH = at_least("ls_duration", LEAST_LUMISECTIONS)
_EVENTS = at_least("hlt_physics_counter", LEAST_EVENTS)
_TRACKER = any_of(is_true("tracker_included"), is_true("pixel_included"))
_ANY_DETECTOR = any_of(*(is_true(f"{part}_included") for part in ("tracker", "pixel", "dt", "csc", "rpc")))

_WORTH = {
    "VdM": (all_of(_ACTIVE, _LONG_ENOUGH, _EVENTS), f"CMS took data, {LEAST_LUMISECTIONS} LS, {LEAST_EVENTS} events"),
    "HeavyIon": (
        all_of(_ACTIVE, _LONG_ENOUGH, _EVENTS, _TRACKER),
        f"CMS took data with pixel or strips, {LEAST_LUMISECTIONS} LS, {LEAST_EVENTS} events",
    ),
    "Special": (
        all_of(_ACTIVE, _LONG_ENOUGH, _EVENTS),
        f"CMS took data, {LEAST_LUMISECTIONS} LS, {LEAST_EVENTS} events",
    ),
    "Collisions": (
        all_of(_ACTIVE, _LONG_ENOUGH, at_least("recorded_lumi", LEAST_RECORDED_PER_PB), _TRACKER),
        f"CMS took data with pixel or strips, {LEAST_LUMISECTIONS} LS, {LEAST_RECORDED_PER_PB} /pb recorded",
    ),
    "Cosmics": (
        all_of(at_least("ls_duration", LEAST_LUMISECTIONS_OF_COSMICS), _EVENTS, _ANY_DETECTOR),
        f"{LEAST_LUMISECTIONS_OF_COSMICS} LS and {LEAST_EVENTS} events with tracker or muon chambers",
    ),
}
"""Class without its year → what makes its runs significant, the same in words. Commissioning never is by itself."""


def run_class_defaults() -> Iterator[tuple[str, RunClassBody]]:
    """The rules that give a run its class."""
    for year in YEARS:
        began = (at_least("start_time", str(year)), {"<": [fact("start_time"), str(year + 1)]})
        for word in _words(year):
            priority, clauses, told = _WHAT[word]
            body = RunClassBody(
                run_class=f"{word}{year % 100}",
                priority=priority,
                rule=all_of(*began, *clauses),
                description=f"Began in {year}; {told}.",
            )
            yield body.about, body


def significance_defaults() -> Iterator[tuple[str, SignificanceBody]]:
    """The rules that make runs of a class significant."""
    for year in YEARS:
        for word in _words(year):
            if word in _WORTH:
                rule, told = _WORTH[word]
                body = SignificanceBody(run_class=f"{word}{year % 100}", rule=rule, description=f"At least: {told}.")
                yield body.about, body


def _words(year: int) -> tuple[str, ...]:
    return ("Cosmics", "Commissioning") if year in WITHOUT_BEAM else tuple(_WHAT)
