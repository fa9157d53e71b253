"""Which datasets a sign-off creates: who says so, what is refused, what patterns find, and what is there at first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR, Actor, demo_actor
from backend.certify.accepted import (
    accepted_datasets,
    accepting,
    remove_accepted_dataset,
    switch_accepted_dataset,
    try_patterns,
    write_accepted_dataset,
)
from backend.certify.accepted_defaults import (
    YEARS,
    default_accepted_datasets,
    ensure_default_accepted_datasets,
)
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, RegistryError
from backend.record import Recorded, undo
from scripts.simulator.gui import samples_of
from scripts.simulator.seasons import season_named

NAME = "/PromptReco/Collisions2024A/DQM"
EXPERT = demo_actor("dc-expert")


@dataclass(frozen=True)
class Entry:
    run_number: int
    dataset: str


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults, without accepted datasets."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        yield opened


def a_body(**more: object) -> dict[str, Any]:
    body = {"name": NAME, "run_class": "Collisions24", "patterns": "/ZeroBias/Run2024A", "run_from": 1, "run_to": 9}
    return body | more


def write(session: Session, *, actor: Actor = EXPERT, seen: int | None = 0, **more: object) -> Recorded:
    name = str(more.pop("piece", NAME))
    return write_accepted_dataset(session, actor, name=name, body=a_body(**more), why="era A begins", seen=seen)


def test_dc_experts_say_which_datasets_a_sign_off_creates(session: Session) -> None:
    write(session)
    piece = accepted_datasets(session)[NAME]
    assert (piece.body.run_class, piece.body.patterns, piece.is_enabled) == (
        "Collisions24",
        ("/ZeroBias/Run2024A",),
        True,
    )


@pytest.mark.parametrize("role", ["shifter", "tracker-certifier", "tracker-admin"])
def test_nobody_else_may(session: Session, role: str) -> None:
    with pytest.raises(NotPermitted, match="say which datasets a sign-off creates"):
        write(session, actor=demo_actor(role))


def test_the_right_is_asked_before_anything_else(session: Session) -> None:
    with pytest.raises(NotPermitted):
        remove_accepted_dataset(session, VISITOR, name="nothing", why="", seen=None)
    with pytest.raises(NotPermitted):
        write(session, actor=VISITOR, patterns="(")


def test_patterns_are_given_one_per_line_and_empty_lines_find_nothing(session: Session) -> None:
    write(session, patterns="/ZeroBias/Run2024A-PromptReco-v.*/DQMIO\n\n  /Muon0/Run2024A \n")
    (body,) = accepting(session)
    assert body.patterns == ("/ZeroBias/Run2024A-PromptReco-v.*/DQMIO", "/Muon0/Run2024A")
    assert body.finds("/Muon0/Run2024A-PromptReco-v1/DQMIO")
    assert not body.finds("/Junk/Run2024A-Other-v1/DQMIO")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"patterns": "/ZeroBias/(Run2024"}, "no regular expression"),
        ({"patterns": "\n \n"}, "at least 1 item"),
        ({"run_from": 10, "run_to": 9}, "the last run 9 lies before the first, 10"),
        ({"run_class": ""}, "run_class"),
        ({"name": "online"}, "name"),
        ({"piece": "/Other/Collisions/DQM"}, "is named so"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(session: Session, wrong: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        write(session, **wrong)
    assert not accepted_datasets(session)


def test_two_classes_may_have_the_same_dataset(session: Session) -> None:
    write(session)
    write(session, piece=f"{NAME} for special runs", run_class="Special24")
    assert [body.run_class for body in accepting(session)] == ["Collisions24", "Special24"]


def test_one_that_is_out_of_play_is_kept_and_stays_so_when_it_is_changed(session: Session) -> None:
    write(session)
    switch_accepted_dataset(session, EXPERT, name=NAME, is_enabled=False, why="late", seen=None)
    write(session, run_to=99, seen=None)
    assert not accepting(session)
    assert accepted_datasets(session)[NAME].body.run_to == 99


def test_it_can_be_taken_away_and_brought_back(session: Session) -> None:
    write(session)
    taken = remove_accepted_dataset(session, EXPERT, name=NAME, why="a slip", seen=None)
    assert not accepted_datasets(session)
    undo(session, taken.change_set, by="J. Novak", why="not a slip")
    assert NAME in accepted_datasets(session)


def test_what_there_is_not_cannot_be_taken_away_or_switched(session: Session) -> None:
    with pytest.raises(NotFound, match="no accepted dataset"):
        remove_accepted_dataset(session, EXPERT, name=NAME, why="x", seen=None)
    with pytest.raises(NotFound, match="no accepted dataset"):
        switch_accepted_dataset(session, EXPERT, name=NAME, is_enabled=False, why="x", seen=None)


def test_nobody_overwrites_what_he_has_not_seen(session: Session) -> None:
    seen = write(session).change_set
    write(session, run_to=99, seen=seen)
    with pytest.raises(Conflict, match=r"J\. Novak changed"):
        write(session, run_to=999, seen=seen)


def test_of_two_at_the_same_moment_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    both = Barrier(2)

    def one(run_to: int) -> str:
        try:
            with transaction(engine) as session:
                both.wait()
                write(session, run_to=run_to)
        except RegistryError as error:
            return type(error).__name__
        return "written"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, (5, 6))) == ["Conflict", "written"]


def test_patterns_are_tried_against_the_listing() -> None:
    listing = [Entry(1, "/ZeroBias/A"), Entry(2, "/ZeroBias/A"), Entry(2, "/ZeroBias/B"), Entry(3, "/Muon0/A")]
    zero_bias, nothing = try_patterns("/ZeroBias/\n/Never/", listing, run_to=2)
    assert (zero_bias.found, zero_bias.entries) == ({"/ZeroBias/A": 2, "/ZeroBias/B": 1}, 3)
    assert not nothing.found


def test_patterns_are_read_as_javascript_reads_them() -> None:
    listing = [Entry(1, "/ZeroBias/Run2024A/DQMIO")]
    (tried,) = try_patterns([r"(?<year>Run\d{4})[A-Z]\/DQM"], listing)
    assert tried.entries == 1
    with pytest.raises(InvalidInput, match=r"no regular expression"):
        try_patterns("[", listing)


def test_a_fresh_registry_accepts_datasets_once(engine: Engine) -> None:
    ensure_defaults(engine)
    assert ensure_default_accepted_datasets(engine)
    with transaction(engine) as session:
        remove_accepted_dataset(session, EXPERT, name="/Express/Collisions2018/DQM", why="none", seen=None)
    assert not ensure_default_accepted_datasets(engine)
    with transaction(engine) as session:
        assert "/Express/Collisions2018/DQM" not in accepted_datasets(session)


def test_the_eras_of_a_year_leave_no_run_out_and_none_to_two() -> None:
    for year in YEARS:
        ranges = list(year.era_ranges)
        assert (ranges[0][1], ranges[-1][2]) == (year.first, year.last)
        assert all(last + 1 == first for (_, _, last), (_, first, _) in pairwise(ranges))


@pytest.mark.parametrize("name", ["2018", "2022"])
def test_every_run_of_a_season_has_the_datasets_that_the_gui_will_list(name: str) -> None:
    bodies = list(default_accepted_datasets())
    for run in season_named(name).runs.values():
        accepted = [b for b in bodies if b.run_class == run.run_class and b.has_run(run.run_number)]
        listed = [sample.dataset for sample in samples_of(run)]
        if not accepted:
            assert run.run_class.startswith("Commissioning")
            continue
        assert len(accepted) == len(listed) == 2
        assert all(any(body.finds(dataset) for body in accepted) for dataset in listed)
        assert all(any(body.finds(dataset) for dataset in listed) for body in accepted)
