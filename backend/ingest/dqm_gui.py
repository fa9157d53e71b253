"""The DQM GUI: which datasets it has, of which runs. A dataset that is listed there can be looked at and certified."""

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

import httpx

from backend.errors import InvalidInput, InvalidSettings, SourceNonsense
from backend.ingest.transport import Transport, utc_now
from backend.settings import Settings

_RUN = re.compile(r"(?P<run>[1-9]\d{0,8})(?::\d+)?")
"""A run, or a lumisection of it: ``271861``, ``271861:12`` (field.md §2c)."""

_DATASET = re.compile(r"(?:/[^/\s]+){3}")
"""``/primary/processing/tier``, as CMS names datasets."""


@dataclass(frozen=True, slots=True, order=True)
class GuiDataset:
    """A dataset of a run that the DQM GUI lists."""

    run_number: int
    dataset: str


def open_dqm_gui(
    settings: Settings,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = utc_now,
    network: httpx.BaseTransport | None = None,
) -> "DqmGui":
    """The DQM GUI as the settings name it, shown our certificate if they name one.

    Raises
    ------
    InvalidSettings
        If the certificate or its key cannot be read.
    """
    transport = Transport(
        "The DQM GUI",
        settings.dqm_gui_url,
        timeout_seconds=settings.dqm_gui_timeout_seconds,
        tls=_tls(settings),
        sleep=sleep,
        clock=clock,
        network=network,
    )
    return DqmGui(transport, api=settings.dqm_gui_api)


class DqmGui:
    """What the DQM GUI lists, asked over a transport, in its ``legacy`` dialect or in that of ``v1``."""

    def __init__(self, transport: Transport, *, api: Literal["legacy", "v1"]) -> None:
        self._transport = transport
        self._api = api

    def datasets(self, match: str = "") -> list[GuiDataset]:
        """The datasets in whose name the regular expression is found, each once, by run number and name.

        Raises
        ------
        InvalidInput
            If it is no regular expression.
        SourceNonsense
            If an entry of the listing names no run or no dataset.
        """
        try:
            wanted = re.compile(match)
        except re.error as error:
            raise InvalidInput(f"{match!r} is no regular expression for datasets: {error}.") from error
        if self._api == "legacy":
            listed = self._transport.get("data/json/samples", (("match", match),), read=_read_legacy)
        else:
            listed = self._transport.get("api/v1/samples", read=_read_v1)
        return sorted({entry for entry in listed if wanted.search(entry.dataset)})

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read_legacy(answer: object) -> list[GuiDataset]:
    """``{"samples": [{"type": …, "items": [{"run": "271861", "dataset": "/…"}, …]}, …]}``"""
    samples = _list_under("samples", answer)
    return [_read_entry(entry) for sample in samples for entry in _list_under("items", sample)]


def _read_v1(answer: object) -> list[GuiDataset]:
    """``{"data": [{"run": "271861", "lumi": 0, "dataset": "/…"}, …]}``"""
    return [_read_entry(entry) for entry in _list_under("data", answer)]


def _list_under(key: str, answer: object) -> list[object]:
    found = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise SourceNonsense(f"The DQM GUI listed its samples without a list under {key!r}: {answer!r:.120}.")
    return found


def _read_entry(entry: object) -> GuiDataset:
    run, dataset = (entry.get("run"), entry.get("dataset")) if isinstance(entry, dict) else (None, None)
    number = _RUN.fullmatch(str(run)) if isinstance(run, str | int) else None
    if number is None:
        raise SourceNonsense(f"The DQM GUI lists run {run!r:.80}, which is no run number: {entry!r:.120}.")
    if not isinstance(dataset, str) or not _DATASET.fullmatch(dataset):
        raise SourceNonsense(f"The DQM GUI lists dataset {dataset!r:.120} of run {run}, which is no /a/b/c.")
    return GuiDataset(int(number["run"]), dataset)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """The certificates of the system are believed, and ours is shown; none where we have none to show."""
    if settings.dqm_gui_certificate is None:
        return None
    context = httpx.create_ssl_context()
    try:
        context.load_cert_chain(settings.dqm_gui_certificate, settings.dqm_gui_key)
    except OSError as error:
        raise InvalidSettings(
            f"RR_DQM_GUI_CERTIFICATE is {settings.dqm_gui_certificate}, which cannot be used with its key: {error}."
        ) from error
    return context
