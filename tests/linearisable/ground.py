"""Where writers meet: two runs of the same registry, four datasets of them, and what rules said there at first."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import Engine, text

from backend.certify.completeness import certifiable_components
from backend.configuration import Side, workspaces
from backend.db import transaction
from backend.queries import latest_change
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, RunSaid, columns_by_name, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, Origin, Status
from tests.factories import a_run

NAMES = (ONLINE, "/PromptReco/Collisions2022/DQM", "/Express/Collisions2022/DQM", "/PromptReco/Collisions2022/DQM")
LAST, HOLE = 24, 12
"""The lumisections are 1 to 24, without the twelfth, which OMS does not know."""
PIXEL, STRIP, ECAL, BIT = "tracker-pixel", "tracker-strip", "ecal-ecal", "oms-tob_ready"
FLAGS = (PIXEL, STRIP, ECAL)
DESKS = ("tracker", "ecal", "global")
FIRST_WORDS: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    PIXEL: ((1, 12, Status.NOTSET), (13, LAST, Status.GOOD)),
    STRIP: ((1, LAST, Status.GOOD),),
    ECAL: ((1, 8, Status.BAD), (9, LAST, Status.NO_VALUE_FOUND)),
}
"""What rules say of an offline dataset: first lumisection, last, status. Online they say GOOD, and OMS true."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The datasets by their places, and their ids; ``base`` is the latest act before anybody came."""

    runs: tuple[int, int]
    base: int
    ids: tuple[int, ...]
    columns: Mapping[str, int]

    @property
    def datasets(self) -> tuple[DatasetKey, ...]:
        """Place → dataset: online, two offline ones of the first run, and one of the second."""
        first, second = self.runs
        return tuple(DatasetKey(run, name) for run, name in zip((first, first, first, second), NAMES, strict=True))

    def run_of(self, place: int) -> int:
        """The run of a dataset."""
        return self.datasets[place].run_number

    def as_line(self) -> bytes:
        """As a line of JSON, for another process."""
        return orjson.dumps(asdict(self), option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def of_line(cls, line: bytes) -> "Ground":
        """The ground of a line."""
        said = orjson.loads(line)
        first, second = said["runs"]
        return cls((first, second), said["base"], tuple(said["ids"]), said["columns"])


def arrange(on: Engine, first_run: int) -> Ground:
    """Two new runs in a registry that has its defaults, and whoever comes later begins there."""
    runs = (first_run, first_run + 1)
    known = LumiSet.span(1, LAST) - LumiSet.span(HOLE, HOLE)
    with transaction(on) as session:
        columns = {name: column.id for name, column in columns_by_name(session).items()}
        offline = ["global", *(w.workspace for w in workspaces(session, Side.OFFLINE))]
        complete = tuple(columns[name] for name in certifiable_components(session))
        whole = LumiRange(1, LAST)
        for run in runs:
            online = a_run(session, run, known=known)
            rules = (
                LumisectionSaid(online, complete, whole, Status.GOOD, Origin.RULE),
                LumisectionSaid(online, (columns[BIT],), whole, Bit.TRUE, Origin.RULE),
            )
            said = RunSaid(run, {"run_class": "Linearisable22", "is_significant": True}, Origin.RULE)
            record(session, Act("rule", "classified", ActKind.CLASSIFY, runs=(said,), lumisections=rules))
            names = NAMES[1:3] if run == first_run else NAMES[3:]
            for key in (DatasetKey(run, name) for name in names):
                states = DatasetSaid(key, {f"state.{desk}": "OPEN" for desk in offline}, Origin.RULE)
                words = tuple(
                    LumisectionSaid(key, (columns[name],), LumiRange(first, last), value, Origin.RULE)
                    for name, ranges in FIRST_WORDS.items()
                    for first, last, value in ranges
                )
                made = Act("rule", "made", ActKind.DATASET, new_datasets=(key,), datasets=(states,), lumisections=words)
                record(session, made)
        base = latest_change(session).change_set
        asked = {"runs": list(runs)}
        rows = session.execute(text("SELECT run_number, name, id FROM dataset WHERE run_number = ANY(:runs)"), asked)
        ids = {DatasetKey(run, name): id_ for run, name, id_ in rows}
    ground = Ground(runs, base, (), {name: columns[name] for name in (*FLAGS, BIT)})
    return Ground(runs, base, tuple(ids[key] for key in ground.datasets), ground.columns)
