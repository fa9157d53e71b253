"""An OMS that answers out of lists, and the registry's client of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from backend.ingest.oms import Oms, open_oms
from backend.settings import Settings

Attributes = dict[str, object]
NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
FIELDS = ["run_number", "lumisection_number", "start_time", "bpix_ready", "newdet_ready", "pileup", "delivered_lumi"]


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def a_run(run_number: int, *, minutes: float = 0, **more: object) -> Attributes:
    return {"run_number": run_number, "last_update": written(NOON + timedelta(minutes=minutes))} | more


def a_lumisection(number: int, *, run_number: int = 360459, **more: object) -> Attributes:
    return {"run_number": run_number, "lumisection_number": number, "bpix_ready": True} | more


class FakeOms:
    """An OMS with these runs and lumisections: filters, sort, fields and paging, no more.

    ``spoil`` may change the answer to the n-th request (from 1); ``between`` is called after each page.
    """

    def __init__(self, *, runs: Sequence[Attributes] = (), lumisections: Sequence[Attributes] = ()) -> None:
        self.resources = {"runs": list(runs), "lumisections": list(lumisections)}
        self.fields: list[str] | None = FIELDS
        self.asked: list[httpx.Request] = []
        self.spoil: Callable[[int, dict[str, object]], object] = lambda n, answer: answer
        self.between: Callable[[int], None] = lambda n: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        resource, _, meta = request.url.path.removeprefix("/api/v1/").partition("/")
        if meta:
            return self.offered()
        self.asked.append(request)
        answer = self.spoil(len(self.asked), self.listing(resource, dict(request.url.params.multi_items())))
        self.between(len(self.asked))
        return httpx.Response(200, json=answer)

    def offered(self) -> httpx.Response:
        if self.fields is None:
            return httpx.Response(404)
        return httpx.Response(200, json={"meta": {"fields": {name: {} for name in self.fields}}})

    def listing(self, resource: str, params: dict[str, str]) -> dict[str, object]:
        rows = [row for row in self.resources[resource] if all(passes(row, *asked) for asked in params.items())]
        for key in reversed(params["sort"].split(",") if "sort" in params else []):
            rows.sort(key=lambda row, name=key.lstrip("-"): row[name], reverse=key.startswith("-"))
        first = int(params["page[offset]"])
        page = rows[first : first + int(params["page[limit]"])]
        if "fields" in params:
            page = [{name: row[name] for name in params["fields"].split(",") if name in row} for row in page]
        return {"data": [{"attributes": row} for row in page], "meta": {"totalResourceCount": len(rows)}}


def passes(row: Attributes, key: str, value: str) -> bool:
    if not key.startswith("filter["):
        return True
    name, operator = key.removeprefix("filter[").removesuffix("]").split("][")
    found, wanted = row.get(name), int(value) if value.isdecimal() else value
    if found is None:
        return False
    return {"EQ": found == wanted, "GE": found >= wanted, "GT": found > wanted, "LE": found <= wanted}[operator]  # type: ignore[operator]


def client(oms: FakeOms, *, clock: Callable[[], datetime] = lambda: NOON) -> Oms:
    settings = Settings(oms_url="http://oms/api/v1")
    return open_oms(settings, sleep=lambda seconds: None, clock=clock, network=httpx.MockTransport(oms))


def numbers(runs: object) -> list[int]:
    return [run.run_number for run in runs]  # type: ignore[attr-defined]


def queries(oms: FakeOms) -> list[dict[str, str]]:
    return [dict(request.url.params.multi_items()) for request in oms.asked]
