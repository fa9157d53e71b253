"""The checker of histories is checked: it lets every honest history through, and none that was tampered with."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import examples
from tests.linearisable.checker import NotLinearisable, check
from tests.linearisable.deeds import Answer, Deed, Kind, as_told
from tests.linearisable.ground import PIXEL, STRIP
from tests.linearisable.judging import judge
from tests.linearisable.model import Model
from tests.linearisable.pretending import GROUND, Pretended, drawn, pretended
from tests.linearisable.search import some_order

BASE = GROUND.base
FLAG = Deed(Kind.FLAG, (1,), (PIXEL,), 3, 9, 2, "HV trip", seen=BASE)
BATCH = Deed(Kind.SET_COLUMNS, (1, 2), (STRIP,), value=3, to="noisy", seen=BASE)
LOOK = Deed(Kind.LOOK, (1,))
COMPARE = Deed(Kind.COMPARE, (1, 2))
PLAIN = (LOOK, FLAG, LOOK, BATCH, COMPARE, replace(FLAG, seen=BASE), Deed(Kind.TAKE_BACK, act=BASE + 1), LOOK)
"""Look 0, acts 1 and 3, looks between; 5 is refused, 6 takes the first act back, and 7 looks."""


def refusal_of(told: Pretended) -> str:
    """Why the checker refuses it."""
    with pytest.raises(NotLinearisable) as refused:
        check(GROUND, told.calls, told.log)
    return str(refused.value)


def with_answer(history: Pretended, name: str, **answer: object) -> Pretended:
    call = history.call(name)
    assert call.answer is not None
    return history.with_call(name, answer=replace(call.answer, **answer))  # type: ignore[arg-type]


@settings(max_examples=examples(8, at_length=100))
@given(rnd=st.randoms(use_true_random=False))
def test_every_history_of_a_perfect_registry_is_explained(rnd: Random) -> None:
    told = drawn(rnd, 40)
    explained = check(GROUND, told.calls, told.log)
    assert explained.acts + explained.refusals + explained.looks == len(told.calls)


@settings(max_examples=examples(8, at_length=100))
@given(rnd=st.randoms(use_true_random=False))
def test_of_a_short_history_the_search_finds_an_order_too(rnd: Random) -> None:
    told = drawn(rnd, 10)
    order = some_order(GROUND, told.calls, told.log)
    assert order is not None
    assert sorted(order) == sorted(call.name for call in told.calls if call.deed.kind is not Kind.PAST)


def test_who_saw_what_was_changed_since_is_refused_in_an_honest_history() -> None:
    told = pretended(PLAIN)
    assert told.call("5").answer == Answer(refused="Conflict")
    assert check(GROUND, told.calls, told.log).refusals == 1


def test_a_write_that_was_answered_and_is_lost_is_told() -> None:
    told = pretended(PLAIN[:4])
    assert "were answered and are not in the log" in refusal_of(replace(told, log=told.log[:1]))


def test_a_write_that_is_in_the_log_twice_is_told() -> None:
    told = pretended(PLAIN[:4])
    assert "is 3 once more" in refusal_of(replace(told, log=(*told.log, (BASE + 3, "3", "somebody"))))


def test_a_write_of_nobody_and_a_gap_in_the_log_are_told() -> None:
    told = pretended(PLAIN[:4])
    assert "is nobody's" in refusal_of(told.without("3"))
    assert "goes from act 10 to 12" in refusal_of(replace(told, log=told.log[1:]))


def test_a_write_that_was_refused_and_is_in_the_log_is_told() -> None:
    told = with_answer(pretended(PLAIN[:4]), "3", done=None, refused="Conflict")
    assert "but the answer was another" in refusal_of(told)


def test_a_write_whose_effect_is_lost_is_told() -> None:
    honest, told = pretended(PLAIN[:3]), Model(GROUND)
    assert "nothing explains" in refusal_of(with_answer(honest, "2", told=as_told(told.reads(LOOK))))


def test_a_stale_read_is_told_and_no_order_explains_it() -> None:
    honest = pretended(PLAIN)
    before = honest.call("2").answer
    assert before is not None
    stale = with_answer(honest, "7", told=before.told, version=before.version)
    assert "no order of the calls explains them" in refusal_of(stale)


def test_a_stale_read_that_was_asked_for_before_the_write_was_answered_is_honest() -> None:
    honest = pretended((FLAG, LOOK), jitter={0: (1, 30)})
    stale = with_answer(honest, "1", told=as_told(Model(GROUND).reads(LOOK)), version=BASE)
    assert check(GROUND, stale.calls, stale.log).looks == 1


def test_a_reader_whose_version_runs_backwards_is_told() -> None:
    honest = pretended((FLAG, LOOK, LOOK), jitter={0: (1, 50)})
    backwards = with_answer(honest, "2", told=as_told(Model(GROUND).reads(LOOK)), version=BASE)
    assert "nothing explains" in refusal_of(backwards)


def test_a_reader_who_is_told_a_version_that_is_yet_to_come_is_told() -> None:
    assert "nothing explains" in refusal_of(with_answer(pretended(PLAIN[:3]), "2", version=BASE + 2))


def test_half_a_batch_is_told() -> None:
    honest = pretended((COMPARE, BATCH, COMPARE))
    half, whole = Model(GROUND), judge(Model(GROUND), BATCH)
    half.apply(BASE + 1, replace(whole, said={s: said for s, said in whole.said.items() if s[0] == ("dataset", 1)}))
    assert "nothing explains" in refusal_of(with_answer(honest, "2", told=as_told(half.reads(COMPARE))))


def test_a_word_overwritten_in_silence_is_told() -> None:
    """Who saw the act before writes over what somebody else said since, and is not refused."""
    honest = pretended((FLAG, replace(FLAG, seen=None, value=3)))
    silent = honest.with_call("1", deed=replace(FLAG, value=3))
    assert "was accepted, but it is Conflict" in refusal_of(silent)
    assert "no order of the calls explains them" in refusal_of(silent)


def test_acts_whose_numbers_are_exchanged_are_told_and_the_order_that_explains_them_is_named() -> None:
    """The first act was answered before the second was asked for, and has the larger number."""
    honest = pretended((FLAG, replace(FLAG, columns=(STRIP,))))
    first, second = honest.calls
    exchanged = with_answer(with_answer(honest, "0", done=BASE + 2), "1", done=BASE + 1)
    exchanged = replace(exchanged, log=((BASE + 1, second.name, "x"), (BASE + 2, first.name, "x")))
    told = refusal_of(exchanged)
    assert "Act 12 (0) was answered before act 11 (1) was asked for" in told
    assert "this order does: 0, 1" in told


def test_an_error_that_nobody_foresees_is_told() -> None:
    told = with_answer(pretended(PLAIN), "5", refused="DatabaseUnavailable: deadlock detected")
    assert "nothing explains" in refusal_of(told)


def test_a_writer_that_was_killed_did_its_last_act_or_did_not() -> None:
    told = pretended((FLAG, LOOK))
    killed = told.with_call("0", answered=None, answer=None)
    assert check(GROUND, killed.calls, killed.log).unanswered == 1
    assert some_order(GROUND, killed.calls, killed.log) is not None
    nothing = with_answer(killed, "1", told=as_told(Model(GROUND).reads(LOOK)), version=BASE)
    assert check(GROUND, nothing.calls, ()).acts == 0


@settings(max_examples=examples(8, at_length=100))
@given(rnd=st.randoms(use_true_random=False))
def test_no_read_of_another_moment_is_let_through(rnd: Random) -> None:
    """Whatever a look is told that held at no moment of it, is refused."""
    told = drawn(rnd, 40)
    looks = [c for c in told.calls if c.deed.kind in (Kind.LOOK, Kind.COMPARE, Kind.STANDING)]
    for look in looks[:3]:
        assert look.answer is not None
        tampered = with_answer(told, look.name, told=as_told(["never"]))
        assert f"name={look.name!r}" in refusal_of(tampered)
