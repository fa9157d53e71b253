"""On what was measured, in a sentence."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

_GIB = 1024**3


def machine(on: Engine) -> str:
    """Processor, memory, Python and the PostgreSQL of an engine: ``2 cores of AMD EPYC 7B13, 24 GiB, …``."""
    with on.connect() as connection:
        postgresql = connection.execute(text("SHOW server_version")).scalar_one().split()[0]
        fsync = connection.execute(text("SHOW fsync")).scalar_one()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return (
        f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"PostgreSQL {postgresql} with fsync {fsync}"
    )


def today() -> str:
    """The date as the tables have it: ``24 Nov 2026``."""
    return datetime.now(UTC).strftime("%d %b %Y").lstrip("0")


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()
