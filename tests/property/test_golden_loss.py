"""What a selection loses is what was asked less what is kept, whatever was said, undone and asked; now and then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from backend.db import transaction
from backend.golden.keeping import frames_of
from backend.golden.loss import account
from backend.golden.loss_tables import by_category, lost_json
from backend.golden.luminosity import luminosity_of_json
from backend.golden.selection import OfSeveral, Options, select
from backend.golden.weighing import weigh_selection
from backend.rules import parse
from models.lumi_json import GoldenJson
from tests.golden import acts, lay_out, play, rules
from tests.laws import ON_A_REGISTRY
from tests.property.test_rebuild_equals_live import forget

_asked = st.sampled_from([None, GoldenJson.of_ranges([(1, 3, 8), (2, 5, 20)])])
_options = st.builds(
    Options,
    only_completed=st.booleans(),
    within=_asked,
    of_several=st.sampled_from([OfSeveral.INTERSECTION, OfSeveral.UNION]),
)


@ON_A_REGISTRY
@given(data=st.data())
def test_what_a_selection_loses_is_what_was_asked_less_what_is_kept(engine: Engine, data: st.DataObject) -> None:
    forget(engine)
    frames_of(engine).forget()
    with transaction(engine) as session:
        columns = lay_out(session)
    for step in data.draw(st.lists(acts(columns), min_size=1, max_size=8)):
        play(engine, *step)
    rule, options = parse(data.draw(rules)), data.draw(_options)
    first = select(engine, rule, datasets="", options=options)
    play(engine, *data.draw(acts(columns)))
    for selection in (first, select(engine, rule, datasets="", options=options)):
        with transaction(engine) as session:
            loss = account(weigh_selection(session, selection))
            kept = luminosity_of_json(session, selection.kept, as_of=selection.as_of)
            asked = luminosity_of_json(session, selection.candidates, as_of=selection.as_of)
        assert lost_json(loss) == selection.candidates - selection.kept
        assert loss.weighed.without_luminosity() == asked.missing
        assert loss.kept.recorded_per_pb == pytest.approx(kept.recorded_per_pb)
        assert loss.total.delivered_per_pb == pytest.approx(asked.delivered_per_pb)
        lost = asked.recorded_per_pb - kept.recorded_per_pb
        assert by_category(loss)["exclusive_recorded_per_pb"].sum() == pytest.approx(lost, abs=1e-9)
