"""A report as HTML: what the page shows, and a file that holds all it needs."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from dashboard import look
from dashboard.overview.words import link
from dashboard.reports.tables import Figure, Sheet

_STYLE = Path(__file__).with_name("report.css")


def body_html(
    title: str, figures: Sequence[Figure], sheets: Sequence[Sheet], *, made_at: datetime, change_set: int, links: bool
) -> str:
    """The report; runs are links to their pages where ``links`` says so."""
    cells = "".join(
        f"<div><span>{escape(f.label)}</span><b>{escape(f.value)}</b><i>{escape(f.beside)}</i></div>" for f in figures
    )
    tables = "".join(_table(sheet, links=links) for sheet in sheets)
    foot = f"CMS Run Registry, {made_at:%d %b %Y %H:%M} UTC, as of change set {change_set}. Times are UTC."
    return (
        f'<article class="rp"><h2>{escape(title)}</h2><div class="rp-figures">{cells}</div>{tables}'
        f"<footer>{foot}</footer></article>"
    )


def file_html(body: str, title: str) -> bytes:
    """The report as a file of its own: light, and as it is printed."""
    style = look.css_variables(":root") + ":root { color-scheme: light; }" + _STYLE.read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def style() -> str:
    """The style of a report in a page."""
    return _STYLE.read_text(encoding="utf-8")


def _table(sheet: Sheet, *, links: bool) -> str:
    title = f"<h3>{escape(sheet.title)}</h3>"
    if not sheet.rows:
        return f"<section>{title}<p>{escape(sheet.empty)}</p></section>"
    heads = "".join(f"<th{_side(sheet, at)}>{escape(head)}</th>" for at, head in enumerate(sheet.heads))
    rows = "".join(
        "<tr>" + "".join(_cell(sheet, at, value, links=links) for at, value in enumerate(row)) + "</tr>"
        for row in sheet.rows
    )
    return f"<section>{title}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"


def _cell(sheet: Sheet, at: int, value: str, *, links: bool) -> str:
    said = escape(value)
    if links and at == sheet.runs and value.isdecimal():
        said = link("run", said, run=value)
    return f"<td{_side(sheet, at)}>{said}</td>"


def _side(sheet: Sheet, at: int) -> str:
    return ' class="r"' if at in sheet.numbers else ""
