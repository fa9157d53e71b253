"""A report as PDF: A4, headings repeated on every page, pages numbered."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from dashboard import look
from dashboard.reports.tables import Figure, Sheet

_MARGIN = 12 * mm
_FRAME = 6
"""The frame of a page keeps so much free inside the margin, in points."""
_FONT, _BOLD = "Vera", "VeraBd"
_SIZE = 7.0
_TOP = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
_WIDE = 46
"""A column is at most as wide as so many letters before its words are broken into lines."""


def pdf_of(
    title: str, figures: Sequence[Figure], sheets: Sequence[Sheet], *, made_at: datetime, change_set: int
) -> bytes:
    """The report as a PDF file."""
    _fonts()
    file, (width, _) = BytesIO(), landscape(A4)
    room = width - 2 * (_MARGIN + _FRAME)
    foot = f"CMS Run Registry, {made_at:%d %b %Y %H:%M} UTC, as of change set {change_set}. Times are UTC."
    document = SimpleDocTemplate(
        file, pagesize=landscape(A4), leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=title, author="CMS Run Registry",
    )  # fmt: skip
    parts: list[Flowable] = [Paragraph(escape(title), _style(13, bold=True)), Spacer(1, 3 * mm), _head(figures, room)]
    for sheet in sheets:
        parts += _section(sheet, room)
    turn = partial(_number, foot=foot)
    document.build(parts, onFirstPage=turn, onLaterPages=turn)
    return file.getvalue()


def _head(figures: Sequence[Figure], room: float) -> Table:
    cells = [
        Paragraph(
            f'<font size="6.5" color="{_quiet()}">{escape(figure.label)}</font><br/>'
            f'<font name="{_BOLD}" size="11">{escape(figure.value)}</font><br/>'
            f'<font size="6.5" color="{_quiet()}">{escape(figure.beside)}</font>',
            _style(9, leading=12),
        )
        for figure in figures
    ]
    return Table([cells], colWidths=[room / len(cells)] * len(cells), hAlign="LEFT", style=TableStyle(_TOP))


def _section(sheet: Sheet, room: float) -> list[Flowable]:
    title = Paragraph(escape(sheet.title), _style(9.5, bold=True, before=10))
    if not sheet.rows:
        return [KeepTogether([title, Paragraph(escape(sheet.empty), _style(_SIZE))])]
    plain, right = _style(_SIZE), _style(_SIZE, right=True)
    heads = [
        Paragraph(escape(h), _style(_SIZE, bold=True, right=at in sheet.numbers)) for at, h in enumerate(sheet.heads)
    ]
    body = [
        [Paragraph(escape(value), right if at in sheet.numbers else plain) for at, value in enumerate(row)]
        for row in sheet.rows
    ]
    line = HexColor(look.ui_colour("border", "light"))
    style = TableStyle(
        [
            *_TOP,
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor(look.ui_colour("border_strong", "light"))),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, line),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
    )
    return [title, Spacer(1, 1 * mm), Table([heads, *body], colWidths=_widths(sheet, room), repeatRows=1, style=style)]


def _widths(sheet: Sheet, room: float) -> list[float]:
    """Each column as wide as its longest words ask for, all of them the whole width."""
    asked = [
        min(_WIDE, max(len(head), *(len(row[at]) for row in sheet.rows))) + 2 for at, head in enumerate(sheet.heads)
    ]
    return [room * letters / sum(asked) for letters in asked]


def _number(canvas: Any, document: Any, *, foot: str) -> None:
    canvas.setFont(_FONT, 6.5)
    canvas.setFillColor(HexColor(_quiet()))
    canvas.drawString(_MARGIN, 6 * mm, foot)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 6 * mm, f"page {document.page}")


def _style(
    size: float, *, bold: bool = False, right: bool = False, before: float = 0, leading: float = 0
) -> ParagraphStyle:
    return ParagraphStyle(
        "report", fontName=_BOLD if bold else _FONT, fontSize=size, leading=leading or size * 1.3, spaceBefore=before,
        textColor=HexColor(look.ui_colour("ink", "light")), alignment=2 if right else 0, splitLongWords=1,
    )  # fmt: skip


def _quiet() -> str:
    return look.ui_colour("ink3", "light")


@cache
def _fonts() -> None:
    """The fonts that come with the library: a file needs none of the reader's."""
    folder = Path(str(reportlab.__file__)).parent / "fonts"
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
