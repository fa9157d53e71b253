"""Where a person wants to say something: components of a dataset over ranges, each checked before anything is said.

The rights of a component are those of its workspace; so is the state that the dataset must be in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.certify.standing import StandingDataset, standing_datasets
from backend.configuration import Side, workspaces
from backend.errors import InvalidInput, NotFound
from backend.record import DatasetKey, columns_by_name
from models.lumis import LumiSet
from models.vocabulary import ONLINE


@dataclass(frozen=True, slots=True)
class Place:
    """Components (``tracker-strip``) of a dataset, and the lumisections that are meant."""

    dataset: DatasetKey
    components: tuple[str, ...]
    where: LumiSet


@dataclass(frozen=True, slots=True)
class Checked:
    """Places that were checked: the datasets as they stand, and the number of each column."""

    datasets: Mapping[DatasetKey, StandingDataset]
    columns: Mapping[str, int]

    def columns_of(self, place: Place) -> tuple[int, ...]:
        """The numbers of the columns of a place, each once."""
        return tuple(self.columns[component] for component in dict.fromkeys(place.components))


def checked_places(session: Session, actor: Actor, places: Sequence[Place], *, are_held: bool = True) -> Checked:
    """See that the actor may flag there, that it all exists, is OPEN, and lies within known lumisections.

    Parameters
    ----------
    are_held
        Whether the datasets are locked until the transaction ends; not, if one only looks.

    Raises
    ------
    NotPermitted
        If the actor may not flag one of the workspaces.
    NotFound
        If there is no such dataset, or its side has no such component.
    WrongState
        If a run is not OPEN, or a dataset is not OPEN in the workspace of a component.
    InvalidInput
        If nothing is named, or a range does not begin and end in known lumisections; a hole within it is passed over.
    """
    for key, named in _workspaces_of(places).items():
        permitted(session, actor, Action.RUN_FLAGS if key.name == ONLINE else Action.FLAGS, *named)
    datasets = standing_datasets(session, {place.dataset for place in places}, are_held=are_held)
    columns = _columns(session, places)
    for key, named in _workspaces_of(places).items():
        for workspace in named:
            datasets[key].refuse_unless_open(workspace)
    refuse_outside(places, datasets)
    return Checked(datasets, columns)


def refuse_outside(places: Sequence[Place], datasets: Mapping[DatasetKey, StandingDataset]) -> None:
    """See that something is named, and that every range begins and ends in known lumisections of its dataset."""
    if not places or not all(place.components and place.where for place in places):
        raise InvalidInput("Nothing is named to be flagged: it takes a component and a range of lumisections.")
    for place in places:
        known = datasets[place.dataset].known
        if outside := [r for r in place.where.ranges if r.first not in known or r.last not in known]:
            raise InvalidInput(
                f"{place.dataset} has the lumisections {known}; {outside[0]} does not begin and end in them."
            )


def workspace_of(component: str) -> str:
    """The workspace that a component belongs to."""
    return component.partition("-")[0]


def _workspaces_of(places: Iterable[Place]) -> dict[DatasetKey, list[str]]:
    named: dict[DatasetKey, list[str]] = {}
    for place in places:
        own = named.setdefault(place.dataset, [])
        own += [w for w in map(workspace_of, place.components) if w not in own]
    return named


def _columns(session: Session, places: Iterable[Place]) -> dict[str, int]:
    """The numbers of the components; each must be one that its side shows."""
    numbers = columns_by_name(session)
    shown: dict[Side, Collection[str]] = {}
    found: dict[str, int] = {}
    for place in places:
        side = Side.ONLINE if place.dataset.name == ONLINE else Side.OFFLINE
        if side not in shown:
            shown[side] = {f"{w.workspace}-{c.name}" for w in workspaces(session, side) for c in w.columns}
        for component in place.components:
            if component not in shown[side]:
                raise NotFound(f"There is no component {component!r} {side}.")
            found[component] = numbers[component].id
    return found
