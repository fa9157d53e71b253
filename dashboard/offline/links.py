"""Ways out about datasets: the pages of other systems, for one dataset or for all of a table (original-frontend §4)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from dashboard.links import links_of_run

_GUI = "https://cmsweb.cern.ch/dqm/offline/start?"
_NEW_GUI = "https://cmsweb-testbed.cern.ch/dqm/offline-test-new/?"
_HDQM = "https://cms-hdqm.web.cern.ch/?filter=rr&filterValue="
_GUI_TABLE = "https://dqm-gui.web.cern.ch/?filter="


def links_of_dataset(run_number: int, gui_names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(label, address) of each system that knows the dataset; the offline GUI knows it under ``gui_names``.

    >>> [label for label, _ in links_of_dataset(325175, ["/ZeroBias/Run2018D-PromptReco-v2/DQMIO"])]
    ['GUI', 'new', 'online', 'OMS', 'HDQM']
    >>> links_of_dataset(325175, [])[0][0]
    'online'
    """
    several = len(gui_names) > 1
    of_gui = [link for at, name in enumerate(gui_names, 1) for link in _in_gui(run_number, name, at if several else 0)]
    named = {"DQM GUI": "online"}
    of_run = {named.get(label, label): address for label, address in links_of_run(run_number)}
    return (*of_gui, *((label, of_run[label]) for label in ("online", "OMS", "HDQM")))


def links_of_table(client_filter: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(label, address) of the systems that take a filter of the registry; all of it is one value, escaped.

    >>> links_of_table({"run_number": {">": 1}})[0][1]
    'https://cms-hdqm.web.cern.ch/?filter=rr&filterValue=run_number%255B%253E%255D%3D1'
    """
    said = quote(urlencode(list(_pairs("", client_filter))), safe="")
    return (("HDQM", _HDQM + said), ("DQM GUI", _GUI_TABLE + said))


def _in_gui(run_number: int, name: str, at: int) -> tuple[tuple[str, str], ...]:
    number, quoted = f" {at}" if at else "", _quoted(name)
    offline = f"{_GUI}runnr={run_number};dataset={quoted}"
    new = f"{_NEW_GUI}dataset_name={quoted}&run_number={run_number}"
    return ((f"GUI{number}", offline), (f"new{number}", new))


@lru_cache(4_096)
def _quoted(name: str) -> str:
    """The name as a value in an address; the same few names stand in all rows of a table."""
    return quote_plus(name, safe="/")


def _pairs(prefix: str, value: Any) -> list[tuple[str, str]]:
    """The filter as nested query parameters, ``and[0][run_number][>]=1``."""
    if isinstance(value, Mapping):
        inner = [(str(key), part) for key, part in value.items()]
    elif isinstance(value, list):
        inner = [(str(at), part) for at, part in enumerate(value)]
    else:
        return [(prefix, "" if value is None else str(value))]
    return [pair for key, part in inner for pair in _pairs(f"{prefix}[{key}]" if prefix else key, part)]
