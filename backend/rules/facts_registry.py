"""What the registry itself says of a run, a lumisection and a dataset, as facts."""

import re
from collections.abc import Iterable

from backend.rules.facts_values import Fact, FactKind, Source
from models.vocabulary import (
    OFFLINE_COMPONENTS,
    OFFLINE_ONLY_DETAIL,
    ONLINE_COMPONENTS,
    UNSAID,
    DatasetState,
    RunState,
    Status,
)

STATUS_WORDS = (*(status.word for status in Status), UNSAID)
COMPONENT = re.compile(r"[a-z0-9][a-z0-9_]*-[a-z0-9][a-z0-9_]*")
"""How a component is written: ``tracker-strip``."""

RUN_ATTRIBUTES = (
    Fact("class", "class", Source.RUN_RR, FactKind.TEXT, "run class, such as Collisions18"),
    Fact(
        "state",
        "state",
        Source.RUN_RR,
        FactKind.TEXT,
        "state of the run",
        words=tuple(state.value for state in RunState),
    ),
    Fact("significant", "significant", Source.RUN_RR, FactKind.BOOL, "the run is worth certifying"),
    Fact("stop_reason", "stop_reason", Source.RUN_RR, FactKind.TEXT, "why the run was stopped, in a shifter's words"),
)
"""The attributes of a run that rules and people say; named on the wire as here."""

RUN_NUMBER = Fact("run_number", "run_number", Source.RUN, FactKind.INTEGER, "number of the run", None, 1, 9_999_999)
LUMISECTION_NUMBER = Fact(
    "lumisection_number", "lumisection_number", Source.LUMISECTION, FactKind.INTEGER, "number of the lumisection",
    None, 1, 32_767,
)  # fmt: skip
DATASET_NAME = Fact("name", "name", Source.DATASET, FactKind.TEXT, "dataset, such as /PromptReco/Collisions2018A/DQM")


def online_components() -> tuple[str, ...]:
    """The components that CMS certifies during data taking."""
    return tuple(f"{w}-{c}" for w, components in ONLINE_COMPONENTS.items() for c in components)


def offline_components() -> tuple[str, ...]:
    """The components of every offline workspace, details included."""
    each = (*OFFLINE_COMPONENTS.items(), *OFFLINE_ONLY_DETAIL.items())
    return tuple(f"{w}-{c}" for w, components in each for c in components)


def verdict(component: str) -> Fact:
    """The status of a component in a lumisection."""
    meaning = f"status of {component} in the lumisection"
    return Fact(component, component, Source.LUMISECTION_RR, FactKind.STATUS, meaning, words=STATUS_WORDS)


def triplet(component: str) -> tuple[Fact, ...]:
    """Status, comment and cause that the online desk gave a component in a lumisection."""
    status = verdict(component)
    texts = (
        Fact(f"{component}.{word}", f"{component}.{word}", Source.LUMISECTION_RR, FactKind.TEXT,
             f"{word} on {component} in the lumisection")
        for word in ("comment", "cause")
    )  # fmt: skip
    name = f"{component}.status"
    return (Fact(name, name, status.source, status.kind, f"online {status.meaning}", words=status.words), *texts)


def dataset_states(components: Iterable[str]) -> tuple[Fact, ...]:
    """How far the workspaces of these components are with a dataset."""
    workspaces = dict.fromkeys(("global", *(component.partition("-")[0] for component in components)))
    words = tuple(state.value for state in DatasetState)
    return tuple(
        Fact(f"{w}_state", f"{w}_state", Source.DATASET, FactKind.TEXT, f"how far {w} is with the dataset", words=words)
        for w in workspaces
    )
