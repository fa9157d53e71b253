"""Where things stand in ``dataset_brief``: states as bytes, flags as pairs of numbers. Imports no table."""

from models.vocabulary import DatasetState, Status

DESKS = ("btag castor cms csc ctpps dc dt ecal egamma gem global hcal hlt jetmet l1t lumi muon rpc tau tracker").split()
"""The workspaces whose states stand in ``dataset_brief.states``, each at its place. Places are stored: new workspaces
come at the end, with a migration; the states of one that is not here are read from ``dataset``."""

STATE_CODES = {state: code for code, state in enumerate(sorted(DatasetState), 1)}
"""State → the byte that stands for it, 0 being none; they sort as the words of the states do."""

EDITABLE = (DatasetState.OPEN, DatasetState.SIGNOFF, DatasetState.COMPLETED)
"""The states in which a workspace works on a dataset; their codes follow one another."""

GUI_PREFIX = "gui."
"""``gui.<name>`` among a dataset's attributes: the DQM GUI shows it under that name."""

BRIEF_STATUSES = (Status.BAD, Status.GOOD)
"""The statuses of a flag whose lumisections stand in ``dataset_brief.flags``, in order; the others in ``dataset``."""


def brief_position(column_id: int, status: Status) -> int:
    """Where in ``dataset_brief.flags`` the lumisections of a flag with a status are counted, from 1 as in SQL.

    >>> brief_position(1, Status.BAD), brief_position(2, Status.GOOD)
    (1, 4)
    """
    return (column_id - 1) * len(BRIEF_STATUSES) + BRIEF_STATUSES.index(status) + 1


def state_byte(workspace: str) -> str:
    """The byte of a workspace of :data:`DESKS` in ``states``, as SQL; written as in the indexes."""
    return f"get_byte(states, {DESKS.index(workspace)})"


def editable(workspace: str) -> str:
    """That a workspace of :data:`DESKS` works on a dataset, as SQL; written as in the index of its desk."""
    codes = sorted(STATE_CODES[state] for state in EDITABLE)
    return f"{state_byte(workspace)} BETWEEN {codes[0]} AND {codes[-1]}"
