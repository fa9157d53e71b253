"""Small HTML of the Overview's cards: headings, links to filtered pages, and times as one says them."""

from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def link(page: str, label: str, *, css: str = "", **query: str) -> str:
    """A link within the registry; the label is HTML."""
    address = page + ("?" + urlencode(query) if query else "")
    return f'<a class="{css}" href="{escape(address)}" target="_self">{label}</a>'


def heading(title: str, beside: str = "", at_end: str = "") -> str:
    """The head of a card: its name, what it is of, and HTML at its end."""
    return f'<div class="ov-head"><h2>{escape(title)}</h2><span>{escape(beside)}</span><em>{at_end}</em></div>'


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago it was.

    >>> ago(datetime(2018, 10, 24, 9, 0, tzinfo=UTC), datetime(2018, 10, 24, 9, 51, tzinfo=UTC))
    '51 min ago'
    """
    if moment is None:
        return "never"
    seconds = max(0.0, (now - moment).total_seconds())
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s ago"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min ago"
    return f"{seconds / _HOUR:.0f} h ago" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days ago"


def left(deadline: datetime | None, now: datetime) -> tuple[str, bool]:
    """How a deadline is called, and whether it is near or over."""
    if deadline is None:
        return "no deadline", False
    days = (deadline - now).total_seconds() / _DAY
    said = f"{deadline.astimezone(UTC):%a %d %b}"
    if days < 0:
        return f"was due {said}", True
    return f"due {said}, {int(days)} d {int(days % 1 * 24)} h", days < 1
