"""The recipes of golden JSONs that a fresh registry has: the golden rule of 2018, by year, and what is made of it.

``golden`` asks for everything; ``muon`` for nothing of the calorimeters, but for the muon chambers by name;
``dcs-only`` for the bits alone, nobody's verdict; ``tracker-only`` and ``calo-free`` are for every year.
"""

from collections.abc import Iterable, Iterator

from backend.classify.bodies import RecipeBody
from backend.classify.defaults_clauses import Clause, all_of, any_of, at_least, contains, equals, fact, is_true
from models.vocabulary import GOLDEN_2018_BITS, SUBSYSTEM_OF_BIT

YEARS = (2015, 2016, 2017, 2018, 2022, 2023, 2024, 2025, 2026)
"""The years with proton collisions for physics."""

FLAGS = (
    "l1t-l1tmu",
    "l1t-l1tcalo",
    "hlt-hlt",
    "tracker-pixel",
    "tracker-strip",
    "tracker-track",
    "ecal-ecal",
    "ecal-es",
    "egamma-egamma",
    "hcal-hcal",
    "muon-muon",
    "jetmet-jetmet",
    "lumi-lumi",
)
"""The flags that the golden rule of 2018 wants GOOD."""

TRACKER_FLAGS = ("tracker-pixel", "tracker-strip", "tracker-track")
MUON_FLAGS = ("dt-dt", "csc-csc")
CALORIMETER_FLAGS = frozenset({"l1t-l1tcalo", "ecal-ecal", "ecal-es", "egamma-egamma", "hcal-hcal", "jetmet-jetmet"})
"""The flags that cannot be good without calorimeters."""
CALORIMETERS = frozenset({"ecal", "es", "hcal"})
TRACKER = frozenset({"cms", "pixel", "strip", "beam"})

_NO_CALORIMETER_FLAGS = tuple(flag for flag in FLAGS if flag not in CALORIMETER_FLAGS)
_NO_CALORIMETER_BITS = tuple(bit for bit in GOLDEN_2018_BITS if SUBSYSTEM_OF_BIT[bit] not in CALORIMETERS)
_TRACKER_BITS = tuple(bit for bit in GOLDEN_2018_BITS if SUBSYSTEM_OF_BIT[bit] in TRACKER)


def recipe_defaults() -> Iterator[tuple[str, RecipeBody]]:
    """The recipes, by name."""
    for year in YEARS:
        prompt, express = f"/PromptReco/Collisions{year}%/DQM", f"/Express/Collisions{year}%/DQM"
        run = _run_is_for_physics(_spacings(year))
        yield _recipe(
            f"golden {year}", prompt, [*run, *_kept(FLAGS), *_ready(GOLDEN_2018_BITS)],
            "Everything that the golden rule of 2018 asks for: runs for physics, every flag GOOD, every bit true.",
        )  # fmt: skip
        yield _recipe(
            f"muon {year}", prompt,
            [*run, *_kept((*_NO_CALORIMETER_FLAGS, *MUON_FLAGS)), *_ready(_NO_CALORIMETER_BITS)],
            "For analyses with muons: golden without calorimeters, and DT and CSC GOOD by their own verdict.",
        )  # fmt: skip
        yield _recipe(
            f"dcs-only {year}", express, [*run[:3], *_ready(GOLDEN_2018_BITS)],
            "Every bit of the golden rule true at full energy and field; nobody's verdict is read.",
        )  # fmt: skip
    run, every_year = _run_is_for_physics(("25ns",)), "/PromptReco/Collisions%/DQM"
    yield _recipe(
        "tracker-only", every_year, [*run[:3], *_kept(TRACKER_FLAGS), *_ready(_TRACKER_BITS)],
        "For alignment and tracking: pixel, strips and tracks GOOD, their bits and the beams' true.",
    )  # fmt: skip
    yield _recipe(
        "calo-free", every_year, [*run, *_kept(_NO_CALORIMETER_FLAGS), *_ready(_NO_CALORIMETER_BITS)],
        "Golden without anything that needs the calorimeters.",
    )  # fmt: skip


def _spacings(year: int) -> tuple[str, ...]:
    """The bunch spacings of a year; in 2015 the LHC began with 50 ns."""
    return ("25ns", "50ns") if year == 2015 else ("25ns",)


def _run_is_for_physics(spacings: Iterable[str]) -> list[Clause]:
    """The first six clauses of the golden rule of 2018: energy, field, filling scheme, key and luminosity."""
    return [
        at_least("run.oms.energy", 6000),
        {"<=": [fact("run.oms.energy"), 7000]},
        at_least("run.oms.b_field", 3.7),
        any_of(*(contains("run.oms.injection_scheme", spacing) for spacing in spacings)),
        {"==": [contains("run.oms.hlt_key", "WMass"), False]},
        at_least("run.oms.recorded_lumi", 0.08),
    ]


def _kept(flags: Iterable[str]) -> list[Clause]:
    """The flags GOOD, and the luminosity not low."""
    return [*(equals(f"lumisection.rr.{flag}", "GOOD") for flag in flags), equals("lumisection.rr.dc-lowlumi", "BAD")]


def _ready(bits: Iterable[str]) -> list[Clause]:
    return [is_true(f"lumisection.oms.{bit}") for bit in bits]


def _recipe(name: str, datasets: str, clauses: Iterable[Clause], told: str) -> tuple[str, RecipeBody]:
    return name, RecipeBody(label=name, datasets=datasets, rule=all_of(*clauses), description=told)
