"""Datasets as the quality grid wants them: which columns stand in it, and each as a row with Express beneath."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.certify.ticked import CLOSED
from backend.configuration import GLOBAL
from backend.queries import ColumnsCatalogue, DatasetRow
from backend.queries.express import ExpressSays
from backend.record import DatasetKey
from dashboard.components.quality_grid import AttributeColumn, Beneath, GridRow, QualityColumn
from dashboard.offline.agreement import express_says
from dashboard.offline.links import links_of_dataset
from models.vocabulary import SUBSYSTEM_OF_BIT, ColumnKind, DatasetState

_FROZEN = (
    AttributeColumn("run_number", "Run", 62, "link", frozen=True),
    AttributeColumn("dataset", "Dataset", 226, "text", frozen=True),
    AttributeColumn("lumisections", "LS", 48, "number", frozen=True),
)
_SAYS = AttributeColumn("express", "Express says", 116, "verdict", behind=True)
_HV = AttributeColumn("hv_on", "HV on", 62, "number", unit="%", behind=True, decimals=1)
_LAST_WORD = AttributeColumn("last_word", "Last word", 150, "text", behind=True)
_LINKS = AttributeColumn("links", "Links", 190, "links", behind=True)
_NO_DETECTORS = frozenset({"cms", "beam"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the grid shows: the workspace and its components in order; ``judged`` are the numbers of those judged.

    ``bits`` are the DCS bits of the workspace's own detectors: high voltage is on where all of them say ready.
    """

    workspace: str
    components: tuple[str, ...]
    judged: tuple[int, ...]
    columns: tuple[AttributeColumn | QualityColumn, ...]
    bits: tuple[str, ...] = ()

    @property
    def has_last_word(self) -> bool:
        """Whether it shows who had the last word on a dataset."""
        return _LAST_WORD in self.columns

    @property
    def sortable(self) -> frozenset[str]:
        """The columns that the registry can sort by."""
        unsortable = {_SAYS.name, _HV.name, _LAST_WORD.name, _LINKS.name}
        return frozenset(column.name for column in self.columns) - unsortable


def sheet_of_flags(catalogue: ColumnsCatalogue, workspace: str, components: Sequence[str]) -> Sheet:
    """The components of the workspace; the last word only where it has room."""
    by_name = {str(c): c for c in catalogue.of_kind(ColumnKind.FLAG)}
    flags = [by_name[name] for name in components if name in by_name]
    bars = (QualityColumn(str(c), c.name, c.workspace, "flag", c.is_inverted) for c in flags)
    bits = bits_of(c.name for c in flags if c.workspace == workspace)
    behind = (_SAYS, _LINKS) if workspace == GLOBAL else (_SAYS, _LAST_WORD, _LINKS)
    behind = (_HV, *behind) if bits else behind
    judged = tuple(c.id for c in flags if not c.is_inverted)
    return Sheet(workspace, tuple(components), judged, (*_FROZEN, _state(workspace), *bars, *behind), bits)


def bits_of(detectors: Iterable[str]) -> tuple[str, ...]:
    """The DCS bits that tell whether the high voltage of these is on; what is no detector has none.

    >>> bits_of(["track", "pixel"])
    ('bpix_ready', 'fpix_ready')
    >>> bits_of(["cms", "egamma"])
    ()
    """
    wanted = frozenset(detectors) - _NO_DETECTORS
    return tuple(bit for bit, subsystem in SUBSYSTEM_OF_BIT.items() if subsystem in wanted)


def sheet_of_states(workspace: str, workspaces: Sequence[str]) -> Sheet:
    """How far every workspace is, side by side."""
    others = (AttributeColumn(f"state.{w}", w, 84, "state") for w in workspaces if w != workspace)
    return Sheet(workspace, (), (), (*_FROZEN, _state(workspace), *others, _LINKS))


def row_id(key: DatasetKey) -> str:
    """How a dataset is called in events and addresses."""
    return f"{key.run_number}:{key.name}"


def id_of(dataset: DatasetRow) -> str:
    """The id of the row of a dataset."""
    return row_id(DatasetKey(dataset.run_number, dataset.name))


def key_of(id_: str) -> DatasetKey:
    """The dataset of an id."""
    run, _, name = id_.partition(":")
    return DatasetKey(int(run), name)


def grid_row(
    dataset: DatasetRow,
    express: ExpressSays | None,
    sheet: Sheet,
    *,
    closed_by: str | None = None,
    hv_on: int | None = None,
) -> GridRow:
    """A dataset as a row; ``express`` is what Express says of the same run, if that is another dataset.

    ``closed_by`` is who signed it off or completed it, if that was done; ``hv_on`` in how many lumisections the high
    voltage is on, if that is known.
    """
    state = dataset.states.get(sheet.workspace)
    shown = frozenset(sheet.components)
    return GridRow(
        id=id_of(dataset),
        known=dataset.lumisections,
        attributes={
            "run_number": dataset.run_number,
            "dataset": dataset.name,
            "lumisections": dataset.lumisections,
            "express": express_says(express.counts, sheet.components) if express and sheet.components else None,
            "hv_on": None if hv_on is None else percent(hv_on, dataset.lumisections),
            "last_word": last_word(dataset, sheet, closed_by),
            "links": links_of_dataset(dataset.run_number, dataset.gui),
            **{f"state.{workspace}": word for workspace, word in dataset.states.items()},
        },
        counts=_of(dataset.counts, shown),
        commented=dataset.commented & shown,
        beneath=Beneath("Express", express.lumisections, _of(express.counts, shown)) if express and shown else None,
        is_closed=state in CLOSED,
    )


def percent(part: int, of: int) -> float | None:
    """A part in percent, rounded down: 100 means all.

    >>> percent(2999, 3000), percent(3, 3), percent(0, 0)
    (99.9, 100.0, None)
    """
    return 1000 * part // of / 10 if of else None


def last_word(dataset: DatasetRow, sheet: Sheet, closed_by: str | None) -> str:
    """Who closed the dataset; of one that is open, the first comment on a component of the workspace."""
    state = dataset.states.get(sheet.workspace)
    if state in CLOSED:
        done = "completed" if state == DatasetState.COMPLETED else "signed off"
        return f"{done}, {closed_by}" if closed_by else done
    comments = (said for name in sheet.components for said in dataset.notes.get(name, {}).get("comments", ()))
    return next(iter(comments), "")


def _state(workspace: str) -> AttributeColumn:
    return AttributeColumn(f"state.{workspace}", workspace, 86, "state", frozen=True)


def _of(counts: Mapping[str, Mapping[int, int]], shown: frozenset[str]) -> dict[str, Mapping[int, int]]:
    return {column: of for column in shown if (of := counts.get(column))}
