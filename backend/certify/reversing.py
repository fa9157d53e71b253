"""Which rights it takes to reverse an act: those of the act itself, in the workspaces of which it spoke."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from backend.access import CONFIGURING, Action
from backend.certify.deeds import OF_WORKSPACE, STATE, DatasetDeed, Deed, FlagDeed
from backend.certify.moving_runs import right_to_move
from backend.errors import InvalidInput
from models.vocabulary import OMS_WORKSPACE, ONLINE, ActKind, ConfigurationKind, DatasetState, Origin, RunState

Right: TypeAlias = tuple[Action, str | None]
"""An action, and the workspace where it is per workspace."""
States: TypeAlias = Mapping[int, str]
"""Run number → the state in which it stood before the act."""

_ATTRIBUTES = {
    "run_class": Action.RUN_CLASS,
    "is_significant": Action.RUN_SIGNIFICANT,
    "stop_reason": Action.RUN_STOP_REASON,
}


def rights_to_reverse(deed: Deed, *, before: States) -> tuple[Right, ...]:
    """The rights that the act itself takes, each once.

    Raises
    ------
    InvalidInput
        If the act is of a kind that nobody undoes: what rules or OMS said is overridden, or reset.
    """
    told = _RIGHTS.get(deed.kind)
    rights = tuple(dict.fromkeys(told(deed, before))) if told else ()
    if not rights:
        raise InvalidInput(f"Change set {deed.root} is of kind {deed.kind}, which cannot be undone.")
    return rights


def _edit_run(deed: Deed, before: States) -> Iterable[Right]:
    for run in deed.runs:
        if run.origin is Origin.PERSON:
            yield from ((_ATTRIBUTES[name], None) for name in run.said if name in _ATTRIBUTES)


def _move_run(deed: Deed, before: States) -> Iterable[Right]:
    for run in deed.runs:
        if STATE in run.said:
            stood = RunState(before.get(run.run_number, RunState.OPEN))
            yield right_to_move(stood, RunState(run.said[STATE])), None


def _flag(deed: Deed, before: States) -> Iterable[Right]:
    return map(_right_to_flag, deed.flags)


def _withdraw(deed: Deed, before: States) -> Iterable[Right]:
    return ((Action.RUN_RESET, None),) if deed.runs else _flag(deed, before)


def _decide(deed: Deed, before: States) -> Iterable[Right]:
    yield Action.PROPOSAL, None


def _dataset(deed: Deed, before: States) -> Iterable[Right]:
    yield from _flag(deed, before)
    for dataset in deed.datasets:
        if dataset.origin is Origin.PERSON:
            for workspace, state in dataset.states.items():
                yield Action.DATASET_REOPEN if state == DatasetState.OPEN else Action.DATASET_MOVE, workspace
            yield from _hiding(dataset)


def _batch(deed: Deed, before: States) -> Iterable[Right]:
    """By what people said in it, as one by one; what only copies or creates takes the right for batches."""
    by_people = tuple(_dataset(deed, before))
    yield from by_people or ((Action.DATASET_BATCH, w) for dataset in deed.datasets for w in dataset.states)


def _cycle(deed: Deed, before: States) -> Iterable[Right]:
    for said in deed.cycles:
        desks = [name.removeprefix(OF_WORKSPACE) for name in said if name.startswith(OF_WORKSPACE)]
        yield from ((Action.CYCLE_COMPLETE, workspace) for workspace in desks)
        if not desks or len(desks) < len(said):
            yield Action.CYCLE_MANAGE, None
    for dataset in deed.datasets:
        yield from ((Action.CYCLE_MOVE, workspace) for workspace in dataset.states)


def _golden_json(deed: Deed, before: States) -> Iterable[Right]:
    """Anybody who is signed in keeps own ones: to undo is right enough. What was ever official is everybody's."""
    yield Action.GOLDEN_OFFICIAL if any(deed.golden_jsons.values()) else Action.UNDO, None


def _configure(deed: Deed, before: States) -> Iterable[Right]:
    for kind, name, body in deed.configurations:
        action = CONFIGURING[ConfigurationKind(kind)]
        yield action, _configured_workspace(ConfigurationKind(kind), name, body or {}) if action.per_workspace else None


def _import_luminosity(deed: Deed, before: States) -> Iterable[Right]:
    yield Action.LUMINOSITY_IMPORT, None


_RIGHTS: Mapping[ActKind, Callable[[Deed, States], Iterable[Right]]] = {
    ActKind.EDIT_RUN: _edit_run,
    ActKind.MOVE_RUN: _move_run,
    ActKind.FLAG: _flag,
    ActKind.WITHDRAW: _withdraw,
    ActKind.ACCEPT: _decide,
    ActKind.REJECT: _decide,
    ActKind.DATASET: _dataset,
    ActKind.BATCH: _batch,
    ActKind.CYCLE: _cycle,
    ActKind.GOLDEN_JSON: _golden_json,
    ActKind.CONFIGURE: _configure,
    ActKind.IMPORT_LUMINOSITY: _import_luminosity,
}


def _right_to_flag(flags: FlagDeed) -> Right:
    if flags.workspace == OMS_WORKSPACE:
        return Action.DCS_BITS, None
    return (Action.RUN_FLAGS if flags.name == ONLINE else Action.FLAGS), flags.workspace


def _hiding(dataset: DatasetDeed) -> Iterable[Right]:
    if "hidden" in dataset.said:
        yield Action.DATASET_HIDE, None


def _configured_workspace(kind: ConfigurationKind, name: str, body: Mapping[str, Any]) -> str | None:
    """The workspace of a piece of configuration; the name tells it where the body is gone."""
    match kind:
        case ConfigurationKind.COMPONENT:
            component: str = body.get("component") or name.partition("/")[2]
            return component.partition("-")[0]
        case ConfigurationKind.OFFLINE_DATASET | ConfigurationKind.CAUSE:
            return name.partition("/")[0]
        case _:
            return None
