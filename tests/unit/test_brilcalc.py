"""A file of brilcalc: what it holds in whatever unit, and what is not believed, with the line."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.ingest.brilcalc import MAX_BYTES, read_brilcalc
from models.vocabulary import SECONDS_PER_LUMI
from tests.brilcalc import HEADER, a_file, published, row

LINES = [(381151, 2, 0.25, 0.125), (381147, 1, 0.5, 0.375), (381151, 1, 0.25, 0.0), (381151, 5, 0.5, 0.5)]
SMALL = a_file(LINES)
TWO_PATHS = """#Data tag : online , Norm tag: None
#run:fill,ls,time,hltpath,delivered(/pb),recorded(/pb),avgpu,source
381147:9666,1:1,05/24/24 11:04:03,HLT_IsoMu24_v30,0.5,0.25,59.6,HFET
381151:9666,1:1,05/24/24 15:45:17,HLT_IsoMu24_v31,0.5,0.25,59.6,HFET
#Summary:
#hltpath,nfill,nrun,ncms,totdelivered(/pb),totrecorded(/pb)
#HLT_IsoMu24_v30,1,1,1,0.5,0.25
#HLT_IsoMu24_v31,1,1,1,0.5,0.25
#
#Sum delivered  : 1.0
#Sum recorded : 0.5
"""


def refusal(content: str | bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_brilcalc(content)
    return str(refused.value)


def test_the_published_file_is_read_to_its_last_lumisection() -> None:
    told: list[float] = []
    file = read_brilcalc(published(), progress=lambda share, what: told.append(share))
    assert (len(file.runs), file.lumisections) == (58, 30_865)
    assert file.recorded_per_pb == pytest.approx(10_135.421676, abs=1e-9)
    assert file.delivered_per_pb == pytest.approx(10_752.766809, abs=1e-9)
    assert (file.tags, file.paths, file.is_summed_up) == (
        "Data tag : online , Norm tag: None",
        ("HLT_IsoMu24_v31",),
        True,
    )


def test_lumisections_stand_by_run_in_ascending_order_and_those_not_named_are_not_known() -> None:
    file = read_brilcalc(SMALL.replace("\n", "\r\n").encode("utf-8-sig"))
    assert [(r.run_number, r.numbers.tolist(), r.delivered.tolist(), r.recorded.tolist()) for r in file.runs] == [
        (381147, [1], [0.5], [0.375]),
        (381151, [1, 2, 5], [0.25, 0.25, 0.5], [0.0, 0.125, 0.5]),
    ]


@pytest.mark.parametrize(
    ("unit", "in_pb"),
    [("/ub", 1e-6), ("/nb", 1e-3), ("/pb", 1.0), ("/fb", 1e3), ("hz/ub", SECONDS_PER_LUMI * 1e-6)],
)
def test_units_are_read_from_the_file(unit: str, in_pb: float) -> None:
    lines = [(381151, 1, 0.004 / in_pb, 0.002 / in_pb)]
    (run,) = read_brilcalc(a_file(lines, unit=unit, summary=not unit.startswith("hz"))).runs
    assert run.delivered.tolist() == pytest.approx([0.004], rel=1e-6)
    assert run.recorded.tolist() == pytest.approx([0.002], rel=1e-6)


def test_the_summary_may_have_a_unit_of_its_own() -> None:
    text = a_file([(381151, n, 1234.5, 1234.5) for n in range(1, 4)], unit="/nb", summary=False)
    summary = "#Summary:\n#nfill,nrun,nls,ncms,totdelivered(/fb),totrecorded(/fb)\n#1,1,3,3,0.004,{}\n"
    assert read_brilcalc(text + summary.format("0.004")).is_summed_up
    assert "the summary says 5 /pb" in refusal(text + summary.format("0.005"))


def test_the_version_of_a_path_may_change_from_run_to_run() -> None:
    file = read_brilcalc(TWO_PATHS)
    assert (file.paths, file.recorded_per_pb) == (("HLT_IsoMu24_v30", "HLT_IsoMu24_v31"), 0.5)


def test_files_that_were_put_together_are_read_as_one() -> None:
    file = read_brilcalc(SMALL + a_file([(381152, 1, 500.0, 400.0)], unit="/nb"))
    assert file.recorded_per_pb == pytest.approx(1.4)
    assert [run.run_number for run in file.runs] == [381147, 381151, 381152]


def test_a_file_without_a_summary_is_read_and_says_that_it_has_none() -> None:
    assert not read_brilcalc(a_file(LINES, summary=False)).is_summed_up


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "This names no lumisection: it is not a file of brilcalc lumi --byls --output-style csv."),
        (a_file([]), "This names no lumisection: it is not a file of brilcalc lumi --byls --output-style csv."),
        (
            '{"381151": [[1, 5]]}',
            "Line 1, '{\"381151\": [[1, 5]]}', comes before any header #run:fill,ls,…: this is not a file of brilcalc "
            "lumi --byls --output-style csv.",
        ),
        (
            "#run:fill,time,nls,ncms,delivered(/ub),recorded(/ub)\n381147:9666,05/24/24,231,223,9.1,7.7",
            "Line 1 names no column ls: brilcalc wrote this without --byls.",
        ),
        ("#run:fill,ls,time,recorded(/ub)", "Line 1 names no column delivered(unit)."),
        (SMALL.replace("(/pb)", "(/kg)"), "Line 2: '/kg' is not a unit of luminosity; known are /b, /mb, /ub, /nb, "),
        (SMALL.replace(",59.6,HFET", "", 1), "Line 3 has 7 columns; the header names 9."),
        (SMALL.replace("381147:9666", "381147", 1), "Line 4: '381147' is not run:fill."),
        (SMALL.replace("381147:9666", "3811479999:9666", 1), "Line 4: '3811479999:9666' is not run:fill."),
        (SMALL.replace(",5:5,", ",5:6,", 1), "Line 6: '5:6' is not a lumisection n:n, or n:0."),
        (SMALL.replace(",5:5,", ",0:0,", 1), "Line 6: '0:0' is not a lumisection n:n, or n:0."),
        (SMALL.replace("0.375000000", "nan", 1), "Line 4: 'nan' is not a luminosity."),
        (SMALL.replace("0.375000000", "n/a", 1), "Line 4: 'n/a' is not a luminosity."),
        (SMALL.replace("0.375000000", "12.5", 1), "Line 4: 12.5 /pb is more than a lumisection can hold (10 /pb)."),
        (
            a_file([*LINES, LINES[1]]),
            "Lines 4 and 7 both speak of lumisection 1 of run 381147: which luminosity it has, they do not say.",
        ),
        (
            SMALL.replace(row(*LINES[3]) + "\n", ""),
            "The file has 3 lumisections and its summary says 4: it is not whole.",
        ),
        (
            SMALL.replace("0.375000000", "0.374999000", 1),
            "The lines add up to 0.999999 /pb recorded and the summary says 1 /pb: the file is not whole.",
        ),
        (b"\xff\xfe", "This is not text: byte 1 is not UTF-8."),
        (b"#" * (MAX_BYTES + 1), "This is 67,108,865 long; of brilcalc no more than 67,108,864 bytes are read."),
    ],
)
def test_what_cannot_be_believed_is_refused_with_its_line(content: str | bytes, sentence: str) -> None:
    assert refusal(content).startswith(sentence)


def test_a_published_file_that_was_cut_is_not_believed() -> None:
    lines = published().decode().splitlines(keepends=True)
    assert refusal("".join(lines[:20_000] + lines[20_001:])) == (
        "The file has 30,864 lumisections and its summary says 30,865: it is not whole."
    )


@given(st.text(max_size=300) | st.binary(max_size=300))
@example("#run:fill,ls,delivered(/pb),recorded(/pb)\n1:1,1:1,1e400,1")
@example("#run:fill,ls,delivered(/pb),recorded(/pb)\n#totdelivered(/pb),totrecorded(/pb)\n#1,x")
def test_whatever_is_read_there_is_a_file_or_one_sentence(content: str | bytes) -> None:
    told = [content] if isinstance(content, bytes) else [content, SMALL + content, HEADER.format(unit="/pb") + content]
    for text in told:
        try:
            assert read_brilcalc(text).lumisections > 0
        except InvalidInput as error:
            assert str(error).endswith(".")
