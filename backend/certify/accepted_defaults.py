"""The accepted datasets that a fresh registry starts with; written once, never over what people changed.

For collisions Express and one prompt reconstruction per era, for cosmics both without eras. Eras and their first runs
are those of the years' data taking as the DAS names of the datasets tell; one lasts until the next begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from backend.certify.accepted import AcceptedDatasetBody
from backend.configuration.defaults import BY
from backend.db import transaction
from backend.record import Act, ConfigurationSaid, record
from models.log import ConfigurationChange
from models.vocabulary import ActKind, ConfigurationKind

_WHY = "accepted datasets that a fresh registry starts with"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('registry defaults'))")


@dataclass(frozen=True, slots=True)
class Year:
    """A year of data taking: its runs, and the first run of each era, the first era from the year's first run on."""

    year: int
    first: int
    last: int
    eras: tuple[tuple[str, int], ...]

    @property
    def era_ranges(self) -> Iterator[tuple[str, int, int]]:
        """Era, first and last run."""
        firsts = [self.first, *(first for _, first in self.eras[1:]), self.last + 1]
        for (era, _), (first, after) in zip(self.eras, pairwise(firsts), strict=True):
            yield era, first, after - 1


YEARS = (
    Year(2016, 264_000, 287_999, (("B", 271_036), ("C", 275_657), ("D", 276_315), ("E", 276_831), ("F", 277_772),
                                  ("G", 278_820), ("H", 280_919))),
    Year(2017, 288_000, 307_999, (("A", 294_927), ("B", 297_020), ("C", 299_337), ("D", 302_030), ("E", 303_435),
                                  ("F", 304_911))),
    Year(2018, 308_000, 339_999, (("A", 314_472), ("B", 316_998), ("C", 319_313), ("D", 320_394))),
    Year(2022, 340_000, 363_499, (("A", 352_417), ("B", 355_065), ("C", 355_794), ("D", 357_487), ("E", 359_022),
                                  ("F", 360_332), ("G", 362_181))),
    Year(2023, 363_500, 374_999, (("B", 366_442), ("C", 367_095), ("D", 369_844))),
    Year(2024, 375_000, 388_499, (("B", 378_981), ("C", 379_412), ("D", 380_253), ("E", 380_963), ("F", 382_298),
                                  ("G", 383_811), ("H", 385_836), ("I", 386_505))),
    Year(2025, 388_500, 399_999, (("B", 391_658), ("C", 392_174), ("D", 394_286), ("E", 395_986), ("F", 396_598),
                                  ("G", 397_864))),
)  # fmt: skip
"""The years whose datasets a fresh registry accepts."""


def ensure_default_accepted_datasets(on: Engine) -> bool:
    """Write the accepted datasets that this database never had; whether there were any.

    One that ever had a version is left alone, even if it was taken away or undone since. Of several processes that
    start at once one writes, and the others find the work done.
    """
    with transaction(on) as session:
        if not _missing(session):
            return False
        session.execute(_ALONE)
        if missing := _missing(session):
            record(session, Act(by=BY, why=_WHY, kind=ActKind.SETUP, configurations=missing))
        return bool(missing)


def default_accepted_datasets() -> Iterator[AcceptedDatasetBody]:
    """Every accepted dataset of a fresh registry."""
    for year in YEARS:
        yield from _of_collisions(year)
        yield from _of_cosmics(year)


def _of_collisions(year: Year) -> Iterator[AcceptedDatasetBody]:
    run_class = f"Collisions{year.year % 100}"
    yield AcceptedDatasetBody(
        name=f"/Express/Collisions{year.year}/DQM",
        run_class=run_class,
        patterns=(f"^/StreamExpress/Run{year.year}[A-Z]-Express-v[0-9]+/DQMIO$",),
        run_from=year.first,
        run_to=year.last,
    )
    for era, first, last in year.era_ranges:
        yield AcceptedDatasetBody(
            name=f"/PromptReco/Collisions{year.year}{era}/DQM",
            run_class=run_class,
            patterns=(f"^/ZeroBias/Run{year.year}{era}-PromptReco-v[0-9]+/DQMIO$",),
            run_from=first,
            run_to=last,
        )


def _of_cosmics(year: Year) -> Iterator[AcceptedDatasetBody]:
    for processing, primary in (("Express", "StreamExpressCosmics"), ("PromptReco", "Cosmics")):
        yield AcceptedDatasetBody(
            name=f"/{processing}/Cosmics{year.year}/DQM",
            run_class=f"Cosmics{year.year % 100}",
            patterns=(f"^/{primary}/Run{year.year}[A-Z]-{processing}-v[0-9]+/DQMIO$",),
            run_from=year.first,
            run_to=year.last,
        )


def _missing(session: Session) -> tuple[ConfigurationSaid, ...]:
    kind = ConfigurationKind.ACCEPTED_DATASET
    ever = set(session.exec(select(ConfigurationChange.name).where(ConfigurationChange.kind == kind.value).distinct()))
    return tuple(
        ConfigurationSaid(kind.value, body.name, body.model_dump(mode="json"))
        for body in default_accepted_datasets()
        if body.name not in ever
    )
