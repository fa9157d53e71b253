"""A part of a season, certified by the people of the demo, comes back as its own golden JSON, exactly."""

import pytest

from backend.classify.defaults_recipes import recipe_defaults
from backend.db import engine_for
from backend.embedded import Embedded
from backend.golden.selection import Options, select
from backend.golden.why_not import rejected_of_run
from backend.rules import parse
from models.lumi_json import GoldenJson
from scripts.simulator.running import running_simulator
from scripts.simulator.seasons import season_named
from tests.certified_season import RUNS_OF_PART, certify_season, part_of
from tests.conftest import an_empty_registry


@pytest.mark.parametrize("year", ["2018", "2022"])
def test_the_golden_json_of_a_certified_season_comes_back(postgresql: Embedded, year: str) -> None:
    pattern = f"/PromptReco/Collisions{year}%/DQM"
    rule = parse(dict(recipe_defaults())[f"golden {year}"].rule)
    with an_empty_registry(postgresql) as url, running_simulator(part_of(season_named(year)), pace="max") as simulator:
        on = engine_for(url)
        season = certify_season(on, simulator)
        golden = GoldenJson.of(season.golden)
        assert len(golden) == RUNS_OF_PART - 1
        selection = select(on, rule, datasets=pattern, options=Options(only_completed=True))
        assert selection.kept == golden
        assert select(on, rule, datasets=pattern, as_of=selection.as_of).kept == golden
        for run in season.dcs:
            (of_run,) = rejected_of_run(on, rule, datasets=pattern, run_number=run)
            assert of_run.kept == golden.at(run)
            parts = [part.lumisections for part in of_run.rejected]
            assert sum(map(len, parts)) == len(season.runs[run].known - golden.at(run))
        on.dispose()
