"""What runs can be asked about: every attribute with its kind, unit, label and meaning; one catalogue per subject."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property

from backend.errors import InvalidFilter
from models.attributes import OMS_COLUMNS
from models.vocabulary import DCS_BITS, OTHER_LUMISECTION_ATTRIBUTES, ColumnKind

OMS_PREFIX = "oms."
"""``oms.<name>`` is any attribute that OMS gives of a run, also one that has no column of its own."""


class Kind(StrEnum):
    """What an attribute holds, and so how it is compared."""

    INTEGER = "whole number"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "yes or no"
    TIME = "time"
    LIST = "list of names"
    WORDS = "searchable words"
    ANY = "value as OMS gives it"


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a run can be asked about.

    ``name`` is its name everywhere in the program, ``word`` the short one in the text of a filter; both are understood.
    """

    name: str
    kind: Kind
    label: str
    meaning: str
    word: str
    unit: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """The attributes of one subject; a number alone in the text of a filter is of the attribute ``numbered``.

    ``bits`` are what OMS says of a run's lumisections with yes or no, such as ``bpix_ready``.
    """

    subject: str
    attributes: tuple[Attribute, ...]
    numbered: str
    bits: tuple[str, ...] = ()

    def find(self, name: str) -> Attribute:
        """The attribute of this name, short word or name in OMS.

        Raises
        ------
        InvalidFilter
            If there is none; the sentence names the nearest.
        """
        if attribute := self._by_any_name.get(name):
            return attribute
        if _OMS_NAME.fullmatch(name):
            return Attribute(name, Kind.ANY, name.removeprefix(OMS_PREFIX), "as OMS gives it", name)
        raise InvalidFilter(
            f"A {self.subject} has no attribute {name!r:.80}{nearest(name, (*self._by_any_name, *self.bits))}"
        )

    @cached_property
    def _by_any_name(self) -> dict[str, Attribute]:
        by_name = {a.name: a for a in self.attributes}
        columns = OMS_COLUMNS | {"run_number": "run_number", "ls_duration": "lumisections"}
        of_oms = {OMS_PREFIX + o: by_name[column] for o, column in columns.items() if column in by_name}
        return of_oms | {a.word: a for a in self.attributes} | by_name


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about a name that does not exist: the nearest one, if any is near.

    >>> nearest("tracker-stripp", ["tracker-strip", "ecal-es"])
    ': did you mean tracker-strip?'
    """
    close = get_close_matches(name, list(names), n=1)
    return f": did you mean {close[0]}?" if close else "."


_OMS_NAME = re.compile(r"oms\.[A-Za-z0-9_]{1,80}", re.ASCII)


def _run_attributes() -> Iterable[Attribute]:
    whole, number, text, yes_no, time = Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME
    yield Attribute("run_number", whole, "Run", "the number of the run", "run")
    yield Attribute("fill_number", whole, "Fill", "the LHC fill that the run was taken in", "fill")
    yield Attribute("run_class", text, "Class", "what kind of run it is, such as Collisions18", "class")
    yield Attribute("is_significant", yes_no, "Significant", "worth certifying", "significant")
    yield Attribute("state", text, "State", "how far the shift crew is: OPEN, SIGNOFF, COMPLETED", "state")
    yield Attribute("stop_reason", text, "Stop reason", "why the run was stopped", "stop_reason")
    yield Attribute("start_time", time, "Started", "when the run began", "start", "UTC")
    yield Attribute("end_time", time, "Ended", "when the run ended; null while it is running", "end", "UTC")
    yield Attribute("is_running", yes_no, "Running", "OMS has not given an end time yet", "running")
    yield Attribute(
        "is_changed_after_signoff",
        yes_no,
        "Changed after sign-off",
        "OMS changed it since",
        "changed",
    )
    yield Attribute("lumisections", whole, "LS", "how many lumisections the run has in OMS", "lumisections")
    yield Attribute("duration_seconds", whole, "Duration", "how long the run lasted", "duration", "s")
    yield Attribute("energy_gev", number, "Energy", "energy of one beam", "energy", "GeV")
    yield Attribute("b_field_tesla", number, "B field", "field of the solenoid", "b_field", "T")
    yield Attribute("delivered_per_pb", number, "Delivered", "luminosity that the LHC delivered", "delivered", "/pb")
    yield Attribute("recorded_per_pb", number, "Recorded", "luminosity that CMS recorded", "recorded", "/pb")
    yield Attribute("hlt_key", text, "HLT key", "the configuration of the high level trigger", "hlt_key")
    yield Attribute("l1_key", text, "L1 key", "the configuration of the level-1 trigger", "l1_key")
    yield Attribute("l1_hlt_mode", text, "L1/HLT mode", "what the triggers were set up for", "l1_hlt_mode")
    yield Attribute("injection_scheme", text, "Injection scheme", "how the LHC was filled", "injection_scheme")
    yield Attribute("fill_type", text, "Fill type", "what the LHC held: PROTONS, IONS, COSMICS …", "fill_type")
    yield Attribute("clock_type", text, "Clock", "where the clock came from: LHC or LOCAL", "clock_type")
    yield Attribute("sequence", text, "Sequence", "what the run was started as, such as GLOBAL-RUN", "sequence")
    yield Attribute("cmssw_version", text, "CMSSW", "the release that the HLT ran", "cmssw_version")
    yield Attribute("stable_beam", yes_no, "Stable beam", "the LHC had declared stable beams", "stable_beam")
    yield Attribute("hlt_physics_counter", whole, "HLT physics events", "events of the stream", "hlt_physics_counter")
    yield Attribute("l1_rate_hz", number, "L1 rate", "mean rate of the level-1 trigger", "l1_rate", "Hz")
    yield Attribute("components", Kind.LIST, "Components", "the parts of CMS that were in the run", "components")
    yield Attribute("words", Kind.WORDS, "Comments and causes", "words of comments and causes in force", "comments")
    yield Attribute("oms_last_update", time, "Updated in OMS", "when OMS last changed the run", "updated", "UTC")
    yield Attribute("last_change", whole, "Last change set", "the act that last touched run or flags", "last_change")


BITS = (*DCS_BITS, *(name for name, kind in OTHER_LUMISECTION_ATTRIBUTES.items() if kind is ColumnKind.BIT))
"""The bits of a run's lumisections, in the order of the DCS bits."""

RUNS = Catalogue("run", tuple(_run_attributes()), numbered="run_number", bits=BITS)
"""Every attribute of a run and of what its ``online`` dataset says in words."""
