"""Workspaces, causes and rights as people change them: who may, what is refused, undo, and two people at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import Action, Actor, demo_actor
from backend.certify.configuring import remove_piece, write_piece
from backend.certify.taking_back import take_back, undoable
from backend.configuration import causes, ensure_defaults, rights, workspaces
from backend.configuration.bodies import Side
from backend.db import transaction
from backend.errors import Conflict, DatabaseUnavailable, InvalidInput, NotFound, NotPermitted
from backend.record import Recorded, lock_configuration, undo
from models.vocabulary import ConfigurationKind

CAUSE, PERMISSION, WORKSPACE = ConfigurationKind.CAUSE, ConfigurationKind.PERMISSION, ConfigurationKind.WORKSPACE
TRACKER, ECAL, EXPERT = demo_actor("tracker-admin"), demo_actor("ecal-admin"), demo_actor("admin")
EGROUP = "cms-dqm-guests"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        yield opened


def say(
    session: Session, *words: str, actor: Actor = TRACKER, seen: int | None = None, why: str = "they recur"
) -> Recorded:
    body = {"causes": [{"word": word} for word in words]}
    return write_piece(session, actor, CAUSE, name="tracker", body=body, why=why, seen=seen)


def words(session: Session) -> list[str]:
    return [cause.word for cause in causes(session, "tracker")]


def test_who_runs_a_workspace_says_its_causes_and_takes_them_back(session: Session) -> None:
    said = say(session, "HV trip", "Low statistics")
    assert words(session) == ["HV trip", "Low statistics"]
    undo(session, said.change_set, by=TRACKER.name, why="no")
    assert words(session) == []


def test_a_workspace_that_offers_no_cause_has_its_causes_taken_away_instead(session: Session) -> None:
    say(session, "HV trip")
    with pytest.raises(InvalidInput, match="tracker would offer no cause: name one, or take its causes away"):
        say(session)
    assert words(session) == ["HV trip"]


def test_who_runs_another_workspace_may_not_and_hears_who_may(session: Session) -> None:
    with pytest.raises(NotPermitted, match=r"change the causes that a workspace offers in tracker.*admins-tracker"):
        say(session, "HV trip", actor=ECAL)


def test_the_right_is_asked_before_anything_else(session: Session) -> None:
    with pytest.raises(NotPermitted):
        remove_piece(session, ECAL, CAUSE, name="tracker", why="", seen=None)


def test_what_is_not_there_cannot_be_taken_away(session: Session) -> None:
    with pytest.raises(NotFound, match="no cause 'tracker'"):
        remove_piece(session, TRACKER, CAUSE, name="tracker", why="none needed", seen=None)


def test_causes_are_taken_away_with_a_reason(session: Session) -> None:
    say(session, "HV trip")
    with pytest.raises(InvalidInput, match="needs a reason"):
        remove_piece(session, TRACKER, CAUSE, name="tracker", why=" ", seen=None)
    remove_piece(session, TRACKER, CAUSE, name="tracker", why="none needed", seen=None)
    assert words(session) == []


def test_a_workspace_that_cannot_be_is_refused_with_the_place(session: Session) -> None:
    body = {"side": "offline", "workspace": "trk", "label": "", "position": 9, "columns": []}
    with pytest.raises(InvalidInput, match="label"):
        write_piece(session, EXPERT, WORKSPACE, name="offline/trk", body=body, why="new", seen=None)
    write_piece(session, EXPERT, WORKSPACE, name="offline/trk", body=body | {"label": "Trk"}, why="new", seen=None)
    assert "trk" in {w.workspace for w in workspaces(session, Side.OFFLINE)}


def test_rights_are_given_by_those_who_may_alone(session: Session) -> None:
    body = {"grants": ["run.class"]}
    with pytest.raises(NotPermitted, match="change who may do what"):
        write_piece(session, TRACKER, PERMISSION, name=EGROUP, body=body, why="guests", seen=None)
    write_piece(session, EXPERT, PERMISSION, name=EGROUP, body=body, why="guests", seen=None)
    assert (EGROUP, Action.RUN_CLASS, None) in rights(session)


def only_guests_may(session: Session) -> tuple[Actor, Recorded]:
    """Have the right to change rights given to one e-group, and taken from every other; gives a member, and the act."""
    guest = Actor("G. Guest", frozenset({EGROUP}), is_verified=True)
    body = {"grants": ["permission", "undo", "undo:others"]}
    given = write_piece(session, EXPERT, PERMISSION, name=EGROUP, body=body, why="guests", seen=None)
    for name in [n for n in rights(session).grants if n != EGROUP and (n, Action.PERMISSION, None) in rights(session)]:
        remove_piece(session, guest, PERMISSION, name=name, why="others", seen=None)
    return guest, given


def test_nobody_is_locked_out_by_an_undo(session: Session) -> None:
    guest, given = only_guests_may(session)
    sentence = f"Without {EGROUP} nobody would be left who may change who may do what."
    assert undoable(session, guest, given.change_set).why_not == sentence
    with pytest.raises(InvalidInput, match=sentence):
        take_back(session, guest, given.change_set)
    assert (EGROUP, Action.PERMISSION, None) in rights(session)


def test_nobody_is_locked_out_by_a_redo_of_what_took_the_right_away(session: Session) -> None:
    guest, _ = only_guests_may(session)
    other = Actor("O. Other", frozenset({"cms-dqm-others"}), is_verified=True)
    body = {"grants": ["permission", "undo:others"]}
    write_piece(session, guest, PERMISSION, name="cms-dqm-others", body=body, why="they too", seen=None)
    gone = remove_piece(session, guest, PERMISSION, name=EGROUP, why="no guests", seen=None)
    back = take_back(session, other, gone.change_set)
    assert (EGROUP, Action.PERMISSION, None) in rights(session)
    remove_piece(session, guest, PERMISSION, name="cms-dqm-others", why="alone", seen=None)
    with pytest.raises(InvalidInput, match=f"Without {EGROUP} nobody would be left"):
        take_back(session, guest, back.change_set)


def test_an_undo_of_rights_after_which_somebody_is_left_is_done(session: Session) -> None:
    body = {"grants": ["permission"]}
    given = write_piece(session, EXPERT, PERMISSION, name=EGROUP, body=body, why="guests", seen=None)
    take_back(session, EXPERT, given.change_set)
    assert (EGROUP, Action.PERMISSION, None) not in rights(session)


def test_a_classifier_is_not_written_here(session: Session) -> None:
    with pytest.raises(InvalidInput, match="is not written here"):
        write_piece(session, EXPERT, ConfigurationKind.RECIPE, name="golden", body={}, why="x", seen=None)


def test_of_two_who_began_from_the_same_the_second_hears_of_the_first(session: Session) -> None:
    seen = say(session, "HV trip").change_set
    say(session, "HV trip", "LV trip", seen=seen)
    with pytest.raises(Conflict, match=TRACKER.name):
        say(session, "Cooling", seen=seen)
    assert words(session) == ["HV trip", "LV trip"]


def test_of_two_at_the_same_moment_one_is_kept_and_one_hears_so(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        seen = say(session, "HV trip").change_set
    together = Barrier(2)

    def saying(word: str) -> str:
        together.wait()
        try:
            with transaction(engine) as session:
                say(session, word, seen=seen)
        except Conflict:
            return "conflict"
        return word

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(saying, ["LV trip", "Cooling"]))
    with transaction(engine) as session:
        assert words(session) == [word for word in said if word != "conflict"]
    assert said.count("conflict") == 1


def test_who_writes_holds_the_kind_before_it_is_read_so_that_nothing_slips_between(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as first:
        lock_configuration(first, [CAUSE])
        with (
            pytest.raises(DatabaseUnavailable, match="Somebody holds what is needed"),
            transaction(engine) as second,
        ):
            second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            say(second, "Cooling")
        with transaction(engine) as other:
            body = {"grants": ["run.class"]}
            write_piece(other, EXPERT, PERMISSION, name=EGROUP, body=body, why="guests", seen=None)
        say(first, "LV trip")
    with transaction(engine) as session:
        assert words(session) == ["LV trip"]
