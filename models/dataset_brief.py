"""Projection: of every dataset what desks filter and sort by, in a row several times narrower than that of ``dataset``.

Everything in it is said in ``dataset`` too; it is there so that all datasets can be looked through quickly.
"""

from collections.abc import Iterator

from sqlalchemy import ARRAY, BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

from models.brief_layout import DESKS, editable, state_byte

IN_SIGHT = "name <> 'online' AND NOT is_hidden"
"""What an offline desk lists unless asked for more. Written as in the indexes of the desks."""

ONLINE_ALONE = "name = 'online'"
"""What a list of runs looks at. Written as in the index of these."""


def _desk_indexes() -> Iterator[Index]:
    """For every workspace its states, and what its desk lists, in order."""
    for workspace in DESKS:
        yield Index(f"dataset_state_{workspace}", text(f"({state_byte(workspace)})"))
        yield _listing(f"dataset_desk_{workspace}", f"{editable(workspace)} AND {IN_SIGHT}")
    yield _listing("dataset_in_sight", IN_SIGHT)


def _listing(name: str, listed: str) -> Index:
    return Index(name, "run_number", "id", postgresql_include=["lumisections"], postgresql_where=text(listed))


class DatasetBrief(SQLModel, table=True):
    """A dataset in brief: what a desk looks through.

    ``states`` has a byte per workspace, at the places of ``models.brief_layout.DESKS``. ``flags`` are lumisections
    BAD and GOOD per flag, laid out as ``models.brief_layout.brief_position`` says. A change of flags touches no index,
    so PostgreSQL writes the row anew in its own page; that is what the room left in each page is for.
    """

    __tablename__ = "dataset_brief"
    __table_args__ = (
        Index("dataset_brief_run_name", "run_number", "name", unique=True),
        Index("dataset_brief_online", "run_number", postgresql_where=text(ONLINE_ALONE)),
        *_desk_indexes(),
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    run_number: int = Field(sa_column=Column(Integer, nullable=False))
    lumisections: int = Field(sa_column=Column(Integer, nullable=False))
    last_change: int = Field(sa_column=Column(BigInteger, nullable=False))
    is_hidden: bool
    is_in_gui: bool
    states: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
    flags: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
