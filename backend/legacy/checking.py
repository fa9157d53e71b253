"""What the registry shows, held against what the original showed: run by run, lumisection by lumisection.

The original's merge order is applied here once more to its own rows, without ranges and without the log: runs and flags
by (manual, version), datasets and bits by version alone, a triplet replaced as a whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg import Connection
from sqlalchemy import Engine

from backend.legacy.report import Report
from models.vocabulary import ONLINE, Bit, Status

_RUN_EVENTS = """
    SELECT run_number, oms_metadata, rr_metadata FROM "RunEvent" JOIN "Event" USING (version)
    WHERE run_number = ANY(%s) ORDER BY run_number, coalesce(manual_change, false), version
"""
_OMS_EVENTS = """
    SELECT run_number, oms_metadata FROM "RunEvent" JOIN "Event" USING (version)
    WHERE run_number = ANY(%s) ORDER BY run_number, version
"""
_DATASET_EVENTS = """
    SELECT run_number, name, dataset_metadata, datasets_in_gui, deleted FROM "DatasetEvent" JOIN "Event" USING (version)
    WHERE run_number = ANY(%s) ORDER BY run_number, name, version
"""
_FLAG_EVENTS = """
    SELECT e.name, a.lumisection_number, w.jsonb FROM "LumisectionEvent" e JOIN "Event" USING (version)
    JOIN "LumisectionEventAssignation" a USING (version) JOIN "JSONBDeduplication" w ON w.id = e.lumisection_metadata_id
    WHERE e.run_number = %s AND a.lumisection_number BETWEEN 1 AND 32767
    ORDER BY coalesce(e.manual_change, false), version
"""
_BIT_EVENTS = """
    SELECT e.name, a.lumisection_number, w.jsonb FROM "OMSLumisectionEvent" e JOIN "Event" USING (version)
    JOIN "OMSLumisectionEventAssignation" a USING (version)
    JOIN "JSONBDeduplication" w ON w.id = e.lumisection_metadata_id
    WHERE e.run_number = %s AND a.lumisection_number BETWEEN 1 AND 32767 ORDER BY version
"""
_RUNS = "SELECT run_number, oms, run_class, is_significant, state, stop_reason FROM run WHERE run_number = ANY(%s)"
_DATASETS = "SELECT run_number, name, states, is_hidden, attributes FROM dataset WHERE run_number = ANY(%s)"
_SEGMENTS = """
    SELECT s.name, s.workspace || '-' || s.column_name, s.kind, s.first, s.last, s.value, c.cause, c.comment, t.word
    FROM segment s JOIN lumisection_change c ON c.id = s.change LEFT JOIN column_text t
        ON s.kind = 'text' AND t.id = s.value
    WHERE s.run_number = %s
"""
_TIMES_OMS = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.recorded / r.recorded_per_pb)
    FROM run r JOIN (
        SELECT run_number, (SELECT sum(v) FROM unnest(recorded) v) AS recorded FROM luminosity WHERE source = 'brilcalc'
    ) s USING (run_number)
    WHERE r.recorded_per_pb > 0 AND s.recorded > 0
"""
_DOUBT = "the unit of luminosities per lumisection is in doubt: see --luminosity-unit"
_AGREES = (0.1, 10.0)
"""Between brilcalc and OMS there are some per cent, between two units a thousand."""
_ALL_RUNS = "SELECT run_number FROM run_identity ORDER BY run_number"
_CHUNK = 500
_BIT = {int(Bit.TRUE): True, int(Bit.FALSE): False, int(Bit.NULL): None}
_NOT_BITS = frozenset(("delivered", "recorded"))

Told = dict[tuple[str, str, int], Any]
"""(dataset, column, lumisection) → what is said there."""


def check(on: Engine, original: Connection[Any], report: Report, *, runs: int) -> None:
    """Hold so many runs, spread evenly over all, against the original; what differs goes into the report."""
    with on.connect() as opened:
        registry: Any = opened.connection.driver_connection
        numbers = [number for (number,) in registry.execute(_ALL_RUNS)]
        chosen = numbers[:: max(1, -(-len(numbers) // runs))] if runs else []
        for begin in range(0, len(chosen), _CHUNK):
            part = chosen[begin : begin + _CHUNK]
            _check_runs(registry, original, report, part)
            _check_datasets(registry, original, report, part)
            for run in part:
                _check_lumisections(registry, original, report, run)
        _check_unit(registry, report)


def _check_unit(registry: Connection[Any], report: Report) -> None:
    ((times,),) = registry.execute(_TIMES_OMS)
    if times is not None and not _AGREES[0] < times < _AGREES[1]:
        report.differs(_DOUBT, 1, f"half of the runs have more than {times:.3g} times what OMS recorded of the run")


def _check_runs(registry: Connection[Any], original: Connection[Any], report: Report, runs: Sequence[int]) -> None:
    oms: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    ours: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for run, said in original.execute(_OMS_EVENTS, [runs]):
        oms[run].update(said or {})
    for run, _, said in original.execute(_RUN_EVENTS, [runs]):
        ours[run].update(said or {})
    for run, now, class_, significant, state, stop_reason in registry.execute(_RUNS, [runs]):
        report.checked["runs"] += 1
        shown = {"class": class_ or "", "significant": significant, "state": state, "stop_reason": stop_reason or ""}
        there = {name: ours[run].get(name) for name in shown}
        there |= {name: there[name] or "" for name in ("class", "stop_reason")}
        _compare(report, "attributes of runs", str(run), shown, there)
        _compare(report, "attributes of OMS", str(run), now, oms[run])


def _check_datasets(registry: Connection[Any], original: Connection[Any], report: Report, runs: Sequence[int]) -> None:
    states: defaultdict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
    links: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    hidden: dict[tuple[int, str], bool] = {}
    for run, name, said, gui, deleted in original.execute(_DATASET_EVENTS, [runs]):
        states[run, name] |= {key[:-6]: value for key, value in said.items() if key.endswith("_state")}
        links[run, name] |= set(gui or ())
        hidden[run, name] = bool(deleted)
    for run, name, now, is_hidden, attributes in registry.execute(_DATASETS, [runs]):
        report.checked["datasets"] += 1
        key, where = (run, name), f"{run} {name}"
        _compare(report, "states of datasets", where, now, states[key])
        _compare(report, "hidden datasets", where, {"hidden": is_hidden}, {"hidden": hidden.get(key, False)})
        gui = {attribute.removeprefix("gui."): True for attribute in attributes if attribute.startswith("gui.")}
        _compare(report, "links to the DQM GUI", where, gui, dict.fromkeys(links[key], True))


def _check_lumisections(registry: Connection[Any], original: Connection[Any], report: Report, run: int) -> None:
    flags, bits = _shown(registry.execute(_SEGMENTS, [run]))
    names = {name for name, *_ in registry.execute(_NAMES, [run])}
    there: Told = {}
    for name, lumi, said in original.execute(_FLAG_EVENTS, [run]):
        there |= {(name, component, lumi): _triplet(value) for component, value in said.items()}
    there = {place: triplet for place, triplet in there.items() if triplet[0] != "EMPTY"}
    report.checked["flags of lumisections"] += len(there)
    _compare_places(report, "flags of lumisections", run, flags, there)
    told: Told = {}
    for name, lumi, said in original.execute(_BIT_EVENTS, [run]):
        for dataset in names if name == ONLINE else (name,):
            told |= {(dataset, bit, lumi): value for bit, value in said.items() if bit not in _NOT_BITS}
    told = {place: value for place, value in told.items() if value is not None or not place[1].startswith("prescale")}
    inherited = {(name, bit, lumi): value for (of, bit, lumi), value in bits.items() if of == ONLINE for name in names}
    report.checked["bits of lumisections"] += len(told)
    _compare_places(report, "bits of lumisections", run, inherited | bits, told)


_NAMES = "SELECT name FROM dataset_identity WHERE run_number = %s"


def _shown(segments: Iterable[tuple[Any, ...]]) -> tuple[Told, Told]:
    flags: Told = {}
    bits: Told = {}
    for name, column, kind, first, last, value, cause, comment, word in segments:
        for lumi in range(first, last + 1):
            if kind == "flag":
                flags[name, column, lumi] = (Status(value).word, comment or "", cause or "")
            else:
                shown = _BIT[value] if kind == "bit" else word if kind == "text" else value
                bits[name, column.removeprefix("oms-"), lumi] = shown
    return flags, bits


def _triplet(value: Any) -> tuple[str, str, str]:
    said = value if isinstance(value, dict) else {"status": value}
    return str(said.get("status")), said.get("comment") or "", said.get("cause") or ""


def _compare(report: Report, what: str, where: str, here: dict[str, Any], there: dict[str, Any]) -> None:
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            report.differs(what, 1, f"{where} {name}: {here.get(name)!r:.60} here, {there.get(name)!r:.60} there")


def _compare_places(report: Report, what: str, run: int, here: Told, there: Told) -> None:
    for place in _in_order(here.keys() | there.keys()):
        if here.get(place) != there.get(place) or (place in here) != (place in there):
            name, column, lumi = place
            report.differs(
                what, 1, f"{run} {name} {column} {lumi}: {here.get(place)!r:.60} here, {there.get(place)!r:.60} there"
            )


def _in_order(places: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, str, int]]:
    return iter(sorted(places))
