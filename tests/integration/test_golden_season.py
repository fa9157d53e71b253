"""A part of a season, certified by the people of the demo, comes back as its own golden JSON, exactly."""

from collections.abc import Mapping

import pytest

from backend.classify.defaults_recipes import recipe_defaults
from backend.db import engine_for
from backend.embedded import Embedded
from backend.golden.selection import Options, select
from backend.golden.why_not import rejected_of_run
from backend.rules import parse
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from scripts.simulator.running import running_simulator
from scripts.simulator.season import Season, build_season
from scripts.simulator.seasons import season_named
from tests.certified_season import certify_season
from tests.conftest import an_empty_registry

_RUNS = 6


def part_of(season: Season) -> Season:
    """Runs of the season of which a part is golden, one of which all is, and one of which nothing is."""
    good = {run: season.dcs[run] for run in season.dcs}
    whole = next(run for run in good if season.golden.get(run) == good[run])
    none = next(run for run in good if run not in season.golden)
    some = [run for run in good if run in season.golden and good[run] - season.golden[run]][: _RUNS - 2]
    runs = sorted({whole, none, *some})

    def of_these(sets: Mapping[int, LumiSet]) -> dict[int, LumiSet]:
        return {run: sets[run] for run in runs if run in sets}

    return build_season(season.name, of_these(season.dcs), of_these(season.golden))


@pytest.mark.parametrize("year", ["2018", "2022"])
def test_the_golden_json_of_a_certified_season_comes_back(postgresql: Embedded, year: str) -> None:
    pattern = f"/PromptReco/Collisions{year}%/DQM"
    rule = parse(dict(recipe_defaults())[f"golden {year}"].rule)
    with an_empty_registry(postgresql) as url, running_simulator(part_of(season_named(year)), pace="max") as simulator:
        on = engine_for(url)
        season = certify_season(on, simulator)
        golden = GoldenJson.of(season.golden)
        assert len(golden) == _RUNS - 1
        selection = select(on, rule, datasets=pattern, options=Options(only_completed=True))
        assert selection.kept == golden
        assert select(on, rule, datasets=pattern, as_of=selection.as_of).kept == golden
        for run in season.dcs:
            (of_run,) = rejected_of_run(on, rule, datasets=pattern, run_number=run)
            assert of_run.kept == golden.at(run)
            parts = [part.lumisections for part in of_run.rejected]
            assert sum(map(len, parts)) == len(season.runs[run].known - golden.at(run))
        on.dispose()
