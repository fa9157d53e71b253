"""What one may ask of a selection: which datasets, which runs, what of two datasets of a run; and what it refuses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.errors import InvalidInput, InvalidRule
from backend.golden.keeping import Frames, frames_of
from backend.golden.scope import Scope, matching
from backend.golden.selection import ALL, OfSeveral, Options, select
from backend.record import (
    Act,
    DatasetKey,
    DatasetSaid,
    LuminositySaid,
    RunSaid,
    record,
    register_columns,
    register_texts,
    undo,
)
from backend.record.columns import NewColumn
from backend.rules import parse
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from models.vocabulary import ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.factories import a_flag, a_run, columns, flag

EXPRESS, PROMPT = "/Express/Collisions2018/DQM", "/PromptReco/Collisions2018A/DQM"
STRIP_GOOD = parse({"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]})
ANY = "/%"


def say(session: Session, key: DatasetKey, **said: object) -> None:
    words = DatasetSaid(key, {name.replace("__", "."): value for name, value in said.items()}, Origin.PERSON)
    record(session, Act("J. Novak", "x", ActKind.DATASET, datasets=(words,)))


@pytest.fixture
def registry(engine: Engine) -> Engine:
    """Runs 1 and 2 of ten lumisections; Prompt of both good in 1–8, of the first COMPLETED, whose Express is in 3–9."""
    with transaction(engine) as session:
        _, strip, _ = columns(session)
        for run in (1, 2):
            a_run(session, run, known=LumiSet.span(1, 10), energy=6500)
        keys = [DatasetKey(1, PROMPT), DatasetKey(1, EXPRESS), DatasetKey(2, PROMPT)]
        record(session, Act("rule", "sign-off", ActKind.DATASET, new_datasets=tuple(keys)))
        say(session, keys[0], state__global="COMPLETED")
        say(session, keys[2], state__global="OPEN")
        good = ((1, 8), (3, 9), (1, 8))
        flag(session, *(a_flag(key, strip, Status.GOOD, of=of) for key, of in zip(keys, good, strict=True)))
    return engine


def kept(on: Engine, datasets: str = ANY, options: Options = ALL) -> GoldenJson:
    return select(on, STRIP_GOOD, datasets=datasets, options=options).kept


def json(**runs: list[list[int]]) -> GoldenJson:
    return GoldenJson.of({int(run[1:]): LumiSet.pairs(pairs) for run, pairs in runs.items()})


def test_of_two_datasets_of_a_run_is_kept_what_both_keep_unless_said_otherwise(registry: Engine) -> None:
    assert kept(registry) == json(r1=[[3, 8]], r2=[[1, 8]])
    assert kept(registry, options=Options(of_several=OfSeveral.UNION)) == json(r1=[[1, 9]], r2=[[1, 8]])
    with pytest.raises(InvalidInput, match=rf"Run 1 has several of the datasets: {PROMPT}, {EXPRESS}\."):
        kept(registry, options=Options(of_several=OfSeveral.REFUSE))
    one = Options(of_several=OfSeveral.REFUSE, only_completed=True)
    assert kept(registry, options=one) == json(r1=[[1, 8]])


def test_a_selection_names_what_it_was_made_of(registry: Engine) -> None:
    selection = select(registry, STRIP_GOOD, datasets=ANY)
    assert selection.several == {1: (PROMPT, EXPRESS)}
    assert selection.candidates == json(r1=[[1, 10]], r2=[[1, 10]])
    rows = selection.by_dataset.drop("dataset_id").rows()
    assert rows == [
        (1, PROMPT, "COMPLETED", 10, 8),
        (1, EXPRESS, None, 10, 7),
        (2, PROMPT, "OPEN", 10, 8),
    ]
    frame = selection.frame.filter(run_number=2)
    assert frame.columns == ["run_number", "dataset_id", "first", "last", "keep", "lumisection.rr.tracker-strip"]
    assert frame.drop("dataset_id").rows() == [(2, 1, 8, True, "GOOD"), (2, 9, 10, False, "EMPTY")]


def test_a_selection_is_narrowed_by_state_runs_and_lumisections(registry: Engine) -> None:
    assert kept(registry, options=Options(only_completed=True)) == json(r1=[[1, 8]])
    assert kept(registry, options=Options(runs=(2, 9))) == json(r2=[[1, 8]])
    within = json(r2=[[5, 10]])
    selection = select(registry, STRIP_GOOD, datasets=ANY, options=Options(within=within))
    assert selection.kept == json(r2=[[5, 8]])
    assert selection.candidates == within
    with pytest.raises(InvalidInput, match=r"There are no runs from 9 to 2\."):
        kept(registry, options=Options(runs=(9, 2)))


def test_a_selection_is_narrowed_to_prescale_columns(registry: Engine) -> None:
    with transaction(registry) as session:
        wanted = [NewColumn("oms", "prescale_name", ColumnKind.TEXT)]
        column = register_columns(session, wanted, by="test", why="test")["oms-prescale_name"]
        words = register_texts(session, column, words=("2e34", "1.5e34"), by="test")
        online = DatasetKey(2, "online")
        said = ((words["2e34"], (1, 4)), (words["1.5e34"], (5, 9)))
        flag(session, *(a_flag(online, column.id, word, of=of, origin=Origin.RULE) for word, of in said))
    for named, narrowed, found in (
        (("2e34",), [[1, 4]], [[1, 4]]),
        (("1.5e34",), [[5, 9]], [[5, 8]]),
        (("1.5e34", "2e34"), [[1, 9]], [[1, 8]]),
        (("7e33",), [], []),
    ):
        selection = select(registry, STRIP_GOOD, datasets="/Prompt%", options=Options(prescales=named))
        assert selection.kept == json(r2=found)
        assert selection.within == selection.candidates == json(r2=narrowed)


def test_hidden_datasets_are_out_and_online_is_in_only_by_name(registry: Engine) -> None:
    rule = parse({"==": [{"var": "run.oms.energy"}, 6500]})
    assert select(registry, rule, datasets="%").by_dataset["name"].to_list() == [PROMPT, EXPRESS, PROMPT]
    assert select(registry, rule, datasets="online").kept == json(r1=[[1, 10]], r2=[[1, 10]])
    with transaction(registry) as session:
        say(session, DatasetKey(1, EXPRESS), hidden=True)
    assert kept(registry) == json(r1=[[1, 8]], r2=[[1, 8]])
    with transaction(registry) as session:
        say(session, DatasetKey(1, EXPRESS), hidden=False)
    assert kept(registry) == json(r1=[[3, 8]], r2=[[1, 8]])


def test_datasets_are_asked_by_pattern_or_one_by_one(registry: Engine) -> None:
    ids = select(registry, STRIP_GOOD, datasets="/(Express|ReReco)/%").by_dataset["dataset_id"].to_list()
    assert select(registry, STRIP_GOOD, datasets=ids).kept == json(r1=[[3, 9]])
    assert select(registry, STRIP_GOOD, datasets=()).kept == GoldenJson()
    with transaction(registry) as session:
        found = matching(session, "/PromptReco/Collisions2018%/DQM")
        assert (found.datasets, found.completed, found.runs) == (2, 1, 2)
        assert matching(session, "/PromptReco/%", runs=(2, 2)).datasets == 1
        assert matching(session, "100%").datasets == 0


def test_what_cannot_be_asked_is_refused_in_a_sentence(registry: Engine) -> None:
    for pattern in ("/Prompt(", "/[a", "a\0b"):
        with pytest.raises(InvalidInput, match="No dataset can be like"):
            kept(registry, pattern)
        with transaction(registry) as session, pytest.raises(InvalidInput, match="No dataset can be like"):
            matching(session, pattern)
        with pytest.raises(InvalidInput, match="No dataset can be like"):
            select(registry, STRIP_GOOD, datasets=pattern, as_of=1)
    with pytest.raises(InvalidRule, match=r"There is no fact 'run\.oms\.energie'"):
        select(registry, parse({">": [{"var": "run.oms.energie"}, 1]}), datasets=ANY)
    with pytest.raises(InvalidInput, match=r"There is no change set 99; the latest is \d+\."):
        select(registry, STRIP_GOOD, datasets=ANY, as_of=99)


def test_a_dataset_has_the_bits_of_its_run_but_for_those_said_of_itself(registry: Engine) -> None:
    rule = parse({"==": [{"var": "lumisection.oms.tecp_ready"}, True]})
    with transaction(registry) as session:
        wanted = [NewColumn("oms", "tecp_ready", ColumnKind.BIT)]
        tec = register_columns(session, wanted, by="test", why="test")["oms-tecp_ready"].id
        flag(session, a_flag(DatasetKey(2, "online"), tec, Bit.TRUE, of=(1, 6), origin=Origin.RULE))
    assert select(registry, rule, datasets="/Prompt%").kept == json(r2=[[1, 6]])
    with transaction(registry) as session:
        key = DatasetKey(2, PROMPT)
        flag(session, a_flag(key, tec, Bit.FALSE, of=(2, 3)), a_flag(key, tec, Bit.TRUE, of=(6, 8)))
    assert select(registry, rule, datasets="/Prompt%").kept == json(r2=[[1, 1], [4, 8]])
    assert select(registry, rule, datasets="online").kept == json(r2=[[1, 6]])


def test_a_dataset_whose_making_is_undone_is_no_longer_asked(registry: Engine) -> None:
    key = DatasetKey(2, EXPRESS)
    with transaction(registry) as session:
        made = record(session, Act("rule", "sign-off", ActKind.DATASET, new_datasets=(key,)))
    before = select(registry, STRIP_GOOD, datasets=ANY)
    assert before.kept == json(r1=[[3, 8]])
    with transaction(registry) as session:
        undo(session, made.change_set, by="L. Moreau", why="not wanted")
    after = select(registry, STRIP_GOOD, datasets=ANY)
    assert after.kept == json(r1=[[3, 8]], r2=[[1, 8]])
    assert select(registry, STRIP_GOOD, datasets=ANY, as_of=before.as_of).kept == before.kept
    assert select(registry, STRIP_GOOD, datasets=ANY, as_of=after.as_of).kept == after.kept


def test_luminosity_is_judged_in_each_lumisection_of_what_else_is_kept(registry: Engine) -> None:
    with transaction(registry) as session:
        recorded = [0.1 * number for number in range(1, 11)]
        said = LuminositySaid(1, LuminositySource.OMS, 1, recorded, recorded)
        record(session, Act("ingest", "x", ActKind.INGEST, luminosities=(said,)))
    rule = parse({"and": [STRIP_GOOD.as_json(), {">": [{"var": "lumisection.oms.recorded_lumi_per_lumi"}, 0.55]}]})
    selection = select(registry, rule, datasets="/Prompt%")
    assert selection.kept == json(r1=[[6, 8]])
    lengths = selection.frame.select("run_number", "first", "last").rows()
    assert lengths == [
        *((run, n, n) for run in (1,) for n in range(1, 9)),
        (1, 9, 10),
        *((2, n, n) for n in range(1, 9)),
        (2, 9, 10),
    ]
    full = selection.in_full()
    assert full.height == 20
    assert full.filter("keep")["first"].to_list() == [6, 7, 8]
    assert full.filter(run_number=1)["lumisection.oms.recorded_lumi_per_lumi"].to_list() == recorded


def test_many_threads_are_given_the_same_while_somebody_writes(registry: Engine) -> None:
    def ask(_: int) -> tuple[int, GoldenJson]:
        selection = select(registry, STRIP_GOOD, datasets=ANY)
        return selection.as_of, selection.kept

    with ThreadPoolExecutor(4) as pool:
        found = pool.map(ask, range(24))
        for last in (7, 6, 5):
            with transaction(registry) as session:
                strip = columns(session)[1]
                flag(session, a_flag(DatasetKey(2, PROMPT), strip, Status.BAD, of=(last, 8)))
        answers = [*found, ask(0)]
    assert answers[-1][1] == json(r1=[[3, 8]], r2=[[1, 4]])
    for as_of, was in answers:
        assert select(registry, STRIP_GOOD, datasets=ANY, as_of=as_of).kept == was


def test_the_frames_of_a_process_take_no_more_than_they_may(registry: Engine) -> None:
    frames = frames_of(registry)
    frames.forget()
    kept(registry), kept(registry, "/Prompt%")
    both = frames.size_bytes
    small = Frames(most_bytes=both - 1)
    for pattern in (ANY, "/Prompt%"):
        small.frame(registry, Scope.of(pattern), ["lumisection.rr.tracker-strip"])
    assert 0 < small.size_bytes < both


def test_more_datasets_than_may_be_judged_at_once_are_refused(registry: Engine) -> None:
    frames = Frames(most_datasets=2)
    assert frames.frame(registry, Scope.of("/Prompt%"), ["dataset.name"]).datasets == 2
    with pytest.raises(InvalidInput, match=r"More than 2 datasets are asked at once; narrow them by their names or by"):
        frames.frame(registry, Scope.of(ANY), ["dataset.name"])
    with pytest.raises(InvalidInput, match=r"More than 30,000 datasets are asked at once"):
        select(registry, STRIP_GOOD, datasets=range(30_001))


def test_a_frame_that_is_kept_hears_of_everything_that_changes(registry: Engine) -> None:
    rule = parse(
        {"and": [{"<": [{"var": "run.oms.energy"}, 7000]}, {"!=": [{"var": "dataset.global_state"}, "SIGNOFF"]}]}
    )

    def whole() -> GoldenJson:
        return select(registry, rule, datasets="/Prompt%").kept

    assert whole() == json(r1=[[1, 10]], r2=[[1, 10]])
    with transaction(registry) as session:
        words = RunSaid(1, {"oms.energy": 7500}, Origin.RULE)
        record(session, Act("ingest", "x", ActKind.INGEST, runs=(words,)))
    assert whole() == json(r2=[[1, 10]])
    with transaction(registry) as session:
        words = RunSaid(2, {"known": [[2, 4], [6, 12]]}, Origin.RULE)
        record(session, Act("ingest", "x", ActKind.INGEST, runs=(words,)))
    assert whole() == json(r2=[[2, 4], [6, 12]])
    with transaction(registry) as session:
        say(session, DatasetKey(2, PROMPT), known=[[3, 8]])
    assert whole() == json(r2=[[3, 4], [6, 8]])
    with transaction(registry) as session:
        say(session, DatasetKey(2, PROMPT), state__global="SIGNOFF")
    assert whole() == GoldenJson()
