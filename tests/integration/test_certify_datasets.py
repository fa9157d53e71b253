"""Datasets are moved: who may, from where to where, many at once, two people at once, and back again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import VISITOR, demo_actor
from backend.certify.datasets import move_datasets, preview_moves
from backend.certify.hiding import hide_datasets
from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, RegistryError, WrongState
from backend.queries import latest_change
from backend.record import DatasetKey, Recorded, undo
from models.vocabulary import ONLINE, DatasetState
from tests.factories import RUN, a_run
from tests.offline import EXPRESS, a_dataset, acts, dataset_id, states

EXPERT, KELLER = demo_actor("dc-expert"), demo_actor("tracker-certifier")
WAITING, OPEN, SIGNOFF, COMPLETED = (
    DatasetState.WAITING,
    DatasetState.OPEN,
    DatasetState.SIGNOFF,
    DatasetState.COMPLETED,
)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A registry with its defaults and one run."""
    ensure_defaults(engine)
    with transaction(engine) as opened:
        a_run(opened)
        yield opened


def move(
    session: Session, *keys: DatasetKey, to: DatasetState, desks: tuple[str, ...] = ("tracker",), **more: object
) -> Recorded:
    actor = more.pop("actor", EXPERT)
    ids = [dataset_id(session, key) for key in keys]
    return move_datasets(session, actor, ids, desks=desks, to=to, seen=more.pop("seen", None), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (WAITING, OPEN),
        (DatasetState.NOT_SIGNIFICANT, OPEN),
        (OPEN, SIGNOFF),
        (OPEN, COMPLETED),
        (SIGNOFF, COMPLETED),
    ],
)
def test_a_dataset_is_moved_on_in_its_workspace_alone(session: Session, before: DatasetState, to: DatasetState) -> None:
    key = a_dataset(session, tracker=before)
    move(session, key, to=to)
    assert (states(session, key)["tracker"], states(session, key)["ecal"]) == (to, OPEN)


@pytest.mark.parametrize(("before", "to"), [(SIGNOFF, OPEN), (COMPLETED, OPEN), (COMPLETED, SIGNOFF)])
def test_it_is_moved_back_only_where_that_is_wanted(session: Session, before: DatasetState, to: DatasetState) -> None:
    key = a_dataset(session, tracker=before)
    with pytest.raises(WrongState, match=f"1 dataset {before} in tracker"):
        move(session, key, to=to)
    move(session, key, to=to, with_closed=True)
    assert states(session, key)["tracker"] == to


@pytest.mark.parametrize(("before", "to"), [(WAITING, SIGNOFF), (WAITING, COMPLETED), (OPEN, OPEN), (SIGNOFF, SIGNOFF)])
def test_what_cannot_be_moved_there_is_refused(session: Session, before: DatasetState, to: DatasetState) -> None:
    key = a_dataset(session, tracker=before)
    before_acts = acts(session)
    with pytest.raises(WrongState, match=f"Nothing would change: 1 dataset {before} in tracker"):
        move(session, key, to=to, with_closed=True)
    assert acts(session) == before_acts


@pytest.mark.parametrize("to", [WAITING, DatasetState.NOT_SIGNIFICANT])
def test_nobody_moves_a_dataset_to_where_only_rules_put_it(session: Session, to: DatasetState) -> None:
    with pytest.raises(InvalidInput, match="Nobody moves datasets to"):
        move(session, a_dataset(session), to=to)


def test_opened_for_the_global_workspace_it_is_opened_for_all_that_wait(session: Session) -> None:
    key = a_dataset(session, state=WAITING, ecal=COMPLETED, gem=DatasetState.NOT_SIGNIFICANT)
    move(session, key, to=OPEN, desks=("global",))
    now = states(session, key)
    assert (now.pop("ecal"), now.pop("gem")) == (COMPLETED, DatasetState.NOT_SIGNIFICANT)
    assert set(now.values()) == {OPEN}


def test_opened_for_the_global_workspace_again_it_opens_no_other(session: Session) -> None:
    key = a_dataset(session, state=WAITING, **{"global": COMPLETED})
    move(session, key, to=OPEN, desks=("global",), with_closed=True)
    assert (states(session, key)["global"], states(session, key)["tracker"]) == (OPEN, WAITING)


def test_several_workspaces_are_moved_at_once(session: Session) -> None:
    key = a_dataset(session, dt=SIGNOFF)
    move(session, key, to=COMPLETED, desks=("tracker", "ecal", "dt"))
    now = states(session, key)
    assert {now[desk] for desk in ("tracker", "ecal", "dt")} == {COMPLETED}
    assert now["csc"] == OPEN


def test_the_preview_counts_what_the_move_does(session: Session) -> None:
    keys = [a_dataset(session), a_dataset(session, name=EXPRESS, tracker=COMPLETED)]
    ids = [dataset_id(session, key) for key in keys]
    plan = preview_moves(session, EXPERT, ids, desks=["tracker"], to=SIGNOFF)
    assert (plan.datasets, dict(plan.moves)) == ((keys[0],), {("tracker", OPEN, SIGNOFF): 1})
    assert [(left.dataset, left.why) for left in plan.left_out] == [(keys[1], "COMPLETED in tracker")]
    move(session, *keys, to=SIGNOFF)
    assert [states(session, key)["tracker"] for key in keys] == [SIGNOFF, COMPLETED]


def test_a_certifier_moves_on_in_the_own_workspace(session: Session) -> None:
    key = a_dataset(session)
    move(session, key, to=SIGNOFF, actor=KELLER)
    assert states(session, key)["tracker"] == SIGNOFF
    with pytest.raises(NotPermitted, match=r"move a dataset on.* in ecal"):
        move(session, key, to=SIGNOFF, desks=("tracker", "ecal"), actor=KELLER)


def test_a_certifier_does_not_open_one_that_waits_or_is_closed(session: Session) -> None:
    key = a_dataset(session, tracker=WAITING)
    with pytest.raises(NotPermitted, match="move a dataset back to OPEN outside a pending cycle in tracker"):
        move(session, key, to=OPEN, actor=KELLER)


def test_the_right_is_asked_before_anything_else(session: Session) -> None:
    with pytest.raises(NotPermitted):
        move_datasets(session, VISITOR, [1], desks=["nowhere"], to=SIGNOFF, seen=None)


def test_what_is_not_there_is_named(session: Session) -> None:
    key = a_dataset(session)
    with pytest.raises(NotFound, match="no dataset 999"):
        move_datasets(session, EXPERT, [dataset_id(session, key), 999], desks=["tracker"], to=SIGNOFF, seen=None)
    with pytest.raises(NotFound, match="no offline workspace 'zdc'"):
        move(session, key, to=SIGNOFF, desks=("zdc",))


def test_it_takes_a_dataset_and_a_workspace(session: Session) -> None:
    online = DatasetKey(RUN, ONLINE)
    with pytest.raises(InvalidInput, match="No dataset is ticked"):
        move(session, to=SIGNOFF)
    with pytest.raises(InvalidInput, match="No workspace is named"):
        move(session, a_dataset(session), to=SIGNOFF, desks=())
    with pytest.raises(InvalidInput, match="online is what the shift crew says"):
        move(session, online, to=SIGNOFF)


def test_a_hidden_one_stays(session: Session) -> None:
    key = a_dataset(session)
    hide_datasets(session, EXPERT, [dataset_id(session, key)], why="doubled", seen=None)
    with pytest.raises(WrongState, match="1 dataset hidden"):
        move(session, key, to=SIGNOFF)


def test_a_move_is_undone(session: Session) -> None:
    key = a_dataset(session, state=WAITING)
    before = states(session, key)
    moved = move(session, key, to=OPEN, desks=("global",))
    undo(session, moved.change_set, by="J. Novak", why="too early")
    assert states(session, key) == before


def test_who_comes_second_is_told_who_came_first_though_nothing_is_left_to_move(session: Session) -> None:
    key = a_dataset(session)
    seen = latest_change(session).change_set
    move(session, key, to=SIGNOFF)
    with pytest.raises(Conflict, match=rf"J\. Novak changed state\.tracker of {key} at \d\d:\d\d UTC"):
        move(session, key, to=SIGNOFF, seen=seen)


def test_who_has_not_seen_that_somebody_moved_it_is_told(session: Session) -> None:
    key = a_dataset(session)
    seen = latest_change(session).change_set
    move(session, key, to=SIGNOFF, actor=KELLER)
    with pytest.raises(Conflict, match=r"A\. Keller changed state\.tracker"):
        move(session, key, to=COMPLETED, seen=seen)
    move(session, key, to=SIGNOFF, desks=("ecal",), seen=seen)


def test_of_two_at_the_same_moment_one_is_told(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        a_run(session)
        id_ = dataset_id(session, a_dataset(session))
        seen = latest_change(session).change_set
    both = Barrier(2)

    def one(to: DatasetState) -> str:
        try:
            with transaction(engine) as session:
                both.wait()
                move_datasets(session, EXPERT, [id_], desks=["tracker"], to=to, seen=seen)
        except RegistryError as error:
            return type(error).__name__
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, (SIGNOFF, COMPLETED))) in (["Conflict", "moved"], ["WrongState", "moved"])
