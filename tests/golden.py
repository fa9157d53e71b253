"""Arranges registries that golden JSONs are selected from, and selects from them the slow way: lumisection by
lumisection, each with all its facts, as a person would."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound
from backend.queries import strip_of
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
from backend.rules import Json, Rule
from models.lumi_json import GoldenJson
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, UNSAID, ActKind, Bit, ColumnKind, LuminositySource, Origin, Status
from tests.factories import a_run

RUNS = (1, 2)
PROMPT, EXPRESS = "/PromptReco/Collisions2018A/DQM", "/Express/Collisions2018/DQM"
NAMES = (ONLINE, PROMPT, EXPRESS)
FLAGS = ("tracker-strip", "ecal-ecal")
BITS = ("tecp_ready", "cms_active")
WORDS = ("2e34", "1.5e34")
LAST = 12

Columns = dict[str, int]


def lay_out(session: Session) -> Columns:
    """Two runs of twelve lumisections with every bit true; a Prompt dataset of each and an Express one, all GOOD."""
    wanted = [NewColumn(*name.split("-"), kind=ColumnKind.FLAG) for name in FLAGS]
    wanted += [NewColumn("oms", bit, kind=ColumnKind.BIT) for bit in BITS]
    wanted += [NewColumn("oms", "prescale_index", kind=ColumnKind.INTEGER)]
    wanted += [NewColumn("oms", "prescale_name", kind=ColumnKind.TEXT)]
    known = register_columns(session, wanted, by="test", why="columns for a test")
    texts = register_texts(session, known["oms-prescale_name"], words=WORDS, by="test")
    for run in RUNS:
        a_run(session, run, known=LumiSet.span(1, LAST), energy=6500, hlt_key="/cdaq/physics")
    keys = (DatasetKey(1, PROMPT), DatasetKey(1, EXPRESS), DatasetKey(2, PROMPT))
    everywhere = LumiRange(1, LAST)
    bits = tuple(known[f"oms-{bit}"].id for bit in BITS)
    flags = tuple(known[flag].id for flag in FLAGS)
    said = [LumisectionSaid(DatasetKey(run, ONLINE), bits, everywhere, int(Bit.TRUE), Origin.RULE) for run in RUNS]
    said += [LumisectionSaid(key, flags, everywhere, int(Status.GOOD), Origin.RULE) for key in keys]
    record(session, Act("S. Tanaka", "sign-off", ActKind.DATASET, new_datasets=keys, lumisections=tuple(said)))
    return {name: column.id for name, column in known.items()} | texts


ranges = st.tuples(st.integers(1, LAST + 2), st.integers(1, LAST + 2)).map(lambda p: LumiRange(min(p), max(p)))
origins = st.sampled_from(list(Origin))
_datasets = st.builds(DatasetKey, st.sampled_from(RUNS), st.sampled_from(NAMES))
_withdrawn = st.lists(st.sampled_from([Origin.RULE, Origin.PERSON]), min_size=1, max_size=2, unique=True).map(tuple)


def _words(columns: Columns) -> st.SearchStrategy[LumisectionSaid]:
    flags = [columns[name] for name in FLAGS]
    bits = [columns[f"oms-{name}"] for name in BITS]

    def said(ids: list[int], values: st.SearchStrategy[int]) -> st.SearchStrategy[LumisectionSaid]:
        some = st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True).map(tuple)
        says = st.builds(LumisectionSaid, _datasets, some, ranges, values, origins)
        takes = st.builds(LumisectionSaid, _datasets, some, ranges, st.none(), origins, withdraws=_withdrawn)
        return st.one_of(says, says, says, takes)

    return st.one_of(
        said(flags, st.sampled_from(list(Status)).map(int)),
        said(bits, st.sampled_from(list(Bit)).map(int)),
        said([columns["oms-prescale_index"]], st.integers(-1, 2)),
        said([columns["oms-prescale_name"]], st.sampled_from([columns[word] for word in WORDS])),
    )


_known = st.lists(ranges, max_size=2).map(lambda found: {"known": [[r.first, r.last] for r in found]})
_of_run = st.fixed_dictionaries(
    {},
    optional={
        "oms.energy": st.none() | st.sampled_from([6500, 450.5]),
        "oms.hlt_key": st.none() | st.sampled_from(["/cdaq/WMass", "/cdaq/physics"]),
        "oms.stable_beam": st.none() | st.booleans(),
        "oms.init_lumi": st.none() | st.sampled_from([1.5, 2]),
        "oms.components": st.none() | st.just(["DT", "CSC"]),
        "run_class": st.sampled_from(["Collisions18", "Cosmics18"]),
        "is_significant": st.booleans(),
    },
)
_of_dataset = st.fixed_dictionaries(
    {},
    optional={
        "state.global": st.sampled_from(["OPEN", "COMPLETED"]),
        "state.tracker": st.sampled_from(["OPEN", "SIGNOFF"]),
        "hidden": st.booleans(),
    },
)
_lumi = st.lists(st.none() | st.sampled_from([0.0, 0.25, 0.5]), min_size=1, max_size=6)


def acts(columns: Columns) -> st.SearchStrategy[tuple[str, Any]]:
    """What happens: words of every kind, proposals, and undoing, also of the making of datasets."""
    say = st.builds(
        Act,
        by=st.just("S. Tanaka"),
        why=st.just("history"),
        kind=st.sampled_from([ActKind.FLAG, ActKind.FLAG, ActKind.FLAG, ActKind.PROPOSAL]),
        runs=st.lists(st.builds(RunSaid, st.sampled_from(RUNS), _known | _of_run, origins), max_size=1).map(tuple),
        datasets=st.lists(st.builds(DatasetSaid, _datasets, _of_dataset | _known, origins), max_size=2).map(tuple),
        lumisections=st.lists(_words(columns), max_size=4).map(tuple),
        luminosities=st.lists(
            st.builds(
                LuminositySaid,
                st.sampled_from(RUNS),
                st.sampled_from(list(LuminositySource)),
                st.integers(1, 8),
                _lumi,
                _lumi,
            ),
            max_size=1,
        ).map(tuple),
    )
    scope = st.none() | st.fixed_dictionaries({"datasets": st.lists(st.integers(1, 5), max_size=2)})
    take_back = st.tuples(st.just("undo"), st.tuples(st.integers(3, 16), scope))
    return st.one_of(st.tuples(st.just("say"), say), st.tuples(st.just("say"), say), take_back)


def play(on: Engine, kind: str, what: Any) -> None:
    """One act; what the door refuses leaves no trace."""
    try:
        with transaction(on) as session:
            if kind == "say":
                record(session, what)
            else:
                undo(session, what[0], by="S. Tanaka", why="mistake", scope=what[1])
    except (Conflict, InvalidInput, NotFound):
        pass


_words_of_flags = st.sampled_from([*(status.word for status in Status), UNSAID])


def _compared(name: str, *constants: Json) -> list[Json]:
    return [{op: [{"var": name}, c]} for op in ("==", "!=", ">=", "<", "in") for c in constants]


_CLAUSES: list[Json] = [
    *_compared("run.oms.energy", 6500, 450.5, [450.5], None),
    *_compared("run.oms.init_lumi", 2),
    *_compared("run.oms.stable_beam", True, None),
    *_compared("run.rr.class", "Collisions18", ["Cosmics18"]),
    *_compared("run.rr.significant", True),
    *_compared("run.run_number", 2),
    *_compared("dataset.name", PROMPT),
    *_compared("dataset.global_state", "COMPLETED", ["OPEN"]),
    *_compared("dataset.tracker_state", None),
    *(c for flag in FLAGS for c in _compared(f"lumisection.rr.{flag}", "GOOD", UNSAID, ["GOOD", "NOTSET"])),
    *(c for bit in BITS for c in _compared(f"lumisection.oms.{bit}", True, False, None)),
    *_compared("lumisection.oms.prescale_index", 1, -1, None),
    *_compared("lumisection.oms.prescale_name", WORDS[0], list(WORDS), None),
    {"in": ["WMass", {"var": "run.oms.hlt_key"}]},
    {"in": ["DT", {"var": "run.oms.components"}]},
    {"missing": ["lumisection.oms.tecp_ready"]},
    {"==": [{"var": "lumisection.rr.tracker-strip"}, {"var": "lumisection.rr.ecal-ecal"}]},
    {"==": [{"var": "lumisection.rr.never-said"}, UNSAID]},
]
_OF_LUMISECTIONS: list[Json] = [
    {"<": [3, {"var": "lumisection.lumisection_number"}, 9]},
    {">": [{"var": "lumisection.oms.recorded_lumi_per_lumi"}, 0.2]},
    {"==": [{"var": "lumisection.oms.live_lumi_per_lumi"}, None]},
    {"<=": [{"var": "lumisection.oms.delivered"}, 0.25]},
]
clauses = st.one_of(st.sampled_from(_CLAUSES), st.sampled_from(_CLAUSES), st.sampled_from(_OF_LUMISECTIONS))
_branches = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"or": of}),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"and": of}),
        inner.map(lambda of: {"!": of}),
        st.tuples(inner, inner, inner).map(lambda of: {"if": list(of)}),
    ),
    max_leaves=4,
)
rules = clauses | st.lists(_branches, min_size=1, max_size=4).map(lambda of: {"and": of})
"""Recipes that read facts of every level."""

_RUN = text("SELECT run_number, run_class, state, is_significant, stop_reason, oms FROM run WHERE run_number = :run")
_DATASETS = text("SELECT id, run_number, name, states FROM dataset WHERE NOT is_hidden ORDER BY run_number, id")
_LUMINOSITY = text("SELECT delivered, recorded FROM luminosity WHERE run_number = :run AND source = 'oms'")


def slowly(session: Session, rule: Rule, names: tuple[str, ...]) -> tuple[dict[DatasetKey, LumiSet], GoldenJson]:
    """What the rule keeps of each dataset of these names that is not hidden; and of each run, what all of them keep."""
    kept = {}
    for _, run, name, states in session.execute(_DATASETS).all():
        if name in names:
            facts = _lumisections(session, run, name, states)
            kept[DatasetKey(run, name)] = LumiSet.numbers(number for number, said in facts if rule.holds(said))
    by_run = {}
    for run, keys in groupby(kept, key=lambda key: key.run_number):
        first, *others = [kept[key] for key in keys]
        for other in others:
            first = first & other
        by_run[run] = first
    return kept, GoldenJson.of(by_run)


def _lumisections(
    session: Session, run: int, name: str, states: dict[str, str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each known lumisection of a dataset with its facts, as recipes see them."""
    row = session.execute(_RUN, {"run": run}).one()
    of_run = {
        "run_number": run,
        "oms": row.oms,
        "rr": {
            "class": row.run_class,
            "state": row.state,
            "significant": row.is_significant,
            "stop_reason": row.stop_reason,
        },
    }
    of_dataset = {"name": name} | {f"{workspace}_state": state for workspace, state in states.items()}
    lumi = session.execute(_LUMINOSITY, {"run": run}).one_or_none() or ((), ())
    strip = strip_of(session, run, name)
    for number in strip.known:
        oms: dict[str, Any] = {}
        rr: dict[str, Any] = dict.fromkeys((*FLAGS, "never-said"), UNSAID)
        for column in strip.columns:
            for said in column.segments:
                if said.range.first <= number <= said.range.last:
                    place, key = (
                        (rr, str(column.column)) if isinstance(said.value, Status) else (oms, column.column.name)
                    )
                    place[key] = _value(said.value)
        delivered, recorded = (series[number - 1] if number <= len(series) else None for series in lumi)
        oms |= {"delivered_lumi_per_lumi": delivered, "delivered": delivered}
        oms |= {"recorded_lumi_per_lumi": recorded, "recorded": recorded}
        oms["live_lumi_per_lumi"] = recorded / delivered if delivered and recorded is not None else None
        lumisection = {"lumisection_number": number, "oms": oms, "rr": rr}
        yield number, {"run": of_run, "dataset": of_dataset, "lumisection": lumisection}


def _value(said: Status | Bit | int | str) -> Json:
    if isinstance(said, Status):
        return said.word
    return said.boolean if isinstance(said, Bit) else said
