"""What was said in a cell of the grid: ranges, causes, comments and who said them, asked for when one rests on it."""

from collections.abc import Sequence

from backend.errors import NotFound
from dashboard.components.quality_grid import CellNote
from dashboard.data import strip
from dashboard.offline.sheets import key_of
from models.vocabulary import Origin, Status


def notes_of_cell(id_: str, column: str) -> Sequence[CellNote]:
    """The words in force of a component of a dataset; those that people said, or that are not GOOD, first."""
    key = key_of(id_)
    try:
        said = strip(key.run_number, key.name, None)
    except NotFound:
        return ()
    found = said.column(column)
    if found is None:
        return ()
    notes = [
        (word.origin is not Origin.PERSON and one.value is Status.GOOD, one.range.first, one, word)
        for one in found.segments
        for word in (said.words[one.word],)
    ]
    return tuple(
        CellNote(
            f"LS {one.range}",
            one.value if isinstance(one.value, Status) else None,
            word.cause,
            word.comment,
            f"{word.by}, {word.at:%d %b %H:%M}" if word.origin is Origin.PERSON else f"rule, {word.at:%d %b %H:%M}",
        )
        for _, _, one, word in sorted(notes, key=lambda note: note[:2])
    )
