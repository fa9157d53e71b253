"""Datasets as desks list them: the right ones, in a steady order, whatever is asked of them or their run."""

from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.embedded import Embedded
from backend.errors import InvalidFilter
from backend.queries import (
    DATASETS,
    EVERYTHING,
    Sort,
    columns_catalogue,
    dataset_counters,
    datasets_page,
    format_filter,
    ids_of,
    parse_filter,
    unique_dataset_names,
)
from backend.queries.dataset_scope import scope_of
from backend.queries.filter_sql import BRIEF
from backend.record import Act, DatasetKey, DatasetSaid, RunSaid, record
from models.lumis import LumiSet
from models.vocabulary import ActKind, Origin, Status
from tests.databases import an_engine
from tests.factories import a_flag, a_run, columns, flag

EXPRESS, PROMPT = "/Express/Collisions2018/DQM", "/PromptReco/Collisions2018A/DQM"
WAITING = "waiting dqm gui"


def a_dataset(session: Session, run_number: int, name: str = PROMPT, **states: str) -> DatasetKey:
    """A dataset with a state per workspace; the run is there already."""
    key = DatasetKey(run_number, name)
    said = DatasetSaid(key, {f"state.{w}": state for w, state in states.items()}, Origin.RULE)
    record(session, Act("rule", "sign-off", ActKind.DATASET, new_datasets=(key,), datasets=(said,)))
    return key


def say(session: Session, key: DatasetKey, **said: object) -> None:
    words = DatasetSaid(key, {name.replace("__", "."): value for name, value in said.items()}, Origin.PERSON)
    record(session, Act("J. Novak", "x", ActKind.DATASET, datasets=(words,)))


@pytest.fixture(scope="module")
def registry(postgresql: Embedded) -> Iterator[Engine]:
    """Four runs with datasets in various states, flags and links; for reading only."""
    with an_engine(postgresql, name="datasets") as on:
        ensure_defaults(on)
        with transaction(on) as opened:
            pixel, strip, _ = columns(opened)
            for number, run_class in ((1, "Collisions18"), (2, "Collisions18"), (3, "Cosmics18"), (4, None)):
                a_run(
                    opened,
                    number,
                    known=LumiSet.span(1, 40),
                    energy=6500 + number,
                    fill_number=10 - number,
                    era=f"E{number}",
                )
                edit = RunSaid(number, {"run_class": run_class, "state": "SIGNOFF"}, Origin.PERSON)
                record(opened, Act("A", "x", ActKind.EDIT_RUN, runs=(edit,)))
            a_dataset(opened, 1, EXPRESS, tracker="COMPLETED", ecal="OPEN")
            first = a_dataset(opened, 1, tracker="OPEN", ecal="COMPLETED")
            second = a_dataset(opened, 2, tracker="SIGNOFF")
            a_dataset(opened, 3, tracker=WAITING)
            hidden = a_dataset(opened, 4, tracker="OPEN")
            flag(
                opened,
                a_flag(first, strip, Status.BAD, of=(1, 8), comment="HV trip"),
                a_flag(first, pixel, Status.GOOD, of=(1, 40)),
            )
            flag(opened, a_flag(second, strip, Status.GOOD, of=(1, 40)))
            say(opened, first, **{"gui./Collisions18/DQM": True})
            say(opened, hidden, hidden=True)
        yield on


@pytest.fixture
def session(registry: Engine) -> Iterator[Session]:
    with transaction(registry) as opened:
        yield opened


def found(session: Session, typed: str = "", *sort: Sort, **more: object) -> list[str]:
    """The datasets as ``1 Prompt``, in order."""
    asked = {"workspace": "tracker", "which": "all"} | more
    page = datasets_page(session, filter=parse_filter(typed, DATASETS), sort=sort, **asked)  # type: ignore[arg-type]
    assert page.total >= len(page.rows)
    return [f"{row.run_number} {short(row.name)}" for row in page.rows]


def short(name: str) -> str:
    return {EXPRESS: "Express", PROMPT: "Prompt"}.get(name, name)


def test_a_desk_sees_what_waits_and_what_it_works_on(session: Session) -> None:
    assert found(session, which="waiting") == ["3 Prompt"]
    assert found(session, which="editable") == ["2 Prompt", "1 Express", "1 Prompt"]
    assert found(session, which="editable", workspace="ecal") == ["1 Express", "1 Prompt"]
    assert found(session, which="editable", workspace="csc") == []


def test_hidden_datasets_and_online_are_seen_when_asked_for(session: Session) -> None:
    assert found(session, "run 4") == []
    assert found(session, "run 4", with_hidden=True) == ["4 Prompt"]
    assert found(session, "hidden") == ["4 Prompt"]
    assert found(session, "dataset = online and run 4") == ["4 online"]
    assert found(session, "run 4 and dataset like onl%", with_hidden=True) == []


@pytest.mark.parametrize(
    ("typed", "datasets"),
    [
        ("state.tracker = OPEN", {"1 Prompt"}),
        ("state.ecal OPEN or state.tracker SIGNOFF", {"1 Express", "2 Prompt"}),
        ("state.ecal is null", {"2 Prompt", "3 Prompt"}),
        ("state.ecal != OPEN", {"1 Prompt", "2 Prompt", "3 Prompt"}),
        (f'state.tracker = "{WAITING}"', {"3 Prompt"}),
        ("run_state = OPEN", set()),
        ("class = Cosmics18 or tracker-strip BAD > 5", {"1 Prompt", "3 Prompt"}),
        ("class = Collisions18 and (energy > 6501 or tracker-strip BAD)", {"1 Prompt", "2 Prompt"}),
        ("class != Cosmics18", {"1 Express", "1 Prompt", "2 Prompt"}),
        ("class is null or oms.era = E2", {"2 Prompt"}),
        ("tracker-strip all GOOD", {"2 Prompt"}),
        ("tracker-strip no BAD", {"1 Express", "2 Prompt", "3 Prompt"}),
        ("tracker-pixel EMPTY >= 40", {"1 Express", "2 Prompt", "3 Prompt"}),
        ("comments contains trip", {"1 Prompt"}),
        ("comments not contains trip", {"1 Express", "2 Prompt", "3 Prompt"}),
        ("in_gui", {"1 Prompt"}),
        ("in_gui = no", {"1 Express", "2 Prompt", "3 Prompt"}),
        ("gui contains /Collisions18/DQM", {"1 Prompt"}),
        ("gui is null and run 1", {"1 Express"}),
        ("gui not contains /Collisions18/DQM and run 1", {"1 Express"}),
        ("dataset like /Prompt%", {"1 Prompt", "2 Prompt", "3 Prompt"}),
        ("run in 1, 3-9 and lumisections = 40", {"1 Express", "1 Prompt", "3 Prompt"}),
        ("fill 8 or fill 7", {"2 Prompt", "3 Prompt"}),
        ("changed_by = rule and run 1", {"1 Express"}),
        ("significant is null and run < 2", {"1 Express", "1 Prompt"}),
    ],
)
def test_what_people_type_finds_what_they_mean(session: Session, typed: str, datasets: set[str]) -> None:
    tree = parse_filter(typed, DATASETS)
    assert parse_filter(format_filter(tree, DATASETS), DATASETS) == tree
    assert set(found(session, typed)) == datasets


@pytest.mark.parametrize(
    ("key", "descending", "order"),
    [
        ("run_number", False, ["1 Express", "1 Prompt", "2 Prompt", "3 Prompt"]),
        ("fill_number", False, ["3 Prompt", "2 Prompt", "1 Express", "1 Prompt"]),
        ("energy", True, ["3 Prompt", "2 Prompt", "1 Express", "1 Prompt"]),
        ("oms.era", True, ["3 Prompt", "2 Prompt", "1 Express", "1 Prompt"]),
        ("dataset", False, ["1 Express", "3 Prompt", "2 Prompt", "1 Prompt"]),
        ("state.ecal", True, ["1 Express", "1 Prompt", "3 Prompt", "2 Prompt"]),
        ("tracker-strip", True, ["1 Prompt", "3 Prompt", "1 Express", "2 Prompt"]),
        ("last_change", True, ["1 Prompt", "2 Prompt", "3 Prompt", "1 Express"]),
    ],
)
def test_any_attribute_state_or_component_sorts(session: Session, key: str, descending: bool, order: list[str]) -> None:
    assert found(session, "", Sort(key, descending)) == order


def test_pages_meet_without_gap(session: Session) -> None:
    pages = [found(session, "", Sort("dataset"), offset=n, limit=1) for n in range(5)]
    assert [row for page in pages for row in page] == found(session, "", Sort("dataset"))
    assert datasets_page(session, workspace="tracker", which="all", offset=9).total == 4


def test_a_row_holds_all_that_the_grid_shows(session: Session) -> None:
    page = datasets_page(session, workspace="tracker", filter=parse_filter("run 1 and dataset like /Prompt%", DATASETS))
    (row,) = page.rows
    assert row.counts == {"tracker-strip": {Status.BAD: 8}, "tracker-pixel": {Status.GOOD: 40}}
    assert (row.commented, row.notes["tracker-strip"]["comments"]) == ({"tracker-strip"}, ["HV trip"])
    assert (row.states, row.known, row.gui) == (
        {"tracker": "OPEN", "ecal": "COMPLETED"},
        LumiSet.span(1, 40),
        ("/Collisions18/DQM",),
    )
    assert (row.attributes["run_class"], row.attributes["energy_gev"], row.attributes["is_in_gui"]) == (
        "Collisions18",
        6501.0,
        True,
    )
    assert (row.attributes["run_state"], row.changed_by, page.change_set > row.last_change) == (
        "SIGNOFF",
        "J. Novak",
        True,
    )


def test_a_batch_on_a_filter_is_about_what_the_table_shows(session: Session) -> None:
    typed = parse_filter("class = Collisions18", DATASETS)
    page = datasets_page(session, workspace="tracker", filter=typed)
    assert ids_of(session, typed, workspace="tracker") == tuple(sorted(row.id for row in page.rows))


def test_the_figures_count_by_state_of_the_workspace(session: Session) -> None:
    figures = dataset_counters(session, workspace="tracker")
    assert (figures.datasets, figures.runs, figures.hidden, figures.elsewhere) == (4, 3, 1, 0)
    assert (figures.waiting, figures.open, figures.signoff, figures.completed) == (1, 1, 1, 1)
    assert dataset_counters(session, workspace="ecal", filter=parse_filter("run 2-4", DATASETS)).elsewhere == 2


def test_names_are_told_with_how_many_go_by_them(session: Session) -> None:
    assert unique_dataset_names(session, workspace="tracker") == {EXPRESS: 1, PROMPT: 3}


@pytest.mark.parametrize(
    ("typed", "workspace", "sentence"),
    [
        ("state = OPEN", "tracker", "no attribute 'state'"),
        ("state.trakcer = OPEN", "tracker", "no offline workspace 'trakcer': did you mean tracker"),
        ("", "tracke", "no offline workspace 'tracke'"),
        ("tracker-stripe BAD", "tracker", "no component 'tracker-stripe'"),
    ],
)
def test_what_cannot_be_asked_is_said(session: Session, typed: str, workspace: str, sentence: str) -> None:
    with pytest.raises(InvalidFilter, match=sentence):
        found(session, typed, workspace=workspace)


@pytest.mark.parametrize("sort", ["comments", "gui", "nothing"])
def test_what_cannot_be_sorted_by_is_said(session: Session, sort: str) -> None:
    with pytest.raises(InvalidFilter):
        found(session, "", Sort(sort))


def test_desks_are_read_from_their_own_indexes(session: Session) -> None:
    plans = explained(session, "editable"), explained(session, "all")
    assert ["dataset_desk_tracker" in plans[0], "dataset_in_sight" in plans[1]] == [True, True]


def explained(session: Session, which: str) -> str:
    session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"))
    condition = scope_of(
        session,
        EVERYTHING,
        workspace="tracker",
        which=which,  # type: ignore[arg-type]
        with_hidden=False,
        catalogue=columns_catalogue(session),
    )
    query = select(BRIEF.c.id).where(condition).order_by(BRIEF.c.run_number, BRIEF.c.id)
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    lines: Iterable[str] = session.connection().exec_driver_sql(f"EXPLAIN {compiled}").scalars()
    return "\n".join(lines)
