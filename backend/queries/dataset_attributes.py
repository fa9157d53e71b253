"""What datasets can be asked about: their own attributes, their state in each workspace, and those of their run."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.queries.attributes import RUNS, Attribute, Catalogue, Kind

STATE_PREFIX = "state."
"""``state.<workspace>`` is how far a workspace is with the dataset."""

_OWN = frozenset({"state", "lumisections", "words", "last_change"})
"""What a dataset says itself, whatever its run says under the same name."""

OF_RUN: Mapping[str, str] = {a.name: a.name for a in RUNS.attributes if a.name not in _OWN} | {"run_state": "state"}
"""Attribute of a dataset → the attribute of its run that it is."""

_STATE = re.compile(r"state\.[a-z0-9][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True)
class DatasetsCatalogue(Catalogue):
    """The attributes of datasets; there is one state for every workspace that there may be."""

    def find(self, name: str) -> Attribute:
        """As :meth:`Catalogue.find`; ``state.tracker`` is an attribute too."""
        if _STATE.fullmatch(name):
            workspace = name.removeprefix(STATE_PREFIX)
            return Attribute(name, Kind.TEXT, f"State in {workspace}", f"how far {workspace} is with it", name)
        return super().find(name)


def _attributes() -> Iterable[Attribute]:
    yield Attribute("dataset", Kind.TEXT, "Dataset", "its name, such as /PromptReco/Collisions2018D/DQM", "dataset")
    yield Attribute("lumisections", Kind.INTEGER, "LS", "how many lumisections the dataset has", "lumisections")
    yield Attribute("is_hidden", Kind.BOOLEAN, "Hidden", "it was taken out of every list", "hidden")
    yield Attribute("is_in_gui", Kind.BOOLEAN, "In the DQM GUI", "the DQM GUI shows it", "in_gui")
    yield Attribute("gui", Kind.LIST, "DQM GUI", "the names under which the DQM GUI shows it", "gui")
    yield Attribute("words", Kind.WORDS, "Comments and causes", "words of comments and causes in force", "comments")
    yield Attribute("cycle", Kind.INTEGER, "Cycle", "the number of a cycle that it is in", "cycle")
    yield Attribute("last_change", Kind.INTEGER, "Last change set", "the act that last touched it", "last_change")
    yield Attribute("changed_by", Kind.TEXT, "Last changed by", "who last touched it", "changed_by")
    for attribute in RUNS.attributes:
        if attribute.name in OF_RUN:
            yield attribute
    run_state = RUNS.find("state")
    yield replace(run_state, name="run_state", label="State of the run", word="run_state")


DATASETS = DatasetsCatalogue("dataset", tuple(_attributes()), numbered="run_number", bits=RUNS.bits)
"""Every attribute of a dataset and of its run, and the bits of its run."""
