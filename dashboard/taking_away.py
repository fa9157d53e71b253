"""Tables taken away: as CSV that no spreadsheet runs, and as the Python that reads the same rows."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

import streamlit as st

Rows = Iterable[Sequence[object]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be taken away; ``read`` gives headings and rows, when the file is asked for."""

    label: str
    file_name: str
    read: Callable[[], tuple[Sequence[str], Rows]]

    def csv(self) -> bytes:
        """The table as CSV."""
        return csv_of(*self.read())


@dataclass(frozen=True, slots=True)
class Program:
    """A program that gives the rows of a page, and what it gives."""

    gives: str
    text: str


def take_away(key: str, tables: Sequence[Table], programs: Sequence[Program]) -> None:
    """Draw the two ways out of a page."""
    with st.popover("Download", key=f"{key}-download"):
        for table in tables:
            st.download_button(
                f"{table.label} as CSV",
                data=table.csv,
                file_name=table.file_name,
                mime="text/csv",
                on_click="ignore",
                key=f"{key}-csv-{table.file_name.partition('.')[0]}",
            )
    with st.popover("As Python", key=f"{key}-python"):
        for program in programs:
            st.caption(program.gives)
            st.code(program.text, language="python")


def registry_program(gives: str, name: str, call: str, *imports: str) -> Program:
    """A program that reads the registry itself, for what the ``runregistry`` client has no word for.

    Parameters
    ----------
    name, call
        What the rows are called, and the expression that reads them in a ``session``.
    imports
        What the call needs, as lines.
    """
    lines = sorted({"from backend.db import engine, transaction", *imports})
    head = "# in a checkout of the registry, with its DATABASE_URL in the environment\n"
    body = f"with transaction(engine()) as session:\n    {name} = {call}\n"
    return Program(gives, head + "\n".join(lines) + "\n\n" + body)


def client_program(gives: str, name: str, call: str) -> Program:
    """A program that asks with the ``runregistry`` client."""
    return Program(gives, f"import runregistry\n\n{name} = runregistry.{call}\n")


def csv_of(columns: Sequence[str], rows: Rows) -> bytes:
    """Rows as CSV, times in ISO 8601 and lists as words, under these headings."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(csv_cell, columns))
    writer.writerows(map(csv_cell, row) for row in rows)
    return file.getvalue().encode()


def csv_cell(value: object) -> object:
    """A value as a cell: lists as words, and nothing that a spreadsheet would take for a formula.

    >>> csv_cell("=1+1"), csv_cell(("=1", "two")), csv_cell(-1)
    ("'=1+1", "'=1 two", -1)
    """
    if isinstance(value, tuple | list | frozenset):
        value = " ".join(map(str, sorted(value, key=str) if isinstance(value, frozenset) else value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
