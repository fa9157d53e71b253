"""Runs as the quality grid wants them: which columns stand in it, and each run as a row."""

from collections.abc import Sequence

from backend.queries import ColumnsCatalogue, RunRow
from dashboard.components.quality_grid import AttributeColumn, GridRow, QualityColumn
from models.vocabulary import OMS_WORKSPACE, SUBSYSTEM_OF_BIT, ColumnKind

FLAGS = "flags"
BITS = "bits"
SHEETS = {FLAGS: "Components", BITS: "DCS bits"}
"""The column sets of the Online page, and how they are called."""

ATTRIBUTES = (
    AttributeColumn("run_number", "Run", 62, "link", frozen=True),
    AttributeColumn("run_class", "Class", 106, "class", frozen=True),
    AttributeColumn("state", "State", 72, "state", frozen=True),
    AttributeColumn("start_time", "Started", 96, "time", frozen=True, unit="UTC"),
    AttributeColumn("lumisections", "LS", 48, "number", frozen=True),
)
MORE_ATTRIBUTES = (
    AttributeColumn("fill_number", "Fill", 52, "id"),
    AttributeColumn("recorded_per_pb", "Recorded", 92, "number", unit="/pb", decimals=2),
    AttributeColumn("b_field_tesla", "B", 46, "number", unit="T", decimals=1),
    AttributeColumn("energy_gev", "Energy", 84, "number", unit="GeV"),
)
_BIT_GROUPS = tuple(dict.fromkeys(SUBSYSTEM_OF_BIT.values()))


def quality_columns(catalogue: ColumnsCatalogue, sheet: str, components: Sequence[str]) -> tuple[QualityColumn, ...]:
    """The status columns of a sheet: the components of the workspace, or the DCS bits grouped by subsystem."""
    if sheet == FLAGS:
        by_name = {str(c): c for c in catalogue.of_kind(ColumnKind.FLAG)}
        flags = [by_name[name] for name in components]
        return tuple(QualityColumn(str(c), c.name, c.workspace, "flag", c.is_inverted) for c in flags)
    bits = [c for c in catalogue.of_kind(ColumnKind.BIT) if c.name in SUBSYSTEM_OF_BIT]
    bits.sort(key=lambda c: (_BIT_GROUPS.index(SUBSYSTEM_OF_BIT[c.name]), c.id))
    return tuple(
        QualityColumn(f"{OMS_WORKSPACE}-{c.name}", c.name.removesuffix("_ready"), SUBSYSTEM_OF_BIT[c.name], "bit")
        for c in bits
    )


def grid_row(run: RunRow, sheet: str, shown: frozenset[str]) -> GridRow:
    """A run as a row; flags of a run that is not significant are not drawn, its DCS bits are."""
    names = (column.name for column in (*ATTRIBUTES, *MORE_ATTRIBUTES))
    return GridRow(
        id=str(run.run_number),
        known=run.lumisections,
        attributes={name: _plain(run.attributes.get(name)) for name in names},
        counts={column: counts for column in shown if (counts := run.counts.get(column))},
        commented=run.commented & shown,
        is_running=run.is_running,
        is_significant=sheet == BITS or bool(run.is_significant),
        changed_after_signoff=run.is_changed_after_signoff,
    )


def _plain(value: object) -> object:
    return ", ".join(value) if isinstance(value, tuple) else value
