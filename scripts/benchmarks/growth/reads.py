"""What the database is asked, and what is written into it, on a history: no browser, no HTTP."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pydantic import SecretStr
from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.places import Place
from backend.classify.recording import classify_run
from backend.db import transaction
from backend.ingest.oms import open_oms
from backend.ingest.oms_lumisections import OmsLumisections
from backend.ingest.oms_run import OmsRun
from backend.ingest.runs import Outcome, ingest_run
from backend.queries.as_of import segments_as_of
from backend.rebuild import differences
from backend.record import DatasetKey
from backend.settings import Settings
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Status
from scripts.benchmarks.dataset_questions import measure_dataset_questions
from scripts.benchmarks.growth.histories import History
from scripts.benchmarks.growth.table import Figure
from scripts.benchmarks.history import FIRST_RUN
from scripts.benchmarks.measure import p95_of
from scripts.benchmarks.run_questions import TARGET_MS, measure_run_questions
from scripts.simulator.running import Simulator

_CHECKED = 20
_TIMES = 40
_SECOND = 1_000
_OPEN = text("""
    SELECT run_number, name, lumisections FROM dataset
    WHERE states ->> 'ecal' = 'OPEN' AND lumisections > 0 ORDER BY id DESC LIMIT 1000
""")
_NOW = text("SELECT n FROM clock")
_LAST_RUN = text("SELECT max(run_number) FROM run_identity")
_SOME_DATASETS = text("SELECT id FROM dataset WHERE name <> 'online' ORDER BY hashint4(id) LIMIT :most")
Told = tuple[OmsRun, OmsLumisections]


def made(history: History) -> Iterator[Figure]:
    """How it came to be there."""
    yield Figure("words in the log", history.made.words, "")
    yield Figure("the log written", history.made.writing_s, "s")
    yield Figure("rebuild of all projections", history.made.rebuild_s, "s", 300)
    yield Figure("the database, all of it", history.made.size_mb, "MB", 5_000)


def asked(history: History, *, questions: int) -> Iterator[Figure]:
    """Self-check, pages of runs and of datasets, and the past."""
    chance, on = random.Random(history.runs), history.engine
    sample = sorted(chance.sample(range(FIRST_RUN, FIRST_RUN + history.runs), min(_CHECKED, history.runs)))
    began = time.perf_counter()
    assert not list(differences(on, sample))
    yield Figure(f"self-check of {len(sample)} runs", (time.perf_counter() - began) * _SECOND)
    for what, measure in (("runs", measure_run_questions), ("datasets", measure_dataset_questions)):
        (line,) = measure(on, count=questions)
        name = f"a page of 50 {what} in the database, 95th of 100 of {questions} filters and sorts"
        yield Figure(name, line.median_ms, target=TARGET_MS)
    with transaction(on) as session:
        now = session.execute(_NOW).scalar_one()
        datasets = session.execute(_SOME_DATASETS, {"most": _TIMES}).scalars().all()
    taken = [_ms(lambda id_=id_: segments_as_of(on, now - 100, datasets=[id_])) for id_ in datasets]  # type: ignore[misc]
    yield Figure("a dataset as of an act, 95th of 100", p95_of(taken))


def edited(history: History) -> Figure:
    """A person's edit of a range, each in another dataset that is OPEN."""
    on, expert, chance = history.engine, demo_actor("dc-expert"), random.Random(history.runs)
    with transaction(on) as session:
        datasets = session.execute(_OPEN).all()

    def edit() -> None:
        run, name, lumisections = chance.choice(datasets)
        first = chance.randint(1, lumisections)
        where = LumiSet.of([LumiRange(first, min(lumisections, first + 20))])
        flag = Flag(Place(DatasetKey(run, name), ("ecal-ecal",), where), Status.BAD, comment="seen on the plots")
        with transaction(on) as session:
            flag_lumisections(session, expert, [flag], seen=None)

    edit()
    return Figure("a person's edit of a range, 95th of 100", p95_of([_ms(edit) for _ in range(_TIMES)]), target=300)


def ingested(history: History, told: Sequence[Told]) -> Figure:
    """Runs that come from OMS."""
    taken = list(_ingested(history.engine, told))
    return Figure("ingest of a run of about 534 lumisections, 95th of 100", p95_of(taken))


def told_by_oms(simulator: Simulator, *, runs: int) -> list[Told]:
    """What OMS says of some runs of 2018, those nearest to 534 lumisections."""
    settings = Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="benchmark",
        oms_client_secret=SecretStr("benchmark"),
    )
    season = simulator.feed.season
    assert season is not None
    numbers = sorted(season.runs, key=lambda n: abs(len(season.runs[n].known) - 534))[:runs]
    with open_oms(settings) as oms:
        found = [(oms.run(number), oms.lumisections(number)) for number in numbers]
    return [(run, lumisections) for run, lumisections in found if run is not None]


def _ingested(on: Engine, told: Sequence[Told]) -> Iterator[float]:
    """Each under a number that no run has yet; the first is not counted."""
    with transaction(on) as session:
        last = session.execute(_LAST_RUN).scalar_one()
    for number, (run, lumisections) in enumerate(told, start=last + 1):
        said = replace(run, run_number=number), replace(lumisections, run_number=number)
        began = time.perf_counter()
        assert ingest_run(on, *said, classify=classify_run) is Outcome.NEW
        if number > last + 1:
            yield (time.perf_counter() - began) * _SECOND


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * _SECOND
