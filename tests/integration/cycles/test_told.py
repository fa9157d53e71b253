"""What the Log tells of acts on cycles: words of people, no names of attributes."""

from sqlmodel import Session

from backend.certify.cycles import CycleEdit, add_datasets, delete_cycle, edit_cycle, remove_datasets
from backend.queries.log import EVERY_ACT, log_page
from tests.cycles import DC, finish, make, now


def told(session: Session) -> tuple[str, ...]:
    """What the latest act said."""
    return log_page(session, filter=EVERY_ACT, limit=1).entries[0].told.lines


def test_every_act_on_a_cycle_is_told_in_words(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids[:2]).cycle
    [made] = told(session)
    assert made == (
        "cycle week 48: called week 48, without a description, deadline Fri 30 Nov 2018 23:59 UTC, "
        "pending in ecal, global, tracker, 2 datasets added"
    )
    add_datasets(session, DC, cycle, ids=ids[2:], seen=now(session))
    assert told(session) == ("cycle week 48: 1 dataset added",)
    remove_datasets(session, DC, cycle, ids=ids[2:], seen=now(session))
    assert told(session) == ("cycle week 48: 1 dataset removed",)
    edit_cycle(session, DC, cycle, edit=CycleEdit(description="the last week"), seen=now(session))
    assert told(session) == ("cycle week 48: described as “the last week”",)
    edit_cycle(session, DC, cycle, edit=CycleEdit(desks=("tracker",)), seen=now(session))
    assert told(session) == ("cycle week 48: no more for ecal",)
    finish(session, cycle, "tracker")
    assert told(session) == ("cycle week 48: completed in tracker",)


def test_a_cycle_that_is_gone_is_told_by_what_it_was_called(session: Session, ids: list[int]) -> None:
    cycle = make(session, ids).cycle
    delete_cycle(session, DC, cycle, seen=now(session))
    assert told(session) == ("cycle week 48: deleted",)
