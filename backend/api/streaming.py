"""Long lists, written part by part: no answer is ever whole in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson
from fastapi.responses import StreamingResponse

AT_ONCE = 500
"""So many rows are in memory; each is some 4 kB as JSON, and some 25 kB before."""


def streamed(name: str, parts: Iterable[Sequence[Any]], end: Mapping[str, Any]) -> StreamingResponse:
    """The answer that :func:`written` writes."""
    return StreamingResponse(written(name, parts, end), media_type="application/json")


def in_parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """So many of them at a time as may be in memory.

    >>> [len(part) for part in in_parts(range(1_200))]
    [500, 500, 200]
    """
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part


def written(name: str, parts: Iterable[Sequence[Any]], end: Mapping[str, Any]) -> Iterator[bytes]:
    """``{<name>: […], …}``: the parts as one list, and after it what else there is to say.

    >>> b"".join(written("runs", [[1, 2], [], [3]], {"count": 3}))
    b'{"runs":[1,2,3],"count":3}'
    """
    yield b"{" + orjson.dumps(name) + b":["
    begun = False
    for part in parts:
        if written := orjson.dumps(part, option=orjson.OPT_UTC_Z)[1:-1]:
            yield b"," + written if begun else written
            begun = True
    yield b"]," + orjson.dumps(end)[1:]


def text_in_parts(parts: Iterable[str]) -> StreamingResponse:
    """The answer that :func:`written_text` writes."""
    return StreamingResponse(written_text(parts), media_type="application/json")


def written_text(parts: Iterable[str]) -> Iterator[bytes]:
    """The parts of a text as one text of JSON.

    >>> b"".join(written_text(["a ", "b"]))
    b'"a b"'
    """
    yield b'"'
    for part in parts:
        yield orjson.dumps(part)[1:-1]
    yield b'"'
