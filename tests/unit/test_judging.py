"""What rules say of a run: class, significance, and statuses by lumisection; without a database."""

import pytest

from backend.classify.judging import judge, judge_class, judge_component
from backend.classify.lumisections import NUMBER, RECORDED, Lumisections, names_read
from backend.classify.verdicts import NOBODY, ByPeople, Judges, Verdict
from backend.rules import parse
from models.lumis import LumiSet
from models.vocabulary import Status
from tests.judging import ALWAYS, NEVER, a_class, a_run_to_judge, a_status, is_true, lumisections


def statuses(own: Lumisections, *judges: object, **facts: object) -> dict[str, str]:
    """Status → where, as people write it."""
    found = judge_component(judges, own, facts)  # type: ignore[arg-type]  # the tests give judges of statuses
    return {stretch.status.word: str(stretch.where) for stretch in found}


def judged(judges: Judges, people: ByPeople = NOBODY, **oms: object) -> Verdict:
    own = lumisections(bpix_ready={True: [1, 2]})
    return judge(judges, a_run_to_judge(own, **oms), people)


def test_the_first_class_whose_rule_holds_is_the_class_of_the_run() -> None:
    judges = Judges(run_classes=(a_class("VdM22", NEVER), a_class("Collisions22", ALWAYS), a_class("Other", ALWAYS)))
    found = judge_class(judges, a_run_to_judge())
    assert found is not None
    assert (found.says, str(found)) == ("Collisions22", "run class Collisions22 v1")


def test_a_run_that_no_rule_matches_has_no_class_and_is_not_significant() -> None:
    verdict = judged(Judges(run_classes=(a_class("Collisions22", NEVER),)))
    assert (verdict.run_class, verdict.is_significant, verdict.components) == (None, False, {})


def test_a_run_without_hlt_key_has_no_class() -> None:
    assert judged(Judges(run_classes=(a_class("Collisions22", ALWAYS),)), hlt_key=None).run_class is None


def test_a_bit_of_a_run_is_true_if_it_is_true_in_any_lumisection() -> None:
    some = Judges(run_classes=(a_class("Pixel", is_true("bpix_ready")),))
    none = Judges(run_classes=(a_class("Pixel", is_true("fpix_ready")),))
    assert judged(some).run_class == "Pixel"
    assert judged(none).run_class is None


def test_a_bit_that_is_null_everywhere_is_false_of_the_run() -> None:
    rule = {"===": [{"var": "zdc_ready"}, False]}
    run = a_run_to_judge(lumisections(zdc_ready={}))
    assert judge_class(Judges(run_classes=(a_class("Dark", rule),)), run) is not None


def test_a_prescale_is_no_bit_of_a_run() -> None:
    rule = {"===": [{"var": "prescale_index"}, None]}
    run = a_run_to_judge(lumisections(prescale_index={}))
    assert judge_class(Judges(run_classes=(a_class("Unscaled", rule),)), run) is not None


def test_what_oms_says_of_the_run_stands_above_what_its_lumisections_add_up_to() -> None:
    rule = is_true("stable_beam")
    own = lumisections(stable_beam={True: [1]})
    run = a_run_to_judge(own, stable_beam=False)
    assert judge_class(Judges(run_classes=(a_class("Stable", rule),)), run) is None


def test_only_the_rules_of_its_class_make_a_run_significant() -> None:
    classes = (a_class("Cosmics22", ALWAYS),)
    assert not judged(Judges(classes, {"Collisions22": (a_class("Collisions22", ALWAYS),)})).is_significant
    assert judged(Judges(classes, {"Cosmics22": (a_class("Cosmics22", ALWAYS),)})).is_significant


def test_one_rule_of_several_is_enough_to_be_significant() -> None:
    rules = (a_class("Cosmics22", NEVER), a_class("Cosmics22", ALWAYS, "Cosmics22/long"))
    verdict = judged(Judges((a_class("Cosmics22", ALWAYS),), {"Cosmics22": rules}))
    assert verdict.run.significant_by is not None
    assert verdict.run.significant_by.name == "Cosmics22/long"


def test_significance_is_judged_by_the_class_that_a_person_gave() -> None:
    judges = Judges((a_class("Cosmics22", ALWAYS),), {"Collisions22": (a_class("Collisions22", ALWAYS),)})
    verdict = judged(judges, ByPeople(run_class="Collisions22"))
    assert (verdict.run_class, verdict.is_significant) == ("Cosmics22", True)


COMPONENTS = {"tracker-strip": (a_status(Status.GOOD, is_true("bpix_ready")),)}


def test_no_rule_says_a_status_of_a_run_that_is_not_significant() -> None:
    assert judged(Judges((a_class("Cosmics22", ALWAYS),), {}, COMPONENTS)).components == {}


def test_a_run_that_a_person_calls_significant_gets_statuses() -> None:
    verdict = judged(Judges((), {}, COMPONENTS), ByPeople(is_significant=True))
    assert not verdict.is_significant
    assert list(verdict.components) == ["tracker-strip"]


def test_a_run_that_a_person_calls_insignificant_gets_none() -> None:
    judges = Judges((a_class("C", ALWAYS),), {"C": (a_class("C", ALWAYS),)}, COMPONENTS)
    verdict = judged(judges, ByPeople(is_significant=False))
    assert verdict.is_significant
    assert verdict.components == {}


def test_of_rules_that_hold_in_a_lumisection_the_first_decides() -> None:
    own = lumisections(bpix_ready={True: range(3, 6)}, tob_ready={True: range(1, 5)})
    standby, good = a_status(Status.STANDBY, is_true("bpix_ready")), a_status(Status.GOOD, is_true("tob_ready"))
    assert statuses(own, standby, good) == {"STANDBY": "3–5", "GOOD": "1–2", "NO VALUE FOUND": "6–10"}
    assert statuses(own, good, standby) == {"GOOD": "1–4", "STANDBY": "5", "NO VALUE FOUND": "6–10"}


def test_where_no_rule_matches_no_value_is_found() -> None:
    assert statuses(lumisections(), a_status(Status.GOOD, NEVER)) == {"NO VALUE FOUND": "1–10"}


def test_of_a_component_without_rules_nothing_is_said() -> None:
    assert statuses(lumisections()) == {}


def test_of_a_run_without_lumisections_nothing_is_said() -> None:
    assert statuses(lumisections([]), a_status(Status.GOOD, ALWAYS)) == {}


def test_a_hole_stays_a_hole() -> None:
    own = lumisections([1, 2, 3, 7, 8], bpix_ready={True: range(1, 9)})
    assert statuses(own, a_status(Status.GOOD, is_true("bpix_ready"))) == {"GOOD": "1–3, 7–8"}


def test_a_bit_that_oms_does_not_know_is_null_and_neither_true_nor_false() -> None:
    own = lumisections(bpix_ready={True: [1, 2], False: [3]})
    is_false = a_status(Status.BAD, {"==": [{"var": "bpix_ready"}, False]})
    assert statuses(own, is_false) == {"BAD": "3", "NO VALUE FOUND": "1–2, 4–10"}


def test_a_component_reads_what_the_whole_run_has() -> None:
    rule = {"and": [is_true("tracker_included"), is_true("bpix_ready")]}
    own = lumisections(bpix_ready={True: range(1, 11)})
    assert statuses(own, a_status(Status.GOOD, rule), tracker_included=True) == {"GOOD": "1–10"}
    assert statuses(own, a_status(Status.GOOD, rule)) == {"NO VALUE FOUND": "1–10"}


def test_a_fact_of_the_lumisection_stands_above_that_of_the_run() -> None:
    own = lumisections(physics_flag={False: range(1, 11)})
    assert statuses(own, a_status(Status.GOOD, is_true("physics_flag")), physics_flag=True) == {
        "NO VALUE FOUND": "1–10"
    }


def test_a_rule_that_reads_the_number_splits_what_bits_do_not() -> None:
    own = lumisections(series={NUMBER: lambda n: n})
    assert statuses(own, a_status(Status.BAD, {"<": [{"var": NUMBER}, 4]})) == {"BAD": "1–3", "NO VALUE FOUND": "4–10"}


def test_a_rule_that_reads_luminosity_is_judged_in_every_lumisection() -> None:
    own = lumisections(series={RECORDED: {1: 0.1, 2: 0.3, 4: 0.3}.get}, known=range(1, 6))
    rule = a_status(Status.GOOD, {">": [{"var": RECORDED}, 0.2]})
    assert statuses(own, rule) == {"GOOD": "2, 4", "NO VALUE FOUND": "1, 3, 5"}


def test_a_rule_is_judged_once_for_each_combination_that_it_reads() -> None:
    own = lumisections(range(1, 1001), bpix_ready={True: range(1, 1000, 2), False: range(2, 1001, 2)}, tob_ready={})
    assert len(list(own.combinations(["bpix_ready", "tob_ready"]))) == 2


def test_facts_may_stand_in_each_other() -> None:
    own = Lumisections(LumiSet.span(1, 4), {"lumisection.oms.bpix_ready": {True: LumiSet.span(2, 3)}})
    rule = parse(is_true("lumisection.oms.bpix_ready"))
    whole = parse({"!!": [{"var": "lumisection.oms"}]})
    assert own.where(rule, {"lumisection": {"rr": {}}}, reads=names_read(rule)) == LumiSet.span(2, 3)
    assert own.where(whole, {}, reads=names_read(whole)) == LumiSet.span(1, 4)


def test_a_rule_may_read_a_part_of_a_fact() -> None:
    own = lumisections(prescale_name={"Emergency": [1, 2], "2e34": range(3, 11)})
    short = a_status(Status.GOOD, {"==": [{"var": "prescale_name.length"}, 4]})
    assert statuses(own, short) == {"GOOD": "3–10", "NO VALUE FOUND": "1–2"}


@pytest.mark.parametrize("rule", [{"var": ""}, {"var": [{"var": "name"}]}])
def test_a_rule_that_reads_who_knows_what_is_given_everything(rule: object) -> None:
    own = lumisections(bpix_ready={True: [1]}, series={NUMBER: lambda n: n})
    assert own.own(names_read(parse(rule))) == ["bpix_ready", NUMBER]


def test_all_facts_of_one_lumisection_can_be_told() -> None:
    own = lumisections(bpix_ready={True: [1]}, series={RECORDED: {1: 0.25}.get})
    assert own.at(1, {"energy": 6800}) == {"energy": 6800, "bpix_ready": True, RECORDED: 0.25}
    assert own.at(2, {}) == {"bpix_ready": None, RECORDED: None}


def test_a_stretch_names_the_classifier_that_decided() -> None:
    own = lumisections(bpix_ready={True: [1]})
    good = a_status(Status.GOOD, is_true("bpix_ready"))
    assert [stretch.by for stretch in judge_component([good], own, {})] == [good, None]
