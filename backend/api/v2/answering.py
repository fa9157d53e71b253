"""How lists are answered: as JSON or Arrow, marked with the change set that they hold."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import polars as pl
from fastapi import Request
from fastapi.responses import Response

from backend.api.asked import as_json
from backend.api.v2.asking import ARROW_FILE, ARROW_STREAM, Form
from backend.guard import is_tls
from backend.version import program_version

_VARY = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "private, no-cache"}


def unchanged(request: Request, change_set: int) -> Response | None:
    """304 for whoever has what the registry holds as of this change set; none if they have not."""
    asked = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if asked.isdisjoint((_tag(change_set), "*")):
        return None
    return Response(status_code=304, headers=_marked(change_set))


def page(
    request: Request, name: str, rows: Sequence[Mapping[str, Any]], *, next: str | None, change_set: int
) -> Response:
    """A page as JSON: the rows under a name, the URL of the next page, and the change set."""
    link = _link(request, next)
    answer = as_json({name: rows, "next": link, "change_set": change_set})
    answer.headers.update(_marked(change_set) | _linked(link))
    return answer


def one(told: Mapping[str, Any], *, change_set: int) -> Response:
    """One thing as JSON, with the change set."""
    answer = as_json({**told, "change_set": change_set})
    answer.headers.update(_marked(change_set))
    return answer


def arrow(request: Request, frame: pl.DataFrame, form: Form, *, next: str | None, change_set: int) -> Response:
    """A frame as an Arrow stream or file, compressed within, with a link to the next page."""
    to = BytesIO()
    if form is Form.ARROW_FILE:
        frame.write_ipc(to, compression="zstd")
    else:
        frame.write_ipc_stream(to, compression="zstd")
    headers = _marked(change_set) | _linked(_link(request, next)) | {"X-Change-Set": str(change_set)}
    media = ARROW_FILE if form is Form.ARROW_FILE else ARROW_STREAM
    return Response(to.getvalue(), media_type=media, headers=headers)


def _tag(change_set: int) -> str:
    """Weak, since JSON and its compressed form bear the same; another program may answer in other words."""
    return f'W/"{change_set}-{program_version()}"'


def _marked(change_set: int) -> dict[str, str]:
    return {"ETag": _tag(change_set), **_VARY}


def _link(request: Request, next: str | None) -> str | None:
    """The URL of the next page, by TLS if that is how one came to the proxy in front: a token goes along."""
    if next is None:
        return None
    url = request.url.include_query_params(after=next)
    return str(url.replace(scheme="https") if is_tls(request.scope) else url)


def _linked(link: str | None) -> dict[str, str]:
    return {} if link is None else {"Link": f'<{link}>; rel="next"'}
