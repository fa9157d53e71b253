"""The luminosity of many runs at once, now and as it was, and that of a golden JSON, with what is missing named."""

from random import Random

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.errors import InvalidInput
from backend.golden.luminosity import luminosity_of_json
from backend.queries import Luminosities, changes_since, latest_change, luminosities, luminosity_of
from backend.record import Act, LuminositySaid, Recorded, record, undo
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from models.vocabulary import ActKind, LuminositySource
from tests.factories import RUN, a_run

OMS, BRILCALC = LuminositySource.OMS, LuminositySource.BRILCALC
Known = dict[int, tuple[LuminositySource, list[float | None], list[float | None]]]


def said(run: int, source: LuminositySource, first: int, *recorded: float | None) -> LuminositySaid:
    """Twice as much delivered as recorded."""
    return LuminositySaid(run, source, first, [None if r is None else 2 * r for r in recorded], list(recorded))


def say(engine: Engine, *words: LuminositySaid) -> Recorded:
    with transaction(engine) as session:
        return record(session, Act("J. Novak", "brilcalc", ActKind.IMPORT_LUMINOSITY, luminosities=words))


def plainly(found: Luminosities) -> Known:
    """By run: source, delivered, recorded; none where unknown."""

    def listed(series: np.ndarray) -> list[float | None]:
        return [None if np.isnan(value) else value for value in series.tolist()]

    ends = zip(found.starts, found.starts[1:], strict=False)
    return {
        run: (found.sources[run], listed(found.delivered[begin:end]), listed(found.recorded[begin:end]))
        for run, (begin, end) in zip(found.runs.tolist(), ends, strict=True)
    }


def test_each_run_speaks_through_the_best_source_that_knows_it(engine: Engine, session: Session) -> None:
    say(engine, said(7, OMS, 1, 0.5, 0.25), said(8, OMS, 2, 1.0), said(8, BRILCALC, 1, 0.75, None, 0.5))
    assert plainly(luminosities(session)) == {
        7: (OMS, [1.0, 0.5], [0.5, 0.25]),
        8: (BRILCALC, [1.5, None, 1.0], [0.75, None, 0.5]),
    }
    assert plainly(luminosities(session, [8, 9], sources=[OMS])) == {8: (OMS, [None, 2.0], [None, 1.0])}
    assert plainly(luminosities(session, [7], sources=[BRILCALC])) == plainly(luminosities(session, [])) == {}


def test_the_past_is_what_was_there_at_the_time_whatever_was_said_and_undone_since(engine: Engine) -> None:
    chance = Random(5)
    then: dict[int, Known] = {}
    acts: list[int] = []
    for _ in range(40):
        if acts and chance.random() < 0.35:
            scope = chance.choice([None, {"runs": [chance.choice([1, 2, 3])]}])
            try:
                with transaction(engine) as session:
                    acts.append(undo(session, chance.choice(acts), by="K. Ito", why="no", scope=scope).change_set)
            except InvalidInput:
                continue
        else:
            words = [
                said(run, chance.choice([OMS, BRILCALC]), chance.randint(1, 6), *chance.choices([None, 0.25, 0.5], k=3))
                for run in chance.sample([1, 2, 3], 2)
            ]
            acts.append(say(engine, *words).change_set)
        with transaction(engine) as session:
            then[acts[-1]] = plainly(luminosities(session))
            for run, (source, delivered, recorded) in then[acts[-1]].items():
                one = luminosity_of(session, run)
                assert one.source is source
                assert one.delivered_per_pb == {n: d for n, d in enumerate(delivered, 1) if d is not None}
                assert one.recorded_per_pb == {n: r for n, r in enumerate(recorded, 1) if r is not None}
    assert len(then) > 20
    with transaction(engine) as session:
        for act, known in then.items():
            assert plainly(luminosities(session, as_of=act)) == known


def test_a_json_holds_what_its_lumisections_hold(engine: Engine, session: Session) -> None:
    with transaction(engine) as other:
        a_run(other, RUN)
    say(engine, said(RUN, BRILCALC, 1, 0.5, 0.25, 0.125), said(RUN + 1, OMS, 3, 1.0))
    json = GoldenJson.of({RUN: LumiSet.span(2, 3), RUN + 1: LumiSet.span(3, 3)})
    held = luminosity_of_json(session, json)
    assert (held.delivered_per_pb, held.recorded_per_pb, held.lumisections) == (2.75, 1.375, 3)
    assert [(r.run_number, r.recorded_per_pb, r.source) for r in held.runs] == [
        (RUN, 0.375, BRILCALC),
        (RUN + 1, 1.0, OMS),
    ]
    assert not held.missing
    assert held.unregistered == (RUN + 1,)
    assert held.caveats() == ("The registry does not know 1 of 2 runs.",)


def test_luminosity_that_nobody_knows_is_named_and_never_zero_in_silence(engine: Engine, session: Session) -> None:
    with transaction(engine) as other:
        a_run(other, RUN)
    say(engine, said(RUN, BRILCALC, 1, 0.5, None, 0.0), said(RUN, OMS, 1, 0.5, 0.5, 0.5, 0.5))
    json = GoldenJson.of({RUN: LumiSet.span(1, 5), 7: LumiSet.pairs([[1, 2], [9, 9]])})
    held = luminosity_of_json(session, json)
    assert held.recorded_per_pb == 0.5
    assert held.missing == {RUN: LumiSet.pairs([[2, 2], [4, 5]]), 7: LumiSet.pairs([[1, 2], [9, 9]])}
    assert [(r.lumisections, r.without, r.source, r.is_registered) for r in held.runs] == [
        (3, 3, None, False),
        (5, 3, BRILCALC, True),
    ]
    assert held.caveats()[0] == (
        "The luminosity of 6 of 8 lumisections, in 2 of 2 runs, is not known and not in the figures."
    )
    by_oms = luminosity_of_json(session, json, sources=[OMS])
    assert (by_oms.recorded_per_pb, by_oms.missing.at(RUN)) == (2.0, LumiSet.span(5, 5))


@pytest.mark.parametrize("json", [GoldenJson(), GoldenJson.of({9: LumiSet.span(1, 4)})])
def test_a_json_of_which_nobody_knows_anything_holds_nothing_and_says_so(session: Session, json: GoldenJson) -> None:
    held = luminosity_of_json(session, json)
    assert held.recorded_per_pb == held.delivered_per_pb == 0
    assert held.missing == json
    assert bool(held.caveats()) is bool(json)


def test_the_luminosity_of_a_json_is_looked_at_as_it_was(engine: Engine, session: Session) -> None:
    json = GoldenJson.of({RUN: LumiSet.span(1, 2)})
    before = say(engine, said(RUN, BRILCALC, 1, 0.5, 0.25)).change_set
    say(engine, said(RUN, BRILCALC, 2, 4.0))
    assert luminosity_of_json(session, json).recorded_per_pb == 4.5
    assert luminosity_of_json(session, json, as_of=before).recorded_per_pb == 0.75
    assert luminosity_of_json(session, json, as_of=before - 1).missing == json


def test_an_import_of_luminosity_is_a_change_of_its_runs_and_so_is_its_undo(engine: Engine) -> None:
    def changed(since: int) -> frozenset[int]:
        with transaction(engine) as session:
            return changes_since(session, since).runs

    say(engine, said(7, OMS, 1, 0.5))
    with transaction(engine) as session:
        seen = latest_change(session).change_set
    imported = say(engine, said(8, OMS, 1, 0.5), said(9, OMS, 1, 0.5)).change_set
    assert (changed(seen), changed(imported)) == ({8, 9}, frozenset())
    with transaction(engine) as session:
        undone = undo(session, imported, by="K. Ito", why="no").change_set
    assert changed(imported) == {8, 9}
    with transaction(engine) as session:
        undo(session, undone, by="K. Ito", why="yes")
    assert changed(undone) == {8, 9}
