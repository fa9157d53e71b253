"""The forms in which lumisections are handed around: what is read, what is written, and what is refused with where."""

import pytest

from models.lumi_formats import (
    MAX_BYTES,
    read_lumisections,
    write_cmssw_string,
    write_csv,
    write_golden_json,
    write_luminosity_block_range,
    write_pretty_json,
)
from models.lumi_json import GoldenJson
from models.lumis import BadLumisections, LumiSet

SOME = GoldenJson.of({316114: LumiSet.pairs([[1, 5], [8, 8]]), 316110: LumiSet.span(7, 9)})

CONFIGURATION = """
import FWCore.ParameterSet.Config as cms
process.source.lumisToProcess = cms.untracked.VLuminosityBlockRange()  # nothing yet
process.source.lumisToProcess.extend([
    "316114:8", '316114:4 - 316114:5',
    "316110:7-316110:9",  # 316999:1-316999:2
    "316114:1-316114:4",
])
"""


def test_each_form_is_written_as_the_field_writes_it() -> None:
    assert write_golden_json(SOME) == '{"316110": [[7, 9]], "316114": [[1, 5], [8, 8]]}'
    assert write_pretty_json(SOME) == '{\n  "316110": [[7, 9]],\n  "316114": [[1, 5], [8, 8]]\n}\n'
    assert write_cmssw_string(SOME) == "316110:7-316110:9,316114:1-316114:5,316114:8"
    assert write_luminosity_block_range(SOME) == (
        "process.source.lumisToProcess = cms.untracked.VLuminosityBlockRange(*(\n"
        '    "316110:7-316110:9",\n    "316114:1-316114:5",\n    "316114:8",\n))\n'
    )
    assert write_csv(SOME) == "run,first,last\n316110,7,9\n316114,1,5\n316114,8,8\n"


@pytest.mark.parametrize(
    "text",
    [
        '{"316114": [[8, 8], [3, 5], [1, 4]], "316110": [[7, 8], [9, 9]], "1": []}',
        '\ufeff\n {"316110":[[7,9]],\r\n"316114":[[1,5],[8,8]]}\n',
        "316114:8,316110:7-316110:9,316114:1-316114:5",
        "316114:8\n316110:7-316110:9\n\n316114:1-316114:5\n",
        '["316114:8", "316110:7-316110:9", "316114:1-316114:5"]',
        "['316114:8', '316110:7-316110:9',\n '316114:1-316114:5']",
        'cms.untracked.VLuminosityBlockRange("316114:8", "316110:7-316110:9", "316114:1-316114:5")',
        CONFIGURATION.replace("import FWCore.ParameterSet.Config as cms\n", ""),
        "run,first,last\n316114,8,8\n316110,7,9\n316114,4,5\n316114,1,4\n",
        "# Run_Number;last;first\r\n316114;8;8\r\n# so far\r\n\r\n316110;9;7\r\n316114;5;1\r\n",
        '\nfill,run,ls\n1,"316114",8\n' + "".join(f"1, 316110,{n}\n" for n in (9, 7, 8, 8)) + "0,316114,1\n"
        "0,316114,2\n0,316114,3\n0,316114,4\n0,316114,5",
        "run\tls\n" + "".join(f"{run}\t{n}\n" for run in SOME for n in SOME[run]),
    ],
)
def test_every_form_is_recognised(text: str) -> None:
    assert read_lumisections(text) == SOME
    assert read_lumisections(text.encode()) == SOME


@pytest.mark.parametrize("text", ["{}", '{"1": []}', "run,first,last", "cms.untracked.VLuminosityBlockRange()", "[]"])
def test_a_form_that_holds_nothing_is_read_as_nothing(text: str) -> None:
    assert read_lumisections(text) == {}


@pytest.mark.parametrize(
    "text,sentence",
    [
        ("", "This holds nothing: not even an empty JSON, which would be {}."),
        (" \n\t", "This holds nothing: not even an empty JSON, which would be {}."),
        ("{", "This is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        (
            '{"316114": [[1, 5]], "7": [], "316114": [[8, 8]]}',
            "Run 316114 stands twice in this JSON, and most who read it would keep only the last: write all of its "
            "ranges as one list.",
        ),
        ('{"7": {}}', "Run 7 must hold a list of [first, last] pairs, not []."),
        ('{"7": [[1, 2.0]]}', "Run 7: [1, 2.0] is not a [first, last] pair of lumisections."),
        ('{"0": [[1, 2]]}', "'0' is not a run number."),
        ('{"2147483648": [[1, 2]]}', "'2147483648' is not a run number."),
        ('{"٣": [[1, 2]]}', "'٣' is not a run number."),
        ("316114:1-316114:5\n316114:8-9", "Line 2: '316114:8-9' is not run:first-run:last, nor run:lumisection."),
        (
            "316114:1-316115:5",
            "Line 1: 316114:1-316115:5 goes from one run to another; a range lies within one run.",
        ),
        (
            "316114:5-316114:1",
            "Line 1: Lumisections 5 to 1 are not a range: it must begin at 1 or later, end no earlier than it begins, "
            "and end at 32767 or before.",
        ),
        ("[[316114, 1]]", "Line 1: '316114' is not run:first-run:last, nor run:lumisection."),
        (CONFIGURATION, "Line 2: 'import' is not run:first-run:last, nor run:lumisection."),
        ("run,first,last\n316114,1", "Line 2, '316114,1', has no last."),
        ("\nrun,ls\n316114,1\n316114,x", "Line 4: 'x' is not the number of a lumisection."),
        ("run,ls\n-5,1", "Line 2: '-5' is not a run number."),
        (
            "hello\n1,2",
            "Line 1, 'hello', is neither JSON ({\"316114\": [[1, 5]]}), nor CMSSW (316114:1-316114:5), nor the header "
            "of a CSV (run,first,last or run,ls).",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_where(text: str, sentence: str) -> None:
    with pytest.raises(BadLumisections) as refused:
        read_lumisections(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "content,sentence",
    [
        (b"\x89PNG\r\n", "This is not text: byte 1 is not UTF-8."),
        (b" " * (MAX_BYTES + 1), "This is 16,777,217 long; no more than 16,777,216 bytes are read."),
        (b'{"7":' + b"[" * 100_000, "This JSON is nested too deep to be one of lumisections."),
        (b'{"7":' + b"[" * 400 + b"]" * 400 + b"}", "Run 7: [[[[[["),
        (b'{"7":' + b'{"7":' * 100_000, "This JSON is nested too deep to be one of lumisections."),
        (b'{"7":[[1,' + b"9" * 5_000 + b"]]}", "This is not JSON: Exceeds the limit"),
        (b'{"' + b"9" * 5_000 + b'": []}', "'9999999999"),
        (b'run,ls\n7,"' + b"9" * 200_000 + b'"', "Line 2 is not CSV: field larger than field limit (131072)."),
    ],
    ids=["picture", "long", "deep", "less deep", "deep objects", "a long number", "a long run", "a long cell"],
)
def test_whatever_is_uploaded_there_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadLumisections) as refused:
        read_lumisections(content)
    assert str(refused.value).startswith(sentence)
    assert len(str(refused.value)) < 1_000


@pytest.mark.parametrize("line", [" " * 500_000 + "1:1x", "a" * 500_000 + " 1:1", "1:1 " + "[" * 500_000 + "x"])
def test_a_long_line_of_nothing_is_refused_at_once(line: str) -> None:
    with pytest.raises(BadLumisections, match="Line 1"):
        read_lumisections(line)
