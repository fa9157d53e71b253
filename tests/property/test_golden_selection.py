"""A selection is what one finds lumisection by lumisection, whatever was said, undone, kept, or asked of the past."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from backend.db import transaction
from backend.golden.keeping import frames_of
from backend.golden.selection import Selection, select
from backend.queries import latest_change
from backend.rebuild import rebuild
from backend.rules import Rule, parse
from models.lumis import EMPTY, LumiSet
from models.vocabulary import ONLINE
from tests.golden import EXPRESS, PROMPT, acts, lay_out, play, rules, slowly
from tests.laws import ON_A_REGISTRY
from tests.property.test_rebuild_equals_live import forget

_PATTERNS = {
    "": (PROMPT, EXPRESS),
    "/(PromptReco|Express)/%": (PROMPT, EXPRESS),
    "/PromptReco/%": (PROMPT,),
    "(online|/Express%)": (ONLINE, EXPRESS),
}
_patterns = st.sampled_from(sorted(_PATTERNS))


def said(selection: Selection) -> tuple[Any, ...]:
    """All that a selection says, to be compared."""
    frame = selection.frame.drop("dataset_id").rows()
    return selection.kept, selection.candidates, selection.by_dataset.rows(), selection.several, frame


def now(on: Engine) -> int:
    with transaction(on) as session:
        return latest_change(session).change_set


def check(on: Engine, rule: Rule, pattern: str) -> Selection:
    """See that the selection is what is found slowly; gives it."""
    selection = select(on, rule, datasets=pattern)
    with transaction(on) as session:
        by_dataset, by_run = slowly(session, rule, _PATTERNS[pattern])
    assert selection.kept == by_run
    rows = selection.frame.filter("keep").join(selection.by_dataset, on=["dataset_id", "run_number"])
    found: dict[tuple[int, str], LumiSet] = {}
    for run, name, first, last in rows.select("run_number", "name", "first", "last").rows():
        found[run, name] = found.get((run, name), EMPTY) | LumiSet.span(first, last)
    assert found == {(key.run_number, key.name): where for key, where in by_dataset.items() if where}
    return selection


@ON_A_REGISTRY
@given(data=st.data())
def test_a_selection_is_what_one_finds_slowly_now_and_as_of_ever(engine: Engine, data: st.DataObject) -> None:
    forget(engine)
    frames_of(engine).forget()
    with transaction(engine) as session:
        columns = lay_out(session)
    then = []
    for step in data.draw(st.lists(acts(columns), min_size=1, max_size=8)):
        play(engine, *step)
        if data.draw(st.booleans()):
            rule, pattern = parse(data.draw(rules)), data.draw(_patterns)
            selection = check(engine, rule, pattern)
            assert selection.as_of == now(engine)
            then.append((selection.as_of, rule, pattern, said(selection)))
    if data.draw(st.booleans()):
        rebuild(engine)
    for as_of, rule, pattern, was in then:
        assert said(select(engine, rule, datasets=pattern, as_of=as_of)) == was
