"""Where in the text of a rule something stands: the line of a place that the engine names (``and › 3 › ==``)."""

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # part of json.decoder, left out of its stub

_PLACE = re.compile(r" at ((?:[^\s;,.]+ › )*[^\s;,.]+?)(?=[;:,.]?(?:\s|$))")
_JSON_LINE = re.compile(r"\bline (\d+), column (\d+)")
_OTHER = re.compile(r"[^\s,\]}]+")
_BLANK = re.compile(r"[\s,:]*")

_Place = tuple[str, ...]


def line_of(text: str, sentence: str) -> int | None:
    """The line that a sentence about the rule speaks of; none if it speaks of the whole.

    >>> line_of('{ "and": [\\n  { "=<": [1, 2] }\\n] }', "There is no operator '=<' at and › 1; did you mean '<='?")
    2
    """
    if said := _JSON_LINE.search(sentence):
        return int(said[1])
    try:
        lines = lines_of(text)
    except (ValueError, IndexError):
        return None
    places = (tuple(found[1].split(" › ")) for found in _PLACE.finditer(sentence))
    return next((lines[place] for place in places if place in lines), _line_of_word(text, sentence))


def without_place(sentence: str) -> str:
    """The sentence without the place, where its line is told instead.

    >>> without_place("The rule is no JSON: line 1, column 11: Expecting value.")
    'The rule is no JSON: column 11: Expecting value.'
    >>> without_place("There is no fact 'x' at and › 1 › var; did you mean 'y'?.")
    "There is no fact 'x'; did you mean 'y'?"
    """
    bare = _JSON_LINE.sub(r"column \2", sentence)
    return re.sub(r" at (?:[^\s;,.]+ › )+[^\s;,.]+?(?=[;:,.]?(?:\s|$))", "", bare, count=1).replace("?.", "?")


def _line_of_word(text: str, sentence: str) -> int | None:
    """Where the first word in quotes stands, if it does."""
    word = re.search(r"'([^']+)'", sentence)
    at = text.find(f'"{word[1]}"') if word else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def lines_of(text: str) -> dict[_Place, int]:
    """The line of each place in well-formed JSON."""
    lines: dict[_Place, int] = {}
    _value(text, _skip(text, 0), (), lines)
    return lines


def _value(text: str, at: int, place: _Place, lines: dict[_Place, int]) -> int:
    """Note where the value stands; gives where it ends."""
    lines.setdefault(place, text.count("\n", 0, at) + 1)
    if text[at] == "{":
        return _object(text, _skip(text, at + 1), place, lines)
    if text[at] == "[":
        return _list(text, _skip(text, at + 1), place, lines)
    if text[at] == '"':
        return int(scanstring(text, at + 1)[1])
    found = _OTHER.match(text, at)
    return found.end() if found else at + 1


def _object(text: str, at: int, place: _Place, lines: dict[_Place, int]) -> int:
    while text[at] != "}":
        key, end = scanstring(text, at + 1)
        inner = (*place, key)
        lines.setdefault(inner, text.count("\n", 0, at) + 1)
        at = _skip(text, _value(text, _skip(text, end), inner, lines))
    return at + 1


def _list(text: str, at: int, place: _Place, lines: dict[_Place, int]) -> int:
    number = 0
    while text[at] != "]":
        number += 1
        at = _skip(text, _value(text, at, (*place, str(number)), lines))
    return at + 1


def _skip(text: str, at: int) -> int:
    """Past blanks, commas and colons."""
    found = _BLANK.match(text, at)
    return found.end() if found else at
