"""What a recipe costs: luminosity lost by clause, by combination of clauses and by subsystem, adding up to the total.

Of every lost lumisection one class is told, the first of these that fits (field.md §4.4):

1. *short run*: the run's luminosity is below the cut;
2. *tracker HV*: every part of the tracker that the recipe reads is off;
3. *exclusive* to a category: everything that fails stands for this category;
4. *mixed*: what fails stands for several.

So the exclusive losses, mixed, tracker HV and short run are the total, which is recorded minus certified. The
*inclusive* loss of a category is all that is lost where one of its clauses fails, whatever else fails; these overlap.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from backend.golden.cells import Bools
from backend.golden.loss_mapping import (
    DETECTORS,
    OBJECTS,
    Category,
    ClauseKind,
    categories_of,
    kind_of,
    tracker_part,
)
from backend.golden.weighing import Amount, Weighed
from backend.projections.segments import Ints

CATEGORIES = tuple(Category)
"""The categories in the field's order; a class is told by its position here."""

_KEPT = -1
_SHORT, _HV, _MIXED = (CATEGORIES.index(c) for c in (Category.SHORT_RUN, Category.TRACKER_HV, Category.MIXED))
_DATASET = CATEGORIES.index(Category.DATASET)


class View(StrEnum):
    """Which clauses an account is made with. One of the bits alone is as if the recipe had no others."""

    ALL = "DCS + quality"
    DCS = "DCS only"
    QUALITY = "quality only"

    def has(self, kind: ClauseKind) -> bool:
        """Whether clauses of that kind count. Cuts on runs count only beside both others."""
        return self is View.ALL or kind.value == self.value.removesuffix(" only")


@dataclass(frozen=True, slots=True)
class Loss:
    """An account of what is lost. Build it with :func:`account`; the tables are in ``backend.golden.loss_tables``.

    Parameters
    ----------
    failed
        Of each combination of ``weighed``, which clauses of the view fail.
    category
        Of each combination, for which categories it fails, in the order of ``CATEGORIES``.
    told
        Of each combination, the position in ``CATEGORIES`` of the class of its lumisections; -1 where they are kept.
    """

    weighed: Weighed
    view: View
    failed: Bools = field(repr=False)
    category: Bools = field(repr=False)
    told: Ints = field(repr=False)

    @property
    def is_lost(self) -> Bools:
        """Of each combination, whether it is lost in this view."""
        return np.asarray(self.told != _KEPT)

    @property
    def total(self) -> Amount:
        """All that the recipe was asked about: what was recorded."""
        return self.weighed.amount(np.ones(len(self.weighed.run), bool))

    @property
    def lost(self) -> Amount:
        """What is lost."""
        return self.weighed.amount(self.is_lost[self.weighed.combination])

    @property
    def kept(self) -> Amount:
        """What is not lost: what is certified, or DCS-good in the view of the bits."""
        return self.weighed.amount(~self.is_lost[self.weighed.combination])


def account(weighed: Weighed, view: View = View.ALL, *, detectors_first: bool = False) -> Loss:
    """The account of what was weighed, in a view.

    Parameters
    ----------
    detectors_first
        Where a detector fails, objects that fail with it (tracks, jets, triggers …) are not counted beside it, as in
        the loss plots of the certification team: they are bad because of it. By the plain definition that is mixed.
    """
    kinds = np.array([view.has(kind_of(clause.reads)) for clause in weighed.clauses], bool)
    failed = weighed.failed & kinds
    is_lost = ~weighed.keeps if view is View.ALL else failed.any(axis=1)
    category = np.asarray((failed.astype(np.float32) @ _standing_for(weighed)) > 0)
    category[is_lost & ~category.any(axis=1), _DATASET] = True
    telling = _without_objects(category) if detectors_first else category
    told = np.where(telling.sum(axis=1) == 1, telling.argmax(axis=1), _MIXED)
    told[_has_tracker_off(weighed, failed)] = _HV
    told[category[:, _SHORT]] = _SHORT
    return Loss(weighed, view, failed, category, np.where(is_lost, told, _KEPT))


@dataclass(frozen=True, slots=True)
class Efficiencies:
    """Shares of luminosity, none where nothing is known to divide by (field.md §4.4)."""

    data_taking: float | None
    dcs_good: float | None
    certification: float | None
    golden_over_dcs: float | None


def efficiencies(weighed: Weighed) -> Efficiencies:
    """Recorded of delivered, DCS-good of recorded, certified of recorded, certified of DCS-good.

    DCS-good is what passes every clause of the recipe that is about DCS bits.
    """
    certified, dcs = account(weighed), account(weighed, View.DCS)
    recorded = certified.total.recorded_per_pb
    return Efficiencies(
        share(recorded, certified.total.delivered_per_pb),
        share(dcs.kept.recorded_per_pb, recorded),
        share(certified.kept.recorded_per_pb, recorded),
        share(certified.kept.recorded_per_pb, dcs.kept.recorded_per_pb),
    )


def caveats(weighed: Weighed) -> tuple[str, ...]:
    """What must be said beside the luminosities of an account, one sentence each; nothing, if they are whole."""
    missing = weighed.without_luminosity()
    if not missing:
        return ()
    asked, runs = int(weighed.lumisections.sum()), len(np.unique(weighed.run))
    return (
        f"The luminosity of {missing.lumisections:,} of {asked:,} lumisections, in {len(missing):,} of {runs:,} runs, "
        "is not known and not in the figures.",
    )


def share(part: float, whole: float) -> float | None:
    """The part of the whole, from 0 to 1; none of nothing."""
    return part / whole if whole > 0 else None


def _standing_for(weighed: Weighed) -> npt.NDArray[np.float32]:
    """For each clause a row with 1 for the categories that it stands for."""
    found = np.zeros((len(weighed.clauses), len(CATEGORIES)), np.float32)
    for at, clause in enumerate(weighed.clauses):
        for category in categories_of(clause.reads):
            found[at, CATEGORIES.index(category)] = 1
    return found


def _without_objects(category: Bools) -> Bools:
    """The categories, but where a detector fails only the detectors; short runs and beams stay what they are."""
    is_detector = np.array([c in DETECTORS for c in CATEGORIES])
    is_object = np.array([c in OBJECTS for c in CATEGORIES])
    has_detector = category[:, is_detector].any(axis=1, keepdims=True)
    return np.asarray(category & ~(has_detector & is_object))


def _has_tracker_off(weighed: Weighed, failed: Bools) -> Bools:
    """Of each combination, whether every clause about a part of the tracker fails."""
    parts = np.array([tracker_part(clause.reads) for clause in weighed.clauses], bool)
    return np.asarray(failed[:, parts].all(axis=1) if parts.any() else np.zeros(len(failed), bool))
