"""The classifiers of the original Run Registry in this one's form, under names that tell them apart.

The original keeps a classifier as JSON, or as JSON within a JSON text; one that it got as something else holds of
everything there (original-backend.md §2), and is refused here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from backend.classify.bodies import (
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
    checked_rule,
)
from backend.errors import InvalidInput, InvalidRule
from backend.rules.parsing import read_json
from models.vocabulary import ConfigurationKind

C = TypeVar("C", bound=ClassifierBody)

KINDS = {
    "class": ConfigurationKind.RUN_CLASS,
    "dataset": ConfigurationKind.SIGNIFICANCE,
    "component": ConfigurationKind.COMPONENT,
    "offline_dataset": ConfigurationKind.OFFLINE_DATASET,
    "json_classifier": ConfigurationKind.RECIPE,
}
"""What the original calls its classifiers, in its addresses and tables."""

_MOST_WRAPPINGS = 3


class Named(NamedTuple):
    """A classifier as it is to be configured."""

    name: str
    body: ClassifierBody
    is_enabled: bool


def original_classifiers(recorded: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Named]:
    """The classifiers of all kinds, in their order. What else is configured there is left out.

    Of several of one name the first keeps it, and the others are numbered: ``Collisions24/2``.

    Raises
    ------
    InvalidRule, InvalidInput
        As :func:`from_original` does.
    """
    for word, kind in KINDS.items():
        taken: dict[str, int] = {}
        for item in recorded.get(word, ()):
            name, body = from_original(kind, item)
            taken[name] = taken.get(name, 0) + 1
            numbered = name if taken[name] == 1 else f"{name}/{taken[name]}"
            yield Named(numbered, body, is_enabled=item.get("enabled") is not False)


def from_original(kind: ConfigurationKind, item: Mapping[str, Any]) -> tuple[str, ClassifierBody]:
    """The name and the body of one classifier, as the original gives it.

    Raises
    ------
    InvalidRule
        If its rule is none.
    InvalidInput
        If something else that it needs is not there.
    """
    try:
        return _from_original(kind, item, _rule(item.get("classifier")))
    except InvalidRule as error:
        raise InvalidRule(f"The original's {kind.value} {_told(item)} cannot be judged by: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"The original's {kind.value} {_told(item)} cannot be: {where}: {first['msg']}.") from error


def _from_original(kind: ConfigurationKind, item: Mapping[str, Any], rule: object) -> tuple[str, ClassifierBody]:
    if kind is ConfigurationKind.RUN_CLASS:
        return _named(_read(RunClassBody, rule, run_class=item.get("class"), priority=item.get("priority")))
    if kind is ConfigurationKind.SIGNIFICANCE:
        return _named(_read(SignificanceBody, rule, run_class=item.get("class")))
    if kind is ConfigurationKind.OFFLINE_DATASET:
        return _named(_read(OfflineDatasetBody, rule, workspace=item.get("workspace")))
    if kind is ConfigurationKind.RECIPE:
        return _named(_read(RecipeBody, rule, label=item.get("name")))
    if kind is not ConfigurationKind.COMPONENT:
        raise InvalidInput(f"A {kind.value} is no classifier.")
    body = _read(
        ComponentBody,
        rule,
        side=item.get("online_or_offline"),
        component=f"{item.get('workspace')}-{item.get('column')}",
        status=item.get("status"),
        priority=item.get("priority"),
    )
    return f"{body.about}/{body.priority}", body


def _named(body: ClassifierBody) -> tuple[str, ClassifierBody]:
    return body.about, body


def _read(model: type[C], rule: object, **told: object) -> C:
    return model.model_validate({"rule": rule, **told})


def _rule(given: object) -> object:
    """The rule, out of the JSON texts that it is wrapped in."""
    for _ in range(_MOST_WRAPPINGS):
        if not isinstance(given, str):
            break
        given = read_json(given)
    checked_rule(given)
    return given


def _told(item: Mapping[str, Any]) -> str:
    words = ("online_or_offline", "workspace", "column", "class", "name", "status")
    return " ".join(str(item[word]) for word in words if word in item) or "without a name"
