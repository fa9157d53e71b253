"""One run from every side: its facts, its strip with who said what, its luminosity, and its history."""

import pytest
from sqlmodel import Session

from backend.errors import NotFound
from backend.queries import history_of_run, luminosity_of, run_facts, strip_of
from backend.record import (
    Act,
    DatasetKey,
    DatasetSaid,
    LuminositySaid,
    LumisectionSaid,
    RunSaid,
    record,
    register_columns,
    register_texts,
    undo,
)
from backend.record.columns import NewColumn
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.factories import RUN, a_flag, a_run, columns, flag

PROMPT = DatasetKey(RUN, "/PromptReco/Collisions2022C/DQM")


def a_dataset(session: Session, key: DatasetKey = PROMPT, **said: object) -> None:
    words = (DatasetSaid(key, {"state.tracker": "OPEN", **said}, Origin.RULE),)
    record(session, Act("rule", "datasets", ActKind.DATASET, new_datasets=(key,), datasets=words))


def oms_columns(session: Session) -> dict[str, int]:
    kinds = {"bpix_ready": ColumnKind.BIT, "prescale_index": ColumnKind.INTEGER, "prescale_name": ColumnKind.TEXT}
    known = register_columns(session, [NewColumn("oms", n, k) for n, k in kinds.items()], by="test", why="columns")
    return {name: known[f"oms-{name}"].id for name in kinds}


def test_a_run_is_told_with_its_attributes_lumisections_and_datasets(session: Session) -> None:
    a_run(session, known=LumiSet.pairs([[1, 5], [8, 9]]), energy=6800, era="Run2022C")
    a_dataset(session, known=[[2, 100]])
    facts = run_facts(session, RUN)
    assert (facts.known, facts.attributes["energy_gev"], facts.oms["era"]) == (
        LumiSet.pairs([[1, 5], [8, 9]]),
        6800.0,
        "Run2022C",
    )
    assert [(d.name, d.known, d.states) for d in facts.datasets] == [
        (ONLINE, LumiSet.pairs([[1, 5], [8, 9]]), {}),
        (PROMPT.name, LumiSet.pairs([[2, 5], [8, 9]]), {"tracker": "OPEN"}),
    ]
    assert (facts.is_running, facts.proposed_by, facts.last_change, facts.change_set) == (True, None, 1, 2)


def test_a_run_or_dataset_that_is_not_there_is_told(session: Session) -> None:
    a_run(session)
    with pytest.raises(NotFound, match="no run 1"):
        run_facts(session, 1)
    with pytest.raises(NotFound, match="no dataset 360459 /Express"):
        strip_of(session, RUN, "/Express/Collisions2022/DQM")
    with pytest.raises(NotFound, match="no run 1"):
        history_of_run(session, 1)


def test_a_strip_tells_who_said_what_and_why_also_outside_the_known(session: Session) -> None:
    pixel, *_ = columns(session)
    online = a_run(session, known=LumiSet.span(1, 15))
    flag(session, a_flag(online, pixel, Status.GOOD, of=(1, 15), origin=Origin.RULE), by="rule pixel v3")
    act = flag(session, a_flag(online, pixel, of=(10, 20), comment="HV trip"))
    strip = strip_of(session, RUN)
    (said,) = (strip.column("tracker-pixel") or pytest.fail("no column")).segments[1:]
    word = strip.words[said.word]
    assert (said.range, said.value, strip.known) == (LumiRange(10, 20), Status.BAD, LumiSet.span(1, 15))
    assert (word.by, word.origin, word.comment, word.change_set, word.at) == (
        "S. Tanaka",
        Origin.PERSON,
        "HV trip",
        act.change_set,
        act.at,
    )
    assert strip.column("tracker-strip") is None


def test_an_offline_dataset_has_what_oms_says_unless_it_says_otherwise(session: Session) -> None:
    bit, index, name = oms_columns(session).values()
    pixel, *_ = columns(session)
    online = a_run(session)
    a_dataset(session)
    known = register_columns(session, [], by="test", why="none")
    (text_id,) = register_texts(session, known["oms-prescale_name"], words=["2p0E34"], by="ingest").values()
    of_oms = [
        LumisectionSaid(online, (bit,), LumiRange(1, 100), Bit.TRUE, Origin.RULE),
        LumisectionSaid(online, (index,), LumiRange(1, 100), 4, Origin.RULE),
        LumisectionSaid(online, (name,), LumiRange(1, 100), text_id, Origin.RULE),
    ]
    flag(session, a_flag(online, pixel), *of_oms, by="ingest")
    flag(session, LumisectionSaid(PROMPT, (bit,), LumiRange(30, 40), Bit.FALSE, Origin.PERSON))
    said = {
        str(strip.column): [(str(s.range), s.value) for s in strip.segments]
        for strip in strip_of(session, RUN, PROMPT.name).columns
    }
    assert said == {
        "oms-bpix_ready": [("1–29", Bit.TRUE), ("30–40", Bit.FALSE), ("41–100", Bit.TRUE)],
        "oms-prescale_index": [("1–100", 4)],
        "oms-prescale_name": [("1–100", "2p0E34")],
    }


def test_luminosity_is_numbered_and_the_best_source_speaks(session: Session) -> None:
    a_run(session)
    assert luminosity_of(session, RUN).source is None
    for source, first in ((LuminositySource.OMS, 1), (LuminositySource.BRILCALC, 3)):
        said = LuminositySaid(RUN, source, first, [0.5, None], [0.4, 0.3])
        record(session, Act("lumi", "lumi", ActKind.IMPORT_LUMINOSITY, luminosities=(said,)))
    best = luminosity_of(session, RUN)
    assert (best.source, best.delivered_per_pb, best.recorded_per_pb) == (
        LuminositySource.BRILCALC,
        {3: 0.5},
        {3: 0.4, 4: 0.3},
    )
    assert luminosity_of(session, RUN, sources=(LuminositySource.OMS,)).recorded_per_pb == {1: 0.4, 2: 0.3}


def test_history_tells_every_act_on_the_run_and_its_datasets_latest_first(session: Session) -> None:
    pixel, strip, _ = columns(session)
    online = a_run(session)
    a_run(session, RUN + 1)
    a_dataset(session)
    said = LumisectionSaid(online, (pixel, strip), LumiRange(1, 9), Status.BAD, Origin.PERSON, "HV", "trip")
    flagged = flag(session, said)
    undone = undo(session, flagged.change_set, by="L. Moreau", why="wrong run")
    edit = (RunSaid(RUN, {"stop_reason": "dump"}, Origin.PERSON),)
    record(session, Act("A. Petrov", "why not", ActKind.EDIT_RUN, runs=edit))
    entries = history_of_run(session, RUN)
    assert [(e.by, e.kind, e.undoes, e.is_undone) for e in entries] == [
        ("A. Petrov", ActKind.EDIT_RUN, None, False),
        ("L. Moreau", ActKind.UNDO, flagged.change_set, False),
        ("S. Tanaka", ActKind.FLAG, None, True),
        ("rule", ActKind.DATASET, None, False),
        ("ingest", ActKind.INGEST, None, False),
    ]
    (ranged,) = entries[2].ranges
    assert (ranged.dataset, ranged.columns, str(ranged.range)) == (ONLINE, ("tracker-pixel", "tracker-strip"), "1–9")
    assert (ranged.value, ranged.cause, ranged.comment) == (Status.BAD, "HV", "trip")
    assert (entries[0].attributes[0].said, entries[0].attributes[0].dataset) == ({"stop_reason": "dump"}, None)
    undo(session, undone.change_set, by="S. Tanaka", why="it was right")
    assert [e.is_undone for e in history_of_run(session, RUN, limit=4)] == [False, False, True, False]


def test_an_act_undone_for_another_run_alone_still_holds_here(session: Session) -> None:
    pixel, *_ = columns(session)
    here, there = a_run(session), a_run(session, RUN + 1)
    act = flag(session, a_flag(here, pixel), a_flag(there, pixel))
    (of_there,) = run_facts(session, RUN + 1).datasets
    undo(session, act.change_set, by="A", why="only there", scope={"datasets": [of_there.id], "runs": []})
    assert next((e.kind, e.is_undone) for e in history_of_run(session, RUN)) == (ActKind.FLAG, False)
    assert [(e.kind, e.is_undone) for e in history_of_run(session, RUN + 1)][:2] == [
        (ActKind.UNDO, False),
        (ActKind.FLAG, True),
    ]
