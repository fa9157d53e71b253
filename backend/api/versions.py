"""The route of the log: every act in one line, as the original's versions."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from backend.api.asked import MOST_PAGES, as_json, moment, pages, reading
from backend.queries import acts_page
from backend.queries.runs import MOST_ROWS

router = APIRouter(tags=["log"])


class VersionsQuestion(BaseModel):
    """Which page of the log."""

    page: Annotated[int, Field(ge=0, le=MOST_PAGES, description="from 0")]
    page_size: Annotated[int, Field(ge=0, le=MOST_ROWS)]


@router.post("/versions/get_versions")
def get_versions(question: VersionsQuestion, request: Request) -> Response:
    """A page of the acts, the latest first: ``{"versions": [{"atomic_version", "by", "comment", "createdAt"}], …}``.

    An atomic version is a change set, which other answers call ``version``.
    """
    with reading(request) as session:
        found = acts_page(session, offset=question.page * question.page_size, limit=question.page_size)
    versions = [
        {"atomic_version": act.change_set, "by": act.by, "comment": act.why, "createdAt": moment(act.at)}
        for act in found.acts
    ]
    return as_json({"versions": versions, "pages": pages(found.total, question.page_size), "count": found.total})
