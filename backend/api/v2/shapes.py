"""What the answers look like, for those who read the OpenAPI; attributes are those of the catalogues."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from backend.queries import DATASETS, RUNS, Catalogue, Kind
from backend.queries.told import shown
from models.vocabulary import ActKind

Counts = Mapping[str, int]
"""Status → lumisections; ``EMPTY`` is what nobody spoke of; zeros are left out."""

_TYPES: Mapping[Kind, Any] = {
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.TEXT: str,
    Kind.BOOLEAN: bool,
    Kind.TIME: datetime,
    Kind.LIST: list[str],
}


def _told(catalogue: Catalogue, name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        a.name: (_TYPES[a.kind] | None, Field(None, description=f"{a.meaning}{f' ({a.unit})' if a.unit else ''}"))
        for a in shown(catalogue)
    }
    fields |= {
        "flags": (dict[str, Counts] | None, Field(None, description="component → status → lumisections, if asked for")),
        "oms": (dict[str, Any] | None, Field(None, description="all that OMS says of the run, if asked for")),
        "states": (dict[str, str] | None, Field(None, description="workspace → state, if asked for")),
    }
    config = ConfigDict(extra="allow")
    return create_model(name, __config__=config, __doc__=f"A {catalogue.subject}; null is unsaid.", **fields)


Run = _told(RUNS, "Run")
Dataset = _told(DATASETS, "Dataset")


class Page(BaseModel):
    """A page of a list."""

    next: Annotated[str | None, Field(description="the URL of the next page; null if there is none")]
    change_set: Annotated[int, Field(description="every act up to this one is in the answer")]


class RunsPage(Page):
    """A page of runs."""

    runs: list[Run]  # type: ignore[valid-type]  # a model that is made


class DatasetsPage(Page):
    """A page of datasets."""

    datasets: list[Dataset]  # type: ignore[valid-type]


class OneRun(Run):  # type: ignore[valid-type, misc]  # a model that is made
    """A run with its flags, what OMS says, its lumisections and the names of its datasets."""

    known: list[tuple[int, int]]
    datasets: list[str]
    change_set: int


class OneDataset(Dataset):  # type: ignore[valid-type, misc]
    """A dataset with its flags, states, lumisections and names in the DQM GUI."""

    known: list[tuple[int, int]]
    gui: list[str]
    change_set: int


class Said(BaseModel):
    """Whose word something is, said when, in which act; ``origin`` tells a person's from a rule's."""

    cause: str | None
    comment: str | None
    origin: Literal["rule", "person", "model"]
    change_set: int
    by: str
    at: datetime


class Segment(Said):
    """One status of a component over a range of lumisections, both ends in it."""

    run_number: int
    dataset: str
    component: str
    first: int
    last: int
    status: str


class SegmentsPage(Page):
    """A page of segments."""

    segments: list[Segment]


class BitSegment(Said):
    """What OMS says of a bit over a range of lumisections: yes, no, or null where it does not know."""

    run_number: int
    dataset: str
    bit: str
    first: int
    last: int
    value: bool | None


class BitsPage(Page):
    """A page of segments of bits."""

    bits: list[BitSegment]


class ColumnSegment(Said):
    """One value over a range of lumisections."""

    first: int
    last: int
    value: str | bool | int | None


class ColumnSaid(BaseModel):
    """A column, and what is said of it; lumisections that are in no segment nobody spoke of."""

    column: str
    kind: Literal["flag", "bit", "integer", "text"]
    segments: list[ColumnSegment]


class Lumisections(BaseModel):
    """All that is said of the lumisections of a dataset."""

    run_number: int
    dataset: str
    known: Annotated[list[tuple[int, int]], Field(description="the lumisections that it has")]
    columns: list[ColumnSaid]
    change_set: int


class GoldenJson(BaseModel):
    """A golden JSON that is kept. Luminosities in /pb over the lumisections of which they are known."""

    id: int
    kind: Literal["made", "uploaded"]
    label: str
    note: str
    tags: list[str]
    file_name: str
    sha256: str
    official: Annotated[str | None, Field(description="the kind that it is an official file of")]
    is_latest: Annotated[bool, Field(description="it is the official one in force of its kind")]
    runs: int
    lumisections: int
    first_run: int | None
    last_run: int | None
    delivered_per_pb: float | None
    recorded_per_pb: float | None
    without_luminosity: int
    recipe_name: str | None
    recipe_version: int | None
    pattern: Annotated[str | None, Field(description="the pattern of the names of its datasets")]
    as_of: Annotated[int | None, Field(description="the change set as of which it was made")]
    made_by: str
    made_at: datetime
    last_change: int
    files: Annotated[dict[str, str], Field(description="form → path of the file")]


class GoldenJsonsPage(Page):
    """A page of golden JSONs, the latest first."""

    golden_jsons: list[GoldenJson]


class OneGoldenJson(GoldenJson):
    """A golden JSON with all that gives it again."""

    rule: Any
    options: dict[str, Any]
    datasets: list[tuple[int, str]]
    change_set: int


class Amount(BaseModel):
    """So many lumisections and their luminosity in /pb; ``without`` of them have no known luminosity."""

    lumisections: int
    delivered_per_pb: float
    recorded_per_pb: float
    without: int


class Losses(BaseModel):
    """What a golden JSON was asked about, what it lost, and by which category and clause."""

    total: Amount
    lost: Amount
    by_category: list[dict[str, Any]]
    by_clause: list[dict[str, Any]]


class Column(BaseModel):
    """A column of lumisections: a component (kind ``flag``), a bit, a number or a text that OMS gives."""

    column: str
    workspace: str
    name: str
    kind: Literal["flag", "bit", "integer", "text"]
    is_inverted: Annotated[bool, Field(description="BAD means keep, as of dc-lowlumi")]


class Attribute(BaseModel):
    """Something that can be filtered and sorted by, and asked for as a field."""

    name: str
    word: Annotated[str, Field(description="its short name in filters")]
    kind: str
    unit: str | None
    meaning: str


class Vocabulary(BaseModel):
    """What filters, sorts and fields may name."""

    runs: list[Attribute]
    datasets: list[Attribute]
    columns: list[Column]
    change_set: int


class Change(BaseModel):
    """One act, and what it touched: whoever keeps a copy takes these again."""

    change_set: int
    at: datetime
    by: str
    why: str
    kind: ActKind
    undoes: int | None
    runs: list[int]
    golden_jsons: list[int]
    cycles: list[int]
    configuration: list[str]


class Changes(BaseModel):
    """Acts in their order, without a gap; ask the next time after ``last``."""

    changes: list[Change]
    last: Annotated[int, Field(description="the last act told; what was asked with, if there is none")]
    latest: Annotated[int, Field(description="the latest act that there was")]
