"""A rule as text that people edit: one clause a line, branches opened, and always the same rule again when read."""

import json

from backend.rules import Json

_WIDTH = 92
_OPENED = frozenset({"and", "or", "if", "?:", "!", "!!"})
"""Operators that hold further conditions, and so are opened over several lines."""


def rule_text(rule: Json) -> str:
    """The rule with a line for each clause.

    >>> print(rule_text({"and": [{"==": [{"var": "cms_active"}, True]}, {">": [{"var": "energy"}, 6000]}]}))
    { "and": [
      { "==": [{ "var": "cms_active" }, true] },
      { ">": [{ "var": "energy" }, 6000] }
    ] }
    """
    return "\n".join(_lines(rule, ""))


def _lines(rule: Json, indent: str) -> list[str]:
    whole = _flat(rule)
    if not isinstance(rule, dict | list) or not rule or (len(indent + whole) <= _WIDTH and not _holds_conditions(rule)):
        return [indent + whole]
    if isinstance(rule, list):
        return [f"{indent}[", *_items(rule, f"{indent}  "), f"{indent}]"]
    if len(rule) > 1:
        return [indent + whole]
    ((operator, operands),) = rule.items()
    if not isinstance(operands, list):
        first, *rest = _lines(operands, indent)
        inner = [f"{indent}{{ {json.dumps(operator, ensure_ascii=False)}: {first.lstrip()}", *rest]
        return [*inner[:-1], f"{inner[-1]} }}"]
    head = f"{indent}{{ {json.dumps(operator, ensure_ascii=False)}: ["
    return [head, *_items(operands, f"{indent}  "), f"{indent}] }}"]


def _items(items: list[Json], indent: str) -> list[str]:
    lines: list[str] = []
    for place, item in enumerate(items, 1):
        *above, last = _lines(item, indent)
        lines += [*above, last + ("," if place < len(items) else "")]
    return lines


def _holds_conditions(rule: Json) -> bool:
    """Whether it opens into conditions that deserve a line each."""
    return isinstance(rule, dict) and len(rule) == 1 and next(iter(rule)) in _OPENED


def _flat(rule: Json) -> str:
    """The rule on one line, objects with air in them."""
    if isinstance(rule, dict):
        said = ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_flat(value)}" for name, value in rule.items())
        return f"{{ {said} }}" if said else "{}"
    if isinstance(rule, list):
        return f"[{', '.join(map(_flat, rule))}]"
    return json.dumps(rule, ensure_ascii=False)
