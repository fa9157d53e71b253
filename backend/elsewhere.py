"""Which servers a database URL names that are not on this machine."""

import os
from typing import Any

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from backend.loopback import is_loopback


def servers_elsewhere(url: str) -> tuple[str, ...]:
    """The servers that a libpq URL names, or leaves to libpq's own variables, which are not on this machine.

    A socket is on it. One that only a service file knows is not known to be, and one that cannot be read is none.
    """
    try:
        said: dict[str, Any] = conninfo_to_dict(url)
    except Error:
        return ()
    hosts = _listed(said, "hostaddr") or _listed(said, "host")
    if not hosts and (service := said.get("service") or os.environ.get("PGSERVICE")):
        return (f"service {service}",)
    return tuple(host for host in hosts if not (host.startswith(("/", "@")) or is_loopback(host)))


def _listed(said: dict[str, Any], name: str) -> tuple[str, ...]:
    """What the URL says, else what libpq takes from the environment."""
    text = said.get(name) or os.environ.get(f"PG{name.upper()}") or ""
    return tuple(host for host in str(text).split(",") if host)
