"""One page of an OMS listing: its rows, and whether more follow. A page shorter than promised is asked again."""

from dataclasses import dataclass

from backend.errors import SourceNonsense
from backend.ingest.transport import AskAgain, Query, Transport

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a listing; ``is_last`` if OMS has no more."""

    rows: list[Row]
    is_last: bool


def ask_page(transport: Transport, resource: str, query: Query, *, offset: int, limit: int) -> Page:
    """The rows of the listing from ``offset`` (counted in rows) on, at most ``limit`` of them.

    Raises
    ------
    SourceNonsense
        If the answer is no listing, or stays shorter than its ``totalResourceCount`` promises.
    SourceUnavailable
        If OMS does not answer.
    """
    paged = (*query, ("page[offset]", str(offset)), ("page[limit]", str(limit)))
    return transport.get(resource, paged, read=lambda answer: _read(answer, resource, offset=offset, limit=limit))


def _read(answer: object, resource: str, *, offset: int, limit: int) -> Page:
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceNonsense(
            f"OMS answered /{resource} with something that is no list of rows under data: {answer!r:.120}."
        )
    total = _total(answer)
    if total is None:
        return Page(rows, is_last=len(rows) < limit)
    if len(rows) < min(limit, total - offset):
        raise AskAgain(
            SourceNonsense(
                f"OMS promised {total} rows of /{resource}; asked for {limit} from row {offset}, it gave {len(rows)}."
            )
        )
    return Page(rows, is_last=offset + len(rows) >= total)


def _total(answer: object) -> int | None:
    """How many rows the whole listing has; none if OMS does not say."""
    meta = answer.get("meta") if isinstance(answer, dict) else None
    total = meta.get("totalResourceCount") if isinstance(meta, dict) else None
    if total is None or (type(total) is int and total >= 0):
        return total
    raise SourceNonsense(f"OMS says that a listing has {total!r:.80} rows.")
