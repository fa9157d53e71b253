"""Luminosities come from brilcalc: as one act, once, by whoever may, by page and by command, and can be taken back."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import Actor, demo_actor
from backend.certify.luminosity import import_luminosity
from backend.certify.taking_back import take_back
from backend.db import transaction
from backend.errors import InvalidInput, NotPermitted
from backend.golden.luminosity import JsonLuminosity, luminosity_of_json
from backend.ingest.brilcalc import read_brilcalc
from backend.ingest.luminosity import Imported, record_luminosity
from backend.jobs.importing import ImportLuminosity, import_of
from backend.jobs.job import Ending, Report
from backend.jobs.running import Bench
from backend.jobs.task_kinds import KINDS
from backend.jobs.task_work import work_on_one
from backend.jobs.tasks import ask
from backend.queries import luminosities, luminosity_of
from backend.queries.work import tasks
from backend.record import Act, LuminositySaid, record
from backend.settings import Settings
from backend.start import make_ready
from models.lumi_formats import read_lumisections
from models.lumi_json import GoldenJson
from models.vocabulary import ActKind, LuminositySource
from tests.brilcalc import PUBLISHED, Line, a_file, published
from tests.certifying import at_once
from tests.factories import RUN, a_run
from tests.workers import ROOT, rows

DC_EXPERT, SHIFTER = demo_actor("dc-expert"), demo_actor("shifter")
BRILCALC, OMS = LuminositySource.BRILCALC, LuminositySource.OMS
GOLDEN_2026 = ROOT / "tests" / "data" / "golden" / "Cert_Collisions2026_401624_402537_golden.json"
LINES: list[Line] = [(RUN, 1, 0.5, 0.25), (RUN, 2, 0.5, 0.5), (RUN, 4, 0.25, 0.25), (RUN + 1, 1, 0.5, 0.125)]
WORDS = "SELECT run_number, first, recorded FROM luminosity_change ORDER BY id"
ACTS = "SELECT \"by\", kind, why FROM change_set WHERE kind = 'import luminosity' ORDER BY id"


@pytest.fixture
def registry(engine: Engine) -> Engine:
    """A registry with its rights, and with one run."""
    make_ready(engine)
    with transaction(engine) as session:
        a_run(session, RUN)
    return engine


def imported(engine: Engine, content: str | bytes, *, by: Actor = DC_EXPERT) -> Imported:
    return import_luminosity(engine, by, content, name="lumi.csv")


def held(engine: Engine, json: GoldenJson, *, as_of: int | None = None) -> JsonLuminosity:
    with transaction(engine) as session:
        return luminosity_of_json(session, json, as_of=as_of)


def changed(*lines: Line) -> list[Line]:
    """The lines, with these in place of those about the same lumisections."""
    return list({line[:2]: line for line in (*LINES, *lines)}.values())


def test_the_published_file_and_what_the_golden_json_keeps_of_it(registry: Engine) -> None:
    done = imported(registry, published())
    assert (len(done.told), done.unchanged, len(done.unregistered)) == (58, (), 58)
    with transaction(registry) as session:
        everything = luminosities(session)
    file = GoldenJson.of_numbers((run.run_number, int(n)) for run in done.file.runs for n in run.numbers)
    whole = held(registry, file)
    assert len(everything.runs) == 58
    assert f"{whole.recorded_per_pb / 1000:.9f}" == "10.135421676"
    assert f"{whole.delivered_per_pb / 1000:.9f}" == "10.752766809"
    assert not whole.missing
    golden = read_lumisections(GOLDEN_2026.read_bytes())
    masked = held(registry, golden)
    assert f"{masked.recorded_per_pb / 1000:.9f}" == "9.451340002"
    assert masked.missing == golden - file
    assert (masked.missing.lumisections, len(masked.missing)) == (15_061, 46)
    assert masked.lumisections - masked.missing.lumisections == 29_025


def test_an_import_is_one_act_that_says_which_file_it_was(registry: Engine) -> None:
    done = import_luminosity(registry, DC_EXPERT, a_file(LINES), name="lumi.csv", why="before ICHEP")
    assert rows(registry, ACTS) == [
        (
            "J. Novak",
            "import luminosity",
            "before ICHEP: brilcalc, lumi.csv (Data tag : 24v1 , Norm tag: normtag_BRIL)",
        )
    ]
    assert rows(registry, WORDS) == [(RUN, 1, [0.25, 0.5]), (RUN, 4, [0.25]), (RUN + 1, 1, [0.125])]
    assert str(done) == (
        "4 lumisections of 2 runs, 0.001125000 /fb recorded of 0.001750000 /fb delivered; change set "
        f"{done.change_set}; not in the registry, but kept: 1 run ({RUN + 1})."
    )


def test_what_is_known_is_not_said_twice(registry: Engine) -> None:
    imported(registry, a_file(LINES))
    again = imported(registry, a_file(LINES, summary=False))
    assert (again.change_set, again.told, again.unchanged) == (None, (), (RUN, RUN + 1))
    assert "nothing new, nothing recorded" in str(again)
    assert "whether it is whole cannot be told" in str(again)
    assert len(rows(registry, ACTS)) == 1
    other = imported(registry, a_file(changed((RUN, 2, 0.5, 0.375), (RUN, 3, 0.5, 0.5))))
    assert (other.told, other.unchanged) == ((RUN,), (RUN + 1,))
    assert rows(registry, WORDS)[3:] == [(RUN, 2, [0.375, 0.5])]


def test_of_many_who_import_the_same_file_at_the_same_moment_one_says_it(registry: Engine) -> None:
    file = read_brilcalc(a_file(LINES))

    def deed(session: Session) -> None:
        record_luminosity(session, file, name="lumi.csv", by="J. Novak")

    assert at_once(registry, *[deed] * 4) == ["done"] * 4
    assert len(rows(registry, ACTS)) == 1


def test_two_files_about_one_run_at_the_same_moment_are_both_kept(registry: Engine) -> None:
    def deed(number: int) -> Callable[[Session], object]:
        file = read_brilcalc(a_file([(RUN, number, 0.5, 0.25)]))
        return lambda session: record_luminosity(session, file, name="lumi.csv", by="J. Novak")

    assert at_once(registry, *(deed(number) for number in range(1, 5))) == ["done"] * 4
    with transaction(registry) as session:
        assert luminosity_of(session, RUN).recorded_per_pb == dict.fromkeys(range(1, 5), 0.25)


def test_what_a_later_file_does_not_name_stays_known(registry: Engine) -> None:
    imported(registry, a_file(LINES))
    imported(registry, a_file([(RUN, 3, 0.5, 0.5)]))
    with transaction(registry) as session:
        assert luminosity_of(session, RUN).recorded_per_pb == {1: 0.25, 2: 0.5, 3: 0.5, 4: 0.25}


def test_brilcalc_does_not_touch_what_oms_says(registry: Engine) -> None:
    with transaction(registry) as session:
        by_oms = LuminositySaid(RUN, OMS, 1, [1.0, 1.0], [0.75, 0.75])
        record(session, Act("ingest", "OMS", ActKind.INGEST, luminosities=(by_oms,)))
    imported(registry, a_file(LINES))
    with transaction(registry) as session:
        assert luminosity_of(session, RUN).recorded_per_pb == {1: 0.25, 2: 0.5, 4: 0.25}
        assert luminosity_of(session, RUN, sources=(OMS,)).recorded_per_pb == {1: 0.75, 2: 0.75}


def test_an_import_is_taken_back_and_can_be_made_again(registry: Engine) -> None:
    json = GoldenJson.of_numbers((run, n) for run, n, _, _ in LINES)
    first = imported(registry, a_file(LINES)).change_set
    second = imported(registry, a_file(changed((RUN, 1, 0.5, 0.5)))).change_set
    assert first is not None and second is not None
    assert held(registry, json).recorded_per_pb == 1.375
    with transaction(registry) as session:
        take_back(session, DC_EXPERT, second)
    assert held(registry, json).recorded_per_pb == 1.125
    with transaction(registry) as session:
        undone = take_back(session, DC_EXPERT, first).change_set
    assert held(registry, json).missing == json
    assert held(registry, json, as_of=second).recorded_per_pb == 1.375
    again = imported(registry, a_file(LINES))
    assert again.told == (RUN, RUN + 1)
    assert held(registry, json).recorded_per_pb == 1.125
    assert again.change_set == undone + 1


def test_who_may_not_import_is_refused_before_the_file_is_looked_at(registry: Engine) -> None:
    with pytest.raises(NotPermitted, match=r"S\. Tanaka may not import luminosities"):
        imported(registry, "nonsense", by=SHIFTER)
    first = imported(registry, a_file(LINES)).change_set
    assert first is not None
    with pytest.raises(NotPermitted), transaction(registry) as session:
        take_back(session, SHIFTER, first)


def test_a_file_that_cannot_be_believed_changes_nothing(registry: Engine) -> None:
    with pytest.raises(InvalidInput, match="Lines 3 and 7 both speak of lumisection 1"):
        imported(registry, a_file([*LINES, LINES[0]]))
    assert rows(registry, ACTS) == rows(registry, WORDS) == []


def test_an_import_that_is_interrupted_changes_nothing(registry: Engine) -> None:
    def stop(share: float, what: str) -> None:
        told.append(share)
        if share > 0.55:
            raise KeyboardInterrupt

    told: list[float] = []
    with pytest.raises(KeyboardInterrupt):
        import_luminosity(registry, DC_EXPERT, a_file(LINES), name="lumi.csv", progress=stop)
    assert told == [0.5, 0.6]
    assert rows(registry, ACTS) == []


def test_a_file_that_is_uploaded_is_imported_by_the_worker_and_says_what_came_of_it(registry: Engine) -> None:
    with transaction(registry) as session:
        errand, file = import_of(session, DC_EXPERT, a_file(LINES).encode(), name="lumi.csv", why="new norm tag")
        ask(session, errand.kind, errand.model_dump(mode="json"), by=DC_EXPERT.name)
        (waiting,) = tasks(session)
    assert file.lumisections == 4
    assert waiting.arguments.keys() == {"name", "why"}
    report = work_on_one(Bench(registry, "here", timedelta(seconds=1)), KINDS, settings=Settings())
    assert report is not None
    assert report.sentence.startswith("4 lumisections of 2 runs, 0.001125000 /fb recorded")
    assert [act[0] for act in rows(registry, ACTS)] == ["J. Novak"]
    assert rows(registry, "SELECT state, progress FROM task") == [("done", 1.0)]


def test_a_task_of_somebody_who_may_not_import_fails_with_the_reason(registry: Engine) -> None:
    errand = ImportLuminosity.of(SHIFTER, a_file(LINES).encode(), name="lumi.csv")
    with pytest.raises(NotPermitted), transaction(registry) as session:
        import_of(session, SHIFTER, b"nonsense", name="lumi.csv")
    with transaction(registry) as session:
        ask(session, errand.kind, errand.model_dump(mode="json"), by=SHIFTER.name)
    report = work_on_one(Bench(registry, "here", timedelta(seconds=1)), KINDS, settings=Settings())
    assert isinstance(report, Report)
    assert report.ending is Ending.FAILED
    assert "may not import luminosities" in report.sentence


@pytest.mark.parametrize(
    "content", ["%%%", "bm90IHpsaWI=", ImportLuminosity.of(SHIFTER, b"x" * 99, name="n").content[:12]]
)
def test_a_task_whose_file_cannot_be_unpacked_is_refused_when_it_is_asked_for(registry: Engine, content: str) -> None:
    said = {"asker": {"name": "J. Novak", "egroups": []}, "name": "lumi.csv", "content": content}
    with pytest.raises(InvalidInput, match="content"), transaction(registry) as session:
        ask(session, "import luminosity", said, by="J. Novak")


def test_the_command_imports_files_and_says_which_it_could_not(
    registry: Engine, database_url: str, tmp_path: Path
) -> None:
    def command(*files: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "import_brilcalc", *files],
            env={**os.environ, "DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    cut = tmp_path / "cut.csv"
    cut.write_text(a_file(LINES).replace("381151", "x").replace(",1:1,", ",1:7,", 1))
    done = command(PUBLISHED, PUBLISHED, cut)
    assert done.returncode == 1
    first, second = (line for line in done.stdout.splitlines() if line)
    assert "30,865 lumisections of 58 runs, 10.135421676 /fb recorded" in first
    assert "nothing new, nothing recorded" in second
    assert f"{cut}: Line 3: '1:7' is not a lumisection n:n, or n:0." in done.stderr
    assert [act[:2] for act in rows(registry, ACTS)] == [("command line", "import luminosity")]
    with registry.begin() as connection:
        total = connection.execute(text("SELECT sum(v) FROM luminosity, unnest(recorded) v")).scalar_one()
    assert f"{total / 1000:.9f}" == "10.135421676"
