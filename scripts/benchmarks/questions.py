"""What asking costs: a page of fifty among very many runs, filtered and sorted in the ways that people do."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from backend.db import transaction
from backend.queries import RUNS, Sort, parse_filter, runs_page
from scripts.benchmarks.measure import Measure, timed

_QUESTIONS: dict[str, tuple[str, tuple[Sort, ...]]] = {
    "latest": ("", ()),
    "run range": ("run 320000-325175 and lumisections >= 100", ()),
    "class and state, by time": ("class = Collisions18 and state = OPEN", (Sort("start_time", descending=True),)),
    "mixed or": ("lumisections >= 100 and (state = OPEN or tracker-strip BAD > 5 or significant)", ()),
    "flag, by flag": ("tracker-strip BAD > 5", (Sort("tracker-strip", descending=True),)),
    "DCS bit": ("bpix_ready false > 100", ()),
    "text, by number": ("hlt_key like %/v7/%", (Sort("recorded", descending=True),)),
    "what only OMS knows": ("oms.initial_prescale_index > 2", (Sort("oms.era"),)),
    "words of comments": ('comments contains "power supply"', ()),
}
_ORIGINAL = {"latest": "7–8 ms at 300 runs"}


def measure_questions(on: Engine, *, runs: int) -> Iterator[Measure]:
    """The lines about asking, on a registry that is filled with so many runs."""

    def ask(session: Session, typed: str, sort: tuple[Sort, ...]) -> None:
        runs_page(session, filter=parse_filter(typed, RUNS), sort=sort)

    for question, (typed, sort) in _QUESTIONS.items():
        with transaction(on) as session:
            yield timed(
                f"a page of 50 of {runs:,} runs: {question}",
                partial(ask, session, typed, sort),
                times=21,
                original=_ORIGINAL.get(question, ""),
                warm_up=2,
            )
