"""The classifiers as configuration: what a rule judges, what it says where it holds, and in which order rules speak.

Every classifier has a JSON-logic rule, stored as it was given: bare, or as the original stores it
(``{"if": [condition, true, false]}``). It speaks where json-logic-js takes what the rule says as true. Rules are asked
in the order of :meth:`ClassifierBody.precedence`, and the first that holds decides; one that is not enabled never
speaks.
"""

import json
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, field_validator

from backend.configuration import Body, Side, register_body
from backend.configuration.bodies import Word
from backend.errors import InvalidInput, InvalidRule
from backend.rules import Json, Rule, parse, parse_text
from backend.rules.facts import FactCatalogue, Subject, facts_for, with_any_component
from backend.rules.facts_checking import check_variables
from backend.rules.facts_registry import COMPONENT
from backend.rules.nodes import Operation
from models.vocabulary import SAYABLE, ConfigurationKind, Status

Precedence = tuple[int, int, str]
"""What classifiers are ordered by: priority, how severe the word is, name."""

SEVERITY = (Status.BAD, Status.EXCLUDED, Status.STANDBY, Status.NOTSET, Status.GOOD)
"""Among component rules of equal priority the more severe word is said: what is doubtful is not kept."""

ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Priority = Annotated[int, Field(ge=1, le=1_000_000)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


def _sayable(given: object) -> Status:
    status = next((status for status in SAYABLE if given is status or given == status.word), None)
    if status is None:
        raise ValueError(f"a rule says one of {', '.join(s.word for s in SAYABLE)}, not {given!r:.40}")
    return status


SaidStatus = Annotated[Status, BeforeValidator(_sayable), PlainSerializer(lambda status: status.word, return_type=str)]
"""A status that a rule may say, stored as its word."""


class ClassifierBody(Body, ABC):
    """What every classifier has: its rule, and what is meant by it in plain words.

    The name of a classifier begins with what it is about, :attr:`about`; several about the same thing differ by what
    follows after a slash (``online/tracker-strip/STANDBY/ramping``).
    """

    rule: dict[str, Any]
    description: Description = ""

    @property
    @abstractmethod
    def about(self) -> str:
        """What the name begins with."""

    @property
    @abstractmethod
    def subject(self) -> Subject:
        """What the rule judges."""

    @property
    def parsed(self) -> Rule:
        """The rule, ready to judge."""
        return _parsed(_text(self.rule))

    @property
    def condition(self) -> Json:
        """The rule without the ``{"if": [condition, true, false]}`` around it: what people read and edit."""
        return condition_of(self.rule)

    def precedence(self, name: str) -> Precedence:
        """Where a classifier of that name stands among those about the same; the lowest is asked first."""
        return (0, 0, name)

    def check_name(self, name: str) -> None:
        """Refuse a name that does not begin with what the classifier is about, or a rule that reads unknown facts.

        Which components there are is configuration itself; :func:`backend.classify.save_classifier` knows it.
        """
        begin, _, _ = name.partition(self.about)
        if begin or name.removeprefix(self.about)[:1] not in ("", "/"):
            raise InvalidInput(f"The name of a {self.kind} rule about {self.about!r} begins so; {name!r} does not.")
        self.check_facts(with_any_component(facts_for(self.subject)))

    def check_facts(self, catalogue: FactCatalogue) -> None:
        """Refuse a rule that reads facts which are not in the catalogue, with :class:`InvalidRule`."""
        check_variables(self.parsed, catalogue)

    @field_validator("rule", mode="before")
    @classmethod
    def _well_formed(cls, rule: object) -> object:
        try:
            checked_rule(rule)
        except InvalidRule as error:
            raise ValueError(str(error).rstrip(".")) from error
        return rule

    def __eq__(self, other: object) -> bool:
        """In JSON ``true`` is not ``1``, as it is in Python."""
        return type(self) is type(other) and isinstance(other, ClassifierBody) and self._as_text() == other._as_text()

    def __hash__(self) -> int:
        return hash(self._as_text())

    def _as_text(self) -> str:
        return _text(self.model_dump(mode="json"))


class RunClassBody(ClassifierBody):
    """A rule that gives runs their class. Of those that hold, the smallest priority speaks, then the first by name."""

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.RUN_CLASS

    run_class: ClassName
    priority: Priority

    @property
    def about(self) -> str:
        return self.run_class

    @property
    def subject(self) -> Subject:
        return Subject.RUN

    def precedence(self, name: str) -> Precedence:
        return (self.priority, 0, name)


class SignificanceBody(ClassifierBody):
    """A rule that makes runs of a class significant. Of several for a class, one that holds is enough."""

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.SIGNIFICANCE

    run_class: ClassName

    @property
    def about(self) -> str:
        return self.run_class

    @property
    def subject(self) -> Subject:
        return Subject.RUN


class ComponentBody(ClassifierBody):
    """A rule that flags a component in the lumisections where it holds.

    Of those that hold the smallest priority speaks; among equals the most severe word, then the first by name.
    """

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.COMPONENT

    side: Side
    component: Annotated[str, StringConstraints(pattern=f"^{COMPONENT.pattern}$", max_length=81)]
    status: SaidStatus
    priority: Priority

    @property
    def about(self) -> str:
        return f"{self.side}/{self.component}/{self.status.word}"

    @property
    def workspace(self) -> str:
        """The workspace whose component it is."""
        return self.component.partition("-")[0]

    @property
    def subject(self) -> Subject:
        return Subject.ONLINE_COMPONENT if self.side is Side.ONLINE else Subject.OFFLINE_COMPONENT

    def precedence(self, name: str) -> Precedence:
        return (self.priority, SEVERITY.index(self.status), name)


class OfflineDatasetBody(ClassifierBody):
    """The rule by which a dataset that has appeared is opened for a workspace; named as the workspace."""

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.OFFLINE_DATASET

    workspace: Word

    @property
    def about(self) -> str:
        return self.workspace

    @property
    def subject(self) -> Subject:
        return Subject.OFFLINE_DATASET


class RecipeBody(ClassifierBody):
    """The rule of a golden JSON: which lumisections of which datasets are kept.

    ``datasets`` is the pattern of their names, as ``SIMILAR TO`` reads it (``/PromptReco/Collisions2018%/DQM``); an
    empty one means every dataset.
    """

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.RECIPE

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    datasets: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    @property
    def about(self) -> str:
        return self.label

    @property
    def subject(self) -> Subject:
        return Subject.RECIPE

    def check_name(self, name: str) -> None:
        """A recipe may be named as one likes."""
        self.check_facts(with_any_component(facts_for(self.subject)))


CLASSIFIERS: tuple[type[ClassifierBody], ...] = (
    RunClassBody,
    SignificanceBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
)
"""The body of every kind of classifier."""

for _model in CLASSIFIERS:
    register_body(_model)


def checked_rule(rule: object) -> Rule:
    """The rule of a classifier, as ``json.loads`` gives it.

    Raises
    ------
    InvalidRule
        If it cannot be, if it is no operation (a constant would hold of everything, or of nothing), or if it has what
        the database cannot keep.
    """
    parsed = parse(rule)
    whole = parsed.as_json()
    asked = condition_of(whole)
    if not isinstance((parsed if asked is whole else parse(asked)).root, Operation):
        raise InvalidRule(f'A rule asks something, such as {{"==": […]}}; {rule!r:.60} asks nothing.')
    try:
        text = json.dumps(rule, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRule("The rule has half of a character in a text, which cannot be stored.") from error
    except ValueError as error:
        raise InvalidRule("The rule has a number that is infinite or none, which cannot be stored.") from error
    if "\\u0000" in text.replace("\\\\", ""):
        raise InvalidRule("The rule has the character NUL in a text, which cannot be stored.")
    return parsed


def condition_of(rule: Json) -> Json:
    """What is asked in ``{"if": [condition, true, false]}``; any other rule as it is."""
    branches = rule.get("if") if isinstance(rule, dict) and len(rule) == 1 else None
    is_wrapped = isinstance(branches, list) and len(branches) == 3 and branches[1] is True and branches[2] is False
    return branches[0] if is_wrapped and isinstance(branches, list) else rule


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Rule:
    return parse_text(text)
