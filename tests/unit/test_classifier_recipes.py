"""The recipes of a fresh registry, and which workspace looks at which dataset."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.classify.bodies import OfflineDatasetBody, RecipeBody
from backend.classify.defaults import default_classifiers
from models.vocabulary import DCS_BITS

RECIPES = {name: body for name, body in default_classifiers() if isinstance(body, RecipeBody)}
OPENING = {name: body for name, body in default_classifiers() if isinstance(body, OfflineDatasetBody)}


@pytest.mark.parametrize(
    ("workspace", "name", "run", "is_open"),
    [
        ("tracker", "/Express/Collisions2024/DQM", {}, True),
        ("egamma", "/Express/Collisions2024/DQM", {}, False),
        ("egamma", "/PromptReco/Collisions2024A/DQM", {"class": "Collisions24"}, True),
        ("egamma", "/PromptReco/Cosmics2024/DQM", {"class": "Cosmics24"}, False),
        ("gem", "/PromptReco/Collisions2018A/DQM", {}, False),
        ("castor", "/PromptReco/HICollisions2018A/DQM", {"castor_included": True}, True),
    ],
)
def test_a_dataset_is_opened_for_those_who_have_something_to_look_at(
    workspace: str, name: str, run: dict[str, Any], is_open: bool
) -> None:
    assert (
        OPENING[workspace].parsed.holds({"name": name, "Run": {"rr_attributes": run, "oms_attributes": run}}) is is_open
    )


def test_the_golden_recipe_of_2018_is_the_golden_rule_of_2018(data: Path) -> None:
    text = (data / "jsonlogic" / "golden_rule_2018.txt").read_text().partition("\n")[2]
    assert RECIPES["golden 2018"].rule == json.loads(text)


def test_each_recipe_asks_for_what_its_name_says() -> None:
    read = {
        name: {variable.name.rpartition(".")[2] for variable in body.parsed.variables} for name, body in RECIPES.items()
    }
    assert read["dcs-only 2018"] == {"energy", "b_field"} | {n for n in read["golden 2018"] if n in DCS_BITS}
    assert read["golden 2018"] - read["calo-free"] == {
        *("l1t-l1tcalo", "ecal-ecal", "ecal-es", "egamma-egamma", "hcal-hcal", "jetmet-jetmet"),
        *("ebm_ready", "ebp_ready", "eem_ready", "eep_ready", "esm_ready", "esp_ready"),
        *("hbhea_ready", "hbheb_ready", "hbhec_ready", "hf_ready", "ho_ready"),
    }
    assert read["muon 2022"] - read["calo-free"] == {"dt-dt", "csc-csc"}
    assert {n for n in read["tracker-only"] if "-" in n} == {
        "tracker-pixel", "tracker-strip", "tracker-track", "dc-lowlumi",
    }  # fmt: skip
