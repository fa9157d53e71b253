"""Where the jump box leads: six digits are a run, up to five a fill with its runs."""

Destination = tuple[str, dict[str, str]]

_DIGITS_OF_A_RUN = 6
"""Run numbers have had six digits since 2011; fill numbers have up to five."""


def destination(typed: str) -> Destination | None:
    """The page and its address for what somebody typed; none if it names nothing.

    >>> destination("324980")
    ('run', {'run': '324980'})
    >>> destination("fill 7328")
    ('online', {'fill': '7328'})
    >>> destination("tracker")
    """
    *words, number = typed.replace(",", "").split() or [""]
    if not number.isdecimal() or words not in ([], ["run"], ["fill"]):
        return None
    if words == ["fill"] or (not words and len(number) < _DIGITS_OF_A_RUN):
        return "online", {"fill": str(int(number))}
    return "run", {"run": str(int(number))}
