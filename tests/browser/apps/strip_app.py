"""A page with nothing but the lumisection strip, for the browser tests: ``?case=`` names what is on it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import exp

import streamlit as st

from dashboard.components.lumi_strip import AsOfMark, StripBitRow, StripNote, StripRow, StripSegment, lumi_strip
from models.lumis import EMPTY, LumiRange, LumiSet
from models.vocabulary import Bit, Origin, Status

BAD, STANDBY, EXCLUDED, NOTSET, NO_VALUE = (
    Status.BAD,
    Status.STANDBY,
    Status.EXCLUDED,
    Status.NOTSET,
    Status.NO_VALUE_FOUND,
)
START = datetime(2018, 10, 20, 23, 37, 6, tzinfo=UTC)
Word = tuple[int, int, Status] | tuple[int, int, Status, int]

NOTES = (
    StripNote("hcal v9", datetime(2018, 10, 21, 15, 2, tzinfo=UTC), Origin.RULE),
    StripNote(
        "K. Ito",
        datetime(2018, 10, 22, 10, 14, tzinfo=UTC),
        Origin.PERSON,
        "HF timing",
        "HF− timing jump after resync.",
    ),
    StripNote("L. Moreau", datetime(2018, 10, 24, 8, 57, tzinfo=UTC), Origin.PERSON, None, "<b>not markup</b>"),
)

MARKS = tuple(
    AsOfMark(i, datetime(2018, 10, day, hour, minute, tzinfo=UTC), by_person, label)
    for i, day, hour, minute, by_person, label in (
        (101, 20, 23, 50, False, "OMS"),
        (102, 21, 6, 2, False, "rule pixel v3"),
        (110, 22, 10, 14, True, "K. Ito"),
        (111, 22, 12, 40, True, "S. Tanaka"),
        (118, 23, 2, 2, False, "rule jetmet v5"),
        (121, 23, 11, 32, False, "OMS"),
        (122, 23, 17, 20, True, "A. Petrov"),
        (130, 24, 8, 57, True, "L. Moreau"),
    )
)


def lane(last: int, *words: Word) -> tuple[StripSegment, ...]:
    """GOOD from 1 to ``last`` but for the words; a fourth number is the note, notes from 1 are by persons."""
    said = [
        StripSegment(LumiRange(first, end), status, bool(note and note[0]), note[0] if note else None)
        for first, end, status, *note in words
    ]
    rest = LumiSet.span(1, last) - LumiSet.of(s.range for s in said)
    return (*said, *(StripSegment(r, Status.GOOD, note=0) for r in rest.ranges))


def row(name: str, upper: Iterable[Word], lower: Iterable[Word], *, last: int, tail: str = "same") -> StripRow:
    """A component of ``workspace-column`` with an upper and a lower lane."""
    group, label = name.split("-")
    return StripRow(name, label, group if group != label else "", (lane(last, *upper), lane(last, *lower)), tail)


def bit(label: str, last: int, *false: tuple[int, int], null: LumiSet = EMPTY, tail: str = "") -> StripBitRow:
    """A bit that is true but for the ranges."""
    off = LumiSet.pairs(false)
    parts = ((off, Bit.FALSE), (null, Bit.NULL), (LumiSet.span(1, last) - off - null, Bit.TRUE))
    segments = tuple(StripSegment(r, value) for lumis, value in parts for r in lumis.ranges)
    return StripBitRow(label, label, segments, tail or (str(len(off)) if off else ""))


def falling(last: int, *, begin: int = 20, zero: Iterable[int] = (), unknown: Iterable[int] = ()) -> list[float | None]:
    """Luminosity that falls along the fill."""
    none, nothing = set(unknown), set(zero)
    return [
        None if n in none else 0.0 if n < begin or n in nothing else 0.45 * exp(-n / 2900) + 0.0012 * (n % 7)
        for n in range(1, last + 1)
    ]


def drawn_case() -> dict:
    """The run of the mock: 2,345 lumisections, two datasets, twelve lines of bits."""
    last, off, ends = 2345, [(1, 38, STANDBY)], [(1, 38, STANDBY), (2341, 2345, STANDBY)]
    hair = [(917, 918, BAD), (954, 955, BAD), (1042, 1043, BAD)]
    nothing = [(1, last, NOTSET)]
    strip = [*ends, (969, 1004, BAD)]
    rows = [
        row("cms-cms", [(1, 20, NOTSET), *hair], [(1, 20, NOTSET), *hair], last=last),
        row("lumi-lumi", [(1, 12, NO_VALUE)], [], last=last, tail="Δ 12"),
        row("tracker-pixel", ends, ends, last=last),
        row("tracker-strip", strip, [*ends, (969, 1004, BAD, 2)], last=last),
        row("tracker-track", strip, strip, last=last),
        row("ecal-ecal", [(1, 6, NOTSET)], [], last=last, tail="Δ 6"),
        row("ecal-es", [(1, 34, STANDBY)], [(1, 34, STANDBY)], last=last),
        row("hcal-hcal", [(1486, 1502, BAD, 1)], [(1, 2, NO_VALUE)], last=last, tail="Δ 19"),
        row("dt-dt", off, off, last=last),
        row("csc-csc", [*off, (1150, 1330, NOTSET)], off, last=last, tail="Δ 181"),
        row("rpc-rpc", off, [*off, (640, 702, EXCLUDED, 2)], last=last, tail="Δ 63"),
        row("l1t-l1tmu", [], [], last=last),
        row("l1t-l1tcalo", hair[:1], hair[:1], last=last),
        row("hlt-hlt", [(1, 3, NO_VALUE)], [], last=last, tail="Δ 3"),
        row("egamma-egamma", nothing, [(2100, 2134, BAD, 1)], last=last, tail="Δ 2,345"),
        StripRow("muon-muon", "muon", "", (None, lane(last, (1, 32, STANDBY))), "Δ 2,345"),
        row("jetmet-jetmet", nothing, [(1486, 1502, BAD, 1)], last=last, tail="Δ 2,345"),
        *(row(f"{name}-{name}", [], [], last=last) for name in ("tau", "btag", "castor", "ctpps", "gem", "zdc")),
    ]
    end = (2341, 2345)
    bits = [
        bit("beams stable", last, (1, 38), end),
        bit("cms_active", last, (1, 20), (917, 917), (954, 954), (1042, 1042)),
        bit("bpix · fpix", last, (1, 38), end),
        bit("tibtid · tob", last, (1, 38), end),
        bit("tecp", last, (1, 38), (971, 1003), end),
        bit("tecm", last, (1, 38), end),
        bit("ebp · ebm · eep · eem", last),
        bit("esp · esm", last, (1, 35)),
        bit("hbhea–c · hf · ho", last),
        bit("dtp · dtm · dt0", last, (1, 32)),
        bit("cscp · cscm", last, (1, 32)),
        bit("rpc", last, (1, 32)),
    ]
    golden = LumiSet.span(39, 2340) - LumiSet.pairs([[917, 918], [954, 955], [969, 1004], [1042, 1043]])
    return {
        "known": LumiSet.span(1, last), "rows": rows, "bits": bits, "golden": golden, "notes": NOTES,
        "recorded_per_pb": falling(last, zero=(917, 954, 1042, 1490)), "lane_names": ("Express", "Prompt"),
        "as_of_marks": MARKS,
    }  # fmt: skip


def hole_case() -> dict:
    """2,000 lumisections of which OMS does not know 1,001–1,040 and 1,700; one is BAD; luminosity is partly unknown."""
    last = 2000
    known = LumiSet.span(1, last) - LumiSet.pairs([[1001, 1040], [1700, 1700]])
    one_bad = lane(last, (1500, 1500, BAD, 1))
    rows = [
        StripRow("hcal-hcal", "hcal", "", (one_bad,), "1"),
        StripRow("tracker-strip", "strip", "tracker", (lane(last, (990, 1060, BAD, 2)),), "31"),
        StripRow("dt-dt", "dt", "", (lane(last, (100, 400, STANDBY)),), "301"),
        StripRow("csc-csc", "csc", "", ((),), "2,000"),
    ]
    recorded = falling(last, begin=1, zero=range(500, 600), unknown=range(800, 900))
    bits = [bit("tecp", last, (1480, 1480), null=LumiSet.span(200, 300))]
    return {"known": known, "rows": rows, "bits": bits, "recorded_per_pb": recorded, "golden": known, "notes": NOTES}


def long_case() -> dict:
    """3,000 lumisections, sixty components, two lanes of fifty words each: more than any run had."""
    last = 3000
    words = [(40 * i + 5, 40 * i + 5 + i % 9, (BAD, STANDBY, EXCLUDED, NOTSET)[i % 4], i % 3) for i in range(70)]
    rows = [row(f"w{i}-c{i}", words, words[i % 20 :], last=last) for i in range(60)]
    bits = [bit(f"bit {i}", last, *((50 * k + i + 1, 50 * k + i + 4) for k in range(40))) for i in range(35)]
    return {
        "known": LumiSet.span(1, last),
        "rows": rows,
        "bits": bits,
        "recorded_per_pb": falling(last),
        "notes": NOTES,
    }


def markup_case() -> dict:
    """A comment that looks like markup."""
    return {
        "known": LumiSet.span(1, 100),
        "rows": [StripRow("dt-dt", "<i>dt</i>", "", (lane(100, (40, 60, BAD, 2)),))],
        "notes": NOTES,
    }


CASES = {
    "markup": markup_case,
    "drawn": drawn_case,
    "hole": hole_case,
    "long": long_case,
    "none": lambda: {"known": EMPTY, "rows": []},
}


def show() -> None:
    """The strip, and beneath it in words what the page has heard from it."""
    st.set_page_config(layout="wide")
    st.html("<style>.block-container{padding:16px 16px 0!important}header{display:none!important}</style>")
    state = st.session_state
    case = CASES[st.query_params.get("case", "drawn")]()
    if st.query_params.get("selected") == "1":
        state.setdefault("range", LumiRange(969, 1004))
        state.setdefault("ticked", frozenset({"tracker-strip", "tracker-track"}))
    left, right = st.columns([1210, 344], gap="small")
    with left:
        event = lumi_strip(
            **case, start=START, selected=state.get("range"), ticked=state.get("ticked", frozenset()),
            as_of=state.get("as_of"), key="strip",
        )  # fmt: skip
    state.range, state.ticked, state.as_of = event.range, event.ticked, event.as_of
    with right:
        st.text_input("comment")
        st.text(f"range {event.range} ticked {','.join(sorted(event.ticked)) or 'none'} component {event.component}")
        st.text(f"as of {event.as_of}")
        if st.button("Set 10–20"):
            state.range = LumiRange(10, 20)
            st.rerun()


show()
