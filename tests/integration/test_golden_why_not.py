"""Why a lumisection is not in the golden JSON: which clauses failed, what they saw, and whose word that was."""

from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.golden.selection import select
from backend.golden.why_not import Why, rejected_of_run, why_not
from backend.queries import latest_change
from backend.record import Act, DatasetKey, DatasetSaid, LuminositySaid, LumisectionSaid, record, register_columns, undo
from backend.record.columns import NewColumn
from backend.rules import parse
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.factories import a_flag, a_run, columns, flag

RUN, PROMPT = 1, "/PromptReco/Collisions2018A/DQM"
KEY = DatasetKey(RUN, PROMPT)
STRIP, TEC = "lumisection.rr.tracker-strip", "lumisection.oms.tecp_ready"
RULE = parse(
    {
        "and": [
            {">=": [{"var": "run.oms.energy"}, 6000]},
            {"==": [{"var": STRIP}, "GOOD"]},
            {"and": [{"==": [{"var": TEC}, True]}, {"!=": [{"var": "dataset.tracker_state"}, "OPEN"]}]},
            {">": [{"var": "lumisection.oms.recorded"}, 0.15]},
        ]
    }
)


def arrange(session: Session) -> None:
    """Ten lumisections: strip BAD in 4–6 by a person, TEC+ off from 6, 0.1 /pb in the first and 0.2 in the others."""
    strip = columns(session)[1]
    tec = register_columns(session, [NewColumn("oms", "tecp_ready", ColumnKind.BIT)], by="test", why="test")
    online = a_run(session, RUN, known=LumiSet.span(1, 10), energy=6500)
    record(session, Act("rule", "signed off", ActKind.DATASET, new_datasets=(KEY,)))
    said = DatasetSaid(KEY, {"state.tracker": "COMPLETED"}, Origin.PERSON)
    record(session, Act("L. Moreau", "done", ActKind.DATASET, datasets=(said,)))
    bits = (
        LumisectionSaid(online, (tec["oms-tecp_ready"].id,), LumiRange(first, last), value, Origin.RULE)
        for first, last, value in ((1, 5, Bit.TRUE), (6, 10, Bit.FALSE))
    )
    recorded = [0.1, *[0.2] * 9]
    luminosity = LuminositySaid(RUN, LuminositySource.OMS, 1, recorded, recorded)
    record(session, Act("ingest", "OMS", ActKind.INGEST, lumisections=tuple(bits), luminosities=(luminosity,)))
    flag(session, a_flag(KEY, strip, Status.GOOD, of=(1, 10), origin=Origin.RULE), by="rule")
    flag(session, a_flag(KEY, strip, Status.BAD, of=(4, 6), comment="HV trip"), by="S. Tanaka")


def asked(on: Engine, lumisection: int, *, as_of: int | None = None) -> Why:
    (why,) = why_not(on, RULE, datasets="/Prompt%", run_number=RUN, lumisection=lumisection, as_of=as_of)
    return why


def test_every_clause_says_what_it_saw_and_whose_word_that_was(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
    why = asked(engine, 6)
    assert not why.is_kept
    assert [verdict.clause.index for verdict in why.failed] == [1, 2]
    assert [verdict.clause.index for verdict in why.held] == [0, 3, 4]
    seen = {fact.name: fact for verdict in why.clauses for fact in verdict.seen}
    assert {name: fact.value for name, fact in seen.items()} == {
        "run.oms.energy": 6500,
        STRIP: "BAD",
        TEC: False,
        "dataset.tracker_state": "COMPLETED",
        "lumisection.oms.recorded": 0.2,
    }
    whose = {name: (fact.said.by, fact.said.why, fact.said.comment) for name, fact in seen.items() if fact.said}
    assert whose == {
        "run.oms.energy": ("ingest", "run 1 appeared in OMS", None),
        STRIP: ("S. Tanaka", "flagged", "HV trip"),
        TEC: ("ingest", "OMS", None),
        "dataset.tracker_state": ("L. Moreau", "done", None),
        "lumisection.oms.recorded": ("ingest", "OMS", None),
    }


def test_a_lumisection_is_explained_as_it_is_selected_now_and_before(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
        then = latest_change(session).change_set
    for lumisection in range(1, 11):
        kept = select(engine, RULE, datasets="/Prompt%").kept.at(RUN)
        assert asked(engine, lumisection).is_kept == (lumisection in kept)
    assert not asked(engine, 11).is_known
    assert not asked(engine, 11).is_kept
    with transaction(engine) as session:
        undo(session, then, by="L. Moreau", why="it was not strip")
    assert asked(engine, 4).is_kept
    before = asked(engine, 4, as_of=then)
    assert (before.as_of, [verdict.clause.index for verdict in before.failed]) == (then, [1])
    assert why_not(engine, RULE, datasets="/Express%", run_number=RUN, lumisection=4) == ()


def test_what_is_rejected_of_a_run_is_grouped_by_what_failed_the_largest_first(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
    (found,) = rejected_of_run(engine, RULE, datasets="/Prompt%", run_number=RUN)
    assert found.kept == LumiSet.span(2, 3)
    assert [([c.index for c in part.clauses], part.lumisections.as_pairs()) for part in found.rejected] == [
        ([2], [[7, 10]]),
        ([1], [[4, 5]]),
        ([4], [[1, 1]]),
        ([1, 2], [[6, 6]]),
    ]
