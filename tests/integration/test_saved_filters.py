"""Filters that people keep: each his own, shared by link, read again when they are used."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from backend.access import VISITOR, demo_actor
from backend.errors import InvalidFilter, InvalidInput, NotFound, NotPermitted
from backend.queries import DATASETS, RUNS, parse_filter
from backend.queries.saved_filters import SavedFilter, delete_filter, save_filter, saved_filter, saved_filters

TANAKA, NOVAK = demo_actor("shifter"), demo_actor("dc-expert")


def save(session: Session, typed: str = "run > 5", *, name: str = "late", actor: object = TANAKA) -> SavedFilter:
    return save_filter(session, actor, subject="run", name=name, filter=parse_filter(typed, RUNS))  # type: ignore[arg-type]


def test_a_filter_is_kept_per_person_and_subject(session: Session) -> None:
    save(session, "run > 5")
    save(session, "run > 6", actor=NOVAK)
    tree = parse_filter("state.tracker = OPEN and tracker-strip BAD > 5", DATASETS)
    save_filter(session, TANAKA, subject="dataset", name="late", filter=tree)
    assert [f.typed for f in saved_filters(session, TANAKA, subject="run")] == ["run > 5"]
    assert [f.filter for f in saved_filters(session, TANAKA, subject="dataset")] == [tree]


def test_a_filter_of_the_same_name_is_replaced_and_its_link_stays(session: Session) -> None:
    first = save(session, "run > 5", name=" late ")
    again = save(session, "run > 7")
    assert (again.id, saved_filter(session, first.id).typed) == (first.id, "run > 7")


def test_a_link_shows_everybody_the_same(session: Session) -> None:
    kept = save(session)
    assert saved_filter(session, kept.id).filter == parse_filter("run > 5", RUNS)
    assert saved_filters(session, NOVAK, subject="run") == ()


def test_a_very_long_filter_is_kept_whole(session: Session) -> None:
    typed = "run in " + ", ".join(str(n) for n in range(300_000, 302_000))
    assert saved_filter(session, save(session, typed).id).filter == parse_filter(typed, RUNS)


def test_who_kept_a_filter_deletes_it_and_nobody_else(session: Session) -> None:
    kept = save(session)
    with pytest.raises(NotPermitted, match=r"J\. Novak may not delete the filter 'late': it is S\. Tanaka's"):
        delete_filter(session, NOVAK, kept.id)
    delete_filter(session, TANAKA, kept.id)
    with pytest.raises(NotFound, match=f"no saved filter {kept.id}"):
        saved_filter(session, kept.id)


def test_who_is_not_signed_in_keeps_none(session: Session) -> None:
    with pytest.raises(NotPermitted, match="not signed in"):
        save(session, actor=VISITOR)
    assert saved_filters(session, VISITOR, subject="run") == ()


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_a_name_that_cannot_be_is_refused(session: Session, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be named"):
        save(session, name=name)


def test_nothing_and_nonsense_are_not_kept(session: Session) -> None:
    with pytest.raises(InvalidInput, match="lets everything through"):
        save(session, "")
    with pytest.raises(InvalidInput, match="no filters of 'fill'"):
        saved_filters(session, TANAKA, subject="fill")


def test_a_filter_of_what_is_gone_says_so_when_it_is_used(session: Session) -> None:
    kept = save(session)
    session.execute(text("UPDATE saved_filter SET filter = 'nonsense > 5' WHERE id = :id"), {"id": kept.id})
    with pytest.raises(InvalidFilter, match="no attribute 'nonsense'"):
        _ = saved_filter(session, kept.id).filter
