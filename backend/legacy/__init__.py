"""Migration from the original Run Registry: its PostgreSQL tables become the log of an empty registry.

Every act keeps its number, its author and its time; docs/migrating.md says table by table what becomes of what.
Nobody but ``scripts/import_legacy`` imports this.
"""

from backend.legacy.importing import LUMINOSITY_UNITS, write_log
from backend.legacy.report import Report
from backend.legacy.source import original_at, original_in
from backend.legacy.whole import import_legacy

__all__ = ["LUMINOSITY_UNITS", "Report", "import_legacy", "original_at", "original_in", "write_log"]
