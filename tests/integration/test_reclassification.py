"""Old runs judged once more after rules changed, and what drafts of classifiers would change: told, then done."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.classify import RunClassBody
from backend.classify.in_force import Draft
from backend.classify.preview import (
    RUN_CLASS,
    SIGNIFICANT,
    Impact,
    latest_runs,
    preview,
    preview_reclassification,
    recorded_per_pb,
)
from backend.classify.reclassify import reclassify, runs_to_classify
from backend.classify.recording import Outcome, classify_run
from backend.db import transaction
from backend.errors import InvalidRule, NotFound
from backend.jobs.job import Interrupted
from backend.record import undo
from models.vocabulary import RunState, Status
from tests.classified import (
    ENDLESS,
    a_physics_run,
    acts,
    component,
    flags,
    flags_it,
    says,
    strip_rule,
    take_in,
)
from tests.factories import RUN
from tests.judging import ALWAYS, is_true
from tests.oms_answers import luminosity

pytestmark = pytest.mark.usefixtures("rules")


# Once more, after rules changed


def several_runs(engine: Engine) -> list[int]:
    runs = [RUN, RUN + 1, RUN + 2]
    take_in(engine, *(a_physics_run(10 + n - RUN, run_number=n) for n in runs))
    return runs


def test_rules_that_changed_are_applied_to_old_runs_when_asked(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    component(engine, Status.BAD, is_true("bpix_ready"), priority=1)
    assert flags(onlooker) == {"GOOD": "1–10"}
    came = reclassify(engine, runs)
    assert (str(came), came.runs) == ("3 runs: 3 said.", {Outcome.SAID: tuple(runs)})
    assert flags(onlooker, run_number=RUN + 2) == {"BAD": "1–12"}
    assert str(reclassify(engine, runs)) == "3 runs: nothing new."


def test_what_was_interrupted_goes_on_where_it_was(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    component(engine, Status.BAD, is_true("bpix_ready"), priority=1)

    def stop_at_the_last(share: float, where: str) -> None:
        if where == f"run {runs[-1]}":
            raise Interrupted

    with pytest.raises(Interrupted):
        reclassify(engine, runs, progress=stop_at_the_last)
    assert [flags(onlooker, run_number=n) for n in runs[1:]] == [{"BAD": "1–11"}, {"GOOD": "1–12"}]
    assert reclassify(engine, runs).runs == {Outcome.SAID: (runs[-1],)}


def test_runs_are_chosen_by_range_or_filter(engine: Engine, onlooker: Session) -> None:
    several_runs(engine)
    assert runs_to_classify(onlooker, f"{RUN + 1}-{RUN + 9}") == [RUN + 1, RUN + 2]
    assert runs_to_classify(onlooker, "lumisections > 11 and class = Collisions22") == [RUN + 2]


def test_a_run_that_does_not_exist_is_named(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(NotFound, match="There is no run 1"):
        classify_run(session, 1)


# What would change


def shifts(impact: Impact) -> dict[tuple[object, ...], dict[int, str]]:
    return {(s.what, s.before, s.after): {n: str(where) for n, where in s.where.items()} for s in impact.shifts}


def test_the_impact_of_a_draft_is_told_by_status_and_lumisections(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.STANDBY, {"<": [{"var": "lumisection_number"}, 3]}, priority=1)
    impact = preview(onlooker, [Draft(draft.about, draft)], runs)
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): dict.fromkeys(runs, "1–2")}
    assert (impact.shifts[0].runs, impact.shifts[0].lumisections, impact.looked_at) == (3, 6, tuple(runs))
    assert len(acts(onlooker)) == 3


def test_a_draft_that_changes_the_class_changes_all_that_follows_from_it(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    draft = RunClassBody(rule={">=": [{"var": "ls_duration"}, 11]}, run_class="Long22", priority=1)
    impact = preview(onlooker, [Draft("Long22", draft)], runs)
    long_runs = {RUN + 1: "1–11", RUN + 2: "1–12"}
    assert shifts(impact) == {
        (RUN_CLASS, "Collisions22", "Long22"): long_runs,
        (SIGNIFICANT, True, False): long_runs,
        ("tracker-strip", Status.GOOD, None): long_runs,
    }
    assert impact.changed == set(long_runs)


def test_what_if_a_classifier_were_not_enabled(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    good = strip_rule(Status.GOOD, is_true("bpix_ready"), priority=3)
    impact = preview(onlooker, [Draft(good.about, good, is_enabled=False)], runs[:1])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.NO_VALUE_FOUND): {RUN: "1–10"}}


def test_a_draft_that_cannot_be_judged_by_is_refused(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.BAD, ENDLESS, priority=1)
    with pytest.raises(InvalidRule, match="more than"):
        preview(onlooker, [Draft(draft.about, draft)], runs)


def test_where_people_said_something_nothing_would_change(engine: Engine, onlooker: Session) -> None:
    several_runs(engine)
    says(engine, run_class="Special22")
    flags_it(engine, Status.EXCLUDED, (4, 6))
    taken_back = flags_it(engine, Status.EXCLUDED, (7, 10))
    with transaction(engine) as writing:
        undo(writing, taken_back, by="S. Tanaka", why="no")
    says(engine, is_significant=True)
    draft = strip_rule(Status.STANDBY, ALWAYS, priority=1)
    everyone = RunClassBody(rule=ALWAYS, run_class="Everyone22", priority=1)
    impact = preview(onlooker, [Draft(draft.about, draft), Draft("Everyone22", everyone)], [RUN])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "1–3, 7–10"}}


def test_the_preview_of_a_reclassification_is_what_then_happens(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    says(engine, state=RunState.SIGNOFF.value)
    assert preview_reclassification(onlooker, runs).shifts == ()
    component(engine, Status.BAD, {">": [{"var": "lumisection_number"}, 10]}, priority=1)
    impact = preview_reclassification(onlooker, latest_runs(onlooker, 10))
    expected = {("tracker-strip", Status.GOOD, Status.BAD): {RUN + 1: "11", RUN + 2: "11–12"}}
    assert (shifts(impact), impact.signed_off) == (expected, {RUN})
    assert reclassify(engine, runs).runs == {Outcome.SAID: (RUN + 1, RUN + 2)}
    assert preview_reclassification(onlooker, runs).shifts == ()


def test_a_preview_sees_what_happened_since_the_last(engine: Engine, onlooker: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.STANDBY, {"==": [{"var": "cms_active"}, False]}, priority=1)
    assert shifts(preview(onlooker, [Draft(draft.about, draft)], runs)) == {}
    take_in(engine, a_physics_run().where([6], cms_active=False))
    expected = {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "6"}}
    assert shifts(preview(onlooker, [Draft(draft.about, draft)], runs)) == expected


def test_a_draft_that_reads_luminosity_is_given_it(engine: Engine, onlooker: Session) -> None:
    state = a_physics_run()
    for number, said in luminosity([0.25] * 4).items():
        state = state.where([number], **said)
    take_in(engine, state)
    assert preview(onlooker, [], [RUN]).shifts == ()
    draft = strip_rule(Status.STANDBY, {">": [{"var": "recorded_lumi_per_lumi"}, 0.2]}, priority=1)
    impact = preview(onlooker, [Draft(draft.about, draft)], [RUN])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "1–4"}}
    assert recorded_per_pb(onlooker, impact.shifts[0].where) == pytest.approx(1.0)
