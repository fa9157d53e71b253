"""Datasets as the quality grid wants them: which columns stand in it, and each as a row with Express beneath."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.certify.ticked import CLOSED
from backend.configuration import GLOBAL
from backend.queries import ColumnsCatalogue, DatasetRow
from backend.record import DatasetKey
from dashboard.components.quality_grid import AttributeColumn, Beneath, GridRow, QualityColumn
from dashboard.offline.agreement import express_says
from dashboard.offline.links import links_of_dataset
from models.vocabulary import ColumnKind, DatasetState, Status

_FROZEN = (
    AttributeColumn("run_number", "Run", 62, "link", frozen=True),
    AttributeColumn("dataset", "Dataset", 226, "text", frozen=True),
    AttributeColumn("lumisections", "LS", 48, "number", frozen=True),
)
_SAYS = AttributeColumn("express", "Express says", 116, "verdict", behind=True)
_LAST_WORD = AttributeColumn("last_word", "Last word", 150, "text", behind=True)
_LINKS = AttributeColumn("links", "Links", 190, "links", behind=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the grid shows: the workspace and its components in order; ``judged`` are the numbers of those judged."""

    workspace: str
    components: tuple[str, ...]
    judged: tuple[int, ...]
    columns: tuple[AttributeColumn | QualityColumn, ...]

    @property
    def sortable(self) -> frozenset[str]:
        """The columns that the registry can sort by."""
        unsortable = {_SAYS.name, _LAST_WORD.name, _LINKS.name}
        return frozenset(column.name for column in self.columns) - unsortable


def sheet_of_flags(catalogue: ColumnsCatalogue, workspace: str, components: Sequence[str]) -> Sheet:
    """The components of the workspace; the last word only where it has room."""
    by_name = {str(c): c for c in catalogue.of_kind(ColumnKind.FLAG)}
    flags = [by_name[name] for name in components if name in by_name]
    bars = (QualityColumn(str(c), c.name, c.workspace, "flag", c.is_inverted) for c in flags)
    behind = (_SAYS, _LINKS) if workspace == GLOBAL else (_SAYS, _LAST_WORD, _LINKS)
    judged = tuple(c.id for c in flags if not c.is_inverted)
    return Sheet(workspace, tuple(components), judged, (*_FROZEN, _state(workspace), *bars, *behind))


def sheet_of_states(workspace: str, workspaces: Sequence[str]) -> Sheet:
    """How far every workspace is, side by side."""
    others = (AttributeColumn(f"state.{w}", w, 84, "state") for w in workspaces if w != workspace)
    return Sheet(workspace, (), (), (*_FROZEN, _state(workspace), *others, _LINKS))


def row_id(key: DatasetKey) -> str:
    """How a dataset is called in events and addresses."""
    return f"{key.run_number}:{key.name}"


def key_of(id_: str) -> DatasetKey:
    """The dataset of an id."""
    run, _, name = id_.partition(":")
    return DatasetKey(int(run), name)


def grid_row(dataset: DatasetRow, express: DatasetRow | None, sheet: Sheet) -> GridRow:
    """A dataset as a row; ``express`` is what Express says of the same run, if that is another dataset."""
    state = dataset.states.get(sheet.workspace)
    shown = frozenset(sheet.components)
    return GridRow(
        id=row_id(DatasetKey(dataset.run_number, dataset.name)),
        known=dataset.lumisections,
        attributes={
            "run_number": dataset.run_number,
            "dataset": dataset.name,
            "lumisections": dataset.lumisections,
            "express": express_says(express.counts, sheet.components) if express and sheet.components else None,
            "last_word": last_word(dataset, sheet),
            "links": links_of_dataset(dataset.run_number, dataset.gui),
            **{f"state.{workspace}": word for workspace, word in dataset.states.items()},
        },
        counts=_of(dataset.counts, shown),
        commented=dataset.commented & shown,
        beneath=Beneath("Express", express.lumisections, _of(express.counts, shown)) if express and shown else None,
        is_closed=state in CLOSED,
    )


def last_word(dataset: DatasetRow, sheet: Sheet) -> str:
    """Who closed the dataset; of one that is open, the first comment on a component of the workspace."""
    state = dataset.states.get(sheet.workspace)
    if state in CLOSED:
        return f"{'closed' if state == DatasetState.COMPLETED else 'signed off'}, {dataset.changed_by}"
    comments = (said for name in sheet.components for said in dataset.notes.get(name, {}).get("comments", ()))
    return next(iter(comments), "")


def _state(workspace: str) -> AttributeColumn:
    return AttributeColumn(f"state.{workspace}", workspace, 86, "state", frozen=True)


def _of(counts: Mapping[str, Mapping[int, int]], shown: frozenset[str]) -> dict[str, Mapping[int, int]]:
    codes = frozenset(map(int, Status))
    return {
        column: {code: n for code, n in of.items() if code in codes} for column, of in counts.items() if column in shown
    }
