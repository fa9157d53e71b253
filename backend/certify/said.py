"""What people write beside their acts: comments, causes, reasons; trimmed, and none where nothing is written."""

from backend.errors import InvalidInput

LONGEST = 2_000


def text_or_none(written: str | None, *, what: str) -> str | None:
    """What was written, without the white space around it; none if there is nothing.

    Raises
    ------
    InvalidInput
        If it is longer than :data:`LONGEST` characters, or has a NUL in it.
    """
    trimmed = (written or "").strip()
    if len(trimmed) > LONGEST:
        raise InvalidInput(f"The {what} has {len(trimmed)} characters; {LONGEST} are the most.")
    if "\0" in trimmed:
        raise InvalidInput(f"The {what} has the character NUL in it, which cannot be kept.")
    return trimmed or None
