"""Rights: who may do what where, what the refusal says, and what the default matrix means."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.access import (
    CONFIGURING,
    DEFAULT_RIGHTS,
    DEMO_ROLES,
    VISITOR,
    Action,
    Actor,
    Grant,
    Matrix,
    demo_actor,
    may,
    read_grants,
    require,
    rights_differences,
    what_any_may,
    what_may,
    who_may,
)
from backend.access.egroups import ADMINS, CERTIFIERS
from backend.errors import InvalidInput, NotPermitted
from backend.jobs.asker import Asker
from models.vocabulary import OFFLINE_COMPONENTS, ConfigurationKind

DEFAULT = Matrix.of(DEFAULT_RIGHTS)
TRACKER = Matrix.of({"tracker-people": ["flags:tracker", "run.class"], "all-people": ["flags:*"]})


def somebody(*egroups: str, is_verified: bool = True) -> Actor:
    return Actor("S. Tanaka", frozenset(egroups), is_verified=is_verified)


def test_a_right_is_held_in_its_workspace_alone() -> None:
    assert may(somebody("tracker-people"), Action.FLAGS, "tracker", matrix=TRACKER)
    assert not may(somebody("tracker-people"), Action.FLAGS, "ecal", matrix=TRACKER)


def test_a_right_everywhere_is_held_in_workspaces_that_come_later() -> None:
    assert may(somebody("all-people"), Action.FLAGS, "a-new-one", matrix=TRACKER)


def test_no_workspace_asks_for_the_right_in_all_of_them() -> None:
    assert not may(somebody("tracker-people"), Action.FLAGS, matrix=TRACKER)
    assert may(somebody("all-people"), Action.FLAGS, matrix=TRACKER)


def test_the_workspace_plays_no_part_where_the_right_has_none() -> None:
    assert may(somebody("tracker-people"), Action.RUN_CLASS, "ecal", matrix=TRACKER)


def test_one_of_many_egroups_is_enough() -> None:
    assert may(somebody("cms-members", "tracker-people"), Action.RUN_CLASS, matrix=TRACKER)


def test_an_egroup_is_matched_whole() -> None:
    assert not may(somebody("all-people-else", "all", "ALL-PEOPLE"), Action.FLAGS, matrix=TRACKER)


@given(egroups=st.sets(st.sampled_from(sorted(DEFAULT_RIGHTS))), action=st.sampled_from(Action))
def test_nobody_unverified_may_do_anything_whatever_is_claimed(egroups: set[str], action: Action) -> None:
    assert not may(somebody(*egroups, is_verified=False), action, "tracker", matrix=DEFAULT)


@given(action=st.sampled_from(Action), workspace=st.sampled_from([None, "tracker", "ecal", "global"]))
def test_who_may_and_may_agree(action: Action, workspace: str | None) -> None:
    allowed = who_may(action, workspace, matrix=DEFAULT)
    for egroup in DEFAULT_RIGHTS:
        assert may(somebody(egroup), action, workspace, matrix=DEFAULT) is (egroup in allowed)


@given(egroup=st.sampled_from(sorted(DEFAULT_RIGHTS)))
def test_what_may_is_what_the_egroup_is_granted_in_the_order_of_the_catalogue(egroup: str) -> None:
    grants = what_may(egroup, matrix=DEFAULT)
    assert set(grants) == DEFAULT.grants[egroup]
    places = [list(Action).index(grant.action) for grant in grants]
    assert places == sorted(places)


def test_an_unknown_egroup_may_nothing() -> None:
    assert what_may("cms-members", matrix=DEFAULT) == ()


def test_require_is_silent_where_the_right_is_held() -> None:
    require(somebody("tracker-people"), Action.FLAGS, "tracker", matrix=TRACKER)


def test_a_refusal_names_the_actor_the_act_the_workspace_and_the_egroups_that_may() -> None:
    with pytest.raises(NotPermitted) as refusal:
        require(somebody("tracker-people"), Action.FLAGS, "ecal", matrix=TRACKER)
    assert str(refusal.value) == (
        "S. Tanaka may not flag lumisections of an offline dataset in ecal. "
        "User needs to be part of any of the following e-groups: all-people."
    )


def test_a_refusal_to_somebody_not_signed_in_says_so() -> None:
    with pytest.raises(NotPermitted, match=r"visitor \(not signed in\) may not set the class of a run"):
        require(VISITOR, Action.RUN_CLASS, matrix=TRACKER)


def test_a_scope_narrows_what_the_egroups_allow_and_gives_nothing_more() -> None:
    narrow = replace(somebody("all-people"), scope=read_grants(["flags:tracker", "run.class"]))
    assert may(narrow, Action.FLAGS, "tracker", matrix=TRACKER)
    assert not may(narrow, Action.FLAGS, "ecal", matrix=TRACKER)
    assert not may(narrow, Action.FLAGS, matrix=TRACKER)
    assert not may(narrow, Action.RUN_CLASS, matrix=TRACKER)


def test_a_task_asked_for_by_a_token_may_no_more_than_the_token() -> None:
    narrow = replace(somebody("all-people"), scope=read_grants(["flags:tracker"]))
    for actor in (narrow, replace(narrow, scope=frozenset()), somebody("all-people")):
        assert Asker.model_validate_json(Asker.of(actor).model_dump_json()).actor == actor


def test_a_refusal_says_when_no_egroup_has_the_right() -> None:
    with pytest.raises(NotPermitted, match="following e-groups: none has this right yet"):
        require(somebody("tracker-people"), Action.PERMISSION, matrix=TRACKER)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("flags", "The right 'flags' needs a workspace: flags:tracker, or flags:* for all."),
        ("flags:", "The right 'flags:' lacks the workspace after the colon."),
        ("run.class:tracker", "The right 'run.class' is not per workspace, so 'run.class:tracker' makes no sense."),
        ("run.clas", "There is no right 'run.clas'. Is 'run.class' meant?"),
        ("flag:tracker", "There is no right 'flag:tracker'. Is 'flags' meant?"),
        (".*", "There is no right '.*'."),
        ("", "There is no right ''."),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{re.escape(sentence)}$"):
        read_grants([text])


@given(action=st.sampled_from(Action), workspace=st.sampled_from(["tracker", "*"]))
def test_a_grant_reads_back_as_it_is_written(action: Action, workspace: str) -> None:
    grant = Grant(action, workspace if action.per_workspace else None)
    assert read_grants([str(grant)]) == {grant}


def test_a_lone_star_is_every_action_everywhere() -> None:
    experts = Matrix.of({"experts": ["*"]})
    assert all(may(somebody("experts"), action, "anywhere", matrix=experts) for action in Action)


def test_every_kind_of_configuration_needs_a_right() -> None:
    assert set(CONFIGURING) == set(ConfigurationKind)


def test_every_action_says_what_it_is_and_none_twice() -> None:
    assert all(re.fullmatch(r"[a-z].*[^.]", action.meaning) for action in Action)
    assert len({action.meaning for action in Action}) == len(Action)


def test_the_default_matrix_knows_the_39_egroups_of_the_field() -> None:
    assert len(DEFAULT_RIGHTS) == 39
    assert CERTIFIERS["jetmet"] == "cms-dqm-runregistry-offline-jme-certifiers"
    assert ADMINS["castor"] == "cms-dqm-runregistry-admins-Castor"
    assert {*CERTIFIERS, *ADMINS} <= set(OFFLINE_COMPONENTS)


@pytest.mark.parametrize(
    ("role", "action", "workspace", "allowed"),
    [
        ("shifter", Action.RUN_STOP_REASON, None, True),
        ("shifter", Action.RUN_FLAGS, "tracker", True),
        ("shifter", Action.RUN_CLASS, None, False),
        ("shifter", Action.RUN_REOPEN, None, False),
        ("shifter", Action.FLAGS, "tracker", False),
        ("on-call", Action.RUN_CLASS, None, True),
        ("on-call", Action.DCS_BITS, None, False),
        ("tracker-certifier", Action.FLAGS, "tracker", True),
        ("tracker-certifier", Action.FLAGS, "ecal", False),
        ("tracker-certifier", Action.DATASET_MOVE, "tracker", True),
        ("tracker-certifier", Action.DATASET_REOPEN, "tracker", False),
        ("tracker-certifier", Action.CYCLE_MOVE, "tracker", True),
        ("tracker-certifier", Action.RUN_FLAGS, "tracker", False),
        ("tracker-certifier", Action.DCS_BITS, None, False),
        ("tracker-shifter", Action.CYCLE_COMPLETE, "tracker", False),
        ("tracker-admin", Action.CLASSIFIER_COMPONENT, "tracker", True),
        ("tracker-admin", Action.CLASSIFIER_COMPONENT, "ecal", False),
        ("tracker-admin", Action.DATASET_BATCH, "tracker", True),
        ("tracker-admin", Action.UNDO_OTHERS, None, False),
        ("muon-certifier", Action.FLAGS, "muon", True),
        ("dc-expert", Action.DCS_BITS, None, True),
        ("dc-expert", Action.GOLDEN_OFFICIAL, None, True),
        ("dc-expert", Action.DATASET_BATCH, None, True),
        ("dc-expert", Action.CYCLE_COMPLETE, "global", True),
        ("dc-expert", Action.RUN_CLASS, None, False),
        ("dc-expert", Action.PERMISSION, None, False),
        ("admin", Action.PERMISSION, None, True),
    ],
)
def test_the_default_matrix_gives_each_role_its_work(
    role: str, action: Action, workspace: str | None, allowed: bool
) -> None:
    assert may(demo_actor(role), action, workspace, matrix=DEFAULT) is allowed


@given(action=st.sampled_from(Action))
def test_the_visitor_of_the_demo_may_nothing(action: Action) -> None:
    assert not may(demo_actor("visitor"), action, "tracker", matrix=DEFAULT)


def test_the_people_of_the_demo_belong_to_known_egroups_and_have_names_of_their_own() -> None:
    assert {egroup for actor in DEMO_ROLES.values() for egroup in actor.egroups} <= set(DEFAULT_RIGHTS)
    assert len({actor.name for actor in DEMO_ROLES.values()}) == len(DEMO_ROLES)


def test_a_role_that_the_demo_lacks_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="The demo has no role 'root'; it has visitor, shifter"):
        demo_actor("root")


def test_the_rights_page_of_the_docs_lists_exactly_the_actions_as_they_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.:]+)` \| (yes)? ?\| (.+) \|$", page, flags=re.MULTILINE)
    catalogue = [(action.value, "yes" if action.per_workspace else "", action.meaning) for action in Action]
    assert rows == catalogue


def test_what_somebody_may_who_is_in_several_egroups_is_told_once() -> None:
    matrix = Matrix.of({"a": ["flags:ecal", "undo"], "b": ["flags:tracker", "undo"], "c": ["flags:*"]})
    assert [str(g) for g in what_any_may(["a", "b"], matrix=matrix)] == ["flags:ecal", "flags:tracker", "undo"]
    assert [str(g) for g in what_any_may(["a", "c", "nobody"], matrix=matrix)] == ["flags:*", "undo"]
    assert what_any_may([], matrix=matrix) == ()


def test_what_is_new_what_was_taken_away_and_what_was_added_are_told_apart() -> None:
    defaults = {"a": ["undo", "run.class", "flags:*"], "b": ["*"], "c": ["undo"], "d": ["flags:ecal"]}
    standing = {"a": ["flags:*", "run.move"], "b": ["*"], "c": ["undo"], "d": ["flags:*"], "own": ["run.class"]}
    ever = standing | {"a": ["flags:*", "run.move", "undo", "a.right.of.old"]}
    told = {d.egroup: d for d in rights_differences(standing, ever, defaults)}
    assert told.keys() == {"a", "d"}
    assert [[str(g) for g in said] for said in (told["a"].new, told["a"].taken, told["a"].more)] == [
        ["run.class"],
        ["undo"],
        ["run.move"],
    ]
    assert (told["d"].new, told["d"].taken, [str(g) for g in told["d"].more]) == ((), (), ["flags:*"])


def test_an_egroup_whose_rights_were_all_taken_away_lacks_nothing_new() -> None:
    (told,) = rights_differences({}, {"a": ["undo"]}, {"a": ["undo"]})
    assert (told.new, [str(g) for g in told.taken]) == ((), ["undo"])
