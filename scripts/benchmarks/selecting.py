"""What a golden JSON costs: two thousand datasets of three million lumisections, by the golden rule of 2018."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from sqlalchemy import Engine

from backend.golden.keeping import frames_of
from backend.golden.selection import select
from backend.rules import Rule, parse_text
from models.lumi_json import GoldenJson
from scripts.benchmarks.many_lumisections import fill_with_lumisections
from scripts.benchmarks.measure import Measure, timed

_RULE = Path(__file__).parents[2] / "tests" / "data" / "jsonlogic" / "golden_rule_2018.txt"
_PATTERN = "/PromptReco/Collisions2018%/DQM"
_ORIGINAL = "48.7 s for 225 datasets; fails at 600"


def measure_selecting(on: Engine, *, runs: int) -> Iterator[Measure]:
    """The lines about golden JSONs, each from the question to the finished :class:`~models.lumi_json.GoldenJson`.

    *Cold*: the process keeps nothing, the database has its pages in memory. *Warm*: the process keeps the frame of
    these datasets, and nothing was recorded since, which is asked of the database each time; the rule is judged anew
    each time, by turns as it is and as another rule with other bounds, for no answer is kept.
    """
    lumisections = fill_with_lumisections(on, runs=runs)
    _, _, written = _RULE.read_text(encoding="utf-8").partition("\n")
    rules = cycle((parse_text(written), parse_text(written.replace("6000", "6001"))))

    def golden_json(rule: Rule) -> GoldenJson:
        return select(on, rule, datasets=_PATTERN).kept

    def from_nothing() -> None:
        frames_of(on).forget()
        golden_json(next(rules))

    what = f"golden JSON of {runs:,} datasets, {lumisections:,} lumisections, 48 clauses"
    yield timed(f"{what}: cold frame", from_nothing, times=9, target_ms=150, original=_ORIGINAL, warm_up=2)
    yield timed(f"{what}: warm frame", lambda: golden_json(next(rules)), times=31, target_ms=15, warm_up=2)
