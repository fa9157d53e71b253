"""How many runs a filter lets through is counted once, and counted again as soon as anything is said."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.queries import DATASETS, RUNS, Sort, counters, datasets_page, parse_filter, runs_page
from backend.queries.dataset_scope import Which
from backend.record import Act, DatasetKey, DatasetSaid, RunSaid, record
from models.vocabulary import ActKind, Origin
from tests.factories import a_run

OPEN = parse_filter("state = OPEN", RUNS)


@contextmanager
def counting(on: Engine) -> Iterator[list[str]]:
    """The statements that count, as they are sent."""
    sent: list[str] = []

    def keep(_: object, __: object, statement: str, *___: object) -> None:
        if "count(*)" in statement:
            sent.append(statement)

    event.listen(on, "before_cursor_execute", keep)
    yield sent
    event.remove(on, "before_cursor_execute", keep)


def signed_off(session: Session, run_number: int) -> None:
    said = RunSaid(run_number, {"state": "SIGNOFF"}, Origin.PERSON)
    record(session, Act("S. Tanaka", "done", ActKind.MOVE_RUN, runs=(said,)))


def page(session: Session, *, offset: int = 0, sort: tuple[Sort, ...] = ()) -> tuple[int, list[int]]:
    found = runs_page(session, filter=OPEN, sort=sort, offset=offset, limit=2, with_bits=False)
    return found.total, [row.run_number for row in found.rows]


def test_who_turns_pages_counts_once(engine: Engine) -> None:
    with transaction(engine) as session:
        for run_number in range(1, 6):
            a_run(session, run_number)
    with transaction(engine) as session, counting(engine) as counts:
        assert [page(session, offset=at) for at in (0, 2, 4, 6)] == [(5, [5, 4]), (5, [3, 2]), (5, [1]), (5, [])]
        assert page(session, sort=(Sort("run_number"),)) == (5, [1, 2])
        assert len(counts) == 1


def test_what_is_on_the_last_page_needs_no_counting(engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session, 1)
    with transaction(engine) as session, counting(engine) as counts:
        assert page(session) == (1, [1])
        assert counts == []


def test_whatever_is_said_is_counted_and_what_was_taken_back_is_not(engine: Engine) -> None:
    with Session(engine) as session:
        for run_number in (1, 2, 3):
            a_run(session, run_number)
        assert page(session)[0] == 3
        session.commit()
        signed_off(session, 1)
        assert page(session)[0] == 2
        session.rollback()
        assert page(session)[0] == 3
        signed_off(session, 2)
        signed_off(session, 3)
        assert page(session)[0] == 1


def test_what_reads_alike_and_means_another_thing_is_counted_apart(engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session, 1, flag=True)
        a_run(session, 2, flag=1)
        a_run(session, 3, flag=1)
        found = [
            runs_page(session, filter=parse_filter(f"oms.flag = {said}", RUNS), limit=1, with_bits=False).total
            for said in ("true", "1")
        ]
        assert found == [1, 2]


def test_the_figures_of_runs_are_counted_once_for_each_state(engine: Engine) -> None:
    with transaction(engine) as session:
        a_run(session, 1)
    with transaction(engine) as session, counting(engine) as counts:
        assert [counters(session, OPEN).runs for _ in range(3)] == [1, 1, 1]
        assert len(counts) == 1
        a_run(session, 2)
        assert counters(session, OPEN).runs == 2


def test_who_turns_pages_of_datasets_or_sorts_them_anew_counts_once_and_another_list_apart(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        keys = tuple(DatasetKey(run_number, "/PromptReco/Collisions2018A/DQM") for run_number in range(1, 6))
        for key in keys:
            a_run(session, key.run_number)
        said = tuple(DatasetSaid(key, {"state.tracker": "OPEN"}, Origin.RULE) for key in keys)
        record(session, Act("rule", "made", ActKind.DATASET, new_datasets=keys, datasets=said))

    def found(offset: int = 0, which: Which = "editable", *sort: Sort) -> tuple[int, list[int]]:
        asked = parse_filter("run > 1", DATASETS)
        page = datasets_page(session, workspace="tracker", which=which, filter=asked, offset=offset, limit=2, sort=sort)
        return page.total, [row.run_number for row in page.rows]

    with transaction(engine) as session, counting(engine) as counts:
        assert [found(at) for at in (0, 2, 4)] == [(4, [5, 4]), (4, [3, 2]), (4, [])]
        assert found(0, "editable", Sort("lumisections"), Sort("run_number")) == (4, [2, 3])
        assert len(counts) == 1
        assert found(0, "waiting") == (0, [])
        assert len(counts) == 2


def test_a_page_beside_its_figures_counts_no_more_and_the_latest_first_is_how_runs_come_anyway(engine: Engine) -> None:
    with transaction(engine) as session:
        for run_number in range(1, 6):
            a_run(session, run_number)
    with transaction(engine) as session:
        assert counters(session, OPEN).runs == 5
        with counting(engine) as counts:
            assert page(session, sort=(Sort("run_number", descending=True), Sort("start_time"))) == (5, [5, 4])
            assert counts == []
