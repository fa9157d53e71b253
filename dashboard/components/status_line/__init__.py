"""The status line in the header: how fresh each source is, and the time in UTC, counted on in the browser."""

from dashboard.components.status_line.component import Source, status_line

__all__ = ["Source", "status_line"]
