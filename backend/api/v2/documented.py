"""What the OpenAPI says of an answer beside its JSON: other forms, and that one may have it already."""

from typing import Any

from backend.api.v2.asking import ARROW_FILE, ARROW_STREAM

Responses = dict[int | str, dict[str, Any]]
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def documented() -> Responses:
    """An answer with an ``ETag``."""
    return {304: {"description": "what `If-None-Match` names is still what there is"}}


def in_arrow() -> Responses:
    """An answer that may be Arrow."""
    forms = {ARROW_STREAM: _BINARY, ARROW_FILE: _BINARY}
    return documented() | {200: {"description": "a page as JSON, or the rows as Arrow", "content": forms}}
