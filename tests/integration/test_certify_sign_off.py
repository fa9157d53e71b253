"""What a sign-off creates and refreshes: datasets, their states, first verdicts; once, again, and undone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.certify.accepted import AcceptedDatasetBody
from backend.certify.sign_off import datasets_of_sign_off
from backend.classify import ComponentBody
from backend.configuration import Side, configure, ensure_defaults
from backend.db import transaction
from backend.errors import NotFound
from backend.record import Act, DatasetKey, DatasetSaid, RunSaid, record, undo
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, ConfigurationKind, DatasetState, Origin, Status
from tests.factories import RUN, a_run
from tests.offline import (
    EXPRESS,
    PROMPT,
    acts,
    everywhere,
    names_of,
    said,
    say,
    sign_off,
    states,
)

ALL = LumiSet((LumiRange(1, 100),))
ONLINE_KEY, PROMPT_KEY = DatasetKey(RUN, ONLINE), DatasetKey(RUN, PROMPT)
STRIP, TRACK, DETAIL = "tracker-strip", "tracker-track", "csc-tf"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with one run of collisions, two accepted datasets and a few offline rules."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        accept(opened, EXPRESS)
        accept(opened, PROMPT)
        for status in (Status.BAD, Status.GOOD):
            rule(opened, STRIP, status, {"==": [{"var": "lumisection.rr.tracker-strip.status"}, status.word]})
        a_run(opened, energy=6500)
        say_class(opened, "Collisions18")
        yield opened


def accept(session: Session, name: str, run_class: str = "Collisions18", run_to: int = 999_999) -> None:
    body = AcceptedDatasetBody(name=name, run_class=run_class, patterns=("x",), run_from=1, run_to=run_to)
    configure(session, body.kind, name=name, body=body, by="test", why="accepted")


def rule(session: Session, component: str, status: Status, asks: object, priority: int = 1) -> None:
    body = ComponentBody(side=Side.OFFLINE, component=component, status=status, priority=priority, rule=asks)
    configure(session, body.kind, name=body.about, body=body, by="test", why="a rule")


def say_class(session: Session, run_class: str) -> None:
    word = RunSaid(RUN, {"run_class": run_class}, Origin.PERSON)
    record(session, Act(by="K. Ito", why="class", kind=ActKind.EDIT_RUN, runs=(word,)))


def move_dataset(session: Session, key: DatasetKey, workspace: str, state: DatasetState) -> None:
    word = DatasetSaid(key, {f"state.{workspace}": state.value}, Origin.PERSON)
    record(session, Act(by="A. Keller", why="moved", kind=ActKind.DATASET, datasets=(word,)))


def test_accepted_datasets_begin_to_exist_and_wait_in_every_offline_workspace(session: Session) -> None:
    found = sign_off(session)
    assert [key.name for key in found.created] == [EXPRESS, PROMPT] == names_of(session)[:2]
    desks = states(session, PROMPT_KEY)
    assert set(desks.values()) == {"waiting dqm gui"}
    assert {"global", "tracker", "gem", "dc"} <= desks.keys()


def test_the_state_of_a_run_and_its_datasets_are_one_act(session: Session) -> None:
    before = acts(session)
    sign_off(session)
    assert acts(session) == before + 1


@pytest.mark.parametrize("why_not", ["class", "range", "switched off"])
def test_only_what_is_accepted_for_this_run_is_created(session: Session, why_not: str) -> None:
    kind, name = ConfigurationKind.ACCEPTED_DATASET, "/Other/Collisions2018/DQM"
    accept(session, name, "Cosmics18" if why_not == "class" else "Collisions18", RUN - 1 if why_not == "range" else RUN)
    if why_not == "switched off":
        body = AcceptedDatasetBody(name=name, run_class="Collisions18", patterns=("x",), run_from=1, run_to=RUN)
        configure(session, kind, name=name, body=body, by="test", why="off", is_enabled=False)
    assert name not in [key.name for key in sign_off(session).created]


def test_a_class_without_accepted_datasets_is_fine(session: Session) -> None:
    say_class(session, "Commissioning18")
    found = sign_off(session)
    assert (found.created, found.datasets, found.lumisections) == ((), (), ())


def test_the_first_verdict_is_made_of_what_was_said_online_as_of_now(session: Session) -> None:
    say(session, ONLINE_KEY, {STRIP: everywhere(Status.GOOD)}, origin=Origin.RULE)
    say(session, ONLINE_KEY, {STRIP: {Status.BAD: LumiSet((LumiRange(10, 20),))}})
    sign_off(session)
    bad = LumiSet((LumiRange(10, 20),))
    assert said(session, PROMPT_KEY, STRIP) == {"BAD": bad, "GOOD": ALL - bad}


def test_rules_read_what_was_commented_and_what_nobody_spoke_of(session: Session) -> None:
    read = "lumisection.rr.tracker-strip"
    say(session, ONLINE_KEY, {STRIP: {Status.BAD: LumiSet((LumiRange(1, 9),))}}, comment="TIB modules off")
    rule(session, TRACK, Status.BAD, {"in": ["TIB", {"var": f"{read}.comment"}]})
    rule(session, TRACK, Status.EXCLUDED, {"==": [{"var": f"{read}.status"}, "EMPTY"]})
    sign_off(session)
    early = LumiSet((LumiRange(1, 9),))
    assert said(session, PROMPT_KEY, TRACK) == {"BAD": early, "EXCLUDED": ALL - early}


@pytest.mark.parametrize(
    ("asks", "where"),
    [
        ({"==": [{"var": "run.oms.energy"}, 6500]}, ALL),
        ({"==": [{"var": "run.rr.class"}, "Collisions18"]}, ALL),
        ({"==": [{"var": "run.rr.state"}, "OPEN"]}, ALL),
        ({"in": ["PromptReco", {"var": "dataset.name"}]}, ALL),
        ({"<": [{"var": "lumisection.lumisection_number"}, 6]}, LumiSet((LumiRange(1, 5),))),
        ({"==": [{"var": "run.run_number"}, RUN]}, ALL),
    ],
)
def test_rules_read_run_lumisection_and_dataset(session: Session, asks: object, where: LumiSet) -> None:
    rule(session, TRACK, Status.STANDBY, asks)
    sign_off(session)
    assert said(session, PROMPT_KEY, TRACK)["STANDBY"] == where


def test_a_component_for_which_no_rule_holds_has_no_value_found(session: Session) -> None:
    sign_off(session)
    assert said(session, PROMPT_KEY, STRIP) == said(session, PROMPT_KEY, DETAIL) == {"NO VALUE FOUND": ALL}


def test_the_words_are_those_of_rules_so_that_people_stand_above_them(session: Session) -> None:
    sign_off(session)
    say(session, PROMPT_KEY, {STRIP: everywhere(Status.BAD)})
    say(session, PROMPT_KEY, {STRIP: everywhere(Status.GOOD)}, origin=Origin.RULE)
    assert said(session, PROMPT_KEY, STRIP) == {"BAD": ALL}


def test_signed_off_again_nothing_is_said_twice(session: Session) -> None:
    sign_off(session)
    again = sign_off(session)
    assert (again.created, again.refreshed, again.datasets, again.lumisections) == ((), (), (), ())


def test_again_rules_say_what_is_new_and_peoples_words_and_states_stay(session: Session) -> None:
    sign_off(session)
    move_dataset(session, PROMPT_KEY, "tracker", DatasetState.OPEN)
    say(session, PROMPT_KEY, {STRIP: {Status.STANDBY: LumiSet((LumiRange(1, 5),))}})
    say(session, ONLINE_KEY, {STRIP: everywhere(Status.GOOD)})
    assert [key.name for key in sign_off(session).refreshed] == [EXPRESS, PROMPT]
    early = LumiSet((LumiRange(1, 5),))
    assert said(session, PROMPT_KEY, STRIP) == {"STANDBY": early, "GOOD": ALL - early}
    assert states(session, PROMPT_KEY)["tracker"] == "OPEN"


@pytest.mark.parametrize("closed", [DatasetState.SIGNOFF, DatasetState.COMPLETED])
def test_again_of_a_workspace_that_signed_off_nothing_is_said(session: Session, closed: DatasetState) -> None:
    sign_off(session)
    move_dataset(session, PROMPT_KEY, "tracker", closed)
    say(session, ONLINE_KEY, {STRIP: everywhere(Status.GOOD)})
    assert [key.name for key in sign_off(session).refreshed] == [EXPRESS]
    assert said(session, PROMPT_KEY, STRIP) == {"NO VALUE FOUND": ALL}


def test_again_a_verdict_that_no_rule_gives_any_more_is_replaced(session: Session) -> None:
    rule(session, TRACK, Status.GOOD, {"==": [1, 1]})
    sign_off(session)
    configure(session, ConfigurationKind.COMPONENT, name=f"offline/{TRACK}/GOOD", body=None, by="test", why="gone")
    sign_off(session)
    assert said(session, PROMPT_KEY, TRACK) == {"NO VALUE FOUND": ALL}


def test_again_what_is_accepted_since_appears(session: Session) -> None:
    sign_off(session)
    accept(session, "/ReReco/Collisions2018/DQM")
    assert [key.name for key in sign_off(session).created] == ["/ReReco/Collisions2018/DQM"]


def test_of_another_class_the_datasets_of_the_old_one_are_listed_for_hiding(session: Session) -> None:
    sign_off(session)
    copied = DatasetKey(RUN, "/Copy/Collisions2018/DQM")
    record(session, Act(by="J. Novak", why="copied", kind=ActKind.BATCH, new_datasets=(copied,)))
    accept(session, "/Express/Special2018/DQM", "Special18")
    say_class(session, "Special18")
    found = sign_off(session)
    assert [key.name for key in found.no_longer_accepted] == [EXPRESS, PROMPT]
    assert [key.name for key in found.created] == ["/Express/Special2018/DQM"]


def test_what_is_hidden_already_is_not_listed_for_hiding(session: Session) -> None:
    sign_off(session)
    hidden = DatasetSaid(PROMPT_KEY, {"hidden": True}, Origin.PERSON)
    record(session, Act(by="J. Novak", why="hidden", kind=ActKind.DATASET, datasets=(hidden,)))
    say_class(session, "Special18")
    assert [key.name for key in sign_off(session).no_longer_accepted] == [EXPRESS]


def test_a_class_that_the_same_act_sets_counts(session: Session) -> None:
    accept(session, "/Express/Special2018/DQM", "Special18")
    found = datasets_of_sign_off(session, RUN, run_class="Special18")
    assert [key.name for key in found.created] == ["/Express/Special2018/DQM"]


def test_a_hole_in_oms_stays_a_hole(session: Session) -> None:
    known = LumiSet((LumiRange(1, 10), LumiRange(15, 20)))
    a_run(session, RUN + 1, known=known)
    word = RunSaid(RUN + 1, {"run_class": "Collisions18"}, Origin.RULE)
    record(session, Act(by="rule", why="class", kind=ActKind.CLASSIFY, runs=(word,)))
    sign_off(session, RUN + 1)
    assert said(session, DatasetKey(RUN + 1, PROMPT), STRIP) == {"NO VALUE FOUND": known}


def test_a_sign_off_that_is_undone_takes_its_datasets_with_it(session: Session) -> None:
    found = datasets_of_sign_off(session, RUN)
    done = record(session, found.within(Act(by="S. Tanaka", why="signed off", kind=ActKind.MOVE_RUN)))
    undo(session, done.change_set, by="S. Tanaka", why="too early")
    assert names_of(session) == [ONLINE]


def test_there_is_no_such_run(session: Session) -> None:
    with pytest.raises(NotFound, match="no run 1"):
        datasets_of_sign_off(session, 1)
