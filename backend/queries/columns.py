"""The columns of lumisections that exist: flags of components, DCS bits, prescales, as pages group and label them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.vocabulary import ColumnKind

_COLUMNS = text("""
    SELECT id, workspace, name, kind, is_inverted FROM lumisection_column ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class CataloguedColumn:
    """A column: its id, the workspace that owns it (``oms`` for what OMS fills), its name and kind."""

    id: int
    workspace: str
    name: str
    kind: ColumnKind
    is_inverted: bool

    def __str__(self) -> str:
        """The text form, ``tracker-strip`` or ``oms-bpix_ready``."""
        return f"{self.workspace}-{self.name}"


@dataclass(frozen=True)
class ColumnsCatalogue:
    """Every column, in the order of the ids. All who ask share one until a column comes: change nothing in it."""

    columns: tuple[CataloguedColumn, ...]

    def of_kind(self, *kinds: ColumnKind) -> tuple[CataloguedColumn, ...]:
        """The columns of these kinds."""
        return tuple(column for column in self.columns if column.kind in kinds)

    @cached_property
    def flags(self) -> dict[str, int]:
        """Component → column id, as filters name components."""
        return {str(column): column.id for column in self.of_kind(ColumnKind.FLAG)}

    @cached_property
    def counted(self) -> dict[str, int]:
        """What filters count lumisections of: component → column id, and bit (``bpix_ready``) → column id."""
        return self.flags | {column.name: column.id for column in self.of_kind(ColumnKind.BIT)}

    @cached_property
    def names(self) -> dict[int, str]:
        """Id → text form."""
        return {column.id: str(column) for column in self.columns}

    @cached_property
    def by_id(self) -> dict[int, CataloguedColumn]:
        """Id → column."""
        return {column.id: column for column in self.columns}


def columns_catalogue(session: Session) -> ColumnsCatalogue:
    """The columns that exist now."""
    return _catalogue(tuple(tuple(row) for row in session.execute(_COLUMNS)))


@lru_cache(maxsize=8)
def _catalogue(rows: tuple[tuple[Any, ...], ...]) -> ColumnsCatalogue:
    """Rows are read at every look, and made into columns only when there are others than before."""
    return ColumnsCatalogue(
        tuple(CataloguedColumn(id_, workspace, name, ColumnKind(kind), inv) for id_, workspace, name, kind, inv in rows)
    )
