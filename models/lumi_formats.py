"""The files that hold lumisections of many runs: JSON, CMSSW strings and CSV, read and written.

What is read is normalised: ranges in any order, overlapping or touching, become the set that they name. A CMSSW string
or a CSV may name a run as often as it likes. A JSON may not: every JSON reader of the field keeps the last of two equal
keys and drops the other in silence, so whoever wrote such a file and whoever uses it mean different lumisections; it is
refused with the run.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.lumi_json import GoldenJson
from models.lumis import BadLumisections, LumiRange, LumiSet

MAX_BYTES = 16 * 2**20
"""The largest text that is read: a season has some 300,000 lumisections, four megabytes if each has a line."""

MAX_RUN = 2**31 - 1
"""The highest run number (the database's int4)."""

_NUMBER = re.compile("[0-9]{1,10}")
_RANGE = re.compile(r"([0-9]{1,10}):([0-9]{1,10})(?:-([0-9]{1,10}):([0-9]{1,10}))?")
_AROUND = re.compile(r"#.*|(?<![\w.])[A-Za-z_][\w.]*+\s*+(?:\+?=|\()|[\"'\[\](){},;+*\\]")
"""What stands around the strings in a CMSSW configuration: names that are called or assigned to, quotes, brackets."""
_DASH = re.compile(r"(?<!\s)\s*+-\s*+")
_CSV_NAMES = {
    "run": "run", "run_number": "run", "runnumber": "run",
    "first": "first", "first_ls": "first", "first_lumisection": "first",
    "last": "last", "last_ls": "last", "last_lumisection": "last",
    "ls": "ls", "lumisection": "ls", "lumisection_number": "ls", "luminosityblock": "ls",
}  # fmt: skip
_CSV_FORMS = (("run", "first", "last"), ("run", "ls"))


def read_lumisections(content: str | bytes) -> GoldenJson:
    """The lumisections that a text holds, in whichever form it is written.

    Known are: JSON ``{"316114": [[1, 5], [8, 8]]}``; CMSSW strings ``316114:1-316114:5,316114:8``, one or many, in
    lines, in a list, or within ``cms.untracked.VLuminosityBlockRange(…)``; CSV with a header that names the columns
    ``run,first,last`` or ``run,ls`` (others may stand beside them; separated by comma, semicolon or tab).

    Raises
    ------
    BadLumisections
        If it is longer than :data:`MAX_BYTES`, not text, of no known form, or wrong somewhere: one sentence with the
        line or the run. Whatever the bytes, nothing else is raised.
    """
    text = _text(content)
    if not text.strip():
        raise BadLumisections("This holds nothing: not even an empty JSON, which would be {}.")
    if text.lstrip().startswith("{"):
        return read_golden_json(text)
    lines = list(enumerate(text.splitlines(), 1))
    number, first_line = next((number, line) for number, line in lines if line.strip())
    if (header := _csv_header(first_line)) is not None:
        separator, places, last_name = header
        return _gathered(_csv_rows(lines[number:], separator=separator, places=places, last_name=last_name))
    if first_line.lstrip().startswith("[") or "VLuminosityBlockRange" in text or _RANGE.search(text):
        return _read_cmssw(lines)
    raise BadLumisections(
        f'Line {number}, {_short(first_line)}, is neither JSON ({{"316114": [[1, 5]]}}), nor CMSSW '
        "(316114:1-316114:5), nor the header of a CSV (run,first,last or run,ls)."
    )


def read_golden_json(text: str) -> GoldenJson:
    """The lumisections that a golden or DCS-only JSON holds, normalised; runs ascending, empty runs left out.

    Raises
    ------
    BadLumisections
        If the text is not JSON, not an object, or a run or range in it cannot be, or stands twice.
    """
    try:
        return _read_json(text)
    except RecursionError as error:
        raise BadLumisections("This JSON is nested too deep to be one of lumisections.") from error


def write_golden_json(sets: Mapping[int, LumiSet]) -> str:
    """The JSON on one line, runs ascending, empty runs left out.

    One blank after each comma and colon and no end of line: byte for byte the form of the published
    ``Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt``.
    """
    return json.dumps({str(run): lumis.as_pairs() for run, lumis in GoldenJson.of(sets).items()})


def write_pretty_json(sets: Mapping[int, LumiSet]) -> str:
    """The JSON with one run per line: byte for byte the form of ``Cert_Collisions2026_401624_402537_golden.json``."""
    runs = [f'  "{run}": {json.dumps(lumis.as_pairs())}' for run, lumis in GoldenJson.of(sets).items()]
    return "{\n" + ",\n".join(runs) + "\n}\n" if runs else "{}\n"


def write_cmssw_string(sets: Mapping[int, LumiSet]) -> str:
    """All ranges on one line as CMSSW and its ``LumiList`` write them: ``316114:1-316114:5,316114:8``."""
    return ",".join(_cmssw_ranges(sets))


def write_luminosity_block_range(sets: Mapping[int, LumiSet]) -> str:
    """The line of a CMSSW configuration that makes a source read these lumisections alone."""
    ranges = "".join(f'    "{one}",\n' for one in _cmssw_ranges(sets))
    inside = f"*(\n{ranges})" if ranges else ""
    return f"process.source.lumisToProcess = cms.untracked.VLuminosityBlockRange({inside})\n"


def write_csv(sets: Mapping[int, LumiSet]) -> str:
    """One line per range under the header ``run,first,last``."""
    lines = (f"{run},{first},{last}\n" for run, first, last in GoldenJson.of(sets).ranges())
    return "run,first,last\n" + "".join(lines)


def _text(content: str | bytes) -> str:
    if len(content) > MAX_BYTES:
        raise BadLumisections(f"This is {len(content):,} long; no more than {MAX_BYTES:,} bytes are read.")
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadLumisections(f"This is not text: byte {error.start + 1} is not UTF-8.") from error
    return content.removeprefix("\ufeff")


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 80 else said[:79] + "…"


def _run(text: str) -> int:
    if _NUMBER.fullmatch(text) is None or not 1 <= int(text) <= MAX_RUN:
        raise BadLumisections(f"{_short(text)} is not a run number.")
    return int(text)


def _range(first: str, last: str) -> LumiRange:
    for text in (first, last):
        if _NUMBER.fullmatch(text) is None:
            raise BadLumisections(f"{_short(text)} is not the number of a lumisection.")
    return LumiRange(int(first), int(last))


def _read_json(text: str) -> GoldenJson:
    try:
        raw = json.loads(text, object_pairs_hook=_Object)
    except ValueError as error:
        raise BadLumisections(f"This is not JSON: {error}.") from error
    if not isinstance(raw, _Object):
        raise BadLumisections(f"A golden JSON is an object of runs, not {type(raw).__name__}.")
    sets: dict[int, LumiSet] = {}
    for key, pairs in raw:
        run = _run(key)
        if run in sets:
            raise BadLumisections(
                f"Run {run} stands twice in this JSON, and most who read it would keep only the last: write all of "
                "its ranges as one list."
            )
        if type(pairs) is not list or not all(type(pair) is list for pair in pairs):
            raise BadLumisections(f"Run {run} must hold a list of [first, last] pairs, not {_short(pairs)}.")
        try:
            sets[run] = LumiSet.pairs(pairs)
        except BadLumisections as error:
            raise BadLumisections(f"Run {run}: {error}") from error
    return GoldenJson.of(sets)


class _Object(list[tuple[str, Any]]):
    """A JSON object as it is written, with keys that may stand twice."""


def _cmssw_ranges(sets: Mapping[int, LumiSet]) -> Iterator[str]:
    for run, first, last in GoldenJson.of(sets).ranges():
        yield f"{run}:{first}" if first == last else f"{run}:{first}-{run}:{last}"


def _read_cmssw(lines: Iterable[tuple[int, str]]) -> GoldenJson:
    return _gathered(
        (number, *_cmssw_range(word, number))
        for number, line in lines
        for word in _DASH.sub("-", _AROUND.sub(" ", line)).split()
    )


def _cmssw_range(word: str, line: int) -> tuple[str, str, str]:
    match = _RANGE.fullmatch(word)
    if match is None:
        raise BadLumisections(f"Line {line}: {_short(word)} is not run:first-run:last, nor run:lumisection.")
    run, first, last_run, last = match.groups()
    if last_run is not None and int(last_run) != int(run):
        raise BadLumisections(f"Line {line}: {word} goes from one run to another; a range lies within one run.")
    return run, first, last or first


def _csv_header(line: str) -> tuple[str, list[int], str] | None:
    """The separator, the places of run, first and last (or of run and ls), and the name of the last of these."""
    for separator in ",;\t":
        names = [_CSV_NAMES.get(n.strip(" \"'").lower(), "") for n in line.lstrip("# ").split(separator)]
        for form in _CSV_FORMS:
            if all(name in names for name in form):
                return separator, [names.index(name) for name in form], form[-1]
    return None


def _csv_rows(
    lines: Iterable[tuple[int, str]], *, separator: str, places: list[int], last_name: str
) -> Iterator[tuple[int, str, str, str]]:
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        try:
            cells = next(csv.reader([line], delimiter=separator))
        except csv.Error as error:
            raise BadLumisections(f"Line {number} is not CSV: {error}.") from error
        if len(cells) <= max(places):
            raise BadLumisections(f"Line {number}, {_short(line)}, has no {last_name}.")
        run, first, *last = (cells[place].strip() for place in places)
        yield number, run, first, last[0] if last else first


def _gathered(rows: Iterable[tuple[int, str, str, str]]) -> GoldenJson:
    """The union of ``(line, run, first, last)``, each checked where it stands."""
    by_run: dict[int, list[LumiRange]] = {}
    for line, run, first, last in rows:
        try:
            by_run.setdefault(_run(run), []).append(_range(first, last))
        except BadLumisections as error:
            raise BadLumisections(f"Line {line}: {error}") from error
    return GoldenJson.of({run: LumiSet.of(ranges) for run, ranges in by_run.items()})
