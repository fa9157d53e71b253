"""A state, as the original recorded it or as the registry has it: what is said at each place of it.

Both are brought to the same form: a place is a run, a dataset and a thing said of it, such as ``class``,
``oms.energy``, ``ranges tracker-strip``. Ranges are told by value, so that it does not matter where they were cut.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sqlmodel import Session

from backend.configuration import GLOBAL
from backend.queries import ColumnStrip, DatasetRow, RunRow, Strip, datasets_page, runs_page, strip_of
from models.lumis import LumiRange, LumiSet
from models.vocabulary import OMS_WORKSPACE, ONLINE, UNSAID, Bit, ColumnKind, Status

DATA = Path(__file__).parent.parent / "data" / "run_registry"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is said: of a run, or of a dataset of it."""

    run_number: int
    dataset: str
    """Empty for what is said of the run itself."""
    what: str

    def __str__(self) -> str:
        return f"{self.run_number} {self.dataset} {self.what}".replace("  ", " ")


State: TypeAlias = Mapping[Place, Any]
ABUSED = frozenset({378001, 378002, 378003, 379029, 379177})
"""Runs made by hand, and runs that were flagged outside of their lumisections: not compared after S1."""
_LUMINOSITY = frozenset({"delivered", "recorded"})
"""What the original lists among the bits of three runs: luminosity, of which no rule of the scenario knows."""
Spans: TypeAlias = dict[str, LumiSet]
"""What is said, as JSON → the lumisections of which it is said."""


def recorded_state(file: str) -> State:
    """A state that the original was recorded in: ``state_S1_after_ingest``."""
    state = json.loads(gzip.decompress((DATA / f"{file}.json.gz").read_bytes()))
    return dict((*_runs_of(state), *_datasets_of(state), *_lumisections_of(state)))


def without_abused(state: State) -> State:
    """What is said of the other runs."""
    return {place: value for place, value in state.items() if place.run_number not in ABUSED}


def registry_state(session: Session) -> State:
    """The state of a registry."""
    runs = runs_page(session, limit=1000, with_bits=False, with_oms=True).rows
    datasets = datasets_page(session, workspace=GLOBAL, which="all", limit=1000).rows
    said = dict(said for row in runs for said in (*_of_run(row), *_of_strip(strip_of(session, row.run_number))))
    return said | {
        place: value
        for row in datasets
        for place, value in (*_of_dataset(row), *_of_strip(strip_of(session, row.run_number, row.name)))
    }


def _runs_of(state: Any) -> Iterator[tuple[Place, Any]]:
    for run in state["runs"]:
        number, registry = run["run_number"], run["rr_attributes"]
        for name in ("class", "state", "stop_reason"):
            yield Place(number, "", name), registry[name] or None
        yield Place(number, "", "significant"), registry["significant"]
        for name, value in run["oms_attributes"].items():
            yield Place(number, "", f"oms.{name}"), value


def _datasets_of(state: Any) -> Iterator[tuple[Place, Any]]:
    for dataset in state["datasets"]:
        for column, counts in dataset["triplet_summary"].items():
            notes = {kind: sorted(counts[kind]) for kind in ("causes", "comments") if counts[kind]}
            said = {word: count for word, count in counts.items() if word not in ("causes", "comments") and count}
            yield Place(int(dataset["run_number"]), dataset["name"], f"summary {column}"), said | notes
        if dataset["name"] != ONLINE:
            yield Place(int(dataset["run_number"]), dataset["name"], "gui"), sorted(dataset["datasets_in_gui"])
            yield from _states_of(dataset)


def _states_of(dataset: Any) -> Iterator[tuple[Place, Any]]:
    for name, value in dataset["dataset_attributes"].items():
        if (workspace := name.removesuffix("_state")) != name:
            yield Place(int(dataset["run_number"]), dataset["name"], f"state {workspace}"), value


def _lumisections_of(state: Any) -> Iterator[tuple[Place, Any]]:
    for key, ranges in state["lumisection_ranges"].items():
        number, _, name = key.partition("|")
        for column, said in ranges["rr_by_component"].items():
            flags = ((r, _flag(r.get("status", UNSAID), r.get("cause"), r.get("comment"))) for r in said)
            yield Place(int(number), name, f"ranges {column}"), _spans(flags)
        for bit, said in ranges["oms_by_dcs_bit"].items():
            if bit not in _LUMINOSITY:
                yield (
                    Place(int(number), name, f"bits {bit}"),
                    _spans((r, json.dumps(r["status"])) for r in said if "status" in r),
                )


def _spans(said: Iterable[tuple[Any, str]]) -> Spans:
    ranges: dict[str, list[LumiRange]] = {}
    for r, value in said:
        ranges.setdefault(value, []).append(LumiRange(r["start"], r["end"]))
    return {value: LumiSet.of(found) for value, found in ranges.items()}


def _flag(word: str, cause: str | None, comment: str | None) -> str:
    return " · ".join(filter(None, (word, cause, comment)))


def _of_run(row: RunRow) -> Iterator[tuple[Place, Any]]:
    number, said = row.run_number, row.attributes
    yield Place(number, "", "class"), said["run_class"]
    yield Place(number, "", "state"), said["state"]
    yield Place(number, "", "stop_reason"), said["stop_reason"]
    yield Place(number, "", "significant"), row.is_significant
    for name, value in row.oms.items():
        yield Place(number, "", f"oms.{name}"), value
    yield from _summaries(row, ONLINE)


def _of_dataset(row: DatasetRow) -> Iterator[tuple[Place, Any]]:
    yield Place(row.run_number, row.name, "gui"), sorted(row.gui)
    for workspace, state in row.states.items():
        yield Place(row.run_number, row.name, f"state {workspace}"), state
    yield from _summaries(row, row.name)


def _summaries(row: RunRow | DatasetRow, dataset: str) -> Iterator[tuple[Place, Any]]:
    for column, counts in row.counts.items():
        words = {Status(code).word: count for code, count in counts.items()}
        unsaid = row.lumisections - sum(words.values())
        notes = {kind: sorted(texts) for kind, texts in row.notes.get(column, {}).items() if texts}
        said = words | notes | ({UNSAID: unsaid} if unsaid else {})
        yield Place(row.run_number, dataset, f"summary {column}"), said


def _of_strip(strip: Strip) -> Iterator[tuple[Place, Any]]:
    for column in strip.columns:
        is_flag = column.column.kind is ColumnKind.FLAG
        name = f"ranges {column.column}" if is_flag else f"bits {column.column.name}"
        assert is_flag or column.column.workspace == OMS_WORKSPACE
        spans = _flags(column, strip) if is_flag else _bits(column, strip)
        yield Place(strip.run_number, strip.name, name), {value: where for value, where in spans.items() if where}


def _flags(column: ColumnStrip, strip: Strip) -> Spans:
    spans: Spans = {}
    for said in column.segments:
        assert isinstance(said.value, Status)
        word = strip.words[said.word]
        value = _flag(said.value.word, word.cause, word.comment)
        spans[value] = spans.get(value, LumiSet()) | (LumiSet((said.range,)) & strip.known)
    spans[UNSAID] = strip.known - LumiSet.of(said.range for said in column.segments)
    return spans


def _bits(column: ColumnStrip, strip: Strip) -> Spans:
    spans: Spans = {}
    for said in column.segments:
        value = json.dumps(said.value.boolean if isinstance(said.value, Bit) else said.value)
        spans[value] = spans.get(value, LumiSet()) | (LumiSet((said.range,)) & strip.known)
    return spans
