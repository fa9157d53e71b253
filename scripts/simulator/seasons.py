"""The seasons by name: 2018 and 2022 from the published certification files, or any pair of such files."""

from pathlib import Path

from models.lumi_formats import read_golden_json
from scripts.simulator.season import Season, build_season

DATA = Path(__file__).parent / "data"

PUBLISHED = {
    "2018": ("json_DCSONLY_2018.txt", "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt"),
    "2022": ("json_DCSONLY_2022.txt", "Cert_Collisions2022_355100_362760_Golden.json"),
}
"""DCS-only and golden file of each year, as published."""


def season_named(name: str) -> Season:
    """The season of one of the years in :data:`PUBLISHED`."""
    dcs, golden = PUBLISHED[name]
    return season_of(name, DATA / dcs, DATA / golden)


def season_of(name: str, dcs: Path, golden: Path) -> Season:
    """The season that a DCS-only and a golden file describe; neither needs to be normalised."""
    return build_season(name, read_golden_json(dcs.read_text()), read_golden_json(golden.read_text()))
