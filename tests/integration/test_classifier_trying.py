"""A rule tried on a run, a dataset, a lumisection; and two versions compared on many runs."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.classify.bodies import ComponentBody, RecipeBody, RunClassBody, SignificanceBody
from backend.classify.comparing import between, compare, landed
from backend.classify.in_force import Draft
from backend.classify.preview import Impact, Shift
from backend.classify.saving import save_classifier
from backend.classify.trying import has_lumisections, judged_now, seen_by, stretches_of
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import NotFound
from backend.record import Act, DatasetKey, LuminositySaid, LumisectionSaid, RunSaid, columns_by_name, record
from backend.rules import parse
from backend.rules.facts import Subject
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, LuminositySource, Origin, Status
from tests.factories import a_run

RUN = 325000
STRIP = "tracker-strip"
TOB_OFF = {"==": [{"var": "tob_ready"}, False]}


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with one significant run of 100 lumisections, TOB off in 11–20, and rules for the strips."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        online = a_run(opened, RUN, hlt_key="/cdaq/physics", l1_hlt_mode="collisions2018", b_field=3.8, ls_duration=100)
        _say(opened, online, "oms-tob_ready", LumiRange(11, 20), Bit.FALSE)
        _say(opened, online, "oms-tob_ready", LumiRange(21, 100), Bit.TRUE)
        _save(opened, RunClassBody(run_class="Collisions18", priority=1, rule=_is("l1_hlt_mode", "collisions2018")))
        _save(opened, SignificanceBody(run_class="Collisions18", rule={">": [{"var": "ls_duration"}, 2]}))
        _save(opened, strip(Status.BAD, TOB_OFF, priority=1))
        _save(opened, strip(Status.GOOD, _is("tob_ready", True), priority=2))
        yield opened


def _is(name: str, value: object) -> dict[str, object]:
    return {"==": [{"var": name}, value]}


def strip(status: Status, rule: object, *, priority: int) -> ComponentBody:
    return ComponentBody(side="online", component=STRIP, status=status, priority=priority, rule=rule)


def _save(session: Session, body: RunClassBody | SignificanceBody | ComponentBody) -> None:
    save_classifier(session, type(body), name=body.about, body=body, by="L. Moreau", why="for a test")


def _say(
    session: Session, dataset: DatasetKey, column: str, where: LumiRange, value: int, origin: Origin = Origin.RULE
) -> None:
    said = LumisectionSaid(dataset, (columns_by_name(session)[column].id,), where, value, origin)
    kind = ActKind.INGEST if origin is Origin.RULE else ActKind.FLAG
    record(session, Act(by="test", why="for a test", kind=kind, lumisections=(said,)))


def test_a_run_is_seen_by_the_facts_of_its_kind_of_rule(session: Session) -> None:
    whole = seen_by(session, Subject.RUN, run_number=RUN)
    assert whole.lumisections is None
    assert (whole.facts()["class"], whole.facts()["b_field"], whole.facts()["tob_ready"]) == ("Collisions18", 3.8, True)
    each = seen_by(session, Subject.ONLINE_COMPONENT, run_number=RUN)
    assert [each.facts(number)["tob_ready"] for number in (1, 11, 21)] == [None, False, True]
    assert each.facts(11)["significant"] is True


def test_where_a_rule_holds_and_why(session: Session) -> None:
    seen = seen_by(session, Subject.ONLINE_COMPONENT, run_number=RUN)
    rule = parse(TOB_OFF)
    assert seen.where(rule) == LumiSet.span(11, 20)
    explained = seen.explain(rule, 11)
    assert (explained.holds, explained.facts[0].value) == (True, False)
    assert not seen.explain(rule, 1).holds


def test_a_rule_of_whole_runs_holds_everywhere_or_nowhere(session: Session) -> None:
    seen = seen_by(session, Subject.RUN, run_number=RUN)
    assert seen.where(parse(_is("class", "Collisions18"))) == LumiSet.span(1, 100)
    assert not seen.where(parse(_is("class", "Cosmics18")))


def test_all_rules_of_a_component_together_give_every_lumisection_its_status(session: Session) -> None:
    body = strip(Status.BAD, TOB_OFF, priority=1)
    seen = seen_by(session, Subject.ONLINE_COMPONENT, run_number=RUN)
    given = {s.status: (s.where, str(s.by)) for s in stretches_of(seen, body)}
    assert given[Status.BAD] == (LumiSet.span(11, 20), f"online/{STRIP}/BAD v1")
    assert given[Status.GOOD][0] == LumiSet.span(21, 100)
    assert given[Status.NO_VALUE_FOUND][0] == LumiSet.span(1, 10)


def test_a_draft_judges_in_place_of_what_is_in_force(session: Session) -> None:
    body = strip(Status.BAD, _is("tob_ready", None), priority=1)
    seen = seen_by(session, Subject.ONLINE_COMPONENT, run_number=RUN, drafts=(Draft(body.about, body),))
    bad = next(s for s in stretches_of(seen, body) if s.status is Status.BAD)
    assert (bad.where, str(bad.by)) == (LumiSet.span(1, 10), f"online/{STRIP}/BAD draft")


def test_what_a_person_said_of_the_class_counts(session: Session) -> None:
    said = RunSaid(RUN, {"run_class": "Cosmics18"}, Origin.PERSON)
    record(session, Act(by="K. Ito", why="no beam", kind=ActKind.EDIT_RUN, runs=(said,)))
    spoken, verdict, _ = judged_now(session, RUN)
    assert (spoken.people.run_class, verdict.run_class, verdict.run.counts_as) == (
        "Cosmics18",
        "Collisions18",
        "Cosmics18",
    )
    seen = seen_by(session, Subject.ONLINE_COMPONENT, run_number=RUN)
    assert seen.facts(1)["class"] == "Cosmics18"
    assert stretches_of(seen, strip(Status.BAD, TOB_OFF, priority=1)) == ()


def test_a_recipe_sees_flags_as_words_and_where_nobody_spoke(session: Session) -> None:
    online = DatasetKey(RUN, ONLINE)
    _say(session, online, STRIP, LumiRange(1, 50), Status.GOOD, Origin.PERSON)
    seen = seen_by(session, Subject.RECIPE, run_number=RUN)
    body = RecipeBody(label="mine", rule=_is(f"lumisection.rr.{STRIP}", "GOOD"))
    assert seen.where(body.parsed) == LumiSet.span(1, 50)
    facts = seen.facts(51)
    assert facts["lumisection"]["rr"][STRIP] == "EMPTY"
    assert (facts["lumisection"]["lumisection_number"], facts["lumisection"]["oms"]["tob_ready"]) == (51, True)
    assert (facts["run"]["oms"]["b_field"], facts["run"]["rr"]["class"]) == (3.8, "Collisions18")
    assert (facts["run"]["run_number"], facts["dataset"]["name"]) == (RUN, ONLINE)


def test_a_recipe_sees_the_bits_of_its_dataset_and_what_nobody_ever_said(session: Session) -> None:
    prompt = DatasetKey(RUN, "/PromptReco/Collisions2018A/DQM")
    record(session, Act(by="rule", why="signed off", kind=ActKind.DATASET, new_datasets=(prompt,)))
    _say(session, prompt, "oms-tob_ready", LumiRange(15, 30), Bit.TRUE, Origin.PERSON)
    recorded = LuminositySaid(RUN, LuminositySource.OMS, 1, [0.5], [0.25])
    record(session, Act(by="ingest", why="OMS", kind=ActKind.INGEST, luminosities=(recorded,)))
    seen = seen_by(session, Subject.RECIPE, run_number=RUN, dataset=prompt.name)
    assert seen.where(parse(_is("lumisection.oms.tob_ready", True))) == LumiSet.span(15, 100)
    assert seen.where(parse(_is("lumisection.oms.tob_ready", None))) == LumiSet.span(1, 10)
    assert seen.where(parse(_is("lumisection.rr.ecal-ecal", "EMPTY"))) == LumiSet.span(1, 100)
    assert seen.where(parse(_is("lumisection.oms.recorded", 0.25))) == LumiSet.span(1, 1)


def test_an_offline_rule_sees_what_the_online_desk_said(session: Session) -> None:
    _say(session, DatasetKey(RUN, ONLINE), STRIP, LumiRange(5, 9), Status.BAD, Origin.PERSON)
    seen = seen_by(session, Subject.OFFLINE_COMPONENT, run_number=RUN)
    assert seen.where(parse(_is(f"lumisection.rr.{STRIP}.status", "BAD"))) == LumiSet.span(5, 9)


def test_a_rule_that_opens_datasets_sees_the_tables_of_the_original(session: Session) -> None:
    seen = seen_by(session, Subject.OFFLINE_DATASET, run_number=RUN, dataset="/Express/Collisions2018/DQM")
    facts = seen.facts()
    assert facts["name"] == "/Express/Collisions2018/DQM"
    assert facts["Run"]["oms_attributes"]["b_field"] == 3.8
    assert facts["Run"]["rr_attributes"]["significant"] is True
    assert not has_lumisections(Subject.OFFLINE_DATASET)


def test_what_is_not_there_is_said(session: Session) -> None:
    with pytest.raises(NotFound, match=r"There is no run 7\."):
        seen_by(session, Subject.RUN, run_number=7)
    with pytest.raises(NotFound, match="There is no dataset 325000 /Prompt"):
        seen_by(session, Subject.RECIPE, run_number=RUN, dataset="/Prompt")


def test_two_versions_are_compared_with_each_other_and_not_with_what_is_in_force(session: Session) -> None:
    first, second = (strip(Status.BAD, _is("tob_ready", value), priority=1) for value in (None, True))
    drafts = [(Draft(body.about, body),) for body in (first, second)]
    impact = compare(session, *drafts, [RUN])
    told = {(s.before, s.after): s.where[RUN] for s in impact.shifts}
    assert told == {
        (Status.BAD, Status.NO_VALUE_FOUND): LumiSet.span(1, 10),
        (Status.GOOD, Status.BAD): LumiSet.span(21, 100),
    }
    assert compare(session, drafts[0], drafts[0], [RUN]).shifts == ()
    against_force = compare(session, (), drafts[0], [RUN])
    assert {(s.before, s.after) for s in against_force.shifts} == {
        (Status.NO_VALUE_FOUND, Status.BAD),
        (Status.BAD, Status.NO_VALUE_FOUND),
    }


def test_where_lumisections_land_is_counted_by_run(session: Session) -> None:
    assert landed(session, STRIP, (), [RUN]) == {
        RUN: {Status.BAD: 10, Status.GOOD: 80, Status.NO_VALUE_FOUND: 10},
    }


@pytest.mark.parametrize(
    "one,other,told",
    [
        ((), (("GOOD", "BAD", (1, 5)),), {("GOOD", "BAD"): (1, 5)}),
        ((("GOOD", "BAD", (1, 5)),), (), {("BAD", "GOOD"): (1, 5)}),
        ((("GOOD", "BAD", (1, 5)),), (("GOOD", "BAD", (1, 5)),), {}),
        ((("GOOD", "BAD", (1, 5)),), (("GOOD", "STANDBY", (1, 5)),), {("BAD", "STANDBY"): (1, 5)}),
        (
            (("GOOD", "BAD", (1, 5)),),
            (("GOOD", "BAD", (4, 9)),),
            {("BAD", "GOOD"): (1, 3), ("GOOD", "BAD"): (6, 9)},
        ),
    ],
)
def test_the_difference_of_two_differences(one: object, other: object, told: object) -> None:
    left, right = (
        Impact((RUN,), tuple(Shift("x", a, b, {RUN: LumiSet.span(*at)}) for a, b, at in side), frozenset())  # type: ignore[attr-defined]
        for side in (one, other)
    )
    found = {(s.before, s.after): s.where[RUN] for s in between(left, right).shifts}
    assert found == {said: LumiSet.span(*at) for said, at in told.items()}  # type: ignore[attr-defined]
