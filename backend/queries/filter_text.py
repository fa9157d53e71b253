"""A filter as people type it and URLs carry it: ``run 324200-325175 and (state = OPEN or tracker-strip BAD > 5)``.

::

    filter     = [ any ]                                  nothing typed is no filter
    any        = all { "or" all }                         "and" binds closer than "or"
    all        = part { "and" part }
    part       = "(" any ")" | flag | bit | condition | number | range
    flag       = component [ "any" | "all" | "no" ] status          tracker-strip BAD · tracker-strip all GOOD
               | component status sign number                       tracker-strip BAD > 5     (lumisections)
    bit        = name [ "any" | "all" | "no" ] yes_no               bpix_ready no false
               | name yes_no sign number                            bpix_ready false > 10   (lumisections)
    condition  = attribute                                          significant               (yes or no)
               | attribute sign value                               lumisections >= 100
               | attribute range                                    run 324200-325175
               | attribute [ "not" ] "in" item { "," item }         run in 355100-355200, 355300
               | attribute "between" value "and" value              start between 2018-10-01 and 2018-10-24
               | attribute [ "not" ] ( "like" | "contains" ) value  hlt_key like %/HLT/V2
               | attribute "is" [ "not" ] "null"                    class is null
    sign       = "=" | "!=" | "<" | "<=" | ">" | ">="               also <>, ≠, ≤, ≥
    item       = value | range
    range      = number "-" number                                  both ends included

A component has a dash in its name, a bit of OMS (a DCS bit or ``physics_flag``) is known by its name; *yes_no* is
``true`` or ``false``. A status is one word: ``NO_VALUE_FOUND``, and ``EMPTY``
where nobody said anything. A text with spaces or signs, or one that reads as a number or keyword, stands in quotes,
with ``\\"`` for a quote in it. Times are UTC, ``2018-10-24`` or ``2018-10-24T09:42``. A number or a range alone is that
of runs; ``run 5, 7-9`` is short for ``run in 5, 7-9`` and ``state OPEN`` for ``state = OPEN``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from backend.errors import InvalidFilter
from backend.queries.attributes import Attribute, Catalogue, Kind
from backend.queries.filter_tokens import Token, as_range, quoted_if_needed, tokens
from backend.queries.filters import (
    DEEPEST,
    AllOf,
    AnyOf,
    BitCondition,
    Condition,
    Count,
    Filter,
    FlagCondition,
    Operator,
    Quantifier,
    all_of,
    any_of,
    checked,
    checked_condition,
)
from backend.queries.values import Scalar, Span, Value, literal
from models.vocabulary import UNSAID, Status


def parse_filter(text: str, catalogue: Catalogue) -> Filter:
    """The tree that a text says, checked against the catalogue.

    Raises
    ------
    InvalidFilter
        If the text cannot be read, or what it says cannot be; the sentence has the position in it.
    """
    reader = _Reader(tokens(text), catalogue, len(text.rstrip()) + 1)
    if not reader.pieces:
        return AllOf(())
    tree = _any(reader, 1)
    if reader.ahead() is not None:
        reader.fail("“and”, “or” or the end is expected")
    return checked(tree, catalogue)


def format_filter(tree: Filter, catalogue: Catalogue) -> str:
    """The text that says a tree; ``parse_filter`` gives exactly that tree back, if it is checked."""
    match tree:
        case AllOf(parts):
            return " and ".join(_grouped(part, catalogue) for part in parts)
        case AnyOf(parts):
            return " or ".join(_grouped(part, catalogue) for part in parts)
        case FlagCondition():
            return _extent_text(tree.column, UNSAID if tree.status is None else tree.status.name, tree.quantifier)
        case BitCondition(bit, value, quantifier):
            return _extent_text(bit, str(value).lower(), quantifier)
        case Condition():
            return _condition_text(tree, catalogue.find(tree.attribute))


_SIGNS = {"<>": Operator.IS_NOT, "≠": Operator.IS_NOT, "≤": Operator.AT_MOST, "≥": Operator.AT_LEAST} | {
    operator.value: operator for operator in Operator if not operator.value[0].isalpha()
}
_JOINS = ("", "and", "or", ")")


@dataclass(slots=True)
class _Reader:
    pieces: list[Token]
    catalogue: Catalogue
    end: int
    next: int = 0

    def ahead(self) -> Token | None:
        return self.pieces[self.next] if self.next < len(self.pieces) else None

    def keyword(self) -> str:
        token = self.ahead()
        return "" if token is None else token.keyword

    def take(self, *keywords: str) -> bool:
        """Step over these words, if they come next."""
        coming = [token.keyword for token in self.pieces[self.next : self.next + len(keywords)]]
        if coming != list(keywords):
            return False
        self.next += len(keywords)
        return True

    def word(self, expected: str) -> Token:
        token = self.ahead()
        if token is None or (token.keyword in _SIGNS or token.keyword in ("(", ")", ",")):
            self.fail(f"{expected} is expected")
        self.next += 1
        return token

    def fail(self, what: str) -> NoReturn:
        token = self.ahead()
        found = "the end" if token is None else f"{token.text!r:.40}"
        raise InvalidFilter(f"{what[0].upper()}{what[1:]} at character {token.at if token else self.end}, not {found}.")


def _any(reader: _Reader, depth: int) -> Filter:
    parts = [_all(reader, depth)]
    while reader.take("or"):
        parts.append(_all(reader, depth))
    return any_of(parts)


def _all(reader: _Reader, depth: int) -> Filter:
    parts = [_part(reader, depth)]
    while reader.take("and"):
        parts.append(_part(reader, depth))
    return all_of(parts)


def _part(reader: _Reader, depth: int) -> Filter:
    if reader.take("("):
        if depth > DEEPEST:
            reader.fail(f"nested deeper than {DEEPEST} levels")
        inner = _any(reader, depth + 1)
        if not reader.take(")"):
            reader.fail("a closing parenthesis is expected")
        return inner
    name = reader.word("an attribute or a component")
    if name.text.isdecimal() or as_range(name):
        reader.next -= 1
        return _condition(reader, Token(reader.catalogue.numbered, name.at))
    if name.text in reader.catalogue.bits:
        return _bit(reader, name)
    return _flag(reader, name) if "-" in name.text else _condition(reader, name)


def _bit(reader: _Reader, name: Token) -> BitCondition:
    quantifier = next((q for q in Quantifier if reader.take(q.value)), None)
    value = next((value for value in (False, True) if reader.take(str(value).lower())), None)
    if value is None:
        reader.fail("“false” or “true” is expected")
    return BitCondition(name.text, value, _extent(reader, quantifier))


def _flag(reader: _Reader, name: Token) -> FlagCondition:
    quantifier = next((q for q in Quantifier if reader.take(q.value)), None)
    token = reader.word("a status")
    word = token.text.upper().replace("_", " ")
    statuses = {status.word: status for status in Status} | {UNSAID: None}
    if word not in statuses:
        offered = ", ".join(w.replace(" ", "_") for w in statuses)
        raise InvalidFilter(f"{token.text!r:.40} at character {token.at} is not a status; there are {offered}.")
    return FlagCondition(name.text, statuses[word], _extent(reader, quantifier))


def _extent(reader: _Reader, quantifier: Quantifier | None) -> Quantifier | Count:
    """What stands behind a status or a bit's value: in how many lumisections, if no quantifier stood before."""
    if quantifier or reader.keyword() not in _SIGNS:
        return quantifier or Quantifier.ANY
    operator = _SIGNS[reader.keyword()]
    reader.next += 1
    number = reader.word("a number of lumisections")
    if not (number.text.isascii() and number.text.isdecimal() and len(number.text) < 6):
        raise InvalidFilter(f"{number.text!r:.40} at character {number.at} is not a number of lumisections.")
    return Count(operator, int(number.text))


def _condition(reader: _Reader, name: Token) -> Condition:
    try:
        attribute = reader.catalogue.find(name.text)
        return checked_condition(_compared(reader, attribute), reader.catalogue)
    except InvalidFilter as error:
        if "at character" in str(error):
            raise
        raise InvalidFilter(f"At character {name.at}: {error}") from error


def _compared(reader: _Reader, attribute: Attribute) -> Condition:
    keyword = reader.keyword()
    if keyword in _JOINS and (reader.ahead() is None or keyword):
        if attribute.kind not in (Kind.BOOLEAN, Kind.ANY):
            reader.fail(f"something to compare {attribute.word} with is expected")
        return Condition(attribute.name, Operator.IS, True)
    if keyword in _SIGNS:
        reader.next += 1
        return Condition(attribute.name, _SIGNS[keyword], _scalar(attribute, reader.word("a value")))
    for operator in Operator:
        if operator.value[0].isalpha() and reader.take(*operator.value.split()):
            return Condition(attribute.name, operator, _argument(reader, attribute, operator))
    items = _items(reader, attribute)
    if len(items) > 1:
        return Condition(attribute.name, Operator.IN, items)
    return Condition(attribute.name, Operator.BETWEEN if isinstance(items[0], Span) else Operator.IS, items[0])


def _argument(reader: _Reader, attribute: Attribute, operator: Operator) -> Value:
    match operator:
        case Operator.IS_NULL | Operator.IS_NOT_NULL:
            return None
        case Operator.IN | Operator.NOT_IN:
            return _items(reader, attribute)
        case Operator.BETWEEN:
            low = _scalar(attribute, reader.word("a value"))
            if not reader.take("and"):
                reader.fail("“and” is expected")
            return Span(low, _scalar(attribute, reader.word("a value")))
    return _scalar(attribute, reader.word("a value"))


def _items(reader: _Reader, attribute: Attribute) -> tuple[Scalar | Span, ...]:
    items = [_item(attribute, reader.word("a value"))]
    while reader.take(","):
        items.append(_item(attribute, reader.word("a value")))
    return tuple(items)


def _item(attribute: Attribute, token: Token) -> Scalar | Span:
    ends = as_range(token) if attribute.kind in (Kind.INTEGER, Kind.ANY) else None
    return Span(*ends) if ends else _scalar(attribute, token)


def _scalar(attribute: Attribute, token: Token) -> Scalar:
    return literal(token.text) if attribute.kind is Kind.ANY and not token.is_quoted else token.text


def _grouped(part: Filter, catalogue: Catalogue) -> str:
    text = format_filter(part, catalogue)
    return f"({text})" if isinstance(part, AllOf | AnyOf) else text


def _extent_text(name: str, said: str, quantifier: Quantifier | Count) -> str:
    match quantifier:
        case Count(operator, n):
            return f"{name} {said} {operator} {n}"
        case Quantifier.ANY:
            return f"{name} {said}"
        case _:
            return f"{name} {quantifier} {said}"


def _condition_text(condition: Condition, attribute: Attribute) -> str:
    word, operator = attribute.word, condition.operator
    match condition.value:
        case None:
            return f"{word} {operator}"
        case True if operator is Operator.IS:
            return word
        case Span(int(low), int(high)) if low >= 0:
            return f"{word} {low}-{high}"
        case Span(low, high):
            return f"{word} between {_scalar_text(low)} and {_scalar_text(high)}"
        case tuple(items):
            return f"{word} {operator} {', '.join(map(_item_text, items))}"
        case scalar:
            return f"{word} {operator} {_scalar_text(scalar)}"


def _item_text(item: Scalar | Span) -> str:
    return f"{item.low}-{item.high}" if isinstance(item, Span) else _scalar_text(item)


def _scalar_text(value: Scalar) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
            return text.removesuffix("T00:00:00Z").removesuffix(":00Z") if value.microsecond == 0 else text
        case int():
            return str(value)
        case str():
            return quoted_if_needed(value)
