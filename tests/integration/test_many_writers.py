"""Many people on the same dataset at once: no word is lost, none is overwritten in silence, ids have no gap."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.errors import Conflict
from backend.rebuild import rebuild
from backend.record import Act, DatasetKey, record
from models.vocabulary import ActKind, Status
from tests.factories import a_flag, a_run, columns, flag

WRITERS = 8
ACTS = 15


def segments(on: Engine) -> list[object]:
    with transaction(on) as session:
        return list(session.execute(text("SELECT to_jsonb(s) FROM segments s ORDER BY dataset_id")).scalars())


def test_eight_writers_on_one_dataset_lose_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        ids = columns(session)
        online = a_run(session)

    def write(writer: int) -> list[int]:
        done = []
        for n in range(ACTS):
            first = 1 + (writer * 7 + n * 3) % 80
            with transaction(engine) as session:
                word = a_flag(online, ids[n % 3], Status(1 + n % 5), of=(first, first + 15))
                done.append(flag(session, word, by=f"writer {writer}").change_set)
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [act for acts in pool.map(write, range(WRITERS)) for act in acts]
    assert sorted(done) == list(range(3, 3 + WRITERS * ACTS))
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM lumisection_change")).scalar_one() == WRITERS * ACTS
    live = segments(engine)
    rebuild(engine)
    assert segments(engine) == live


def test_of_two_who_saw_the_same_one_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        online = a_run(session)

    def write(writer: int) -> str:
        try:
            with transaction(engine) as session:
                flag(session, a_flag(online, pixel, Status(1 + writer % 5)), by=f"writer {writer}", seen=2)
        except Conflict as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(WRITERS) as pool:
        said = list(pool.map(write, range(WRITERS)))
    assert said.count("done") == 1
    assert all("changed tracker-pixel 10–20" in sentence for sentence in said if sentence != "done")


def test_batches_in_opposite_order_do_not_block_each_other(engine: Engine) -> None:
    with transaction(engine) as session:
        pixel, *_ = columns(session)
        keys = [a_run(session, run) for run in range(1, 31)]

    def write(order: list[DatasetKey]) -> None:
        for _ in range(5):
            with transaction(engine) as session:
                words = tuple(a_flag(key, pixel) for key in order)
                record(session, Act(by="batch", why="batch", kind=ActKind.BATCH, lumisections=words))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [keys, keys[::-1], keys[10:] + keys[:10], keys[::-1]]))
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM change_set WHERE kind = 'batch'")).scalar_one() == 20


def test_two_who_make_the_same_run_are_one_run(engine: Engine) -> None:
    def make(_: int) -> bool:
        try:
            with transaction(engine) as session:
                a_run(session)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(make, range(4))) == 1
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM change_set")).scalar_one() == 1
