"""All projections again from the log; and the log's words in bulk, for rebuild and for looks into the past."""

from backend.rebuild.check import Difference, differences
from backend.rebuild.rebuild import rebuild
from backend.rebuild.words import all_undone, words_until

__all__ = ["Difference", "all_undone", "differences", "rebuild", "words_until"]
