"""To save a classifier: it is checked against the facts that this registry has before it becomes configuration."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from backend.classify.bodies import ClassifierBody, ComponentBody, checked_rule
from backend.classify.reading import facts_here
from backend.configuration import configure, workspaces
from backend.errors import InvalidInput
from backend.record import Recorded


def save_classifier(
    session: Session,
    model: type[ClassifierBody],
    *,
    name: str,
    body: ClassifierBody | Mapping[str, Any],
    by: str,
    why: str,
    is_enabled: bool = True,
    seen: int | None = None,
) -> Recorded:
    """Record a new version of a classifier. The right is the caller's to check; parameters are those of ``configure``.

    Raises
    ------
    InvalidRule
        If the rule is not well-formed, or reads a fact that there is not; with the place and the nearest name.
    InvalidInput, Conflict
        As :func:`backend.configuration.configure` does; also if the component is none of its side's.
    """
    read = _read(model, name, body)
    read.check_facts(facts_here(session, read.subject))
    if isinstance(read, ComponentBody):
        _check_component(session, read)
    return configure(session, model.kind, name=name, body=read, by=by, why=why, is_enabled=is_enabled, seen=seen)


def _read(model: type[ClassifierBody], name: str, body: ClassifierBody | Mapping[str, Any]) -> ClassifierBody:
    if isinstance(body, model):
        return body
    checked_rule(body["rule"] if isinstance(body, Mapping) and "rule" in body else None)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise InvalidInput(f"The {model.kind.value} {name!r} cannot be so: {where}: {first['msg']}.") from error


def _check_component(session: Session, body: ComponentBody) -> None:
    known = [f"{w.workspace}-{column.name}" for w in workspaces(session, body.side) for column in w.columns]
    if body.component not in known:
        raise InvalidInput(f"There is no component {body.component!r} {body.side}; there are {', '.join(known)}.")
