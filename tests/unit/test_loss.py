"""What is counted under what: the table of categories, and the classes of losses by example."""

import numpy as np
import pytest

from backend.classify.defaults_recipes import recipe_defaults
from backend.golden.clauses import clauses_of_recipe
from backend.golden.loss import Efficiencies, View, account, caveats, efficiencies
from backend.golden.loss_mapping import Category, ClauseKind, categories_of, category_of, kind_of
from backend.golden.loss_tables import Part, by_category, by_clause, by_combination, lost_json, runs_of
from backend.golden.weighing import Weighed, weigh
from backend.queries.luminosities import Luminosities
from backend.rules import parse
from models.lumi_json import GoldenJson
from tests.lossy import BITS, Stretch, a_recipe, clause_about, luminosity, segments

CLAUSES = a_recipe()
PIXEL, STRIP, TRACK, HCAL, JETMET = (
    clause_about(CLAUSES, word) for word in ("-pixel", "-strip", "-track", "-hcal", "-jetmet")
)
BPIX, TOB, HF, BEAM = (clause_about(CLAUSES, bit) for bit in BITS)
ENERGY, RECORDED = clause_about(CLAUSES, "energy"), clause_about(CLAUSES, "recorded_lumi")


def weighed(*stretches: Stretch, **of_json: GoldenJson) -> Weighed:
    """Those stretches, every lumisection of run 1 with 2 /pb delivered and half of it recorded."""
    return weigh(segments(stretches, CLAUSES), CLAUSES, luminosity({1: [2.0] * 100}), **of_json)


def lost(*failed: int) -> Weighed:
    """Ten lumisections that are kept, and ten in which these clauses fail."""
    return weighed(Stretch(1, 1, 10), Stretch(1, 11, 20, frozenset(failed)))


def classes(of: Weighed, view: View = View.ALL, **how: bool) -> dict[str, float]:
    """What is lost exclusively, by category."""
    table = by_category(account(of, view, **how)).filter(exclusive_lumisections=10)
    return dict(zip(table["category"], table["exclusive_recorded_per_pb"], strict=True))


@pytest.mark.parametrize(
    "failed,category",
    [
        ({HCAL}, Category.HCAL),
        ({HCAL, HF}, Category.HCAL),
        ({STRIP, TOB}, Category.STRIP),
        ({BEAM}, Category.BEAM),
        ({ENERGY}, Category.RUN),
        ({HCAL, JETMET}, Category.MIXED),
        ({BPIX, TOB}, Category.TRACKER_HV),
        ({BPIX, TOB, PIXEL, STRIP, TRACK, BEAM}, Category.TRACKER_HV),
        ({RECORDED}, Category.SHORT_RUN),
        ({RECORDED, BPIX, TOB, HCAL}, Category.SHORT_RUN),
    ],
)
def test_a_lost_lumisection_is_of_one_class(failed, category):
    assert classes(lost(*failed)) == {category.value: 10.0}


def test_with_detectors_first_an_object_is_bad_because_of_its_detector():
    assert classes(lost(HCAL, JETMET), detectors_first=True) == {"HCAL": 10.0}
    assert classes(lost(HCAL, STRIP, JETMET), detectors_first=True) == {"Mixed": 10.0}
    assert classes(lost(JETMET), detectors_first=True) == {"JetMET": 10.0}


def test_an_inclusive_loss_counts_whatever_else_fails():
    table = by_category(account(lost(HCAL, JETMET)))
    inclusive = dict(zip(table["category"], table["inclusive_lumisections"], strict=True))
    assert inclusive == {"Mixed": None, "HCAL": 10, "JetMET": 10}


def test_a_view_is_an_account_of_its_own_clauses():
    both = lost(HCAL, BEAM)
    assert classes(both) == {"Mixed": 10.0}
    assert classes(both, View.DCS) == {"Beam": 10.0}
    assert classes(both, View.QUALITY) == {"HCAL": 10.0}
    assert classes(lost(ENERGY), View.DCS) == {}


def test_clauses_and_combinations_say_what_fails_alone():
    loss = account(weighed(Stretch(1, 1, 4, frozenset({HCAL})), Stretch(1, 5, 7, frozenset({HCAL, JETMET}))))
    table = by_clause(loss).filter(inclusive_lumisections=7).to_dicts()
    assert [(row["clause"], row["alone_lumisections"], row["categories"]) for row in table] == [(HCAL, 4, ["HCAL"])]
    combinations = by_combination(loss).select("clauses", "class", "lumisections", "runs").rows()
    assert combinations == [([HCAL], "HCAL", 4, 1), ([HCAL, JETMET], "Mixed", 3, 1)]


def test_every_line_leads_down_to_runs_and_lumisections():
    some = weighed(
        Stretch(1, 1, 4, frozenset({HCAL})), Stretch(1, 5, 5, frozenset({HCAL, JETMET})), Stretch(2, 1, 9),
        Stretch(2, 10, 10, frozenset({HCAL})),
    )  # fmt: skip
    loss = account(some)
    assert runs_of(loss, Part(clause=HCAL)).select("run_number", "ranges", "without_luminosity").rows() == [
        (1, "1–5", 0),
        (2, "10", 1),
    ]
    assert lost_json(loss, Part(of_class=Category.HCAL)) == GoldenJson.of_ranges([(1, 1, 4), (2, 10, 10)])
    assert lost_json(loss, Part(combination=(HCAL, JETMET))) == GoldenJson.of_ranges([(1, 5, 5)])
    assert some.without_luminosity() == GoldenJson.of_ranges([(2, 1, 10)])


def test_two_datasets_of_a_run_are_one_loss():
    both = (Stretch(1, 1, 10, dataset=7), Stretch(1, 1, 4, dataset=8), Stretch(1, 5, 8, frozenset({HCAL}), dataset=8))
    every, either = account(weighed(*both)), account(weighed(*both, kept=GoldenJson.of_ranges([(1, 1, 10)])))
    assert (every.total.lumisections, every.kept.lumisections, either.kept.lumisections) == (10, 4, 10)
    assert lost_json(every, Part(of_class=Category.DATASET)) == GoldenJson.of_ranges([(1, 9, 10)])
    assert lost_json(every, Part(of_class=Category.HCAL)) == GoldenJson.of_ranges([(1, 5, 8)])


def test_what_was_made_of_it_and_what_was_asked_cut_the_segments():
    golden, asked = GoldenJson.of_ranges([(1, 3, 5), (1, 8, 8)]), GoldenJson.of_ranges([(1, 2, 9)])
    loss = account(weighed(Stretch(1, 1, 6), Stretch(1, 7, 10), kept=golden, within=asked))
    assert lost_json(loss) == GoldenJson.of_ranges([(1, 2, 2), (1, 6, 7), (1, 9, 9)])
    assert (loss.total.lumisections, loss.kept.recorded_per_pb) == (8, 4.0)


def test_figures_that_are_not_whole_say_so():
    assert caveats(weighed(Stretch(1, 1, 9))) == ()
    assert caveats(weighed(Stretch(1, 1, 9), Stretch(2, 1, 3))) == (
        "The luminosity of 3 of 12 lumisections, in 1 of 2 runs, is not known and not in the figures.",
    )


def test_a_lumisection_of_which_half_is_known_is_counted_and_adds_nothing():
    held = Luminosities(np.array([1]), np.array([0, 3]), np.array([2.0, 2.0, 2.0]), np.array([1.0, np.nan, 1.0]), {})
    total = account(weigh(segments([Stretch(1, 1, 3)], CLAUSES), CLAUSES, held)).total
    assert (total.lumisections, total.without, total.delivered_per_pb, total.recorded_per_pb) == (3, 1, 4.0, 2.0)


def test_efficiencies_are_shares_of_luminosity():
    some = weighed(
        Stretch(1, 1, 8), Stretch(1, 9, 9, frozenset({HCAL})), Stretch(1, 10, 10, frozenset({BEAM, HCAL}))
    )  # fmt: skip
    assert efficiencies(some) == Efficiencies(0.5, pytest.approx(0.9), pytest.approx(0.8), pytest.approx(8 / 9))
    assert efficiencies(weighed()) == Efficiencies(None, None, None, None)


@pytest.mark.parametrize(
    "rule,category,kind",
    [
        ({"<=": [{"var": "run.oms.energy"}, 7000]}, Category.RUN, ClauseKind.CUT),
        ({">=": [{"var": "run.oms.recorded_lumi"}, 0.08]}, Category.SHORT_RUN, ClauseKind.CUT),
        ({"in": ["25ns", {"var": "run.oms.injection_scheme"}]}, Category.RUN, ClauseKind.CUT),
        ({"!": {"==": [{"var": "lumisection.rr.csc-csc"}, "BAD"]}}, Category.CSC, ClauseKind.QUALITY),
        (
            {"or": [{"var": "lumisection.oms.ebm_ready"}, {"==": [{"var": "lumisection.rr.ecal-ecal"}, "GOOD"]}]},
            Category.ECAL,
            ClauseKind.QUALITY,
        ),
        ({"in": [{"var": "lumisection.oms.prescale_name"}, ["2e34"]]}, Category.HLT, ClauseKind.CUT),
        ({">": [{"var": "lumisection.oms.recorded_lumi_per_lumi"}, 0]}, Category.LUMI, ClauseKind.CUT),
        ({"==": [{"var": "dataset.rr.global_state"}, "COMPLETED"]}, Category.DATASET, ClauseKind.CUT),
        ({"==": [1, 2]}, Category.LUMISECTION, ClauseKind.CUT),
    ],
)
def test_a_clause_counts_under_what_it_reads(rule, category, kind):
    (clause,) = clauses_of_recipe(parse(rule))
    assert categories_of(clause.reads) == {category}
    assert kind_of(clause.reads) is kind


def test_every_clause_of_the_recipes_that_are_shipped_has_its_category():
    for _, body in recipe_defaults():
        for clause in clauses_of_recipe(parse(body.rule)):
            assert Category.LUMISECTION not in categories_of(clause.reads), clause.text


def test_the_subsystems_of_the_field_are_all_there():
    said = "tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es egamma-egamma hcal-hcal muon-muon jetmet-jetmet"
    said += " lumi-lumi dt-dt csc-csc rpc-rpc hlt-hlt l1t-l1tmu l1t-l1tcalo dc-lowlumi tau-tau btag-btag gem-gem"
    told = "Pix Strip Track ECAL ES Egamma HCAL Muon JetMET Lumi DT CSC RPC HLT L1t L1t Short_run Tau Btag GEM"
    named = [category_of(f"lumisection.rr.{flag}").value.replace(" ", "_") for flag in said.split()]
    assert named == told.split()
