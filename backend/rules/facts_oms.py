"""What OMS says of a run and of a lumisection, as facts under their flat names: types, units and possible ranges.

Types and units are those of ``data/oms`` and field.md §2b, in the registry's units; a range is wide enough for what OMS
gives by mistake (7,864 GeV in run 355555), and narrow enough for a slip of the unit to be seen.
"""

from backend.rules.facts_values import Fact, FactKind, Source
from models.vocabulary import DCS_BITS, SUBSYSTEM_OF_BIT

MOST_LUMISECTIONS = 32_767
"""The highest lumisection number that the registry keeps."""

PARTS_OF_A_RUN = (
    "castor", "cow", "csc", "csc_efed", "ctpps", "ctpps_tot", "daq", "dcs", "dqm", "dt", "dt_efed", "ecal",
    "ecal_efed", "efed", "es", "fb", "gem", "hcal", "hcal_efed", "hf", "hflumi", "l1scout", "ltc", "lumi", "pixel",
    "pixel_up", "rpc", "rpc_efed", "scal", "tcds", "totem", "tracker", "tracker_efed", "trg", "trg_efed", "zdc",
)  # fmt: skip
"""What can take part in a run, as ``<part>_included`` (original-frontend.md §13.4, and what OMS has added since)."""

_PICOBARN = "/pb"
_E34 = "10³⁴ cm⁻²s⁻¹"


def _oms(name: str, kind: FactKind, meaning: str, unit: str | None = None, *between: float | None) -> Fact:
    low, high = (*between, None, None)[:2]
    return Fact(name, name, Source.RUN_OMS, kind, meaning, unit, low, high)


def _texts(**meanings: str) -> tuple[Fact, ...]:
    return tuple(_oms(name, FactKind.TEXT, meaning) for name, meaning in meanings.items())


RUN_ATTRIBUTES = (
    _oms("run_number", FactKind.INTEGER, "number of the run", None, 1, 9_999_999),
    _oms("fill_number", FactKind.INTEGER, "LHC fill that the run was taken in", None, 0, 99_999),
    _oms("energy", FactKind.NUMBER, "energy of one beam, half of the collision energy", "GeV", 0, 8_000),
    _oms("b_field", FactKind.NUMBER, "field of the CMS magnet", "T", 0, 4),
    _oms("delivered_lumi", FactKind.NUMBER, "luminosity delivered in the run", _PICOBARN, 0, 5_000),
    _oms("recorded_lumi", FactKind.NUMBER, "luminosity recorded in the run", _PICOBARN, 0, 5_000),
    _oms("init_lumi", FactKind.NUMBER, "luminosity at the start of the run", _E34, 0, 20),
    _oms("end_lumi", FactKind.NUMBER, "luminosity at the end of the run", _E34, 0, 20),
    _oms("duration", FactKind.INTEGER, "how long the run took", "s", 0, 1_000_000),
    _oms("ls_duration", FactKind.INTEGER, "how many lumisections the run has", None, 0, MOST_LUMISECTIONS),
    _oms("last_lumisection_number", FactKind.INTEGER, "last lumisection of the run", None, 0, MOST_LUMISECTIONS),
    _oms("initial_prescale_index", FactKind.INTEGER, "prescale column at the start", None, -1, 1_000),
    _oms("l1_rate", FactKind.NUMBER, "rate of Level-1 triggers", "Hz", 0),
    _oms("l1_triggers_counter", FactKind.INTEGER, "Level-1 triggers in the run", None, 0),
    _oms("hlt_physics_counter", FactKind.INTEGER, "events in the physics streams of the HLT", None, 0),
    _oms("hlt_physics_rate", FactKind.NUMBER, "rate of the physics streams", "Hz", 0),
    _oms("hlt_physics_size", FactKind.NUMBER, "size of the physics streams", "GB", 0),
    _oms("hlt_physics_throughput", FactKind.NUMBER, "throughput of the physics streams", "GB/s", 0),
    _oms("crossing_angle_start", FactKind.NUMBER, "crossing angle at the start", "µrad", -1_000, 1_000),
    _oms("crossing_angle_stop", FactKind.NUMBER, "crossing angle at the end", "µrad", -1_000, 1_000),
    _oms("beta_star_start", FactKind.NUMBER, "β* at the start", "cm", 0, 20_000),
    _oms("beta_star_stop", FactKind.NUMBER, "β* at the end", "cm", 0, 20_000),
    _oms("beamactive_total_deadtime", FactKind.NUMBER, "dead time with beam", "%", 0, 100),
    _oms("stable_beam", FactKind.BOOL, "the LHC declared stable beams during the run"),
    _oms("tier0_transfer", FactKind.BOOL, "the data go to Tier-0"),
    _oms("beams_present_and_stable", FactKind.BOOL, "both beams present and stable in some lumisection"),
    _oms("components", FactKind.LIST, "what was in the run, in capitals as OMS writes it"),
    _oms("components_out", FactKind.LIST, "what was left out of the run, in capitals"),
    _oms("start_time", FactKind.TIME, "when the run began, in UTC"),
    _oms("end_time", FactKind.TIME, "when the run ended, in UTC; null while it is being taken"),
    _oms("last_update", FactKind.TIME, "when OMS last changed the run, in UTC"),
    *_texts(
        hlt_key="HLT configuration, such as /cdaq/physics/Run2018/2e34/v3.6.1/HLT/V2",
        l1_key="Level-1 configuration",
        l1_key_stripped="Level-1 configuration without its prefix",
        l1_menu="Level-1 menu",
        l1_hlt_mode="trigger mode, such as collisions2018 or cosmics2018",
        l1_hlt_mode_stripped="trigger mode with its version",
        trigger_mode="trigger mode with prefix and version",
        fill_type_runtime="what the fill was for: PROTONS, PB, COSMICS …",
        fill_type_party1="particles of beam 1",
        fill_type_party2="particles of beam 2",
        injection_scheme="filling scheme, which begins with the bunch spacing: 25ns_2556b_…",
        clock_type="clock that CMS ran on: LHC or LOCAL",
        sequence="run control sequence, such as GLOBAL-RUN",
        cmssw_version="CMSSW release of the HLT",
        era="era of data taking",
    ),
)
"""Every attribute of a run in OMS, and what the registry derives of its lumisections."""


def included(part: str) -> Fact:
    """The fact that a part took part in a run; null where it did not, never false."""
    return _oms(f"{part}_included", FactKind.BOOL, f"{part} was in the run; null where it was not")


def bit(name: str) -> Fact:
    """The fact of a bit in a lumisection."""
    return Fact(name, name, Source.LUMISECTION_OMS, FactKind.BOOL, f"{_bit_meaning(name)}; null where OMS knows not")


def bit_of_run(name: str) -> Fact:
    """The fact that a bit was true in some lumisection of a run."""
    return Fact(name, name, Source.LUMISECTION_OMS, FactKind.BOOL, f"{_bit_meaning(name)}, in some lumisection")


RUN = (*RUN_ATTRIBUTES, *map(included, PARTS_OF_A_RUN))
"""What OMS says of a run."""

BITS = (*DCS_BITS, "physics_flag")

LUMISECTION_ATTRIBUTES = (
    Fact(
        "prescale_index", "prescale_index", Source.LUMISECTION_OMS, FactKind.INTEGER, "prescale column", None, -1, 1e3
    ),
    Fact("prescale_name", "prescale_name", Source.LUMISECTION_OMS, FactKind.TEXT, "name of the prescale column"),
)
"""What OMS says of a lumisection beside its bits."""

LUMINOSITIES = tuple(
    Fact(name, name, Source.LUMISECTION_OMS, FactKind.NUMBER, meaning, unit, 0, high)
    for name, meaning, unit, high in (
        ("recorded_lumi_per_lumi", "luminosity recorded in the lumisection alone", _PICOBARN, 20),
        ("delivered_lumi_per_lumi", "luminosity delivered in the lumisection alone", _PICOBARN, 20),
        ("live_lumi_per_lumi", "recorded over delivered; null if nothing was delivered", None, 1.2),
    )
)
"""Luminosity by lumisection: a rule that reads it is judged in each lumisection by itself, which is slow."""

STORED_LUMINOSITIES = tuple(
    Fact(name, name, Source.LUMISECTION_OMS, FactKind.NUMBER, f"luminosity {name} in the lumisection", _PICOBARN, 0, 20)
    for name in ("recorded", "delivered")
)
"""The same under the names that recipes have for it (original-backend.md §2)."""


def _bit_meaning(name: str) -> str:
    if name == "cms_active":
        return "CMS takes data"
    if name == "physics_flag":
        return "physics declared"
    if name.startswith("beam"):
        beam, _, what = name.partition("_")
        return f"beam {beam[-1]} {what}"
    subsystem = SUBSYSTEM_OF_BIT.get(name)
    return f"{name.removesuffix('_ready')} ready" + (f" ({subsystem})" if subsystem else "")
