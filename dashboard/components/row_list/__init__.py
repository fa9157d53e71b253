"""The row list: rows of text, pills and progress of which a person looks at one; chosen by id."""

from dashboard.components.row_list.component import Column, Mark, Row, Tone, Value, row_list

__all__ = ["Column", "Mark", "Row", "Tone", "Value", "row_list"]
