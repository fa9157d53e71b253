"""Files of golden JSONs are called as the field calls them."""

import re
from dataclasses import replace

import pytest

from backend.golden.file_names import Certified, field_file_name, kind_in, stem, year_in

RUN_3 = Certified(378981, 386951, 2024, "golden", "PromptReco", 6800.0)
RUN_2 = Certified(314472, 325175, 2018, "golden", "PromptReco", 6500.0)


def of(base: Certified, kind: str) -> str:
    return field_file_name(replace(base, kind=kind))


@pytest.mark.parametrize(
    "kind,name",
    [
        ("golden", "Cert_Collisions2024_378981_386951_Golden.json"),
        ("muon", "Cert_Collisions2024_378981_386951_Muon.json"),
        ("dcs-only", "Collisions24_13p6TeV_378981_386951_DCSOnly_TkPx.json"),
        ("tracker-only", "Cert_Collisions2024_378981_386951_TrackerOnly.json"),
        ("low-pileup", "Cert_Collisions2024_378981_386951_LowPileup.json"),
    ],
)
def test_a_file_of_run_3(kind: str, name: str) -> None:
    assert of(RUN_3, kind) == name


@pytest.mark.parametrize(
    "kind,name",
    [
        ("golden", "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt"),
        ("muon", "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON_MuonPhys.txt"),
        ("dcs-only", "json_DCSONLY_2018.txt"),
    ],
)
def test_a_file_of_run_2(kind: str, name: str) -> None:
    assert of(RUN_2, kind) == name


def test_what_is_not_known_is_left_out() -> None:
    assert field_file_name(Certified(1, 2, None, "golden")) == "Cert_Collisions_1_2_Golden.json"
    assert field_file_name(Certified(1, 2, 2017, "golden")) == "Cert_1-2_Collisions17_JSON.txt"


def test_programs_that_search_by_the_known_patterns_find_them() -> None:
    """The patterns are those of DIALS, reference/field.md §4.2."""
    assert re.fullmatch(r"Cert_Collisions(.*)_(\d{6})_(\d{6})_Golden.json", of(RUN_3, "golden"))
    assert re.fullmatch(r"Collisions(.*)_(.*)_(\d{6})_(\d{6})_DCSOnly_TkPx\.json", of(RUN_3, "dcs-only"))


@pytest.mark.parametrize(
    "words,year",
    [
        ("/PromptReco/Collisions2018%/DQM golden 2018", 2018),
        ("/PromptReco/Collisions(2017|2018)A/DQM", None),
        ("Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt", 2018),
        ("Cert_Collisions2022_355100_362760_Golden.json", 2022),
        ("%", None),
    ],
)
def test_the_year_is_read_from_words_that_tell_one(words: str, year: int | None) -> None:
    assert year_in(words) == year


def test_the_kind_is_what_a_recipe_is_called_without_the_year() -> None:
    told = [kind_in(words) for words in ("golden 2018", "dcs-only 2022", "calo-free", "2018", "My  recipe")]
    assert told == ["golden", "dcs-only", "calo-free", "golden", "my-recipe"]


def test_the_ending_goes_and_the_rest_stays() -> None:
    assert (stem("Cert_a.b.json"), stem("json_DCSONLY_2018.txt")) == ("Cert_a.b", "json_DCSONLY_2018")
