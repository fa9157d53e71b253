"""Tables taken away: no cell is a formula, every row is in the file, and the programs give what the page shows."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine

from backend.access import demo_actor
from backend.certify.configuring import write_piece
from backend.configuration import CausesBody, PermissionBody, WorkspaceBody, pieces
from backend.db import transaction
from backend.queries import EVERYTHING, ids_of
from backend.queries.cycles import cycle_facts, cycles
from backend.queries.log import LogFilter, log_page
from backend.start import make_ready
from dashboard.classifiers.taken import classifiers_program
from dashboard.cycles_taken import datasets_program, progress_rows
from dashboard.log_taken import acts, program
from dashboard.settings_taken import TAKEN
from dashboard.taking_away import Program, csv_of
from models.vocabulary import ActKind, ConfigurationKind
from tests.cycled import a_cycle, some_datasets
from tests.pages import open_page, speaking_to

RUNS = (325_172, 325_170, 325_159)


@pytest.fixture
def cycle(engine: Engine) -> Iterator[int]:
    """A registry with one cycle of three datasets; this process speaks to it."""
    make_ready(engine)
    with transaction(engine) as session:
        some_datasets(session, *RUNS)
        made = a_cycle(session, ids_of(session, EVERYTHING, workspace="tracker", which="all"))
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        yield made


def table(file: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(file.decode())))


def run(program: Program, name: str) -> Any:
    """What the program reads."""
    found: dict[str, Any] = {}
    exec(program.text, found)
    return found[name]


def label_of(tab: str, at: int = 0) -> list[list[str]]:
    taken = TAKEN[tab][at]
    return table(csv_of(taken.columns, taken.rows()))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_would_run_is_text_alone_in_lists_and_in_headings(start: str) -> None:
    evil = f'{start}HYPERLINK("http://evil")'
    [heading], [said], [listed] = table(csv_of([evil], [[evil], [(evil, "x")]]))
    assert heading == said == f"'{evil}"
    assert listed == f"'{evil} x"


def test_numbers_times_and_truths_stay_what_they_are() -> None:
    at = datetime(2018, 10, 24, 9, 42, tzinfo=UTC)
    [_, row] = table(csv_of("abcde", [[-1, -0.5, at, True, None]]))
    assert row == ["-1", "-0.5", "2018-10-24T09:42:00+00:00", "true", ""]


def test_every_act_of_the_filter_is_in_the_file_and_the_program_reads_the_page(engine: Engine, cycle: int) -> None:
    asked = LogFilter(by="Novak", kinds=frozenset({ActKind.CYCLE}), since=datetime(2020, 1, 2, tzinfo=UTC))
    with transaction(engine) as session:
        shown = log_page(session, filter=asked).entries
        everything = log_page(session, limit=1_000).entries
    assert len(shown) == 1
    assert run(program(asked, before=None, limit=60), "acts") == shown
    assert [row[0] for row in acts(asked)] == [shown[0].change_set]
    assert [row[0] for row in acts(LogFilter())] == [act.change_set for act in everything]


def test_the_cycles_and_the_datasets_of_one_are_taken_away(engine: Engine, cycle: int) -> None:
    with transaction(engine) as session:
        facts, found = cycle_facts(session, cycle), cycles(session, "tracker")
    rows = list(progress_rows(found))
    assert [(row[1], row[4], row[7]) for row in rows] == [
        ("2018 week 43", "global", 3),
        ("2018 week 43", "tracker", 3),
    ]
    assert sorted(row.run_number for row in run(datasets_program(facts, "tracker"), "datasets")) == sorted(RUNS)


def test_each_table_of_settings_holds_every_row_and_its_program_reads_them(engine: Engine, cycle: int) -> None:
    with transaction(engine) as session:
        standing = {model: dict(pieces(session, model)) for model in (WorkspaceBody, CausesBody, PermissionBody)}
    for tab, model in {"Workspaces": WorkspaceBody, "Causes": CausesBody, "Permissions": PermissionBody}.items():
        assert run(TAKEN[tab][0].program, "found") == standing[model]
    columns = sum(max(1, len(piece.body.columns)) for piece in standing[WorkspaceBody].values())
    assert len(label_of("Workspaces")) == columns + 1
    grants = sum(len(piece.body.grants) for piece in standing[PermissionBody].values())
    assert len(label_of("Permissions")) == grants + 1
    assert run(TAKEN["Tokens"][0].program, "found") == []
    assert label_of("Tokens") == [list(TAKEN["Tokens"][0].columns)]
    assert run(TAKEN["Jobs and tasks"][0].program, "found") == ()
    assert run(TAKEN["Jobs and tasks"][1].program, "jobs") == ()
    assert label_of("Jobs and tasks", 1) == [list(TAKEN["Jobs and tasks"][1].columns)]


def test_a_cause_that_would_be_a_formula_is_text_in_the_file(engine: Engine, cycle: int) -> None:
    body = {"causes": [{"word": "HV trip", "meaning": "=cmd|' /C calc'!A0"}]}
    kind, who = ConfigurationKind.CAUSE, demo_actor("admin")
    with transaction(engine) as session:
        write_piece(session, who, kind, name="tracker", body=body, why="as the crew says", seen=None)
    assert ["tracker", "HV trip", "'=cmd|' /C calc'!A0"] in label_of("Causes")


@pytest.mark.parametrize("kind", [ConfigurationKind.COMPONENT, ConfigurationKind.RUN_CLASS, ConfigurationKind.RECIPE])
def test_the_program_of_classifiers_reads_every_one_of_the_kind(cycle: int, kind: ConfigurationKind) -> None:
    found = run(classifiers_program(kind), "found")
    assert all(piece.body.kind is kind for piece in found.values())
    assert found or kind is ConfigurationKind.RECIPE


@pytest.mark.parametrize(
    ("page", "query", "labels"),
    [
        ("log", {}, ["Acts as CSV"]),
        ("cycles", {"workspace": "tracker"}, ["Cycles as CSV", "Datasets of the cycle as CSV"]),
        ("settings", {}, ["Accepted datasets as CSV"]),
        ("settings", {"tab": "Jobs and tasks"}, ["Tasks as CSV", "Jobs as CSV"]),
        ("classifiers", {}, []),
    ],
)
def test_the_pages_offer_the_ways_out(cycle: int, page: str, query: dict[str, str], labels: list[str]) -> None:
    app = open_page(page, **query)
    assert not app.exception
    offered = [button.proto.label for button in app.get("download_button")]
    assert [label for label in labels if label not in offered] == []
    assert any("import" in code.value for code in app.code)


def test_no_page_writes_csv_otherwise() -> None:
    pages = Path(__file__).parents[2] / "dashboard"
    others = [p for p in pages.rglob("*.py") if re.search(r"write_csv\(|csv\.writer|DictWriter", p.read_text("utf-8"))]
    assert [p.name for p in others] == ["taking_away.py"]


def test_a_figure_that_names_what_people_wrote_is_text_in_the_file() -> None:
    frame = pl.DataFrame({"label": ["=cmd|' /C calc'!A0"], "jsons": [["@a", "b"]], "per_pb": [-1.5]})
    assert csv_of(frame.columns, frame.iter_rows()) == b"label,jsons,per_pb\n'=cmd|' /C calc'!A0,'@a b,-1.5\n"
