"""Classifiers in a real registry: checked when they are saved, read in their order, and there from the start."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify import (
    CLASSIFIERS,
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
    classifiers,
    component_rules,
    default_classifiers,
    ensure_default_classifiers,
    facts_here,
    last_values,
    offline_dataset_rules,
    recipes,
    run_class_rules,
    save_classifier,
    significance_rules,
)
from backend.configuration import Side, WorkspaceBody, WorkspaceColumn, configuration, configure, versions
from backend.configuration.defaults import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, InvalidRule
from backend.record import Recorded, undo
from backend.rules.facts import Subject, facts_for
from models.vocabulary import ConfigurationKind, Status
from tests.factories import a_run

AUTHOR = "L. Moreau"
READY = {"==": [{"var": "tob_ready"}, True]}
STRIP = "online/tracker-strip"


def save(session: Session, model: type[ClassifierBody], name: str, **body: Any) -> Recorded:
    how = {word: body.pop(word) for word in ("is_enabled", "seen") if word in body}
    return save_classifier(session, model, name=name, body=body, by=AUTHOR, why="as agreed", **how)


def save_strip(session: Session, name: str, status: str, priority: int, **more: Any) -> Recorded:
    about = {"side": "online", "component": "tracker-strip", "status": status, "priority": priority, "rule": READY}
    return save(session, ComponentBody, name, **(about | more))


def strip_words(session: Session) -> list[str]:
    return [c.body.status.word for c in component_rules(session, Side.ONLINE).get("tracker-strip", ())]


def acts(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT n FROM clock")).scalar_one())


@pytest.fixture
def furnished(engine: Engine) -> Engine:
    """A registry with its workspaces, and without any classifier."""
    ensure_defaults(engine)
    return engine


@pytest.fixture
def session(furnished: Engine) -> Any:
    with transaction(furnished) as opened:
        yield opened


def test_a_classifier_is_in_force_as_it_was_saved(session: Session) -> None:
    rule = {"if": [{"and": [READY, {">=": [{"var": "b_field"}, 3.7]}]}, True, False]}
    recorded = save_strip(session, f"{STRIP}/GOOD", "GOOD", 3, rule=rule, description="Strips are on.")
    (found,) = component_rules(session, Side.ONLINE)["tracker-strip"]
    assert (found.name, found.version, found.last_change) == (f"{STRIP}/GOOD", 1, recorded.change_set)
    assert (found.body.rule, found.body.status, found.body.description) == (rule, Status.GOOD, "Strips are on.")
    assert found.rule.holds({"tob_ready": True, "b_field": 3.8})
    assert not found.rule.holds({"tob_ready": True, "b_field": 0})


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"and": [READY, {"==": [{"var": "tob_redy"}, True]}]}, r"'tob_redy' at and › 2 › == › 1 › var; did you mean"),
        ({"==": [{"var": "lumisection.oms.tob_ready"}, True]}, r"did you mean 'tob_ready'\?"),
        ({"adn": [READY]}, r"There is no operator 'adn'; did you mean 'and'\?"),
        ("SyntaxError", "asks nothing"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_what_is_wrong(session: Session, rule: object, sentence: str) -> None:
    with pytest.raises(InvalidRule, match=sentence):
        save_strip(session, f"{STRIP}/GOOD", "GOOD", 3, rule=rule)
    assert classifiers(session, ComponentBody) == ()


@pytest.mark.parametrize("rule", [{"==": [{"var": "tob_redy"}, True]}, {"adn": [READY]}, True])
def test_a_rule_that_is_wrong_is_not_configured_by_any_other_way_either(session: Session, rule: object) -> None:
    body: Mapping[str, Any] = {"run_class": "Collisions18", "priority": 1, "rule": rule}
    with pytest.raises(InvalidInput):
        configure(session, ConfigurationKind.RUN_CLASS, name="Collisions18", body=body, by=AUTHOR, why="a slip")
    assert configuration(session, ConfigurationKind.RUN_CLASS) == {}


def test_only_components_that_a_workspace_has_are_read_and_flagged(session: Session) -> None:
    asks = {"==": [{"var": "lumisection.rr.zdc-zdc"}, "GOOD"]}
    about = {"side": "offline", "component": "zdc-zdc", "status": "GOOD", "priority": 1}
    always = {"==": [1, 1]}
    with pytest.raises(InvalidRule, match=r"There is no fact 'lumisection\.rr\.zdc-zdc'"):
        save(session, RecipeBody, "zdc", label="zdc", rule=asks)
    with pytest.raises(InvalidInput, match="There is no component 'zdc-zdc' offline; there are"):
        save(session, ComponentBody, "offline/zdc-zdc/GOOD", **about, rule=always)
    zdc = WorkspaceBody(
        side=Side.OFFLINE, workspace="zdc", label="ZDC", position=40, columns=(WorkspaceColumn(name="zdc", label="z"),)
    )
    configure(session, ConfigurationKind.WORKSPACE, name=zdc.name, body=zdc, by=AUTHOR, why="ZDC joins")
    save(session, RecipeBody, "zdc", label="zdc", rule=asks)
    save(session, ComponentBody, "offline/zdc-zdc/GOOD", **about, rule=always)
    assert [recipe.name for recipe in recipes(session)] == ["zdc"]


def test_an_offline_rule_reads_online_verdicts_only(session: Session) -> None:
    about = {"side": "offline", "component": "muon-muon", "status": "GOOD", "priority": 1}
    with pytest.raises(InvalidRule, match=r"There is no fact 'lumisection\.rr\.egamma-egamma\.status'"):
        rule = {"==": [{"var": "lumisection.rr.egamma-egamma.status"}, "GOOD"]}
        save(session, ComponentBody, "offline/muon-muon/GOOD", **about, rule=rule)


def test_component_rules_are_asked_by_priority_each_by_its_own(session: Session) -> None:
    save_strip(session, f"{STRIP}/GOOD/late", "GOOD", 5)
    save_strip(session, f"{STRIP}/BAD", "BAD", 3)
    save_strip(session, f"{STRIP}/GOOD/early", "GOOD", 1)
    assert strip_words(session) == ["GOOD", "BAD", "GOOD"]


def test_among_rules_of_equal_priority_the_more_severe_is_asked_first(session: Session) -> None:
    for status in ("GOOD", "NOTSET", "STANDBY", "EXCLUDED", "BAD"):
        save_strip(session, f"{STRIP}/{status}", status, 1)
    assert strip_words(session) == ["BAD", "EXCLUDED", "STANDBY", "NOTSET", "GOOD"]


def test_a_rule_that_is_not_enabled_never_speaks(session: Session) -> None:
    save_strip(session, f"{STRIP}/GOOD", "GOOD", 1)
    save_strip(session, f"{STRIP}/BAD", "BAD", 2)
    save_strip(session, f"{STRIP}/GOOD", "GOOD", 1, is_enabled=False)
    assert strip_words(session) == ["BAD"]
    assert configuration(session, ConfigurationKind.COMPONENT)[f"{STRIP}/GOOD"].version == 2


def test_run_classes_of_equal_priority_are_asked_by_name(session: Session) -> None:
    for name, priority in (("VdM24", 2), ("Special24", 9), ("Collisions24", 2), ("Commissioning24", 1)):
        save(session, RunClassBody, name, run_class=name, priority=priority, rule=READY)
    assert [c.name for c in run_class_rules(session)] == ["Commissioning24", "Collisions24", "VdM24", "Special24"]


def test_rules_that_are_judged_together_are_read_together(session: Session) -> None:
    save(session, SignificanceBody, "Cosmics24", run_class="Cosmics24", rule=READY)
    save(session, SignificanceBody, "Cosmics24/long ones", run_class="Cosmics24", rule=READY)
    save(session, SignificanceBody, "Collisions24", run_class="Collisions24", rule=READY)
    save(session, OfflineDatasetBody, "tracker", workspace="tracker", rule={"in": ["Prompt", {"var": "name"}]})
    save_strip(session, "offline/tracker-strip/GOOD", "GOOD", 1, side="offline", rule={"==": [1, 1]})
    worth = {run_class: len(found) for run_class, found in significance_rules(session).items()}
    assert worth == {"Collisions24": 1, "Cosmics24": 2}
    assert list(offline_dataset_rules(session)) == ["tracker"]
    assert component_rules(session, Side.ONLINE) == {}
    assert list(component_rules(session, Side.OFFLINE)) == ["tracker-strip"]


def test_true_in_place_of_one_is_a_change(session: Session) -> None:
    for compared in (True, 1, True):
        save_strip(session, f"{STRIP}/GOOD", "GOOD", 1, rule={"==": [{"var": "tob_ready"}, compared]})
    kept = versions(session, ConfigurationKind.COMPONENT, name=f"{STRIP}/GOOD")
    assert [version.version for version in kept] == [3, 2, 1]
    with pytest.raises(InvalidInput, match=r"is so already \(version 3\)"):
        save_strip(session, f"{STRIP}/GOOD", "GOOD", 1)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(session: Session) -> None:
    seen = save_strip(session, f"{STRIP}/GOOD", "GOOD", 1).change_set
    save_strip(session, f"{STRIP}/GOOD", "GOOD", 2)
    with pytest.raises(Conflict, match=r"L\. Moreau changed component of online/tracker-strip/GOOD"):
        save_strip(session, f"{STRIP}/GOOD", "GOOD", 3, seen=seen)


def test_a_fresh_registry_has_every_default_in_force(furnished: Engine) -> None:
    assert ensure_default_classifiers(furnished)
    with transaction(furnished) as session:
        found = {(c.body.kind, c.name): c.body for model in CLASSIFIERS for c in classifiers(session, model)}
    assert found == {(body.kind, name): body for name, body in default_classifiers()}


def test_every_default_reads_and_flags_only_what_a_fresh_registry_has(session: Session) -> None:
    there = {subject: facts_here(session, subject) for subject in Subject}
    for _, body in default_classifiers():
        body.check_facts(there[body.subject])
    for name, body in default_classifiers()[::40]:
        save_classifier(session, type(body), name=name, body=body, by=AUTHOR, why="by hand")


def test_default_classifiers_are_written_once_in_one_act(furnished: Engine) -> None:
    before = acts(furnished)
    ensure_default_classifiers(furnished)
    assert not ensure_default_classifiers(furnished)
    assert acts(furnished) == before + 1


def test_default_classifiers_never_come_back_over_what_people_changed_took_away_or_undid(furnished: Engine) -> None:
    ensure_default_classifiers(furnished)
    with transaction(furnished) as session:
        save_strip(session, f"{STRIP}/GOOD", "GOOD", 7)
        configure(session, ConfigurationKind.RUN_CLASS, name="VdM18", body=None, by=AUTHOR, why="there was none")
        added = save(session, RunClassBody, "Splash18", run_class="Splash18", priority=1, rule=READY)
        undo(session, added.change_set, by=AUTHOR, why="a slip")
    assert not ensure_default_classifiers(furnished)
    with transaction(furnished) as session:
        kept = configuration(session, ConfigurationKind.COMPONENT)[f"{STRIP}/GOOD"]
        assert (kept.version, kept.body) != (1, dict(default_classifiers())[f"{STRIP}/GOOD"])
        names = {c.name for c in run_class_rules(session)}
    assert names == {body.run_class for _, body in default_classifiers() if isinstance(body, RunClassBody)} - {"VdM18"}


def test_processes_that_start_at_once_write_default_classifiers_once(furnished: Engine) -> None:
    before = acts(furnished)
    with ThreadPoolExecutor(4) as starters:
        wrote = list(starters.map(ensure_default_classifiers, [furnished] * 4))
    assert sum(wrote) == 1
    assert acts(furnished) == before + 1


def test_a_fact_of_a_run_has_the_value_of_the_newest_run_that_has_one(session: Session) -> None:
    a_run(session, 380001, b_field=3.8, hlt_key="/cdaq/physics/Run2024", energy=6800)
    a_run(session, 380002, b_field=0.0, hlt_key=None, energy=None)
    online = last_values(session, facts_for(Subject.RUN))
    assert online == {"b_field": 0.0, "hlt_key": "/cdaq/physics/Run2024", "energy": 6800, "state": "OPEN"}
    nested = last_values(session, facts_for(Subject.RECIPE))
    assert (nested["run.oms.b_field"], nested["run.rr.state"], nested["run.run_number"]) == (0.0, "OPEN", 380002)
