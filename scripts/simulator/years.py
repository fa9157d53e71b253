"""The data-taking years: which run numbers, fills, dates and eras belong to which, and how much was certified."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class DataYear:
    """One year of data taking, from its first to its last published run."""

    year: int
    opens: int
    """The lowest run number that counts as this year's."""
    first_run: int
    last_run: int
    begin: datetime
    end: datetime
    first_fill: int
    beam_energy_gev: int
    certified_per_fb: float | None
    """What the golden JSON of the year holds (field.md §4.5); ``None``: no published number is used."""
    cmssw: str
    eras: tuple[tuple[int, str], ...]
    """First run and letter of each era."""

    def era(self, run_number: int) -> str:
        """The letter of the era that a run belongs to; runs before the first era count as its."""
        at = bisect_right(self.eras, run_number, key=lambda era: era[0])
        return self.eras[max(at, 1) - 1][1]

    @property
    def per_lumisection_fields(self) -> bool:
        """Whether OMS gives luminosity per lumisection beside the cumulative one, as it does since Run 3."""
        return self.year >= 2022

    @property
    def has_gem(self) -> bool:
        """Whether the GEM chambers were read out."""
        return self.year >= 2021


def year_of(run_number: int) -> DataYear:
    """The year that a run number belongs to."""
    return YEARS[max(bisect_right(YEARS, run_number, key=lambda year: year.opens), 1) - 1]


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 6, tzinfo=UTC)


YEARS = (
    DataYear(
        2015,
        0,
        246908,
        260627,
        _day(2015, 6, 3),
        _day(2015, 11, 3),
        3819,
        6500,
        None,
        "CMSSW_7_4_15",
        ((246908, "B"), (253659, "C"), (256630, "D")),
    ),
    DataYear(
        2016,
        264000,
        271036,
        284044,
        _day(2016, 4, 22),
        _day(2016, 10, 27),
        4851,
        6500,
        36.63,
        "CMSSW_8_0_22",
        ((271036, "B"), (275657, "C"), (276315, "D"), (276831, "E"), (277772, "F"), (278820, "G"), (280919, "H")),
    ),
    DataYear(
        2017,
        288000,
        294927,
        306462,
        _day(2017, 5, 23),
        _day(2017, 11, 10),
        5698,
        6500,
        41.48,
        "CMSSW_9_2_13",
        ((294927, "A"), (297020, "B"), (299337, "C"), (302030, "D"), (303435, "E"), (304911, "F")),
    ),
    DataYear(
        2018,
        308000,
        314472,
        325175,
        _day(2018, 4, 17),
        _day(2018, 10, 24),
        6570,
        6500,
        59.83,
        "CMSSW_10_1_9",
        ((314472, "A"), (316998, "B"), (319313, "C"), (320394, "D")),
    ),
    DataYear(
        2022,
        340000,
        352417,
        362760,
        _day(2022, 5, 28),
        _day(2022, 11, 28),
        7701,
        6800,
        34.65,
        "CMSSW_12_4_9",
        ((352417, "A"), (355065, "B"), (355794, "C"), (357487, "D"), (359022, "E"), (360332, "F"), (362181, "G")),
    ),
    DataYear(
        2023,
        363500,
        366442,
        372415,
        _day(2023, 4, 21),
        _day(2023, 7, 17),
        8637,
        6800,
        27.64,
        "CMSSW_13_0_10",
        ((366442, "B"), (367095, "C"), (369844, "D")),
    ),
    DataYear(
        2024,
        375000,
        378981,
        386951,
        _day(2024, 4, 5),
        _day(2024, 10, 16),
        9474,
        6800,
        109.95,
        "CMSSW_14_0_7",
        (
            (378981, "B"),
            (379412, "C"),
            (380253, "D"),
            (380963, "E"),
            (382298, "F"),
            (383811, "G"),
            (385836, "H"),
            (386505, "I"),
        ),
    ),
    DataYear(
        2025,
        388500,
        391658,
        398903,
        _day(2025, 5, 3),
        _day(2025, 11, 6),
        10560,
        6800,
        110.84,
        "CMSSW_15_0_11",
        ((391658, "B"), (392174, "C"), (394286, "D"), (395986, "E"), (396598, "F"), (397864, "G")),
    ),
    DataYear(
        2026,
        400000,
        401624,
        405000,
        _day(2026, 3, 6),
        _day(2026, 7, 1),
        11470,
        6800,
        None,
        "CMSSW_16_0_3",
        ((401624, "A"),),
    ),
)
