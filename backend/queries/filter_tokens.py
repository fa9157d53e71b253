"""The words, numbers, quoted texts and signs that the text of a filter is made of."""

import json
import re
from dataclasses import dataclass

from backend.errors import InvalidFilter
from backend.queries.values import literal

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "like", "contains", "is", "null", "all", "any", "no"})
"""Words that mean something where a value may stand; as values they are quoted."""

_TOKEN = re.compile(
    r"""\s*(?: (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<sign><=|>=|!=|<>|[=<>≤≥≠]) | (?P<mark>[(),])
        | (?P<word>[^\s"(),<>=!≤≥≠]+) )""",
    re.VERBOSE | re.DOTALL,
)
_RANGE = re.compile(r"([0-9]{1,19})[-–]([0-9]{1,19})", re.ASCII)
_BARE = re.compile(r"[\w/%.:+*@#$-]+")
_MOST = 500_000


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: what it says, where it begins (from 1), and whether it stood in quotes."""

    text: str
    at: int
    is_quoted: bool = False

    @property
    def keyword(self) -> str:
        """The token in small letters, as keywords and signs are compared; nothing if it was quoted."""
        return "" if self.is_quoted else self.text.lower()


def tokens(text: str) -> list[Token]:
    """The pieces of the text, in order.

    Raises
    ------
    InvalidFilter
        If a quote is not closed or a sign is none; the sentence has the position.
    """
    if len(text) > _MOST:
        raise InvalidFilter(f"The filter is longer than {_MOST} characters.")
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise InvalidFilter(f"The filter cannot be read from {text[at : at + 20]!r} on, at character {at + 1}.")
        kind = match.lastgroup or ""
        said = match.group(kind)
        found.append(Token(_unquoted(said, match.start(kind)) if kind == "quoted" else said, match.start(kind) + 1,
                           kind == "quoted"))  # fmt: skip
        at = match.end()
    return found


def as_range(token: Token) -> tuple[int, int] | None:
    """The two numbers of ``355100-355200``; none if the token is something else."""
    match = None if token.is_quoted else _RANGE.fullmatch(token.text)
    return None if match is None else (int(match.group(1)), int(match.group(2)))


def quoted_if_needed(text: str) -> str:
    """The text as a value is written: bare where it reads as nothing else, else in quotes.

    >>> quoted_if_needed("Collisions18"), quoted_if_needed("power supply"), quoted_if_needed("5")
    ('Collisions18', '"power supply"', '"5"')
    """
    is_bare = _BARE.fullmatch(text) and text.lower() not in KEYWORDS and isinstance(literal(text), str)
    if is_bare and not _RANGE.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _unquoted(said: str, at: int) -> str:
    try:
        text: str = json.loads(said, strict=False)
    except json.JSONDecodeError as error:
        raise InvalidFilter(f"The quoted text {said:.40} cannot be read, at character {at + 1}.") from error
    return text
