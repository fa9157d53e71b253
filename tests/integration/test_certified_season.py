"""The people of the demo certify the season of 2018: what then is good in all that the golden rule reads is the
published golden JSON, to the last lumisection; and the recipe that a fresh registry has selects it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from backend.access import demo_actor
from backend.classify.defaults_recipes import recipe_defaults
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.golden.files import golden_file
from backend.golden.loss import account
from backend.golden.loss_tables import by_category
from backend.golden.luminosity import luminosity_of_json
from backend.golden.making import make, remake
from backend.golden.progress import Along, cumulative, eras, progress
from backend.golden.selection import Options, select
from backend.golden.weighing import weigh_selection
from backend.queries.golden_jsons import golden_json_facts
from backend.rules import parse
from models.lumi_json import GoldenJson
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import GOLDEN_2018_BITS, Bit, Status
from scripts.simulator.running import running_simulator
from scripts.simulator.season import Season
from tests.certified_season import certify_season
from tests.conftest import an_empty_registry

DATA = Path(__file__).parents[2] / "scripts" / "simulator" / "data"
WANTED = dict.fromkeys(
    "l1t-l1tmu l1t-l1tcalo hlt-hlt tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es egamma-egamma hcal-hcal"
    " muon-muon jetmet-jetmet lumi-lumi".split(),
    Status.GOOD,
) | {"dc-lowlumi": Status.BAD}
"""What the golden rule of 2018 wants of components; said here once more, so that the rule is not judged by itself."""

_RUNS = text("""
    SELECT run_number, known FROM run WHERE recorded_per_pb >= 0.08 AND energy_gev BETWEEN 6000 AND 7000
      AND b_field_tesla >= 3.7 AND injection_scheme LIKE '%25ns%' AND hlt_key NOT LIKE '%WMass%'
""")
_FLAGS = text("""
    SELECT run_number, workspace || '-' || column_name, first, last, value FROM segment
    WHERE name LIKE '/PromptReco/%' AND kind = 'flag'
""")
_BITS = text("""
    SELECT run_number, column_name, first, last FROM segment WHERE name = 'online' AND kind = 'bit' AND value = :true
""")


@pytest.fixture(scope="module")
def certified(postgresql: Embedded) -> Iterator[tuple[Engine, Season]]:
    """A registry in which the whole season was signed off, certified and completed."""
    with an_empty_registry(postgresql) as url, running_simulator("2018", pace="max") as simulator:
        on = engine_for(url)
        season = certify_season(on, simulator)
        yield on, season
        on.dispose()


@pytest.mark.long
def test_the_certified_season_is_the_published_golden_json(certified: tuple[Engine, Season]) -> None:
    on, season = certified
    said: dict[tuple[int, str], list[LumiRange]] = defaultdict(list)
    with transaction(on) as session:
        known = {run: LumiSet.flat(flat) for run, flat in session.execute(_RUNS)}
        for run, component, first, last, value in session.execute(_FLAGS):
            if WANTED.get(component) == value:
                said[run, component].append(LumiRange(first, last))
        for run, bit, first, last in session.execute(_BITS, {"true": int(Bit.TRUE)}):
            said[run, bit].append(LumiRange(first, last))
    good = {
        run: reduce(LumiSet.__and__, (LumiSet.of(said.get((run, n), ())) for n in (*WANTED, *GOLDEN_2018_BITS)), all_)
        for run, all_ in known.items()
    }
    assert {run: lumisections for run, lumisections in good.items() if lumisections != EMPTY} == dict(season.golden)
    assert sum(map(len, season.golden.values())) == 233_929


@pytest.mark.long
def test_the_recipe_selects_the_published_golden_json(certified: tuple[Engine, Season]) -> None:
    on, season = certified
    rule = parse(dict(recipe_defaults())["golden 2018"].rule)
    selection = select(on, rule, datasets="/PromptReco/Collisions2018%/DQM", options=Options(only_completed=True))
    published = GoldenJson.of(season.golden)
    assert (len(published), published.lumisections) == (477, 233_929)
    assert selection.kept == published
    assert select(on, rule, datasets="/PromptReco/Collisions2018%/DQM", as_of=selection.as_of).kept == published


@pytest.mark.long
def test_what_is_made_and_kept_is_the_published_file_byte_for_byte(certified: tuple[Engine, Season]) -> None:
    on, _ = certified
    id_ = make(on, demo_actor("dc-expert"), recipe="golden 2018", options=Options(runs=(314472, 325175)))
    with transaction(on) as session:
        kept = golden_file(session, id_)
        facts = golden_json_facts(session, id_)
    published = DATA / "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt"
    assert (kept.name, kept.content.encode()) == (published.name, published.read_bytes())
    assert kept.sha256 == hashlib.sha256(published.read_bytes()).hexdigest()
    assert (facts.runs, facts.lumisections, facts.recipe) == (477, 233_929, "golden 2018, version 1")
    assert remake(on, id_) == kept.content


@pytest.mark.long
def test_what_the_season_loses_is_recorded_minus_certified(certified: tuple[Engine, Season]) -> None:
    on, _ = certified
    rule = parse(dict(recipe_defaults())["golden 2018"].rule)
    selection = select(on, rule, datasets="/PromptReco/Collisions2018%/DQM")
    with transaction(on) as session:
        weighed = weigh_selection(session, selection)
        kept, asked = (luminosity_of_json(session, json) for json in (selection.kept, selection.candidates))
        runs = progress(session, weighed)
    losses = by_category(account(weighed))
    assert losses["exclusive_lumisections"].sum() == asked.lumisections - 233_929
    assert losses["exclusive_recorded_per_pb"].sum() == pytest.approx(asked.recorded_per_pb - kept.recorded_per_pb)
    assert cumulative(runs, Along.TIME)["certified_per_pb"][-1] == pytest.approx(kept.recorded_per_pb)
    assert eras(cumulative(runs, Along.RUN))["era"].to_list() == ["2018A", "2018B", "2018C", "2018D"]
    assert runs["fill_number"].null_count() == 0
