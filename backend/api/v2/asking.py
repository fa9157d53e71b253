"""What every list understands: a filter, an order, fields, a place to go on from, how many, and in which form."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from backend.errors import InvalidInput
from backend.queries import Sort

MOST_IN_JSON = 5_000
MOST_IN_ARROW = 1_000_000
_USUAL = 100

ARROW_STREAM = "application/vnd.apache.arrow.stream"
ARROW_FILE = "application/vnd.apache.arrow.file"


class Form(StrEnum):
    """In which form a list is answered."""

    JSON = "json"
    ARROW = "arrow"
    ARROW_FILE = "arrow-file"


class Paged(BaseModel):
    """Where to go on, and how far."""

    after: Annotated[
        str | None,
        Field(max_length=8_000, description="the place to go on from, as `next` of the answer before has it"),
    ] = None
    limit: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_IN_ARROW,
            description=f"at most so many: up to {MOST_IN_JSON:,} as JSON ({_USUAL} unless said), "
            f"up to {MOST_IN_ARROW:,} as Arrow (that many unless said)",
        ),
    ] = None

    def most(self, form: Form) -> int:
        """How many there may be on the page.

        Raises
        ------
        InvalidInput
            If that is more than JSON may have.
        """
        if form is not Form.JSON:
            return self.limit or MOST_IN_ARROW
        if (self.limit or 0) > MOST_IN_JSON:
            raise InvalidInput(
                f"limit cannot be {self.limit}: a page of JSON has at most {MOST_IN_JSON}; ask for Arrow."
            )
        return self.limit or _USUAL


class InForm(BaseModel):
    """The form of the answer; without it the header ``Accept`` decides."""

    format: Annotated[
        Literal["json", "arrow", "arrow-file"] | None,
        Field(
            description="`json`, `arrow` (a stream: `polars.read_ipc_stream`) or `arrow-file` (`polars.read_ipc`); "
            "without it the header `Accept` decides"
        ),
    ] = None

    def form(self, request: Request) -> Form:
        """The form that was asked for, in the URL or else by the header."""
        if self.format is not None:
            return Form(self.format)
        accepted = request.headers.get("accept", "")
        if ARROW_STREAM in accepted:
            return Form.ARROW
        return Form.ARROW_FILE if ARROW_FILE in accepted else Form.JSON


class Listed(Paged, InForm):
    """A list with a filter, an order and fields."""

    filter: Annotated[
        str,
        Field(
            max_length=20_000,
            description="which, in the language of the filter bar, as "
            "`class = Collisions18 and (tracker-strip BAD > 5 or bpix_ready false > 10)`",
        ),
    ] = ""
    sort: Annotated[
        str,
        Field(
            max_length=1_000,
            description="attributes, `oms.<name>` or components (worst flags first), with a comma between them and a "
            "`-` before one that descends, as `-start_time`; without it the latest run comes first",
        ),
    ] = ""
    fields: Annotated[
        str,
        Field(
            max_length=8_000,
            description="what is told of each, with a comma between: attributes, `oms.<name>`, components "
            "(lumisections per status), `*` for every attribute, `flags` for all components, `oms` for all that OMS "
            "says, `states` for the state in every workspace; as `run_number,start_time,tracker-strip`",
        ),
    ] = "*"

    def sorts(self) -> tuple[Sort, ...]:
        """The order."""
        return tuple(Sort(name.removeprefix("-"), descending=name.startswith("-")) for name in listed(self.sort))

    def names(self) -> Sequence[str]:
        """The fields."""
        return listed(self.fields)


def listed(text: str) -> tuple[str, ...]:
    """The names in a text with commas between them.

    >>> listed("run_number, start_time,")
    ('run_number', 'start_time')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


ListQuestion = Annotated[Listed, Query()]
