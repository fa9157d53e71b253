"""The original's history in an empty registry: numbers, merge order, lumisections, and what is told of it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from backend.api import app
from backend.db import transaction
from backend.embedded import Embedded
from backend.embedded.programs import find_programs
from backend.errors import InvalidInput, WrongState
from backend.legacy import import_legacy, original_at, original_in, write_log
from backend.legacy.checking import check
from backend.rebuild import rebuild
from backend.record import next_cycle
from backend.settings import Settings
from tests.databases import a_copy, drop
from tests.integration.legacy.conftest import Imported
from tests.legacy import PROMPT, RUN, STRANGE


@pytest.fixture
def client(imported: Imported) -> Iterator[TestClient]:
    """The API on what was imported."""
    app.state.engine, app.state.settings = imported.engine, Settings(read_without_login=True)
    yield TestClient(app)
    del app.state.engine, app.state.settings


def rows(engine: Engine, question: str, **values: object) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question), values)]


def segments(engine: Engine, name: str, column: str) -> list[tuple[int, int, int]]:
    """(first, last, value) of a column of the run's dataset."""
    asked = """
        SELECT first, last, value FROM segment WHERE run_number = :run AND name = :name AND column_name = :column
        ORDER BY first
    """
    return rows(engine, asked, run=RUN, name=name, column=column)


def test_every_act_keeps_its_number_author_time_and_reason(imported: Imported) -> None:
    asked = """SELECT id, "by", why, kind, to_char(at, 'HH24:MI') FROM change_set WHERE id < 16 ORDER BY id"""
    acts = rows(imported.engine, asked)
    assert [act[0] for act in acts] == list(range(1, 16))
    assert acts[2] == (3, "shifter@cern.ch", "strip tripped", "flag", "00:03")
    assert acts[3] == (4, "auto@auto", "update run 379001", "ingest", "00:04")
    assert acts[7] == (8, "auto@auto", "dataset creation", "dataset", "00:08")


def test_a_number_that_the_original_skipped_is_an_act_that_says_so(imported: Imported) -> None:
    asked = 'SELECT "by", why, kind FROM change_set WHERE id = 2'
    assert rows(imported.engine, asked) == [("import", "The original has no act of this number.", "setup")]


def test_a_persons_word_of_a_run_outlasts_later_ones_of_programs(imported: Imported) -> None:
    asked = "SELECT run_class, state, energy_gev, fill_number, hlt_key, stop_reason FROM run WHERE run_number = :run"
    assert rows(imported.engine, asked, run=RUN) == [("Cosmics24", "SIGNOFF", 6799.0, 9401, "/cdaq/a", None)]


def test_flags_are_merged_as_there_and_a_triplet_is_one(imported: Imported) -> None:
    online = segments(imported.engine, "online", "strip")
    assert online == [(1, 3, 4), (4, 5, 2), (6, 7, 4), (8, 8, 2), (9, 10, 4)]
    assert segments(imported.engine, "online", "dt") == [(1, 10, 1)]
    assert segments(imported.engine, "online", "csc") == [(1, 2, 1), (3, 4, 2), (5, 6, 1), (7, 8, 2)]
    noted = rows(imported.engine, "SELECT notes FROM dataset WHERE run_number = :run AND name = 'online'", run=RUN)
    assert "tripped" in str(noted) and "power" in str(noted)


def test_a_lumisection_that_oms_did_not_know_stays_a_hole(imported: Imported) -> None:
    asked = "SELECT known, lumisections FROM run WHERE run_number = :run"
    assert rows(imported.engine, asked, run=RUN) == [([1, 6, 8, 11], 10)]


def test_bits_are_said_once_online_and_an_override_gives_way_to_a_later_revision(imported: Imported) -> None:
    assert segments(imported.engine, "online", "tob_ready") == [(1, 2, 1), (3, 4, 2), (5, 6, 1), (8, 10, 1)]
    assert segments(imported.engine, PROMPT, "tob_ready") == [(2, 2, 0)]
    assert segments(imported.engine, PROMPT, "cms_active") == []
    assert segments(imported.engine, "online", "prescale_index") == [(1, 2, 3), (5, 6, 3), (8, 10, 3)]


def test_the_api_tells_what_oms_said_in_its_own_words(client: TestClient) -> None:
    asked = {"run_number": RUN, "dataset_name": PROMPT}
    told = client.post("/lumisections/get_oms_lumisection_history", json=asked).json()
    said: dict[tuple[int, int, int], dict[str, object]] = {}
    for line in told:
        said.setdefault((line["version"], line["start"], line["end"]), {}).update(line["jsonb"])
    at_first = {"cms_active": True, "tob_ready": True, "prescale_index": 3, "prescale_name": "2e34"}
    assert said == {
        (1, 1, 6): at_first,
        (1, 8, 10): at_first,
        (11, 2, 3): {"tob_ready": False},
        (14, 3, 4): {"tob_ready": None, "prescale_index": None},
        (14, 3, 3): {"tob_ready": None},
        (14, 11, 11): {"cms_active": True},
    }


def test_luminosity_comes_by_lumisection_number(imported: Imported) -> None:
    asked = "SELECT source, delivered[10], recorded[10], recorded[7] FROM luminosity WHERE run_number = :run"
    assert rows(imported.engine, asked, run=RUN) == [("brilcalc", pytest.approx(2.0), pytest.approx(1.0), None)]


def test_a_hidden_dataset_that_was_written_again_is_seen_and_the_later_state_holds(imported: Imported) -> None:
    asked = "SELECT is_hidden, states, attributes FROM dataset WHERE name = :name"
    ((is_hidden, states, attributes),) = rows(imported.engine, asked, name=PROMPT)
    assert not is_hidden
    assert states == {"global": "waiting dqm gui", "tracker": "waiting dqm gui"}
    assert attributes == {"gui./ZeroBias/Run2024A/DQMIO": True, "original.muon_state": "on holiday"}
    ((then,),) = rows(imported.engine, "SELECT said FROM dataset_change WHERE change_set = 10")
    assert then == {"hidden": True}


def test_the_api_tells_the_history_under_the_originals_numbers(client: TestClient) -> None:
    history = client.get(f"/run_with_history/{RUN}").json()
    assert [line["atomic_version"] for line in history] == [1, 4, 5, 6, 7, 14]
    assert [line.get("class") for line in history[:4]] == [
        "Collisions24", "Commissioning24", "Cosmics24", "Collisions24",
    ]  # fmt: skip
    asked = {"run_number": RUN, "dataset_name": "online"}
    flagged = client.post("/lumisections/get_rr_lumisection_history", json=asked).json()
    by_person = [(line["version"], line["start"], line["end"]) for line in flagged if line["manual_change"]]
    assert by_person == [(3, 4, 5), (3, 8, 8)]
    versions = client.post("/versions/get_versions", json={"page": 0, "page_size": 100}).json()["versions"]
    (odd,) = [version for version in versions if version["atomic_version"] == 15]
    assert odd["comment"].startswith("odd things [said too of lumisections that cannot be:")


def test_what_is_not_understood_is_counted_shown_and_kept(imported: Imported) -> None:
    report = imported.report
    assert {kind.partition(":")[0]: found.count for kind, found in report.not_understood.items()} == {
        "attributes of OMS of another type than the registry's": 3,
        "attributes of runs that the registry does not have": 1,
        "attributes of datasets that the registry does not have": 1,
        "statuses that the registry does not have": 1,
        "ranges with lumisections below 1 or above 32767": 1,
        "attributes of OMS lumisections that are neither bit nor prescale nor luminosity": 1,
        "datasets of cycles that the original does not have": 1,
        "attributes of cycles that the registry does not have": 1,
        "golden JSONs that hold no lumisections by run": 1,
        "classifiers and accepted datasets that cannot be judged by here": 1,
        "rules of classes and significance that were disabled but used there": 1,
        "e-groups with addresses that they may write to": 1,
    }
    strange = "SELECT s.first, s.last, s.value, c.comment FROM segment s JOIN lumisection_change c ON c.id = s.change"
    kept = rows(imported.engine, f"{strange} WHERE s.run_number = :run AND s.column_name = 'strip'", run=STRANGE)
    assert kept == [(1, 2, 5, "the original says PURPLE: odd")]
    assert rows(imported.engine, "SELECT kind FROM lumisection_column WHERE workspace = 'foo'") == [("flag",)]


def test_the_check_finds_what_came_out_otherwise_and_nothing_else(imported: Imported) -> None:
    differences = imported.report.differences
    assert {kind: found.count for kind, found in differences.items()} == {
        "attributes of OMS": 3,
        "states of datasets": 1,
        "flags of lumisections": 2,
        "bits of lumisections": 2,
    }
    assert "weather 11" in differences["bits of lumisections"].examples[0]
    assert imported.report.checked["datasets"] == 3
    assert f"{RUN} hlt_key: '/cdaq/a' here, 17 there" in str(imported.report)


def test_what_has_no_history_there_is_said_after_the_originals_last_act(imported: Imported) -> None:
    acts = rows(imported.engine, 'SELECT id, "by", kind FROM change_set WHERE id BETWEEN 16 AND 19 ORDER BY id')
    assert acts == [
        (16, "import", "cycle"), (17, "import", "cycle"),
        (18, "dc@cern.ch", "golden json"), (19, "import", "configure"),
    ]  # fmt: skip


def test_cycles_keep_their_numbers_datasets_and_states_and_deleted_ones_are_gone(imported: Imported) -> None:
    asked = "SELECT c.id, c.name, c.states, d.name FROM cycle_now c JOIN dataset d ON ARRAY[d.id] = c.datasets"
    states = {"global": "pending", "tracker": "completed"}
    assert rows(imported.engine, asked) == [(7, "Week 14", states, PROMPT)]
    assert rows(imported.engine, "SELECT count(*) FROM cycle_now") == [(1,)]
    with transaction(imported.engine) as session:
        assert next_cycle(session) == 10


def test_a_golden_json_keeps_its_number_author_tags_and_rule(imported: Imported) -> None:
    asked = "SELECT id, made_by, tags, content, options FROM golden_json_now JOIN golden_json USING (id)"
    ((number, by, tags, content, options),) = rows(imported.engine, asked)
    assert (number, by, tags) == (42, "dc@cern.ch", ["official", "weekly", "gold"])
    assert json.loads(content) == {"379001": [[1, 6]]}
    assert options["original"]["rule"] == {"==": [1, 1]} and options["original"]["version"] == 12


def test_rules_in_force_there_are_in_force_here_and_defaults_of_their_kinds_are_not(imported: Imported) -> None:
    asked = "SELECT kind, name, is_enabled FROM configuration WHERE kind = ANY(:kinds) ORDER BY kind, name"
    kinds = ["run class", "component", "accepted dataset"]
    assert rows(imported.engine, asked, kinds=kinds) == [
        ("accepted dataset", PROMPT, True),
        ("component", "online/tracker-strip/EXCLUDED/1", True),
        ("run class", "Collisions24", True),
        ("run class", "Off", False),
    ]
    assert rows(imported.engine, "SELECT count(*) > 0 FROM configuration WHERE kind = 'recipe'") == [(True,)]


def test_the_registry_rebuilt_from_its_log_is_the_same(imported: Imported) -> None:
    asked = (
        "SELECT (SELECT array_agg(d ORDER BY id) FROM dataset d)::text, (SELECT array_agg(c) FROM cycle_now c)::text"
    )
    before = rows(imported.engine, asked)
    rebuild(imported.engine)
    assert rows(imported.engine, asked) == before


def test_a_unit_of_luminosity_that_cannot_be_is_doubted(imported: Imported, engine: Engine, original_url: str) -> None:
    assert not [kind for kind in imported.report.differences if "unit" in kind]
    with original_at(original_url) as original:
        report = write_log(engine, original, unit="nb", progress=lambda share, what: None)
        rebuild(engine)
        check(engine, original, report, runs=1)
    (doubt,) = [found for kind, found in report.differences.items() if "--luminosity-unit" in kind]
    assert doubt.examples == ["half of the runs have more than 0.00096 times what OMS recorded of the run"]
    with original_at(original_url) as original, pytest.raises(InvalidInput, match="fb, pb, nb, ub, not in 'lb'"):
        write_log(engine, original, unit="lb", progress=lambda share, what: None)


def test_a_registry_that_holds_anything_is_left_as_it_is(imported: Imported, original_url: str) -> None:
    ((held,),) = rows(imported.engine, "SELECT count(*) FROM change_set")
    complaint = rf"holds {held} acts: .* an empty one"
    with original_at(original_url) as original, pytest.raises(WrongState, match=complaint):
        import_legacy(imported.engine, original)
    assert rows(imported.engine, "SELECT count(*) FROM change_set") == [(held,)]


def test_an_import_that_is_interrupted_leaves_the_registry_empty(engine: Engine, original_url: str) -> None:
    def interrupt(share: float, what: str) -> None:
        if what == "writing luminosity":
            raise KeyboardInterrupt

    with original_at(original_url) as original, pytest.raises(KeyboardInterrupt):
        import_legacy(engine, original, progress=interrupt)
    asked = "SELECT n, (SELECT count(*) FROM change_set), (SELECT count(*) FROM lumisection_change) FROM clock"
    assert rows(engine, asked) == [(0, 0, 0)]


@pytest.mark.parametrize("form", ["plain", "custom"])
def test_a_dump_is_restored_beside_the_registry_and_dropped_again(
    form: str, postgresql: Embedded, database_url: str, original_url: str, tmp_path: Path
) -> None:
    dump = tmp_path / "original.dump"
    program = find_programs().folder / "pg_dump"
    asked = ["--schema=public", f"--format={form}", f"--file={dump}"]  # with the schema that is there already
    subprocess.run([program, f"--dbname={original_url}", *asked], check=True)
    with original_in(dump, beside=database_url) as original:
        assert original.execute('SELECT count(*) FROM "Version"').fetchone() == (14,)
    dump.write_bytes(dump.read_bytes()[: -dump.stat().st_size // 3])
    with pytest.raises(InvalidInput), original_in(dump, beside=database_url):
        pass
    with psycopg.connect(database_url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'run_registry_legacy%'")
        assert left.fetchone() == (0,)


def test_what_is_no_original_is_refused_by_the_tables_it_lacks(postgresql: Embedded, tmp_path: Path) -> None:
    name = a_copy(postgresql, name="nothing", of="template0")
    with pytest.raises(InvalidInput, match="no table Version, Event, RunEvent"), original_at(postgresql.url(name)):
        pass
    drop(postgresql, name)
    nonsense = tmp_path / "nonsense.sql"
    nonsense.write_text("ALTER SCHEMA public OWNER TO nobody_here; SELECT 1 FROM nowhere;")
    complaint = r'cannot be restored: .*relation "nowhere" does not exist'
    with pytest.raises(InvalidInput, match=complaint), original_in(nonsense, beside=postgresql.url()):
        pass
