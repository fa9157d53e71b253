"""The quality grid: runs or datasets against components, each cell a bar in true proportion of its lumisections."""

from dashboard.components.quality_grid.component import event_of, quality_grid
from dashboard.components.quality_grid.sheet import (
    AttributeColumn,
    AttributeValue,
    Beneath,
    Cell,
    CellNote,
    GridEvent,
    GridRow,
    QualityColumn,
)

__all__ = [
    "AttributeColumn",
    "AttributeValue",
    "Beneath",
    "Cell",
    "CellNote",
    "GridEvent",
    "GridRow",
    "QualityColumn",
    "event_of",
    "quality_grid",
]
