"""The field's words as types: statuses, states, origins, kinds, and the components that CMS certifies."""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    """What a flag says of a component in a lumisection. The number is what the database stores.

    GOOD to NOTSET are said by people and rules; NO VALUE FOUND is said by a rule that matched nothing. *Unsaid* is
    not a status: it is the absence of a word (``None`` here, no row in the database, ``EMPTY`` on the wire).
    """

    GOOD = 1
    BAD = 2
    STANDBY = 3
    EXCLUDED = 4
    NOTSET = 5
    NO_VALUE_FOUND = 6

    @property
    def word(self) -> str:
        """The status as people and clients write it.

        >>> Status.NO_VALUE_FOUND.word
        'NO VALUE FOUND'
        """
        return self.name.replace("_", " ")


UNSAID = "EMPTY"
"""The wire word for a lumisection of which nobody said anything (original-backend.md §5)."""

SAYABLE = (Status.GOOD, Status.BAD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET)
"""The statuses that a person may set, in the order in which every form offers them."""


class Bit(IntEnum):
    """What OMS says of a detector part in a lumisection: ready, not ready, or not known to OMS."""

    FALSE = 0
    TRUE = 1
    NULL = 2

    @classmethod
    def of(cls, value: bool | None) -> "Bit":
        """The bit for what JSON calls ``true``, ``false`` or ``null``."""
        return cls.NULL if value is None else cls(int(value))

    @property
    def boolean(self) -> bool | None:
        """The bit as JSON says it."""
        return None if self is Bit.NULL else self is Bit.TRUE


class Origin(IntEnum):
    """Whose kind of word it is. A person outranks a rule; a model's word is kept beside and decides nothing."""

    MODEL = 0
    RULE = 1
    PERSON = 2


class ColumnKind(StrEnum):
    """What a lumisection column holds: a flag, a DCS bit, a whole number, or dictionary-coded text."""

    FLAG = "flag"
    BIT = "bit"
    INTEGER = "integer"
    TEXT = "text"


class RunState(StrEnum):
    """How far the shift crew is with a run."""

    OPEN = "OPEN"
    SIGNOFF = "SIGNOFF"
    COMPLETED = "COMPLETED"


class DatasetState(StrEnum):
    """How far a workspace is with a dataset. The words are those of the original's wire format."""

    WAITING = "waiting dqm gui"
    NOT_SIGNIFICANT = "not significant for workspace"
    OPEN = "OPEN"
    SIGNOFF = "SIGNOFF"
    COMPLETED = "COMPLETED"


class CycleState(StrEnum):
    """How far a workspace is with a cycle. The words are those of the original's wire format."""

    PENDING = "pending"
    COMPLETED = "completed"


class ActKind(StrEnum):
    """What kind of act a change set is; the Log filters by it."""

    SETUP = "setup"
    INGEST = "ingest"
    CLASSIFY = "classify"
    PROPOSAL = "proposal"
    ACCEPT = "accept"
    REJECT = "reject"
    EDIT_RUN = "edit run"
    MOVE_RUN = "move run"
    FLAG = "flag"
    DATASET = "dataset"
    BATCH = "batch"
    CYCLE = "cycle"
    WITHDRAW = "withdraw"
    CONFIGURE = "configure"
    IMPORT_LUMINOSITY = "import luminosity"
    GOLDEN_JSON = "golden json"
    UNDO = "undo"


class GoldenJsonKind(StrEnum):
    """Where a golden JSON that is kept comes from."""

    MADE = "made"
    UPLOADED = "uploaded"


class ConfigurationKind(StrEnum):
    """The kinds of configuration; all of them live in one versioned mechanism (``models/configuration.py``)."""

    WORKSPACE = "workspace"
    PERMISSION = "permission"
    RUN_CLASS = "run class"
    SIGNIFICANCE = "significance"
    COMPONENT = "component"
    OFFLINE_DATASET = "offline dataset"
    RECIPE = "recipe"
    ACCEPTED_DATASET = "accepted dataset"
    CAUSE = "cause"


class LuminositySource(StrEnum):
    """Where a luminosity per lumisection comes from."""

    OMS = "oms"
    BRILCALC = "brilcalc"


ONLINE = "online"
"""The name of the dataset that every run has from the start: what the shift crew saw."""

OMS_WORKSPACE = "oms"
"""The workspace whose columns OMS fills: DCS bits, beam bits, prescale."""

SECONDS_PER_LUMI = 2**18 / (40_079_000 / 3564)
"""A lumisection is 2**18 orbits; the LHC has 3564 bunch slots at 40.079 MHz: about 23.31 s."""

DCS_BITS = tuple(
    """
    beam1_present beam1_stable beam2_present beam2_stable bpix_ready castor_ready cms_active cscm_ready
    cscp_ready dt0_ready dtm_ready dtp_ready ebm_ready ebp_ready eem_ready eep_ready esm_ready esp_ready
    fpix_ready gemp_ready gemm_ready hbhea_ready hbheb_ready hbhec_ready hf_ready ho_ready rp_sect_45_ready
    rp_sect_56_ready rp_time_ready rpc_ready tecm_ready tecp_ready tibtid_ready tob_ready zdc_ready
    """.split()
)
"""The 35 bits per lumisection, in the display order of the original (original-frontend.md §13.4)."""

OTHER_LUMISECTION_ATTRIBUTES = {
    "physics_flag": ColumnKind.BIT,
    "prescale_index": ColumnKind.INTEGER,
    "prescale_name": ColumnKind.TEXT,
}
"""What else of an OMS lumisection is kept; luminosities are kept apart, everything else OMS says is not."""

GOLDEN_2018_BITS = tuple(
    """
    cms_active bpix_ready fpix_ready tibtid_ready tecm_ready tecp_ready tob_ready ebm_ready ebp_ready eem_ready
    eep_ready esm_ready esp_ready hbhea_ready hbheb_ready hbhec_ready hf_ready ho_ready dtm_ready dtp_ready
    dt0_ready cscm_ready cscp_ready rpc_ready beam1_present beam2_present beam1_stable beam2_stable
    """.split()
)
"""The 28 bits that the golden rule of 2018 wants true (field.md §2e). *DCS-good* means all of them."""

ONLINE_COMPONENTS = {
    "cms": ("cms",),
    "lumi": ("lumi",),
    "tracker": ("pixel", "strip"),
    "ecal": ("ecal", "es"),
    "hcal": ("hcal",),
    "dt": ("dt",),
    "csc": ("csc",),
    "rpc": ("rpc",),
    "gem": ("gem",),
    "l1t": ("l1t", "l1tcalo", "l1tmu"),
    "hlt": ("hlt",),
    "ctpps": ("ctpps",),
    "castor": ("castor",),
}
"""The online workspaces, in the order in which a shifter looks, and the components they certify
(original-frontend.md §13.2)."""

OFFLINE_COMPONENTS = {
    "cms": ("cms",),
    "lumi": ("lumi",),
    "dc": ("lowlumi",),
    "tracker": ("track", "pixel", "strip"),
    "ecal": ("ecal", "es"),
    "hcal": ("hcal",),
    "dt": ("dt",),
    "csc": ("csc",),
    "rpc": ("rpc",),
    "gem": ("gem",),
    "l1t": ("l1t", "l1tmu", "l1tcalo"),
    "hlt": ("hlt",),
    "egamma": ("egamma",),
    "muon": ("muon",),
    "jetmet": ("jetmet",),
    "tau": ("tau",),
    "btag": ("btag",),
    "ctpps": ("ctpps",),
    "castor": ("castor",),
}
"""The offline workspaces and the components that the global workspace shows of them."""

OFFLINE_ONLY_DETAIL = {
    "csc": tuple(
        "occupancy integrity strips timing efficiency gasgains pedestals resolution segments tf triggergpe".split()
    ),
    "ctpps": tuple(
        "rp45_210 rp45_220 rp45_cyl rp56_210 rp56_220 rp56_cyl trk45_210 time45 trk56_220 time56 time_global".split()
    ),
    "ecal": tuple("ebp ebm eep eem esp esm analysis collisions laser tpg noise preshower timing".split()),
    "hcal": ("hb", "he", "hf", "ho0", "ho12"),
    "hlt": ("muons", "electrons", "photons", "jetmet", "tau", "bjets", "technical"),
    "l1t": ("software",),
    "rpc": ("hv", "lv", "feb", "noise", "elog"),
}
"""Further offline components that only their own workspace shows (original-frontend.md §13.3)."""

INVERTED = frozenset({"dc-lowlumi"})
"""Flags where BAD means *keep* (``dc-lowlumi`` BAD: not low luminosity): drawn neutral, not counted as bad."""

_BITS_OF_SUBSYSTEM = {
    "cms": "cms_active",
    "pixel": "bpix_ready fpix_ready",
    "strip": "tibtid_ready tob_ready tecm_ready tecp_ready",
    "ecal": "ebm_ready ebp_ready eem_ready eep_ready",
    "es": "esm_ready esp_ready",
    "hcal": "hbhea_ready hbheb_ready hbhec_ready hf_ready ho_ready",
    "dt": "dtm_ready dtp_ready dt0_ready",
    "csc": "cscm_ready cscp_ready",
    "rpc": "rpc_ready",
    "gem": "gemp_ready gemm_ready",
    "castor": "castor_ready",
    "zdc": "zdc_ready",
    "ctpps": "rp_time_ready rp_sect_45_ready rp_sect_56_ready",
    "beam": "beam1_present beam2_present beam1_stable beam2_stable",
}
SUBSYSTEM_OF_BIT = {bit: name for name, bits in _BITS_OF_SUBSYSTEM.items() for bit in bits.split()}
"""The subsystem that each DCS bit belongs to (original-frontend.md §13.5)."""
