"""What was said in a cell of the grid: ranges, causes, comments and who said them, asked for when one rests on it."""

from collections.abc import Sequence

from backend.errors import NotFound
from dashboard.components.quality_grid import CellNote
from dashboard.data import one_run, strip
from models.vocabulary import ONLINE, Bit, Origin, Status

_STOPPED = "cms-cms"
"""The component whose card says why the run was stopped."""
_QUIET = (Status.GOOD, Bit.TRUE)


def notes_of_run(id_: str, column: str) -> Sequence[CellNote]:
    """The words in force of a component or DCS bit of a run; of ``cms-cms`` first why it was stopped."""
    stopped = _stop_reason(int(id_)) if column == _STOPPED else None
    why = (CellNote("stopped", None, comment=stopped, word="run"),) if stopped else ()
    return (*why, *notes_of(int(id_), ONLINE, column))


def notes_of(run_number: int, dataset: str, column: str) -> Sequence[CellNote]:
    """The words in force of a column of a dataset; those that people said, or that are not GOOD, first."""
    try:
        said = strip(run_number, dataset, None)
    except NotFound:
        return ()
    found = said.column(column)
    if found is None:
        return ()
    notes = [
        (word.origin is not Origin.PERSON and one.value in _QUIET, one.range.first, one, word)
        for one in found.segments
        for word in (said.words[one.word],)
    ]
    return tuple(
        CellNote(
            f"LS {one.range}",
            one.value if isinstance(one.value, Status | Bit) else None,
            word.cause,
            word.comment,
            f"{word.by if word.origin is Origin.PERSON else 'rule'}, {word.at:%d %b %H:%M}",
        )
        for _, _, one, word in sorted(notes, key=lambda note: note[:2])
    )


def _stop_reason(run_number: int) -> str | None:
    run = one_run(run_number)
    said = run.attributes.get("stop_reason") if run else None
    return str(said) if said else None
