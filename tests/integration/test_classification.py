"""Runs classified when OMS speaks of them: what is said, in whose name and why; what is only proposed; what never."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify import ComponentBody, RunClassBody, SignificanceBody
from backend.classify.in_force import Draft, judges_in_force
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
from backend.classify.recording import Outcome, classify_run, reclassify_run
from backend.configuration import Side, WorkspaceBody, WorkspaceColumn, configure
from backend.db import transaction
from backend.errors import InvalidRule, NotFound
from backend.ingest.proposals import accept_proposal, pending_proposal, reject_proposal
from backend.ingest.runs import ingest_run
from backend.jobs.job import Interrupted
from backend.queries import strip_of
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, ConfigurationKind, Origin, RunState, Status
from tests.factories import RUN
from tests.judging import ALWAYS, NEVER, is_true
from tests.oms_answers import OmsState, an_oms_run, luminosity

KEY = "/cdaq/physics/Run2022/2e34/v1.4.0/HLT/V4"
BY = "A. Expert"
ENDLESS: Any = {"some": [[1] * 1100, {"some": [[1] * 1100, {"==": [{"var": ""}, 2]}]}]}
"""A rule that takes more steps than a rule may."""


@pytest.fixture(autouse=True)
def rules(engine: Engine) -> None:
    """Collisions22 for physics keys, significant from five lumisections on; tracker-strip GOOD where bpix is ready."""
    columns = tuple(WorkspaceColumn(name=name, label=name) for name in ("pixel", "strip"))
    tracker = WorkspaceBody(side=Side.ONLINE, workspace="tracker", label="Tracker", position=1, columns=columns)
    with transaction(engine) as session:
        configure(session, ConfigurationKind.WORKSPACE, name=tracker.name, body=tracker, by=BY, why="for a test")
    a_class(engine, "Collisions22", {"in": ["physics", {"var": "hlt_key"}]}, priority=2)
    a_class(engine, "Commissioning22", ALWAYS, priority=9)
    significance(engine, {">=": [{"var": "ls_duration"}, 5]})
    component(engine, Status.GOOD, is_true("bpix_ready"), priority=3)
    component(engine, Status.BAD, {"==": [{"var": "bpix_ready"}, False]}, priority=4)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session to look with: it sees what others committed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield Session(connection)


def write(engine: Engine, name: str, body: Any, *, is_enabled: bool = True) -> None:
    with transaction(engine) as session:
        configure(session, body.kind, name=name, body=body, is_enabled=is_enabled, by=BY, why="for a test")


def a_class(engine: Engine, name: str, rule: Any, *, priority: int = 1, is_enabled: bool = True) -> None:
    write(engine, name, RunClassBody(rule=rule, run_class=name, priority=priority), is_enabled=is_enabled)


def significance(engine: Engine, rule: Any, *, is_enabled: bool = True) -> None:
    write(engine, "Collisions22", SignificanceBody(rule=rule, run_class="Collisions22"), is_enabled=is_enabled)


def strip_rule(status: Status, rule: Any, *, priority: int) -> ComponentBody:
    return ComponentBody(rule=rule, side=Side.ONLINE, component="tracker-strip", status=status, priority=priority)


def component(engine: Engine, status: Status, rule: Any, *, priority: int, is_enabled: bool = True) -> None:
    body = strip_rule(status, rule, priority=priority)
    write(engine, body.about, body, is_enabled=is_enabled)


def a_physics_run(last: int = 10, run_number: int = RUN) -> OmsState:
    return an_oms_run(last, run_number=run_number, hlt_key=KEY)


def take_in(engine: Engine, *states: OmsState) -> None:
    for state in states:
        ingest_run(engine, state.run(), state.read(), classify=classify_run)


def acts(session: Session, kind: ActKind = ActKind.CLASSIFY) -> list[tuple[str, str]]:
    """Who said what for which reason, of one kind of act."""
    query = text('SELECT "by", why FROM change_set WHERE kind = :kind ORDER BY id')
    return [(by, why) for by, why in session.execute(query, {"kind": kind.value})]


def run(session: Session, column: str) -> object:
    query = text("SELECT to_jsonb(run) -> :column FROM run WHERE run_number = :run")
    return session.execute(query, {"column": column, "run": RUN}).scalar_one()


def flags(session: Session, column: str = "tracker-strip", run_number: int = RUN) -> dict[str, str]:
    """Status → where, within the known lumisections; as people write it."""
    strip = strip_of(session, run_number)
    found: dict[str, LumiSet] = {}
    own = strip.column(column)
    for said in own.segments if own else ():
        assert isinstance(said.value, Status)
        found[said.value.word] = found.get(said.value.word, LumiSet()) | (LumiSet((said.range,)) & strip.known)
    return {word: str(where) for word, where in found.items() if where}


def says(engine: Engine, *, person: str = "S. Tanaka", **said: object) -> int:
    """What a person says of the run."""
    with transaction(engine) as session:
        words = RunSaid(RUN, said, Origin.PERSON)
        return record(session, Act(by=person, why="said so", kind=ActKind.EDIT_RUN, runs=(words,))).change_set


def flags_it(engine: Engine, status: Status | None, of: tuple[int, int], *, withdraws: tuple[Origin, ...] = ()) -> int:
    with transaction(engine) as session:
        column = columns_by_name(session)["tracker-strip"].id
        online = DatasetKey(RUN, ONLINE)
        said = LumisectionSaid(online, (column,), LumiRange(*of), status, Origin.PERSON, withdraws=withdraws)
        kind = ActKind.WITHDRAW if withdraws else ActKind.FLAG
        return record(session, Act(by="S. Tanaka", why="saw it", kind=kind, lumisections=(said,))).change_set


# What is said


def test_a_new_run_gets_class_significance_and_flags(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run().where([3, 4], bpix_ready=False).where([7], bpix_ready=None))
    assert (run(session, "run_class"), run(session, "is_significant")) == ("Collisions22", True)
    assert flags(session) == {"GOOD": "1–2, 5–6, 8–10", "BAD": "3–4", "NO VALUE FOUND": "7"}


def test_the_reason_names_the_classifiers_and_versions_that_decided(engine: Engine, session: Session) -> None:
    a_class(engine, "Collisions22", {"in": ["/physics/", {"var": "hlt_key"}]}, priority=2)
    take_in(engine, a_physics_run().where([3], bpix_ready=None))
    assert acts(session) == [
        (
            "rule Collisions22",
            "run class Collisions22 v2; significance Collisions22 v1; online/tracker-strip/GOOD v1; "
            "no rule for tracker-strip holds",
        )
    ]


def test_a_classifier_that_was_rolled_back_is_forgotten(engine: Engine, session: Session) -> None:
    class Changed(Exception):
        pass

    with pytest.raises(Changed), transaction(engine) as writing:
        body = RunClassBody(rule=ALWAYS, run_class="Other22", priority=1)
        configure(writing, body.kind, name="Other22", body=body, by=BY, why="a try")
        assert judges_in_force(writing).run_classes[0].says == "Other22"
        raise Changed
    a_class(engine, "Other22", NEVER, priority=1)
    take_in(engine, a_physics_run())
    assert run(session, "run_class") == "Collisions22"


def test_a_run_without_hlt_key_has_no_class_and_no_flags(engine: Engine, session: Session) -> None:
    take_in(engine, an_oms_run(hlt_key=None))
    assert (run(session, "run_class"), run(session, "is_significant"), flags(session)) == (None, False, {})
    assert acts(session) == [("rule", "not significant")]


def test_a_run_that_is_not_significant_gets_no_flags(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run(4))
    assert (run(session, "run_class"), run(session, "is_significant"), flags(session)) == ("Collisions22", False, {})


def test_a_hole_in_oms_stays_a_hole(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run().lacking(4, 5))
    assert flags(session) == {"GOOD": "1–3, 6–10"}


def test_a_classifier_that_is_not_enabled_has_no_say(engine: Engine, session: Session) -> None:
    a_class(engine, "Disabled22", ALWAYS, is_enabled=False)
    significance(engine, ALWAYS, is_enabled=False)
    take_in(engine, a_physics_run())
    assert (run(session, "run_class"), run(session, "is_significant")) == ("Collisions22", False)


def test_a_component_that_no_workspace_has_is_not_judged(engine: Engine, session: Session) -> None:
    body = ComponentBody(rule=ALWAYS, side=Side.ONLINE, component="ecal-ecal", status=Status.GOOD, priority=1)
    write(engine, body.about, body)
    take_in(engine, a_physics_run())
    assert flags(session) == {"GOOD": "1–10"}


def test_a_rule_may_read_luminosity_and_the_number_of_a_lumisection(engine: Engine, session: Session) -> None:
    late_and_bright = {"and": [{">": [{"var": "lumisection_number"}, 4]}, {">": [{"var": "live_lumi_per_lumi"}, 0.5]}]}
    component(engine, Status.STANDBY, late_and_bright, priority=1)
    state = a_physics_run()
    for number, said in luminosity([0.2] * 6).items():
        state = state.where([number], **said)
    take_in(engine, state.where([6], recorded_lumi_per_lumisection=0.0))
    assert flags(session) == {"STANDBY": "5", "GOOD": "1–4, 6–10"}


def test_a_rule_that_cannot_be_judged_by_has_no_say_and_stops_nothing(
    engine: Engine, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    a_class(engine, "Endless22", ENDLESS)
    component(engine, Status.EXCLUDED, ENDLESS, priority=1)
    with caplog.at_level(logging.WARNING):
        take_in(engine, a_physics_run())
    assert (run(session, "run_class"), flags(session)) == ("Collisions22", {"GOOD": "1–10"})
    assert "run class Endless22 v1 has no say: The rule takes more than" in acts(session)[0][1]
    assert "online/tracker-strip/EXCLUDED v1 has no say" in caplog.text


# When OMS speaks again


def test_only_what_is_new_is_said(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.where([9], bpix_ready=False))
    assert acts(session)[1:] == [("rule online/tracker-strip/BAD", "online/tracker-strip/BAD v1")]
    assert flags(session) == {"GOOD": "1–8, 10", "BAD": "9"}
    query = text("""
        SELECT c.first, c.last FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
        WHERE s.kind = 'classify' ORDER BY c.id
    """)
    assert [tuple(row) for row in session.execute(query)] == [(1, 10), (9, 9)]


def test_what_changes_nothing_for_the_rules_says_nothing(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.where([3], cms_active=False), state.but(l1_key="another"))
    assert len(acts(session)) == 1


def test_a_run_that_grows_is_judged_further(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run(3), a_physics_run(8), a_physics_run(10))
    assert flags(session) == {"GOOD": "1–10"}
    assert [why for _, why in acts(session)] == [
        "run class Collisions22 v1; not significant",
        "significance Collisions22 v1; online/tracker-strip/GOOD v1",
        "online/tracker-strip/GOOD v1",
    ]


def test_when_a_run_stops_being_significant_the_rules_take_their_flags_back(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run(), a_physics_run(4))
    assert (run(session, "is_significant"), flags(session)) == (False, {})
    assert acts(session)[1] == ("rule", "not significant; tracker-strip is not judged any more")


def test_a_class_that_no_longer_holds_is_taken_back(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    take_in(engine, state, state.but(hlt_key=None))
    assert (run(session, "run_class"), flags(session)) == (None, {})


# What people said


def test_what_a_person_said_stands_above_what_rules_say_later(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    take_in(engine, state)
    says(engine, run_class="Special22")
    flags_it(engine, Status.EXCLUDED, (2, 5))
    take_in(engine, state.where([4, 9], bpix_ready=False).but(hlt_key="/cdaq/cosmic"))
    assert run(session, "run_class") == "Special22"
    assert flags(session)["EXCLUDED"] == "2–5"


def test_rules_judge_by_the_class_and_significance_that_a_person_gave(engine: Engine, session: Session) -> None:
    state = an_oms_run(hlt_key="/cdaq/cosmic")
    take_in(engine, state)
    assert (run(session, "run_class"), flags(session)) == ("Commissioning22", {})
    says(engine, is_significant=True)
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.SAID
    assert flags(session) == {"GOOD": "1–10"}


def test_what_was_undone_is_not_said_again(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    take_in(engine, state)
    act = session.execute(text("SELECT id FROM change_set WHERE kind = 'classify'")).scalar_one()
    with transaction(engine) as writing:
        undo(writing, act, by="S. Tanaka", why="no")
    take_in(engine, state.where([9], bpix_ready=False))
    assert (run(session, "run_class"), flags(session)) == (None, {"BAD": "9"})


def test_a_class_that_a_person_gave_and_took_back_is_the_rules_again(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run())
    act = says(engine, run_class="Commissioning22")
    with transaction(engine) as writing:
        reclassify_run(writing, RUN)
    assert flags(session) == {}
    with transaction(engine) as writing:
        undo(writing, act, by="S. Tanaka", why="no")
        reclassify_run(writing, RUN)
    assert (run(session, "run_class"), flags(session)) == ("Collisions22", {"GOOD": "1–10"})


def test_what_a_person_took_back_of_the_rules_they_say_anew(engine: Engine, session: Session) -> None:
    take_in(engine, a_physics_run())
    flags_it(engine, None, (1, 10), withdraws=(Origin.RULE,))
    assert flags(session) == {}
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.SAID
    assert flags(session) == {"GOOD": "1–10"}


def test_what_rules_said_in_the_act_of_a_person_is_not_said_again(engine: Engine, session: Session) -> None:
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
    assert len(acts(session)) == 1
    with transaction(engine) as writing:
        undo(writing, edit, by="S. Tanaka", why="there was")
    assert (run(session, "is_significant"), flags(session)) == (True, {"GOOD": "1–10"})


# After sign-off


def signed_off(engine: Engine) -> OmsState:
    state = a_physics_run()
    take_in(engine, state)
    says(engine, state=RunState.SIGNOFF.value)
    return state


def test_of_a_run_that_is_signed_off_rules_propose_with_oms(engine: Engine, session: Session) -> None:
    take_in(engine, signed_off(engine).where([9], bpix_ready=False))
    assert flags(session) == {"GOOD": "1–10"}
    assert [by for by, _ in acts(session, ActKind.PROPOSAL)] == ["ingest", "rule online/tracker-strip/BAD"]
    with transaction(engine) as writing:
        accept_proposal(writing, RUN, by="S. Tanaka", why="seen")
    assert flags(session) == {"GOOD": "1–8, 10", "BAD": "9"}
    assert run(session, "proposed_by") is None


def test_what_was_rejected_is_not_proposed_again(engine: Engine, session: Session) -> None:
    changed = signed_off(engine).where([9], bpix_ready=False)
    take_in(engine, changed)
    with transaction(engine) as writing:
        reject_proposal(writing, RUN, by="S. Tanaka", why="no")
    take_in(engine, changed.but(last_update="2022-10-11T09:01:00Z"))
    assert len(acts(session, ActKind.PROPOSAL)) == 2
    assert flags(session) == {"GOOD": "1–10"}


def test_when_oms_takes_back_what_it_proposed_so_do_the_rules(engine: Engine, session: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False), state)
    assert run(session, "proposed_by") is None
    assert flags(session) == {"GOOD": "1–10"}


def test_a_proposal_of_rules_is_no_bit_that_oms_stops_speaking_of(engine: Engine, session: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False), state.where([8, 9], bpix_ready=False))
    with transaction(engine) as writing:
        pending = pending_proposal(writing, RUN)
        columns = {column.id: name for name, column in columns_by_name(writing).items()}
    assert pending is not None
    told = {(columns[c], str(said.range), said.value) for said in pending.words.lumisections for c in said.columns}
    assert told == {("oms-bpix_ready", "8–9", 0), ("tracker-strip", "8–9", Status.BAD)}


def test_a_run_that_is_opened_again_follows_oms_and_the_rules(engine: Engine, session: Session) -> None:
    state = signed_off(engine)
    take_in(engine, state.where([9], bpix_ready=False))
    says(engine, state=RunState.OPEN.value)
    take_in(engine, state.where([8], bpix_ready=False))
    assert flags(session) == {"GOOD": "1–7, 9–10", "BAD": "8"}
    assert run(session, "proposed_by") is None


def test_new_rules_alone_leave_a_signed_off_run_alone(engine: Engine, session: Session) -> None:
    state = signed_off(engine)
    component(engine, Status.STANDBY, ALWAYS, priority=1)
    take_in(engine, state.but(last_update="2022-10-11T09:01:00Z"))
    assert acts(session, ActKind.PROPOSAL) == []


def test_a_run_that_is_asked_for_again_after_sign_off_gets_a_proposal(engine: Engine, session: Session) -> None:
    signed_off(engine)
    component(engine, Status.STANDBY, ALWAYS, priority=1)
    with transaction(engine) as writing:
        assert reclassify_run(writing, RUN) is Outcome.PROPOSED
    assert flags(session) == {"GOOD": "1–10"}
    with transaction(engine) as writing:
        accept_proposal(writing, RUN, by="S. Tanaka", why="seen")
    assert flags(session) == {"STANDBY": "1–10"}


# Once more, after rules changed


def several_runs(engine: Engine) -> list[int]:
    runs = [RUN, RUN + 1, RUN + 2]
    take_in(engine, *(a_physics_run(10 + n - RUN, run_number=n) for n in runs))
    return runs


def test_rules_that_changed_are_applied_to_old_runs_when_asked(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    component(engine, Status.BAD, is_true("bpix_ready"), priority=1)
    assert flags(session) == {"GOOD": "1–10"}
    came = reclassify(engine, runs)
    assert (str(came), came.runs) == ("3 runs: 3 said.", {Outcome.SAID: tuple(runs)})
    assert flags(session, run_number=RUN + 2) == {"BAD": "1–12"}
    assert str(reclassify(engine, runs)) == "3 runs: nothing new."


def test_what_was_interrupted_goes_on_where_it_was(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    component(engine, Status.BAD, is_true("bpix_ready"), priority=1)

    def stop_at_the_last(share: float, where: str) -> None:
        if where == f"run {runs[-1]}":
            raise Interrupted

    with pytest.raises(Interrupted):
        reclassify(engine, runs, progress=stop_at_the_last)
    assert [flags(session, run_number=n) for n in runs[1:]] == [{"BAD": "1–11"}, {"GOOD": "1–12"}]
    assert reclassify(engine, runs).runs == {Outcome.SAID: (runs[-1],)}


def test_runs_are_chosen_by_range_or_filter(engine: Engine, session: Session) -> None:
    several_runs(engine)
    assert runs_to_classify(session, f"{RUN + 1}-{RUN + 9}") == [RUN + 1, RUN + 2]
    assert runs_to_classify(session, "lumisections > 11 and class = Collisions22") == [RUN + 2]


def test_a_run_that_does_not_exist_is_named(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(NotFound, match="There is no run 1"):
        classify_run(session, 1)


# What would change


def shifts(impact: Impact) -> dict[tuple[object, ...], dict[int, str]]:
    return {(s.what, s.before, s.after): {n: str(where) for n, where in s.where.items()} for s in impact.shifts}


def test_the_impact_of_a_draft_is_told_by_status_and_lumisections(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.STANDBY, {"<": [{"var": "lumisection_number"}, 3]}, priority=1)
    impact = preview(session, [Draft(draft.about, draft)], runs)
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): dict.fromkeys(runs, "1–2")}
    assert (impact.shifts[0].runs, impact.shifts[0].lumisections, impact.looked_at) == (3, 6, tuple(runs))
    assert len(acts(session)) == 3


def test_a_draft_that_changes_the_class_changes_all_that_follows_from_it(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    draft = RunClassBody(rule={">=": [{"var": "ls_duration"}, 11]}, run_class="Long22", priority=1)
    impact = preview(session, [Draft("Long22", draft)], runs)
    long_runs = {RUN + 1: "1–11", RUN + 2: "1–12"}
    assert shifts(impact) == {
        (RUN_CLASS, "Collisions22", "Long22"): long_runs,
        (SIGNIFICANT, True, False): long_runs,
        ("tracker-strip", Status.GOOD, None): long_runs,
    }
    assert impact.changed == set(long_runs)


def test_what_if_a_classifier_were_not_enabled(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    good = strip_rule(Status.GOOD, is_true("bpix_ready"), priority=3)
    impact = preview(session, [Draft(good.about, good, is_enabled=False)], runs[:1])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.NO_VALUE_FOUND): {RUN: "1–10"}}


def test_a_draft_that_cannot_be_judged_by_is_refused(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.BAD, ENDLESS, priority=1)
    with pytest.raises(InvalidRule, match="more than"):
        preview(session, [Draft(draft.about, draft)], runs)


def test_where_people_said_something_nothing_would_change(engine: Engine, session: Session) -> None:
    several_runs(engine)
    says(engine, run_class="Special22")
    flags_it(engine, Status.EXCLUDED, (4, 6))
    taken_back = flags_it(engine, Status.EXCLUDED, (7, 10))
    with transaction(engine) as writing:
        undo(writing, taken_back, by="S. Tanaka", why="no")
    says(engine, is_significant=True)
    draft = strip_rule(Status.STANDBY, ALWAYS, priority=1)
    everyone = RunClassBody(rule=ALWAYS, run_class="Everyone22", priority=1)
    impact = preview(session, [Draft(draft.about, draft), Draft("Everyone22", everyone)], [RUN])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "1–3, 7–10"}}


def test_the_preview_of_a_reclassification_is_what_then_happens(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    says(engine, state=RunState.SIGNOFF.value)
    assert preview_reclassification(session, runs).shifts == ()
    component(engine, Status.BAD, {">": [{"var": "lumisection_number"}, 10]}, priority=1)
    impact = preview_reclassification(session, latest_runs(session, 10))
    expected = {("tracker-strip", Status.GOOD, Status.BAD): {RUN + 1: "11", RUN + 2: "11–12"}}
    assert (shifts(impact), impact.signed_off) == (expected, {RUN})
    assert reclassify(engine, runs).runs == {Outcome.SAID: (RUN + 1, RUN + 2)}
    assert preview_reclassification(session, runs).shifts == ()


def test_a_preview_sees_what_happened_since_the_last(engine: Engine, session: Session) -> None:
    runs = several_runs(engine)
    draft = strip_rule(Status.STANDBY, {"==": [{"var": "cms_active"}, False]}, priority=1)
    assert shifts(preview(session, [Draft(draft.about, draft)], runs)) == {}
    take_in(engine, a_physics_run().where([6], cms_active=False))
    expected = {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "6"}}
    assert shifts(preview(session, [Draft(draft.about, draft)], runs)) == expected


def test_a_draft_that_reads_luminosity_is_given_it(engine: Engine, session: Session) -> None:
    state = a_physics_run()
    for number, said in luminosity([0.25] * 4).items():
        state = state.where([number], **said)
    take_in(engine, state)
    assert preview(session, [], [RUN]).shifts == ()
    draft = strip_rule(Status.STANDBY, {">": [{"var": "recorded_lumi_per_lumi"}, 0.2]}, priority=1)
    impact = preview(session, [Draft(draft.about, draft)], [RUN])
    assert shifts(impact) == {("tracker-strip", Status.GOOD, Status.STANDBY): {RUN: "1–4"}}
    assert recorded_per_pb(session, impact.shifts[0].where) == pytest.approx(1.0)
