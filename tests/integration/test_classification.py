"""Runs classified when OMS speaks of them: what is said, in whose name and why; what never."""

import logging

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify import ComponentBody, RunClassBody
from backend.classify.in_force import judges_in_force
from backend.classify.recording import Outcome, reclassify_run
from backend.configuration import Side, configure
from backend.db import transaction
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record, undo
from models.lumis import LumiRange
from models.vocabulary import ONLINE, ActKind, Origin, Status
from tests.classified import (
    BY,
    ENDLESS,
    a_class,
    a_physics_run,
    acts,
    component,
    flags,
    flags_it,
    run,
    says,
    significance,
    take_in,
    write,
)
from tests.factories import RUN
from tests.judging import ALWAYS, NEVER
from tests.oms_answers import an_oms_run, luminosity

pytestmark = pytest.mark.usefixtures("rules")


def test_a_new_run_gets_class_significance_and_flags(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run().where([3, 4], bpix_ready=False).where([7], bpix_ready=None))
    assert (run(onlooker, "run_class"), run(onlooker, "is_significant")) == ("Collisions22", True)
    assert flags(onlooker) == {"GOOD": "1–2, 5–6, 8–10", "BAD": "3–4", "NO VALUE FOUND": "7"}


def test_the_reason_names_the_classifiers_and_versions_that_decided(engine: Engine, onlooker: Session) -> None:
    a_class(engine, "Collisions22", {"in": ["/physics/", {"var": "hlt_key"}]}, priority=2)
    take_in(engine, a_physics_run().where([3], bpix_ready=None))
    assert acts(onlooker) == [
        (
            "rule Collisions22",
            "run class Collisions22 v2; significance Collisions22 v1; online/tracker-strip/GOOD v1; "
            "no rule for tracker-strip holds",
        )
    ]


def test_a_classifier_that_was_rolled_back_is_forgotten(engine: Engine, onlooker: Session) -> None:
    class Changed(Exception):
        pass

    with pytest.raises(Changed), transaction(engine) as writing:
        body = RunClassBody(rule=ALWAYS, run_class="Other22", priority=1)
        configure(writing, body.kind, name="Other22", body=body, by=BY, why="a try")
        assert judges_in_force(writing).run_classes[0].says == "Other22"
        raise Changed
    a_class(engine, "Other22", NEVER, priority=1)
    take_in(engine, a_physics_run())
    assert run(onlooker, "run_class") == "Collisions22"


def test_a_run_without_hlt_key_has_no_class_and_no_flags(engine: Engine, onlooker: Session) -> None:
    take_in(engine, an_oms_run(hlt_key=None))
    assert (run(onlooker, "run_class"), run(onlooker, "is_significant"), flags(onlooker)) == (None, False, {})
    assert acts(onlooker) == [("rule", "not significant")]


def test_a_run_that_is_not_significant_gets_no_flags(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run(4))
    assert (run(onlooker, "run_class"), run(onlooker, "is_significant"), flags(onlooker)) == ("Collisions22", False, {})


def test_a_hole_in_oms_stays_a_hole(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run().lacking(4, 5))
    assert flags(onlooker) == {"GOOD": "1–3, 6–10"}


def test_a_classifier_that_is_not_enabled_has_no_say(engine: Engine, onlooker: Session) -> None:
    a_class(engine, "Disabled22", ALWAYS, is_enabled=False)
    significance(engine, ALWAYS, is_enabled=False)
    take_in(engine, a_physics_run())
    assert (run(onlooker, "run_class"), run(onlooker, "is_significant")) == ("Collisions22", False)


def test_a_component_that_no_workspace_has_is_not_judged(engine: Engine, onlooker: Session) -> None:
    body = ComponentBody(rule=ALWAYS, side=Side.ONLINE, component="ecal-ecal", status=Status.GOOD, priority=1)
    write(engine, body.about, body)
    take_in(engine, a_physics_run())
    assert flags(onlooker) == {"GOOD": "1–10"}


def test_a_rule_may_read_luminosity_and_the_number_of_a_lumisection(engine: Engine, onlooker: Session) -> None:
    late_and_bright = {"and": [{">": [{"var": "lumisection_number"}, 4]}, {">": [{"var": "live_lumi_per_lumi"}, 0.5]}]}
    component(engine, Status.STANDBY, late_and_bright, priority=1)
    state = a_physics_run()
    for number, said in luminosity([0.2] * 6).items():
        state = state.where([number], **said)
    take_in(engine, state.where([6], recorded_lumi_per_lumisection=0.0))
    assert flags(onlooker) == {"STANDBY": "5", "GOOD": "1–4, 6–10"}


def test_a_rule_that_cannot_be_judged_by_has_no_say_and_stops_nothing(
    engine: Engine, onlooker: Session, caplog: pytest.LogCaptureFixture
) -> None:
    a_class(engine, "Endless22", ENDLESS)
    component(engine, Status.EXCLUDED, ENDLESS, priority=1)
    with caplog.at_level(logging.WARNING):
        take_in(engine, a_physics_run())
    assert (run(onlooker, "run_class"), flags(onlooker)) == ("Collisions22", {"GOOD": "1–10"})
    assert "run class Endless22 v1 has no say: The rule takes more than" in acts(onlooker)[0][1]
    assert "online/tracker-strip/EXCLUDED v1 has no say" in caplog.text


def test_only_what_is_new_is_said(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.where([9], bpix_ready=False))
    assert acts(onlooker)[1:] == [("rule online/tracker-strip/BAD", "online/tracker-strip/BAD v1")]
    assert flags(onlooker) == {"GOOD": "1–8, 10", "BAD": "9"}
    query = text("""
        SELECT c.first, c.last FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
        WHERE s.kind = 'classify' ORDER BY c.id
    """)
    assert [tuple(row) for row in onlooker.execute(query)] == [(1, 10), (9, 9)]


def test_what_changes_nothing_for_the_rules_says_nothing(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.where([3], cms_active=False), state.but(l1_key="another"))
    assert len(acts(onlooker)) == 1


def test_a_run_that_grows_is_judged_further(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run(3), a_physics_run(8), a_physics_run(10))
    assert flags(onlooker) == {"GOOD": "1–10"}
    assert [why for _, why in acts(onlooker)] == [
        "run class Collisions22 v1; not significant",
        "significance Collisions22 v1; online/tracker-strip/GOOD v1",
        "online/tracker-strip/GOOD v1",
    ]


def test_when_a_run_stops_being_significant_the_rules_take_their_flags_back(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run(), a_physics_run(4))
    assert (run(onlooker, "is_significant"), flags(onlooker)) == (False, {})
    assert acts(onlooker)[1] == ("rule", "not significant; tracker-strip is not judged any more")


def test_a_class_that_no_longer_holds_is_taken_back(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.but(hlt_key=None))
    assert (run(onlooker, "run_class"), flags(onlooker)) == (None, {})


def test_what_a_person_said_stands_above_what_rules_say_later(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state)
    says(engine, run_class="Special22")
    flags_it(engine, Status.EXCLUDED, (2, 5))
    take_in(engine, state.where([4, 9], bpix_ready=False).but(hlt_key="/cdaq/cosmic"))
    assert run(onlooker, "run_class") == "Special22"
    assert flags(onlooker)["EXCLUDED"] == "2–5"


def test_rules_judge_by_the_class_and_significance_that_a_person_gave(engine: Engine, onlooker: Session) -> None:
    state = an_oms_run(hlt_key="/cdaq/cosmic")
    take_in(engine, state)
    assert (run(onlooker, "run_class"), flags(onlooker)) == ("Commissioning22", {})
    says(engine, is_significant=True)
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.SAID
    assert flags(onlooker) == {"GOOD": "1–10"}


def test_what_was_undone_is_not_said_again(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state)
    act = onlooker.execute(text("SELECT id FROM change_set WHERE kind = 'classify'")).scalar_one()
    with transaction(engine) as writing:
        undo(writing, act, by="S. Tanaka", why="no")
    take_in(engine, state.where([9], bpix_ready=False))
    assert (run(onlooker, "run_class"), flags(onlooker)) == (None, {"BAD": "9"})


def test_a_class_that_a_person_gave_and_took_back_is_the_rules_again(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run())
    act = says(engine, run_class="Commissioning22")
    with transaction(engine) as writing:
        reclassify_run(writing, RUN)
    assert flags(onlooker) == {}
    with transaction(engine) as writing:
        undo(writing, act, by="S. Tanaka", why="no")
        reclassify_run(writing, RUN)
    assert (run(onlooker, "run_class"), flags(onlooker)) == ("Collisions22", {"GOOD": "1–10"})


def test_what_a_person_took_back_of_the_rules_they_say_anew(engine: Engine, onlooker: Session) -> None:
    take_in(engine, a_physics_run())
    flags_it(engine, None, (1, 10), withdraws=(Origin.RULE,))
    assert flags(onlooker) == {}
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.SAID
    assert flags(onlooker) == {"GOOD": "1–10"}


def test_what_rules_said_in_the_act_of_a_person_is_not_said_again(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    take_in(engine, state)
    with transaction(engine) as writing:
        column = columns_by_name(writing)["tracker-strip"].id
        words = (
            RunSaid(RUN, {"run_class": "Commissioning22"}, Origin.PERSON),
            RunSaid(RUN, {"is_significant": False}, Origin.RULE),
        )
        back = LumisectionSaid(
            DatasetKey(RUN, ONLINE), (column,), LumiRange(1, 10), None, Origin.RULE, withdraws=(Origin.RULE,)
        )
        act = Act(by="S. Tanaka", why="no beam", kind=ActKind.EDIT_RUN, runs=words, lumisections=(back,))
        edit = record(writing, act).change_set
    take_in(engine, state.where([9], bpix_ready=False))
    assert len(acts(onlooker)) == 1
    with transaction(engine) as writing:
        undo(writing, edit, by="S. Tanaka", why="there was")
    assert (run(onlooker, "is_significant"), flags(onlooker)) == (True, {"GOOD": "1–10"})
