"""The e-groups that the registry knows from the start: their names at CERN, and the workspace each belongs to.

The 39 names are those of original-frontend.md §12.
"""

from collections.abc import Mapping

PREFIX = "cms-dqm-runregistry-"

EXPERTS = f"{PREFIX}experts"
DATA_CERTIFICATION = f"{PREFIX}data-certification"
ONLINE_SHIFTERS = f"{PREFIX}online-shifters"
SHIFT_LIST = "cms-shiftlist_shifters_dqm_p5"
ON_CALL = "cms-dqm-oncall"
OFFLINE_TRACKER_SHIFTERS = f"{PREFIX}offline-tracker-shifters"

_WORKSPACE_OF = {
    "btag": "btag",
    "castor": "castor",
    "csc": "csc",
    "ctpps": "ctpps",
    "dt": "dt",
    "ecal": "ecal",
    "egamma": "egamma",
    "gem": "gem",
    "hcal": "hcal",
    "hlt": "hlt",
    "jme": "jetmet",
    "l1t": "l1t",
    "lum": "lumi",
    "muo": "muon",
    "rpc": "rpc",
    "tau": "tau",
    "tracker": "tracker",
}
"""The workspace behind the group's own word for it."""

CERTIFIERS: Mapping[str, str] = {
    workspace: f"{PREFIX}offline-{word}-certifiers" for word, workspace in _WORKSPACE_OF.items()
}
"""Workspace → the e-group of those who certify it."""

ADMINS: Mapping[str, str] = {
    workspace: f"{PREFIX}admins-{'Castor' if word == 'castor' else word}"
    for word, workspace in _WORKSPACE_OF.items()
    if word != "btag"
}
"""Workspace → the e-group of those who run it. There is none for btag, and castor's is written with a capital."""
