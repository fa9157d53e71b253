"""What OMS answers: JSON:API documents, serialised once and kept while nothing changes."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from scripts.simulator.fills import fills
from scripts.simulator.holdings import Holdings
from scripts.simulator.jsonapi import Filter, Query, in_order, keep
from scripts.simulator.oms import OmsRun, Row, Units
from scripts.simulator.schema import Kind

KEPT_BYTES = 128_000_000
"""How much of what was answered is kept for the next who asks the same."""

BY_NUMBER = (("lumisection_number", False),)
IN_ORDER = ((), (("run_number", False), *BY_NUMBER))
"""The sort orders in which lumisections are anyway; those of a single run are also by number."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, each with the units beside it, and how many rows there are in all."""

    rows: list[Row]
    units: list[Units]
    total: int


class Kept:
    """Bodies by question, the least recently asked forgotten first."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._bodies: OrderedDict[object, bytes] = OrderedDict()
        self._limit = limit
        self._size = 0

    def get(self, key: object) -> bytes | None:
        if key in self._bodies:
            self._bodies.move_to_end(key)
        return self._bodies.get(key)

    def put(self, key: object, body: bytes) -> bytes:
        self._bodies[key] = body
        self._size += len(body)
        while self._size > self._limit:
            self._size -= len(self._bodies.popitem(last=False)[1])
        return body


def runs_page(holdings: Holdings, query: Query) -> Page:
    """The runs that a query asks for, ascending unless it says otherwise."""
    pairs = [(run.attributes, run.units) for run in holdings.runs() if keep([run.attributes], query.filters)]
    return _sorted_page(pairs, query)


def lumisections_page(holdings: Holdings, query: Query) -> Page:
    """The lumisections that a query asks for; those of other runs are never made."""
    by_run = query.about(("run_number", "fill_number"))
    runs = [run for run in holdings.runs() if keep([run.attributes], by_run)]
    others = tuple(f for f in query.filters if f not in by_run)
    as_they_are = query.sort in IN_ORDER or (query.sort == BY_NUMBER and len(runs) == 1)
    if others or not as_they_are:
        pairs = [(row, run.lumisection_units) for run in runs for row in keep(run.rows(), others)]
        return _sorted_page(pairs, query)
    return _sliced_page(runs, query)


def fills_page(holdings: Holdings, query: Query) -> Page:
    """The fills that a query asks for, added up from the runs that have arrived."""
    return _sorted_page([(row, units) for row, units in fills(holdings.runs()) if keep([row], query.filters)], query)


def document(page: Page, query: Query, *, resource: str, url: str, params: Sequence[tuple[str, str]]) -> bytes:
    """The JSON:API document of a page, with links to its neighbours."""
    base = f"{url}/{resource}"
    data = objects(page, query.fields, resource=resource, base=base)
    links = _links(base, params, query=query, total=page.total)
    return orjson.dumps({"data": data, "meta": {"totalResourceCount": page.total}, "links": links})


def objects(page: Page, fields: tuple[str, ...] | None, *, resource: str, base: str) -> list[dict[str, object]]:
    """The resource objects of a page; rows of one run share their units, which are written once."""
    metas = {id(units): _meta(units, fields) for units in page.units}
    out: list[dict[str, object]] = []
    for row, units in zip(page.rows, page.units, strict=True):
        key = _id(row, resource)
        attributes = row if fields is None else {name: row[name] for name in fields if name in row}
        links, meta = {"self": f"{base}/{key}"}, metas[id(units)]
        out.append({"id": key, "type": resource, "attributes": attributes, "links": links, "meta": meta})
    return out


def fields_document(schema: Mapping[str, Kind]) -> bytes:
    """What ``/meta`` says: the attributes of a resource and their kinds."""
    fields = {name: {"type": kind, "title": name.replace("_", " ")} for name, kind in schema.items()}
    return orjson.dumps({"meta": {"fields": fields}})


def errors_document(status: int, title: str, detail: str) -> bytes:
    """A JSON:API errors body."""
    return orjson.dumps({"errors": [{"status": str(status), "title": title, "detail": detail}]})


def filters_of_one(resource: str, key: str) -> tuple[Filter, ...]:
    """The filters that find the resource with this id; ids of lumisections are ``run_lumisection``."""
    names = {"runs": ("run_number",), "fills": ("fill_number",), "lumisections": ("run_number", "lumisection_number")}
    parts = key.split("_")
    if len(parts) != len(names[resource]) or not all(part.isdecimal() for part in parts):
        return ()
    return tuple(
        Filter(name, lambda found, wanted=int(part): found == wanted)
        for name, part in zip(names[resource], parts, strict=True)
    )


def _sorted_page(pairs: Sequence[tuple[Row, Units]], query: Query) -> Page:
    units = {id(row): unit for row, unit in pairs}
    rows = in_order([row for row, _ in pairs], query.sort)
    chosen = rows[query.offset : query.offset + query.limit]
    return Page(chosen, [units[id(row)] for row in chosen], len(rows))


def _sliced_page(runs: Sequence[OmsRun], query: Query) -> Page:
    rows: list[Row] = []
    units: list[Units] = []
    first, end, at = query.offset, query.offset + query.limit, 0
    for run in runs:
        if at < end and at + run.count > first:
            part = run.rows()[max(first - at, 0) : end - at]
            rows += part
            units += [run.lumisection_units] * len(part)
        at += run.count
    return Page(rows, units, at)


def _meta(units: Units, fields: tuple[str, ...] | None) -> orjson.Fragment:
    shown = {name: {"units": unit} for name, unit in units.items() if fields is None or name in fields}
    return orjson.Fragment(orjson.dumps({"row": shown}))


def _id(row: Row, resource: str) -> str:
    if resource == "lumisections":
        return f"{row['run_number']}_{row['lumisection_number']}"
    return str(row["run_number" if resource == "runs" else "fill_number"])


def _links(base: str, params: Sequence[tuple[str, str]], *, query: Query, total: int) -> dict[str, str | None]:
    others = [(key, value) for key, value in params if not key.startswith("page[")]
    last = max(total - 1, 0) // query.limit * query.limit

    def at(offset: int) -> str:
        return f"{base}?{urlencode([*others, ('page[offset]', str(offset)), ('page[limit]', str(query.limit))])}"

    following, previous = query.offset + query.limit, query.offset - query.limit
    return {
        "self": at(query.offset),
        "first": at(0),
        "last": at(last),
        "next": at(following) if following < total else None,
        "prev": at(max(previous, 0)) if query.offset else None,
    }
