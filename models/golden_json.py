"""Golden JSONs that are kept: the files themselves, every word said of them, and how they stand now."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Double, ForeignKey, Identity, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.log import change_set_reference, word_id


class GoldenJsonIdentity(SQLModel, table=True):
    """A golden JSON, made here or uploaded: what it holds and where that comes from. Append-only.

    ``content`` is the compact JSON text, ``sha256`` that of it as a file. What was made holds all that gives the same
    file again: ``rule`` (whose ``recipe_name`` and ``recipe_version`` are none where the maker wrote it),
    ``pattern`` of dataset names (SQL ``SIMILAR TO``), ``options``, and ``as_of``, the change set after which the
    registry was read; ``datasets`` are those that it is made of. Of an upload they are none, and ``came_as`` is the
    name of its file. Luminosities are in /pb, over the lumisections of which they are known; null: of none.
    """

    __tablename__ = "golden_json"

    id: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=False), primary_key=True))
    change_set: int = Field(sa_column=change_set_reference())
    kind: str = Field(sa_column=Column(Text, nullable=False))
    content: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False, index=True))
    runs: int = Field(sa_column=Column(Integer, nullable=False))
    lumisections: int = Field(sa_column=Column(Integer, nullable=False))
    first_run: int | None = Field(default=None, sa_column=Column(Integer))
    last_run: int | None = Field(default=None, sa_column=Column(Integer))
    delivered_per_pb: float | None = Field(default=None, sa_column=Column(Double))
    recorded_per_pb: float | None = Field(default=None, sa_column=Column(Double))
    without_luminosity: int = Field(sa_column=Column(Integer, nullable=False))
    recipe_name: str | None = Field(default=None, sa_column=Column(Text))
    recipe_version: int | None = Field(default=None, sa_column=Column(Integer))
    rule: Any = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    pattern: str | None = Field(default=None, sa_column=Column(Text))
    options: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    as_of: int | None = Field(default=None, sa_column=Column(BigInteger))
    datasets: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    came_as: str | None = Field(default=None, sa_column=Column(Text))
    seconds: float = Field(sa_column=Column(Double, nullable=False))


class GoldenJsonChange(SQLModel, table=True):
    """What somebody said of a golden JSON. Append-only.

    ``said`` is attribute → value: ``label``, ``note``, ``tags`` (a list), ``file_name``, ``official`` (the kind that
    it is the official file of, ``golden`` or ``muon``; null: of none) and ``deleted``.
    """

    __tablename__ = "golden_json_change"
    __table_args__ = (Index("golden_json_change_of", "golden_json_id", "id"),)

    id: int | None = Field(default=None, sa_column=word_id())
    change_set: int = Field(sa_column=change_set_reference())
    golden_json_id: int = Field(sa_column=Column(Integer, ForeignKey("golden_json.id"), nullable=False))
    said: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class GoldenJsonNow(SQLModel, table=True):
    """Projection: a golden JSON as it stands now; one that is deleted has no row.

    ``official_since`` is the change set that made it official: of those of one kind the latest is in force.
    """

    __tablename__ = "golden_json_now"
    __table_args__ = (Index("golden_json_official", "official", "official_since"),)

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    made_by: str = Field(sa_column=Column(Text, nullable=False, index=True))
    label: str = Field(sa_column=Column(Text, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    tags: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    file_name: str = Field(sa_column=Column(Text, nullable=False))
    official: str | None = Field(default=None, sa_column=Column(Text))
    official_since: int | None = Field(default=None, sa_column=Column(BigInteger))
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
