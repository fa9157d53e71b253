"""Datasets in brief say what the datasets say: in desks, in states of any workspace, and after a migration."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import alembic_config, transaction, upgrade
from backend.projections.briefs import brief_row
from backend.queries import DATASETS, Sort, columns_catalogue, datasets_page, parse_filter
from backend.record import Act, ConfigurationSaid, DatasetKey, DatasetSaid, LumisectionSaid, record
from models.attributes import bit_position
from models.brief_layout import DESKS, STATE_CODES, brief_position
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OFFLINE_COMPONENTS, ONLINE, ActKind, Bit, ColumnKind, DatasetState, Origin, Status
from tests.factories import a_flag, a_run, columns, flag

NAME = "/PromptReco/Collisions2018A/DQM"
STATES = ("OPEN", "COMPLETED", "waiting dqm gui", None)


def arrange(on: Engine) -> None:
    """Four runs with a dataset each, one state each in tracker and in a workspace that people made."""
    ensure_defaults(on)
    made = ConfigurationSaid("workspace", "offline/zdc", {"workspace": "zdc", "side": "offline"})
    with transaction(on) as session:
        record(session, Act("L. Moreau", "a new desk", ActKind.CONFIGURE, configurations=(made,)))
        pixel, strip, late = columns(session)
        for run, state in enumerate(STATES, 1):
            a_run(session, run)
            key = DatasetKey(run, NAME)
            said = {} if state is None else {"state.tracker": state, "state.zdc": state}
            words = DatasetSaid(key, said | {"gui./Collisions18/DQM": True}, Origin.RULE)
            record(session, Act("rule", "sign-off", ActKind.DATASET, new_datasets=(key,), datasets=(words,)))
        flag(session, a_flag(DatasetKey(1, NAME), strip, Status.BAD, of=(3, 9)))
        flag(session, a_flag(DatasetKey(2, NAME), late, Status.GOOD, of=(1, 50)))
        flag(session, a_flag(DatasetKey(3, NAME), pixel, Status.STANDBY))


def briefs(on: Engine) -> list[Any]:
    with transaction(on) as session:
        return [tuple(row) for row in session.execute(text("SELECT * FROM dataset_brief ORDER BY id"))]


def found(session: Session, typed: str, *sort: Sort, workspace: str = "zdc", which: str = "all") -> list[int]:
    filter = parse_filter(typed, DATASETS)
    page = datasets_page(session, workspace=workspace, which=which, filter=filter, sort=sort)  # type: ignore[arg-type]
    return [row.run_number for row in page.rows]


@pytest.mark.parametrize("workspace", ["tracker", "zdc"])
def test_the_states_of_a_workspace_are_asked_alike_whether_it_has_a_place_or_was_made_later(
    engine: Engine, workspace: str
) -> None:
    arrange(engine)
    state = f"state.{workspace}"
    with transaction(engine) as session:
        assert found(session, f"{state} = OPEN") == [1]
        assert found(session, f"{state} != OPEN") == [4, 3, 2]
        assert found(session, f"{state} in OPEN, COMPLETED") == [2, 1]
        assert found(session, f"{state} is null") == [4]
        assert found(session, f"{state} like wait%") == [3]
        assert found(session, f"{state} = NONSENSE") == []
        assert found(session, "", Sort(state)) == [2, 1, 3, 4]
        assert found(session, "", workspace=workspace, which="editable") == [2, 1]
        assert found(session, "", workspace=workspace, which="waiting") == [3]


def test_a_brief_has_what_is_bad_and_good_at_the_flags_place(engine: Engine) -> None:
    arrange(engine)
    with transaction(engine) as session:
        _, strip, late = columns(session)
        flags = dict(session.execute(text("SELECT run_number, flags FROM dataset_brief WHERE name <> 'online'")).all())
    assert flags[1][brief_position(strip, Status.BAD) - 1] == 7
    assert flags[2][brief_position(late, Status.GOOD) - 1] == 50
    assert (flags[3], flags[4]) == ([], [])


def test_the_migration_fills_in_what_the_door_would_have_written(engine: Engine, database_url: str) -> None:
    arrange(engine)
    written = briefs(engine)
    engine.dispose()
    command.downgrade(alembic_config(database_url), "0004")
    upgrade(database_url)
    assert briefs(engine) == written


def test_datasets_are_asked_for_the_bits_of_their_run(engine: Engine) -> None:
    arrange(engine)
    with transaction(engine) as session:
        bit = columns_catalogue(session).of_kind(ColumnKind.BIT)[2]
        word = LumisectionSaid(DatasetKey(2, ONLINE), (bit.id,), LumiRange(1, 4), Bit.FALSE, Origin.RULE)
        record(session, Act("ingest", "lumisections", ActKind.INGEST, lumisections=(word,)))
        assert found(session, f"{bit.name} false > 3") == [2]
        assert found(session, f"{bit.name} no false") == [4, 3, 1]
        assert found(session, f"{bit.name} false = 4 or state.zdc = OPEN", Sort("start_time")) == [2, 1]


def test_the_migration_counts_the_bits_as_the_door_would_have(engine: Engine, database_url: str) -> None:
    ensure_defaults(engine)
    said = {LumiRange(1, 11): Bit.FALSE, LumiRange(12, 80): Bit.TRUE, LumiRange(90, 200): Bit.FALSE}
    with transaction(engine) as session:
        bit = columns_catalogue(session).of_kind(ColumnKind.BIT)[4].id
        online = a_run(session, 1, known=LumiSet.pairs([[3, 20], [60, 100]]))
        a_run(session, 2)
        words = tuple(LumisectionSaid(online, (bit,), at, value, Origin.RULE) for at, value in said.items())
        record(session, Act("ingest", "lumisections", ActKind.INGEST, lumisections=words))
    written = bits_kept(engine)
    before = [0] * (bit_position(bit, Bit.FALSE) - 1)
    assert written == [(1, [*before, 9 + 11, 9 + 21]), (2, [])]
    engine.dispose()
    command.downgrade(alembic_config(database_url), "0005")
    upgrade(database_url)
    assert bits_kept(engine) == written


def bits_kept(on: Engine) -> list[tuple[int, list[int]]]:
    with transaction(on) as session:
        return [(run, bits) for run, bits in session.execute(text("SELECT run_number, bits FROM dataset ORDER BY id"))]


def test_every_workspace_of_the_start_has_a_place_and_states_sort_as_their_words() -> None:
    assert set(DESKS) == {"global", *OFFLINE_COMPONENTS}
    assert sorted(DatasetState, key=lambda state: STATE_CODES[state]) == sorted(DatasetState)


def test_a_state_that_is_none_of_ours_is_none() -> None:
    row = {
        "id": 1,
        "run_number": 1,
        "name": NAME,
        "lumisections": 0,
        "is_hidden": False,
        "counts": [],
        "last_change": 1,
    }
    brief = brief_row(row | {"attributes": {}, "changed_by": "x", "states": {"tracker": "odd", "csc": "OPEN"}})
    states = bytes.fromhex(brief["states"].removeprefix("\\x"))
    assert [states[DESKS.index(desk)] for desk in ("tracker", "csc")] == [0, STATE_CODES[DatasetState.OPEN]]
