"""The season of 2018, ingested whole: what the registry then holds is what the published DCS-only file says."""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.embedded import Embedded
from backend.rebuild import rebuild
from backend.start import make_ready
from models.lumi_formats import read_golden_json
from models.lumis import EMPTY, LumiSet
from models.vocabulary import GOLDEN_2018_BITS, Bit
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import running_simulator
from tests.databases import an_engine

DCS_ONLY = Path(__file__).parents[2] / "scripts" / "simulator" / "data" / "json_DCSONLY_2018.txt"
_TRUE = text("""
    SELECT run_number, column_name, array_agg(ARRAY[first, last]::int[]) FROM segment
    WHERE name = 'online' AND workspace = 'oms' AND value = :true AND column_name = ANY(:bits)
    GROUP BY run_number, column_name
""")
_KNOWN = text("SELECT run_number, known FROM run")


@pytest.fixture(scope="module")
def season(postgresql: Embedded) -> Iterator[Engine]:
    """A registry that holds the whole season."""
    with an_engine(postgresql, name="whole_season") as on:
        make_ready(on)
        with running_simulator("2018", pace="max") as simulator:
            assert ingest_season(on, simulator) == len(simulator.feed.runs)
        yield on


def dcs_good(on: Engine) -> dict[int, LumiSet]:
    """The AND of the bits that the golden rule of 2018 reads, per run, within what OMS knows."""
    true: dict[int, dict[str, LumiSet]] = defaultdict(dict)
    with transaction(on) as session:
        for run, bit, pairs in session.execute(_TRUE, {"true": int(Bit.TRUE), "bits": list(GOLDEN_2018_BITS)}):
            true[run][bit] = LumiSet.pairs(pairs)
        known = {run: LumiSet.flat(flat) for run, flat in session.execute(_KNOWN)}
    return {
        run: reduce(LumiSet.__and__, (true[run].get(bit, EMPTY) for bit in GOLDEN_2018_BITS), lumisections)
        for run, lumisections in known.items()
    }


@pytest.mark.long
def test_the_and_of_the_bits_is_the_published_dcs_only_file_and_nothing_else(season: Engine) -> None:
    published = read_golden_json(DCS_ONLY.read_text())
    found = dcs_good(season)
    assert published.keys() <= found.keys()
    assert {run: lumisections for run, lumisections in found.items() if lumisections} == published
    assert sum(map(len, published.values())) == 258_508
    assert len(found) > len(published)


@pytest.mark.long
def test_a_rebuild_of_the_season_changes_nothing(season: Engine) -> None:
    before = dcs_good(season)
    count = text(
        "SELECT count(*), sum(lumisections), sum(last_change), sum(recorded_per_pb ORDER BY run_number) FROM run"
    )
    with transaction(season) as session:
        figures = session.execute(count).one()
    rebuild(season)
    assert dcs_good(season) == before
    with transaction(season) as session:
        assert session.execute(count).one() == figures
