"""The small words of certification: what people write, which way a move goes, what lacks a verdict, what is sought."""

import pytest

from backend.access import Action
from backend.certify.completeness import Gap
from backend.certify.deeds import DatasetDeed, Deed, FlagDeed, RunDeed
from backend.certify.moving_runs import is_on, right_to_move
from backend.certify.reversing import rights_to_reverse
from backend.certify.said import LONGEST, text_or_none
from backend.errors import InvalidInput
from models.lumis import LumiSet
from models.vocabulary import ActKind, Origin, RunState

OPEN, SIGNOFF, COMPLETED = RunState


@pytest.mark.parametrize("written,kept", [("  HV trip\n", "HV trip"), ("", None), (" \t", None), (None, None)])
def test_what_is_written_is_trimmed_and_nothing_is_none(written: str | None, kept: str | None) -> None:
    assert text_or_none(written, what="comment") == kept


def test_what_cannot_be_kept_is_refused_with_its_name() -> None:
    assert text_or_none("x" * LONGEST, what="comment") == "x" * LONGEST
    with pytest.raises(InvalidInput, match="The comment has 2001 characters; 2000 are the most"):
        text_or_none("x" * (LONGEST + 1), what="comment")
    with pytest.raises(InvalidInput, match="The cause has the character NUL"):
        text_or_none("a\0", what="cause")


@pytest.mark.parametrize(
    "state,to,right",
    [
        (OPEN, SIGNOFF, Action.RUN_MOVE),
        (SIGNOFF, COMPLETED, Action.RUN_MOVE),
        (OPEN, COMPLETED, Action.RUN_MOVE),
        (COMPLETED, SIGNOFF, Action.RUN_REOPEN),
        (SIGNOFF, OPEN, Action.RUN_REOPEN),
        (COMPLETED, OPEN, Action.RUN_REOPEN),
    ],
)
def test_a_move_goes_on_or_back(state: RunState, to: RunState, right: Action) -> None:
    assert right_to_move(state, to) is right
    assert is_on(state, to) is (right is Action.RUN_MOVE)


def test_what_lacks_a_verdict_is_said_as_people_say_it() -> None:
    where = LumiSet.pairs([[3, 3], [10, 20]])
    assert str(Gap(("dt-dt",), where)) == "dt-dt has no verdict in 3, 10–20"
    assert str(Gap(("dt-dt", "gem-gem"), where)) == "dt-dt, gem-gem have no verdict in 3, 10–20"


def a_deed(
    kind: ActKind,
    *,
    runs: tuple[RunDeed, ...] = (),
    datasets: tuple[DatasetDeed, ...] = (),
    flags: tuple[FlagDeed, ...] = (),
    cycles: tuple[dict[str, object], ...] = (),
) -> Deed:
    return Deed(7, 7, "S. Tanaka", kind, False, runs, datasets, flags, (), cycles)


def test_what_rules_said_in_a_persons_act_takes_no_right_of_its_own() -> None:
    person = RunDeed(1, Origin.PERSON, {"is_significant": True})
    rule = RunDeed(1, Origin.RULE, {"run_class": "Collisions22"})
    deed = a_deed(ActKind.EDIT_RUN, runs=(person, rule))
    assert rights_to_reverse(deed, before={}) == ((Action.RUN_SIGNIFICANT, None),)


def test_moving_back_is_reversed_by_who_may_move_back() -> None:
    deed = a_deed(ActKind.MOVE_RUN, runs=(RunDeed(1, Origin.PERSON, {"state": "SIGNOFF"}),))
    assert rights_to_reverse(deed, before={1: "COMPLETED"}) == ((Action.RUN_REOPEN, None),)
    assert rights_to_reverse(deed, before={}) == ((Action.RUN_MOVE, None),)


def test_flags_take_the_right_of_their_side_and_workspace_and_bits_their_own() -> None:
    flags = (
        FlagDeed(1, 1, "online", "dt"),
        FlagDeed(2, 1, "/Express/X/DQM", "dt"),
        FlagDeed(2, 1, "/Express/X/DQM", "oms"),
    )
    assert rights_to_reverse(a_deed(ActKind.FLAG, flags=flags), before={}) == (
        (Action.RUN_FLAGS, "dt"),
        (Action.FLAGS, "dt"),
        (Action.DCS_BITS, None),
    )


def test_a_quick_certification_is_undone_with_the_rights_that_it_took() -> None:
    moved = DatasetDeed(2, 1, "/Express/X/DQM", Origin.PERSON, {"state.tracker": "SIGNOFF"})
    deed = a_deed(ActKind.BATCH, datasets=(moved,), flags=(FlagDeed(2, 1, "/Express/X/DQM", "tracker"),))
    assert rights_to_reverse(deed, before={}) == ((Action.FLAGS, "tracker"), (Action.DATASET_MOVE, "tracker"))


@pytest.mark.parametrize(
    "said,rights",
    [
        ({"name": "week 12"}, [(Action.CYCLE_MANAGE, None)]),
        ({}, [(Action.CYCLE_MANAGE, None)]),
        ({"state.tracker": "completed"}, [(Action.CYCLE_COMPLETE, "tracker")]),
    ],
)
def test_cycles_take_the_rights_for_cycles(said: dict[str, object], rights: list[tuple[Action, str | None]]) -> None:
    assert list(rights_to_reverse(a_deed(ActKind.CYCLE, cycles=(said,)), before={})) == rights


@pytest.mark.parametrize("kind", [ActKind.INGEST, ActKind.CLASSIFY, ActKind.PROPOSAL, ActKind.SETUP])
def test_nobody_undoes_what_oms_or_rules_said(kind: ActKind) -> None:
    with pytest.raises(InvalidInput, match=f"of kind {kind}, which cannot be undone"):
        rights_to_reverse(a_deed(kind, runs=(RunDeed(1, Origin.RULE, {"run_class": "X"}),)), before={})
