"""The value that each fact of a run had last: what an author of rules sees beside its name, with its unit."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from backend.queries import runs_page
from backend.rules.facts import FactCatalogue, Source

RUNS_LOOKED_AT = 50
"""So many of the newest runs are asked for a value that is not null."""

_REGISTRY = {"class": "run_class", "significant": "is_significant", "state": "state", "stop_reason": "stop_reason"}
"""Registry attributes of a run: by which name rules read them → by which pages do."""


def last_values(session: Session, catalogue: FactCatalogue) -> dict[str, Any]:
    """Name of the fact → its value in the newest run that has one; facts of lumisections and datasets are left out."""
    rows = runs_page(session, limit=RUNS_LOOKED_AT, with_bits=False, with_oms=True).rows
    found: dict[str, Any] = {}
    for fact in catalogue:
        if fact.source is Source.RUN_OMS:
            found[fact.name] = _first(row.oms.get(fact.attribute) for row in rows)
        elif fact.source is Source.RUN_RR:
            found[fact.name] = _first(row.attributes.get(_REGISTRY[fact.attribute]) for row in rows)
        elif fact.source is Source.RUN:
            found[fact.name] = _first(row.run_number for row in rows)
    return {name: value for name, value in found.items() if value is not None}


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
