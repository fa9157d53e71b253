"""What people do to classifiers: who may, what is kept, what is refused, and two people at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR, Actor, demo_actor
from backend.classify.bodies import ComponentBody, RunClassBody
from backend.classify.commands import (
    NEVER,
    remove_classifier,
    restore_classifier,
    switch_classifier,
    undo_version,
    write_classifier,
)
from backend.configuration import Piece, Version, ensure_defaults, pieces, versions
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, InvalidRule, NotFound, NotPermitted, RegistryError, WrongState
from backend.record import Recorded
from models.vocabulary import ConfigurationKind

COMPONENT, RUN_CLASS = ConfigurationKind.COMPONENT, ConfigurationKind.RUN_CLASS
EXPERT, TRACKER, ECAL = demo_actor("admin"), demo_actor("tracker-admin"), demo_actor("ecal-admin")
NAME = "online/tracker-strip/BAD/by hand"
TOB = {"==": [{"var": "tob_ready"}, False]}
TIBTID = {"==": [{"var": "tibtid_ready"}, False]}


@pytest.fixture
def session(furnished: Session) -> Session:
    """A registry with its defaults."""
    return furnished


def a_body(rule: object = TOB, *, component: str = "tracker-strip", **more: object) -> dict[str, Any]:
    return {"side": "online", "component": component, "status": "BAD", "priority": 2, "rule": rule} | more


def write(session: Session, rule: object = TOB, *, actor: Actor = TRACKER, seen: int = NEVER, **more: Any) -> Recorded:
    name, why = more.pop("name", NAME), more.pop("why", "TOB trips are bad")
    return write_classifier(session, actor, COMPONENT, name=name, body=a_body(rule, **more), why=why, seen=seen)


def in_force(session: Session) -> Piece[ComponentBody]:
    return pieces(session, ComponentBody)[NAME]


def history(session: Session) -> list[Version]:
    return versions(session, COMPONENT, name=NAME)


def test_who_runs_a_subsystem_writes_its_rules_with_a_reason(session: Session) -> None:
    write(session)
    assert in_force(session).body.rule == TOB
    (version,) = history(session)
    assert (version.by, version.why, version.version) == ("A. Petrov", "TOB trips are bad", 1)


@pytest.mark.parametrize("actor", [ECAL, demo_actor("tracker-certifier"), demo_actor("shifter"), VISITOR])
def test_nobody_else_may_and_is_told_who_may(session: Session, actor: Actor) -> None:
    with pytest.raises(NotPermitted, match=r"flag components in tracker\..*cms-dqm-runregistry-admins-tracker"):
        write(session, actor=actor)
    assert not history(session)


def test_a_rule_of_one_workspace_cannot_be_made_one_of_another(session: Session) -> None:
    seen = write(session).change_set
    with pytest.raises(NotPermitted, match="in tracker"):
        write(session, actor=ECAL, component="ecal-ecal", seen=seen)


def test_the_right_is_asked_before_anything_else(session: Session) -> None:
    with pytest.raises(NotPermitted):
        write(session, {"nonsense": []}, actor=ECAL)
    with pytest.raises(NotPermitted):
        remove_classifier(session, VISITOR, COMPONENT, name="online/no-such", why="tidy", seen=NEVER)
    with pytest.raises(NotPermitted):
        restore_classifier(session, ECAL, COMPONENT, name=NAME, version=write_and_count(session), why="x", seen=NEVER)


def write_and_count(session: Session) -> int:
    write(session)
    return len(history(session))


@pytest.mark.parametrize(
    "rule,sentence",
    [
        ({"=<": [{"var": "tob_ready"}, False]}, r"There is no operator '=<'.*did you mean '<='"),
        ({"==": [{"var": "tob_redy"}, False]}, r"There is no fact 'tob_redy' at .*did you mean 'tob_ready'"),
    ],
)
def test_a_rule_with_a_typo_is_refused_with_the_place(session: Session, rule: object, sentence: str) -> None:
    with pytest.raises(InvalidRule, match=sentence):
        write(session, rule)
    assert not history(session)


def test_a_change_without_a_reason_or_without_a_change_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        write(session, why="  ")
    seen = write(session).change_set
    with pytest.raises(InvalidInput, match="is so already"):
        write(session, seen=seen)


def test_what_is_no_classifier_is_not_written_here(session: Session) -> None:
    with pytest.raises(InvalidInput, match="A cause is no classifier"):
        switch_classifier(
            session, EXPERT, ConfigurationKind.CAUSE, name="tracker", is_enabled=False, why="x", seen=NEVER
        )


def test_a_new_one_does_not_overwrite_one_that_is_there(session: Session) -> None:
    write(session)
    with pytest.raises(Conflict, match=r"A\. Petrov changed component of online/tracker-strip/BAD/by hand at"):
        write(session, TIBTID, actor=EXPERT)
    assert in_force(session).body.rule == TOB


def test_who_did_not_see_the_latest_version_is_told_who_wrote_it(session: Session) -> None:
    seen = write(session).change_set
    write(session, TIBTID, actor=EXPERT, seen=seen)
    with pytest.raises(Conflict, match=r"L\. Moreau changed component of"):
        write(session, {"!": [TOB]}, seen=seen)
    with pytest.raises(Conflict):
        switch_classifier(session, TRACKER, COMPONENT, name=NAME, is_enabled=False, why="noisy", seen=seen)
    with pytest.raises(Conflict):
        remove_classifier(session, TRACKER, COMPONENT, name=NAME, why="noisy", seen=seen)
    with pytest.raises(Conflict):
        restore_classifier(session, TRACKER, COMPONENT, name=NAME, version=1, why="noisy", seen=seen)
    assert in_force(session).body.rule == TIBTID


def test_of_two_people_at_once_one_writes_and_the_other_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        seen = write(session).change_set
    together = Barrier(2)

    def save(actor: Actor, rule: object) -> str:
        try:
            with transaction(engine) as own:
                together.wait(timeout=10)
                write(own, rule, actor=actor, seen=seen)
        except RegistryError as error:
            return type(error).__name__
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(save, TRACKER, TIBTID), pool.submit(save, EXPERT, {"!": [TOB]})]
    assert sorted(one.result() for one in both) == ["Conflict", "saved"]
    with transaction(engine) as session:
        assert [version.version for version in history(session)] == [2, 1]


def test_a_classifier_out_of_play_is_kept_stays_out_when_edited_and_comes_back(session: Session) -> None:
    write(session)
    out = switch_classifier(
        session, TRACKER, COMPONENT, name=NAME, is_enabled=False, why="too noisy", seen=in_force(session).last_change
    )
    assert not in_force(session).is_enabled
    edited = write(session, TIBTID, seen=out.change_set)
    assert not in_force(session).is_enabled
    switch_classifier(session, TRACKER, COMPONENT, name=NAME, is_enabled=True, why="mended", seen=edited.change_set)
    assert (in_force(session).is_enabled, in_force(session).body.rule) == (True, TIBTID)


def test_an_old_version_is_restored_as_a_new_one(session: Session) -> None:
    seen = write(session).change_set
    seen = write(session, TIBTID, priority=7, seen=seen).change_set
    restore_classifier(session, TRACKER, COMPONENT, name=NAME, version=1, why="v2 was too strict", seen=seen)
    piece = in_force(session)
    assert (piece.version, piece.body.rule, piece.body.priority) == (3, TOB, 2)
    assert history(session)[0].why == "v2 was too strict"


def test_a_classifier_that_was_taken_away_can_be_restored(session: Session) -> None:
    seen = write(session).change_set
    gone = remove_classifier(session, TRACKER, COMPONENT, name=NAME, why="not needed", seen=seen)
    assert NAME not in pieces(session, ComponentBody)
    with pytest.raises(WrongState, match=r"Version 2 .* took it away"):
        restore_classifier(session, TRACKER, COMPONENT, name=NAME, version=2, why="back", seen=gone.change_set)
    restore_classifier(session, TRACKER, COMPONENT, name=NAME, version=1, why="back", seen=gone.change_set)
    assert in_force(session).body.rule == TOB


def test_what_there_is_not_is_said(session: Session) -> None:
    write(session)
    with pytest.raises(NotFound, match="no version 9"):
        restore_classifier(session, TRACKER, COMPONENT, name=NAME, version=9, why="x", seen=NEVER)
    with pytest.raises(NotFound, match="no component 'online/tracker-strip/BAD/other'"):
        remove_classifier(session, EXPERT, COMPONENT, name="online/tracker-strip/BAD/other", why="x", seen=NEVER)
    with pytest.raises(NotFound, match="Change set 1 made no version"):
        undo_version(session, TRACKER, COMPONENT, name=NAME, change_set=1, why="x")


def test_undo_puts_the_version_before_in_force_again(session: Session) -> None:
    seen = write(session).change_set
    second = write(session, TIBTID, seen=seen).change_set
    undo_version(session, TRACKER, COMPONENT, name=NAME, change_set=second, why="a slip")
    assert (in_force(session).version, in_force(session).body.rule) == (1, TOB)
    with pytest.raises(InvalidInput, match="undone already"):
        undo_version(session, TRACKER, COMPONENT, name=NAME, change_set=second, why="again")


def test_what_somebody_else_did_is_undone_by_those_who_may(session: Session) -> None:
    seen = write(session).change_set
    second = write(session, TIBTID, actor=EXPERT, seen=seen).change_set
    with pytest.raises(NotPermitted, match="undo what somebody else did"):
        undo_version(session, TRACKER, COMPONENT, name=NAME, change_set=second, why="I liked mine")
    with pytest.raises(NotPermitted, match="flag components in tracker"):
        undo_version(session, ECAL, COMPONENT, name=NAME, change_set=second, why="I liked theirs")
    undo_version(session, EXPERT, COMPONENT, name=NAME, change_set=second, why="on second thoughts")
    assert in_force(session).version == 1


def test_run_classes_are_for_experts(session: Session) -> None:
    body = RunClassBody(run_class="Collisions99", priority=1, rule={"==": [{"var": "l1_hlt_mode"}, "collisions99"]})
    with pytest.raises(NotPermitted, match="give a run its class"):
        write_classifier(session, TRACKER, RUN_CLASS, name="Collisions99", body=body, why="new year", seen=NEVER)
    write_classifier(session, EXPERT, RUN_CLASS, name="Collisions99", body=body, why="new year", seen=NEVER)
    assert pieces(session, RunClassBody)["Collisions99"].body == body
