"""Golden JSONs: a list of those that are kept, one, its files, and what it lost."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from backend.api.asked import as_json, engine_of, reading
from backend.api.golden_files import file_of
from backend.api.v2.answering import one, page, unchanged
from backend.api.v2.asking import Form, Paged
from backend.api.v2.documented import documented
from backend.api.v2.shapes import GoldenJsonsPage, Losses, OneGoldenJson
from backend.db import transaction
from backend.golden.files import file_names
from backend.golden.loss import account
from backend.golden.loss_tables import by_category, by_clause
from backend.golden.making import selection_again
from backend.golden.weighing import weigh_selection
from backend.queries import latest_change
from backend.queries.golden_jsons import GoldenJsonFacts, golden_json_facts, golden_json_making, golden_jsons
from backend.queries.keyset import not_a_place

router = APIRouter(tags=["v2: golden JSONs"])
JsonNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Kept(Paged):
    """Which golden JSONs."""

    made_by: Annotated[str | None, Field(max_length=200, description="only those of one person, by name")] = None
    official: Annotated[bool, Field(description="only those with the official mark")] = False
    search: Annotated[
        str, Field(max_length=200, description="words in label, tags, names, recipe", examples=["golden 2018"])
    ] = ""

    def before(self) -> int | None:
        """The id of the last one seen."""
        if self.after is None:
            return None
        if not (self.after.isascii() and self.after.isdecimal() and len(self.after) < 10):
            raise not_a_place(self.after)
        return int(self.after)


@router.get("/golden-jsons", response_model=GoldenJsonsPage, responses=documented())
def kept(asked: Annotated[Kept, Query()], request: Request) -> Response:
    """The golden JSONs that are kept, the latest first; what they hold is in their files."""
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        found = golden_jsons(
            session,
            made_by=asked.made_by,
            official=asked.official,
            search=asked.search,
            before=asked.before(),
            limit=asked.most(Form.JSON),
        )
    next = None if found.before is None else str(found.before)
    return page(request, "golden_jsons", [_told(request, facts) for facts in found.rows], next=next, change_set=seen)


@router.get("/golden-jsons/{id_}", response_model=OneGoldenJson, responses=documented())
def one_kept(id_: JsonNumber, request: Request) -> Response:
    """A golden JSON with the rule, the options and the datasets that it was made of."""
    with reading(request) as session:
        seen = latest_change(session).change_set
        if has_it := unchanged(request, seen):
            return has_it
        facts = golden_json_facts(session, id_)
        making = golden_json_making(session, id_)
    made = {"rule": making.rule, "options": making.options, "datasets": making.datasets}
    return one(_told(request, facts) | made, change_set=seen)


@router.get("/golden-jsons/{id_}/losses", response_model=Losses)
def losses(id_: JsonNumber, request: Request) -> Response:
    """What a golden JSON lost, of what it was asked about: by category and by clause of its rule; luminosities in /pb.

    It is made again as of its change set, so it never changes. Of an upload there is nothing to tell: 409.
    """
    with reading(request) as session:
        golden_json_facts(session, id_)
    selection = selection_again(engine_of(request), id_)
    with transaction(engine_of(request)) as session:
        loss = account(weigh_selection(session, selection))
    return as_json(
        {
            "total": asdict(loss.total),
            "lost": asdict(loss.lost),
            "by_category": by_category(loss).to_dicts(),
            "by_clause": by_clause(loss).to_dicts(),
        }
    )


@router.get("/golden-jsons/{id_}/files/{file}")
def file(id_: JsonNumber, file: str, request: Request) -> Response:
    """A file of a golden JSON: by its name, or as `json`, `manifest`, `pretty`, `cmssw`, `block-range`, `csv`."""
    return file_of(id_, file, request)


def _told(request: Request, facts: GoldenJsonFacts) -> dict[str, Any]:
    at = f"{request.scope.get('root_path', '')}/v2/golden-jsons/{facts.id}/files/"
    left_out = ("came_as", "seconds", "official_since", "change_set", "changed_by")
    told = {name: value for name, value in asdict(facts).items() if name not in left_out}
    return told | {"kind": facts.kind.value, "files": {form: at + name for form, name in file_names(facts).items()}}
