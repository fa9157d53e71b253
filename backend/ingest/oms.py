"""OMS, the online monitoring system of CMS: what it says of runs and their lumisections, typed and in our units.

It speaks JSON:API over HTTP (field.md §2b). Runs are paged by what has been seen and not by counting rows, so that one
that OMS updates meanwhile, and that moves to the end of the listing, pushes no other out of sight.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Self, TypeVar

import httpx

from backend.errors import SourceNonsense
from backend.ingest.oms_lumisections import OmsLumisections, beams_present_and_stable, read_lumisections, wanted_fields
from backend.ingest.oms_page import Row, ask_page
from backend.ingest.oms_run import OmsRun, number_of, read_run
from backend.ingest.oms_token import Credentials, OmsToken
from backend.ingest.transport import Query, Transport, utc_now
from backend.settings import Settings

__all__ = ["Doubt", "Oms", "OmsLumisections", "OmsRun", "beams_present_and_stable", "open_oms"]

K = TypeVar("K", int, datetime)
Doubt = Callable[[SourceNonsense], None]
"""Somebody who is told of a run that cannot be believed."""

RUNS_PER_PAGE = 100
LUMISECTIONS_PER_PAGE = 5000
_FIELDS_LAST = timedelta(hours=1)
"""How long the attributes that OMS offers are believed to stay the same."""


def open_oms(
    settings: Settings,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = utc_now,
    network: httpx.BaseTransport | None = None,
) -> "Oms":
    """OMS as the settings name it, with a token if they name a token endpoint.

    Raises
    ------
    InvalidSettings
        If there is a token endpoint, but no credentials.
    """
    reach = partial(Transport, timeout_seconds=settings.oms_timeout_seconds, sleep=sleep, clock=clock, network=network)
    bearer = None
    if settings.oms_token_url is not None:
        credentials = Credentials.of(settings)
        endpoint = reach("The token endpoint of OMS", settings.oms_token_url)
        bearer = OmsToken(endpoint, credentials, exchange=settings.oms_token_exchange, clock=clock)
    return Oms(reach("OMS", settings.oms_url, bearer=bearer), clock=clock)


class Oms:
    """What OMS says, asked over a transport.

    Listings of runs take ``on_nonsense``: given, it is told of each run that cannot be believed and the listing goes
    on, so that one bad run does not hide all that come after it (it may be told twice); otherwise the first one raises.
    """

    def __init__(self, transport: Transport, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._transport = transport
        self._clock = clock
        self._fields: Query = ()
        self._fields_until = datetime.min.replace(tzinfo=UTC)

    def runs_updated_since(
        self, moment: datetime, *, page_size: int = RUNS_PER_PAGE, on_nonsense: Doubt | None = None
    ) -> Iterator[OmsRun]:
        """The runs that OMS updated at that moment (aware, to the second) or later, in the order of their update.

        Runs of one moment ascend by number. Whoever stops may go on from the ``last_update`` of the last run seen. A
        run that is updated while one reads comes again at the end.
        """
        since, offset = _second(moment), 0
        seen: set[tuple[int, datetime]] = set()
        while True:
            asked = (("filter[last_update][GE]", f"{since:%Y-%m-%dT%H:%M:%SZ}"), ("sort", "last_update,run_number"))
            page = ask_page(self._transport, "runs", asked, offset=offset, limit=page_size)
            runs = _believed(page.rows, on_nonsense)
            _check_ascending([run.last_update for run in runs])
            for run in runs:
                if (run.run_number, run.last_update) not in seen:
                    seen.add((run.run_number, run.last_update))
                    yield run
            if page.is_last:
                return
            reached = _second(runs[-1].last_update) if runs else since
            since, offset = (reached, 0) if reached > since else (since, offset + len(page.rows))

    def runs_between(
        self, first: int, last: int, *, page_size: int = RUNS_PER_PAGE, on_nonsense: Doubt | None = None
    ) -> Iterator[OmsRun]:
        """The runs from the first number to the last, both included, ascending."""
        upper = (("filter[run_number][LE]", str(last)),)
        return self._by_number(("GE", first), upper, page_size=page_size, on_nonsense=on_nonsense)

    def runs_after(
        self, run_number: int, *, page_size: int = RUNS_PER_PAGE, on_nonsense: Doubt | None = None
    ) -> Iterator[OmsRun]:
        """The runs with a higher number, ascending."""
        return self._by_number(("GT", run_number), (), page_size=page_size, on_nonsense=on_nonsense)

    def run(self, run_number: int) -> OmsRun | None:
        """The run of that number; none if OMS has none."""
        page = ask_page(self._transport, "runs", _equal_to(run_number), offset=0, limit=1)
        if not page.rows:
            return None
        run = read_run(page.rows[0])
        if run.run_number != run_number:
            raise SourceNonsense(f"OMS was asked for run {run_number} and answered with run {run.run_number}.")
        return run

    def newest_run_number(self) -> int | None:
        """The highest run number that OMS has; none if it has no runs."""
        asked = (("sort", "-run_number"), ("fields", "run_number"))
        page = ask_page(self._transport, "runs", asked, offset=0, limit=1)
        return number_of(page.rows[0]) if page.rows else None

    def lumisections(self, run_number: int) -> OmsLumisections:
        """All lumisections that OMS has of the run; of one that it does not know, none."""
        asked = (*_equal_to(run_number), ("sort", "lumisection_number"), *self._lumisection_fields())
        rows: list[Row] = []
        while True:
            page = ask_page(self._transport, "lumisections", asked, offset=len(rows), limit=LUMISECTIONS_PER_PAGE)
            rows += page.rows
            if page.is_last:
                return read_lumisections(run_number, rows)

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _by_number(
        self, bound: tuple[str, int], upper: Query, *, page_size: int, on_nonsense: Doubt | None
    ) -> Iterator[OmsRun]:
        offset = 0
        while True:
            operator, number = bound
            asked = ((f"filter[run_number][{operator}]", str(number)), *upper, ("sort", "run_number"))
            page = ask_page(self._transport, "runs", asked, offset=offset, limit=page_size)
            runs = _believed(page.rows, on_nonsense)
            _check_ascending([run.run_number for run in runs])
            yield from runs
            if page.is_last:
                return
            bound, offset = (("GT", runs[-1].run_number), 0) if runs else (bound, offset + len(page.rows))

    def _lumisection_fields(self) -> Query:
        """Which attributes to ask for: those we read of those that OMS offers; all, if it does not say what that is."""
        if self._clock() >= self._fields_until:
            self._fields = self._transport.get("lumisections/meta", read=_read_fields, if_missing=tuple)
            self._fields_until = self._clock() + _FIELDS_LAST
        return self._fields


def _equal_to(run_number: int) -> Query:
    return (("filter[run_number][EQ]", str(run_number)),)


def _second(moment: datetime) -> datetime:
    """OMS filters by the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _believed(rows: Sequence[Row], on_nonsense: Doubt | None) -> list[OmsRun]:
    runs = []
    for row in rows:
        try:
            runs.append(read_run(row))
        except SourceNonsense as nonsense:
            if on_nonsense is None:
                raise
            on_nonsense(nonsense)
    return runs


def _check_ascending(keys: Sequence[K]) -> None:
    for before, after in pairwise(keys):
        if after < before:
            raise SourceNonsense(f"OMS was asked for runs in ascending order and gave {after} after {before}.")


def _read_fields(answer: object) -> Query:
    at: object = answer
    for key in ("meta", "fields"):
        at = at.get(key) if isinstance(at, dict) else None
    fields = wanted_fields(at) if isinstance(at, dict) else []
    return (("fields", ",".join(fields)),) if "lumisection_number" in fields else ()
