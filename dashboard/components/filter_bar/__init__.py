"""The filter bar: chips that say what is asked for, a form to add to it, and the whole filter as text."""

from dashboard.components.filter_bar.bar import FILTER, filter_bar

__all__ = ["FILTER", "filter_bar"]
