"""Judging by intervals says the same as judging each lumisection alone, whatever the facts and the rules."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.classify.judging import judge_component
from backend.classify.lumisections import NUMBER, RECORDED, Fact, Lumisections
from backend.classify.verdicts import Judge
from models.lumis import LumiSet
from models.vocabulary import SAYABLE, Status
from tests.judging import a_status

BITS = ("bpix_ready", "tob_ready", "stable_beam")
PLACES = st.sets(st.integers(1, 25), max_size=25)
SHARED = st.fixed_dictionaries(
    {"energy": st.sampled_from([0, 6800, None]), "stable_beam": st.sampled_from([True, None])}
)


@st.composite
def facts(draw: st.DrawFn) -> Lumisections:
    """Lumisections with holes, bits that are true, false or null, a prescale, numbers and luminosity."""
    known = draw(PLACES)
    spans: dict[str, dict[Fact, LumiSet]] = {}
    for name in BITS[: draw(st.integers(0, 3))]:
        values = {n: draw(st.sampled_from([True, False, None])) for n in sorted(known)}
        spans[name] = {v: LumiSet.numbers(n for n in known if values[n] is v) for v in (True, False)}
    spans["prescale_index"] = {2: LumiSet.numbers(known & draw(PLACES))}
    recorded = {n: draw(st.sampled_from([0.1, 0.5, None])) for n in sorted(known & draw(PLACES))}
    return Lumisections(LumiSet.numbers(known), spans, {NUMBER: lambda n: n, RECORDED: recorded.get})


VARIABLES = st.sampled_from([*BITS, "prescale_index", "energy", NUMBER, RECORDED, "nobody_knows"])
CLAUSES = st.builds(
    lambda operator, name, value: {operator: [{"var": name}, value]},
    st.sampled_from(["==", "!=", "===", "<", ">=", "!"]),
    VARIABLES,
    st.sampled_from([True, False, None, 2, 0.3, 12, 6800]),
)
ASKING = st.builds(lambda names: {"missing": names}, st.lists(VARIABLES, max_size=3))
COMPUTED = st.builds(lambda name: {"!!": [{"var": [{"cat": [name[:4], name[4:]]}]}]}, VARIABLES)
RULES = st.recursive(
    CLAUSES | ASKING | COMPUTED,
    lambda inner: st.builds(
        lambda operator, operands: {operator: operands},
        st.sampled_from(["and", "or", "if"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
JUDGES = st.lists(st.builds(a_status, st.sampled_from(SAYABLE), RULES), max_size=4)


def alone(judges: list[Judge[Status]], told: Any) -> Status:
    """The status of one lumisection: that of the first rule that holds."""
    return next((judge.says for judge in judges if judge.rule.holds(told)), Status.NO_VALUE_FOUND)


@given(facts(), SHARED, JUDGES)
def test_intervals_are_judged_as_their_lumisections(
    own: Lumisections, shared: dict[str, Any], judges: list[Judge[Status]]
) -> None:
    found = {n: stretch.status for stretch in judge_component(judges, own, shared) for n in stretch.where}
    expected = {n: alone(judges, own.at(n, shared)) for n in own.known} if judges else {}
    assert found == expected


@given(facts(), SHARED, JUDGES)
def test_the_stretches_of_a_component_are_disjoint_and_make_up_the_run(
    own: Lumisections, shared: dict[str, Any], judges: list[Judge[Status]]
) -> None:
    stretches = judge_component(judges, own, shared)
    assert sum(len(stretch.where) for stretch in stretches) == (len(own.known) if judges else 0)
    assert all(stretch.where for stretch in stretches)
    assert LumiSet.of(r for stretch in stretches for r in stretch.where.ranges) == (own.known if judges else LumiSet())
