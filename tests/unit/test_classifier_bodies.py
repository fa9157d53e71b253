"""The bodies of classifiers: what may be stored, what they are named by, who is asked first, and how the original's
are read.
"""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.classify.bodies import (
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
    condition_of,
)
from backend.classify.original import from_original, original_classifiers
from backend.configuration import body_model
from backend.errors import InvalidInput, InvalidRule
from models.vocabulary import ConfigurationKind, Status

READY = {"==": [{"var": "tob_ready"}, True]}
WRAPPED = {"if": [READY, True, False]}
RUN_CLASS, COMPONENT = ConfigurationKind.RUN_CLASS, ConfigurationKind.COMPONENT


def a_class(rule: object = READY, *, run_class: str = "Collisions18", priority: int = 1) -> RunClassBody:
    return RunClassBody.model_validate({"run_class": run_class, "priority": priority, "rule": rule})


def a_component(rule: object = READY, *, status: object = "GOOD", **more: object) -> ComponentBody:
    about = {"side": "online", "component": "tracker-strip", "status": status, "priority": 3, "rule": rule}
    return ComponentBody.model_validate(about | more)


def in_order(*bodies: tuple[str, ClassifierBody]) -> list[str]:
    return [name for name, body in sorted(bodies, key=lambda named: named[1].precedence(named[0]))]


@pytest.mark.parametrize("model", [RunClassBody, SignificanceBody, ComponentBody, OfflineDatasetBody, RecipeBody])
def test_every_kind_of_classifier_is_configuration(model: type[ClassifierBody]) -> None:
    assert body_model(model.kind) is model


@pytest.mark.parametrize("rule", [READY, WRAPPED])
def test_a_rule_is_kept_as_it_was_given(rule: dict[str, Any]) -> None:
    body = a_class(rule)
    assert body.model_dump(mode="json")["rule"] == rule
    assert body.condition == READY


@pytest.mark.parametrize(
    "rule",
    [
        {"if": [READY, False, True]},
        {"if": [READY, 1, 0]},
        {"if": [READY, True]},
        {"if": READY},
        {"and": [READY, True, False]},
    ],
)
def test_only_what_the_original_wraps_around_is_taken_off(rule: dict[str, Any]) -> None:
    assert condition_of(rule) == rule


@pytest.mark.parametrize(
    ("rule", "ready", "speaks"),
    [
        (READY, True, True),
        (WRAPPED, True, True),
        (WRAPPED, None, False),
        ({"var": "tob_ready"}, True, True),
        ({"var": "tob_ready"}, None, False),
        ({"if": [READY, "GOOD", ""]}, True, True),
        ({"if": [READY, "GOOD", ""]}, False, False),
        ({"filter": [[1, 2], {">": [{"var": ""}, 5]}]}, True, False),
    ],
)
def test_a_rule_speaks_where_json_logic_js_takes_what_it_says_as_true(
    rule: dict[str, Any], ready: bool | None, speaks: bool
) -> None:
    assert a_class(rule).parsed.holds({"tob_ready": ready}) is speaks


@pytest.mark.parametrize(
    ("rule", "trouble"),
    [
        ({"=": [1, 1]}, "There is no operator '='; did you mean '=='?"),
        ({"if": [{"adn": [READY]}, True, False]}, "There is no operator 'adn' at if › 1; did you mean 'and'?"),
        ({"==": [1, 1], "!=": [1, 2]}, "An object holds one operator"),
        ({}, "asks nothing"),
        ({"tob_ready": True, "x": 1}, "asks nothing"),
        ({"if": ["Unexpected token } in JSON", True, False]}, "asks nothing"),
        ({"if": [True, True, False]}, "asks nothing"),
        ('{"==": [1, 1]}', "asks nothing"),
        (True, "asks nothing"),
        (None, "asks nothing"),
        ([READY], "asks nothing"),
        ({"==": [{"var": "hlt_key"}, "a\0b"]}, "NUL"),
        ({"==": [{"var": "hlt_key"}, "\ud83d"]}, "half of a character"),
        ({"==": [{"var": "energy"}, float("nan")]}, "infinite or none"),
    ],
)
def test_a_rule_that_is_none_is_never_stored(rule: object, trouble: str) -> None:
    with pytest.raises(ValidationError, match="rule") as refused:
        a_class(rule)
    assert trouble in str(refused.value)


def test_a_backslash_before_a_number_is_a_text_like_any_other() -> None:
    assert a_class({"==": [{"var": "hlt_key"}, "\\u0000"]}).condition is not None


def test_true_is_another_rule_than_one() -> None:
    assert a_class({"==": [{"var": "tob_ready"}, True]}) != a_class({"==": [{"var": "tob_ready"}, 1]})
    assert a_class(READY) == a_class({**READY})
    assert len({a_class(READY), a_class({**READY}), a_class(WRAPPED)}) == 2


def test_a_status_is_stored_as_its_word_and_read_from_it() -> None:
    body = a_component(status="STANDBY")
    assert (body.status, body.model_dump(mode="json")["status"]) == (Status.STANDBY, "STANDBY")
    assert ComponentBody.model_validate(body.model_dump()) == body


@pytest.mark.parametrize("status", ["NO VALUE FOUND", "EMPTY", "good", 6, True, None, "PURPLE"])
def test_a_status_that_a_rule_cannot_say_is_refused(status: object) -> None:
    with pytest.raises(ValidationError, match="a rule says one of GOOD, BAD, STANDBY, EXCLUDED, NOTSET"):
        a_component(status=status)


@pytest.mark.parametrize(
    ("field", "value"),
    [("priority", 0), ("priority", -1), ("priority", 1.5), ("component", "strip"), ("component", "Tracker-Strip"),
     ("component", "tracker-strip-x"), ("side", "outside"), ("color", "red")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        a_component(**{field: value})


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (a_class(), "Collisions18"),
        (a_class(), "Collisions18/late fills"),
        (a_component(), "online/tracker-strip/GOOD"),
        (a_component(), "online/tracker-strip/GOOD/otherwise"),
        (RecipeBody(label="golden", rule={"==": [{"var": "dataset.name"}, "x"]}), "whatever one likes"),
    ],
)
def test_a_name_begins_with_what_the_classifier_is_about(body: ClassifierBody, name: str) -> None:
    body.check_name(name)


@pytest.mark.parametrize("name", ["online/tracker-strip/GOODER", "tracker-strip", "x online/tracker-strip/GOOD"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="'online/tracker-strip/GOOD' begins so"):
        a_component().check_name(name)


def test_a_name_is_checked_together_with_the_facts_that_the_rule_reads() -> None:
    with pytest.raises(InvalidRule, match="There is no fact 'tob_redy' at == › 1 › var; did you mean 'tob_ready'"):
        a_component({"==": [{"var": "tob_redy"}, True]}).check_name("online/tracker-strip/GOOD")


def test_the_same_name_is_another_fact_offline() -> None:
    with pytest.raises(InvalidRule, match=r"did you mean 'lumisection\.oms\.tob_ready'"):
        a_component(side="offline").check_name("offline/tracker-strip/GOOD")


def test_the_class_of_the_smallest_priority_is_asked_first_and_equals_by_name() -> None:
    order = in_order(
        ("Special18", a_class(run_class="Special18", priority=10)),
        ("VdM18", a_class(run_class="VdM18", priority=2)),
        ("Collisions18", a_class(run_class="Collisions18", priority=2)),
    )
    assert order == ["Collisions18", "VdM18", "Special18"]


def test_the_component_rule_of_the_smallest_priority_is_asked_first_whatever_it_says() -> None:
    order = in_order(
        ("late GOOD", a_component(priority=5)),
        ("BAD", a_component(status="BAD", priority=3)),
        ("early GOOD", a_component(priority=1)),
    )
    assert order == ["early GOOD", "BAD", "late GOOD"]


def test_among_component_rules_of_equal_priority_the_more_severe_is_asked_first() -> None:
    order = in_order(*((word, a_component(status=word)) for word in ("GOOD", "NOTSET", "STANDBY", "EXCLUDED", "BAD")))
    assert order == ["BAD", "EXCLUDED", "STANDBY", "NOTSET", "GOOD"]


def test_among_rules_that_say_the_same_with_equal_priority_names_decide() -> None:
    assert in_order(("b", a_component()), ("a", a_component())) == ["a", "b"]


def test_the_originals_classifiers_are_read_with_their_names() -> None:
    component = {"online_or_offline": "offline", "workspace": "tracker", "column": "strip", "status": "BAD",
                 "priority": 4, "enabled": True, "classifier": {"if": [{"==": [1, 1]}, True, False]}}  # fmt: skip
    name, body = from_original(COMPONENT, component)
    assert name == "offline/tracker-strip/BAD/4"
    assert isinstance(body, ComponentBody)
    assert (body.side, body.component, body.status, body.priority) == ("offline", "tracker-strip", Status.BAD, 4)


@pytest.mark.parametrize("classifier", [WRAPPED, '{"if": [{"==": [{"var": "tob_ready"}, true]}, true, false]}'])
def test_the_originals_rules_are_read_as_objects_and_as_texts(classifier: object) -> None:
    _, body = from_original(RUN_CLASS, {"class": "Collisions24", "priority": 2, "classifier": classifier})
    assert body == a_class(WRAPPED, run_class="Collisions24", priority=2)


@pytest.mark.parametrize(
    "classifier",
    ["SyntaxError: Unexpected token", '"SyntaxError"', {"if": ["SyntaxError", True, False]}, None, "true"],
)
def test_what_holds_of_everything_in_the_original_is_refused(classifier: object) -> None:
    with pytest.raises(InvalidRule):
        from_original(RUN_CLASS, {"class": "Collisions24", "priority": 2, "classifier": classifier})


def test_what_the_original_does_not_say_is_named() -> None:
    with pytest.raises(InvalidInput, match="run class Collisions24 cannot be: priority"):
        from_original(RUN_CLASS, {"class": "Collisions24", "classifier": WRAPPED})


def test_a_kind_that_is_no_classifier_is_refused() -> None:
    with pytest.raises(InvalidInput, match="A cause is no classifier"):
        from_original(ConfigurationKind.CAUSE, {"classifier": WRAPPED})


def test_originals_of_one_name_are_numbered_and_disabled_ones_stay_so() -> None:
    item = {"class": "Collisions24", "priority": 2, "classifier": WRAPPED}
    found = list(original_classifiers({"class": [item, item | {"enabled": False}], "datasets_accepted": [{}]}))
    assert [(name, is_enabled) for name, _, is_enabled in found] == [("Collisions24", True), ("Collisions24/2", False)]
