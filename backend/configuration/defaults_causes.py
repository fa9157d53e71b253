"""The causes that a fresh registry offers; written once, never over what people changed.

They are the reasons for which components are flagged year after year, few enough to be picked at a glance and counted
afterwards; what exactly happened is the comment's. Whoever runs a workspace changes them in Settings.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from backend.configuration.bodies import Cause, CausesBody
from backend.configuration.defaults import BY
from backend.db import transaction
from backend.record import Act, ConfigurationSaid, record
from models.log import ConfigurationChange
from models.vocabulary import ActKind, ConfigurationKind

_WHY = "causes that a fresh registry starts with"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('registry defaults'))")

MEANINGS = {
    "Power supply": "high or low voltage was off, tripped, or being cycled",
    "DAQ": "readout boards were in error, out of sync, or excluded",
    "Electronics": "front-end channels were dead, lost synchronisation, or gave no data",
    "Noise": "channels fired without particles",
    "Detector": "follows what a detector did, which is flagged there",
    "Reconstruction": "the objects made of the data are wrong, though the detectors are not",
    "Trigger": "trigger primitives, links or firmware were wrong",
    "Trigger test": "a menu or firmware was being tried",
    "Prescale": "another prescale column than the luminosity asks for",
    "No data": "nothing was published for these lumisections",
    "No calibration": "the calibration was missing, or not final",
    "Low luminosity": "less luminosity than is worth keeping",
    "Commissioning": "scans, timing in, settings that were not final",
    "Low statistics": "too few events to tell",
}
"""Cause → what is meant by it."""

_OF_ALL = ("Commissioning", "Low statistics")
_OF_DETECTORS = ("Power supply", "DAQ", "Electronics", "Noise", "No calibration")
_OF_OBJECTS = ("Detector", "Reconstruction", "Noise", "No calibration")
_OWN: Mapping[str, tuple[str, ...]] = {
    "cms": ("DAQ", "Detector", "Trigger"),
    "lumi": ("No data", "DAQ", "No calibration"),
    "dc": ("Low luminosity",),
    "tracker": (*_OF_DETECTORS, "Reconstruction"),
    **dict.fromkeys(("ecal", "hcal", "dt", "csc", "rpc", "gem", "ctpps", "castor"), _OF_DETECTORS),
    "l1t": ("Trigger", "DAQ", "Detector", "Trigger test"),
    "hlt": ("Prescale", "Trigger", "Detector", "Trigger test"),
    **dict.fromkeys(("egamma", "muon", "jetmet", "tau", "btag"), _OF_OBJECTS),
}


def default_causes() -> Mapping[str, CausesBody]:
    """Workspace → the causes that it offers in a fresh registry."""
    return {workspace: _body((*own, *_OF_ALL)) for workspace, own in _OWN.items()}


def ensure_default_causes(on: Engine) -> bool:
    """Write the causes of the workspaces that never had any; whether there were such workspaces.

    One whose causes ever had a version is left alone, even if they were taken away or undone since. Of several
    processes that start at once one writes, and the others find the work done.
    """
    with transaction(on) as session:
        if not _missing(session):
            return False
        session.execute(_ALONE)
        if missing := _missing(session):
            record(session, Act(by=BY, why=_WHY, kind=ActKind.SETUP, configurations=missing))
        return bool(missing)


def _missing(session: Session) -> tuple[ConfigurationSaid, ...]:
    kind = ConfigurationKind.CAUSE.value
    ever = set(session.exec(select(ConfigurationChange.name).where(ConfigurationChange.kind == kind).distinct()))
    return tuple(
        ConfigurationSaid(kind, workspace, body.model_dump(mode="json"))
        for workspace, body in default_causes().items()
        if workspace not in ever
    )


def _body(words: Iterable[str]) -> CausesBody:
    return CausesBody(causes=tuple(Cause(word=word, meaning=MEANINGS[word]) for word in words))
