"""What was said of the lumisections of runs: by OMS, by rules, and by people above them; read for many runs at once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from backend.classify.lumisections import DELIVERED, LIVE, NUMBER, RECORDED, Fact
from backend.projections.luminosity import LuminosityWord, fold_luminosity
from backend.projections.segments import SegmentArrays, SpokenWord, fold_segments, spread
from backend.queries.column_values import column_texts
from backend.record import columns_by_name
from backend.record.columns import KnownColumn
from backend.record.loading import load_undone
from models.attributes import FIRST_OTHER_COLUMN
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, ColumnKind, LuminositySource, Origin, Status

OMS_SPEAKS = frozenset({ActKind.INGEST, ActKind.PROPOSAL})
"""The acts in which OMS speaks. Rules speak in any: also in that of a person whose words they follow, and who may
withdraw what they said, so that they say it anew."""

_LUMISECTION_WORDS = text("""
    SELECT s.kind, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM lumisection_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.dataset_id = ANY(:datasets) AND (c.origin = :rule OR :rule = ANY(c.withdraws))
""")
_PEOPLES_WORDS = text("""
    SELECT d.run_number, c.change_set, c.id, c.dataset_id, c.columns, c.first, c.last, c.value, c.origin, c.withdraws
    FROM dataset_identity d
    JOIN lumisection_change c ON c.dataset_id = d.id
    JOIN change_set s ON s.id = c.change_set
    WHERE d.run_number = ANY(:runs) AND d.name = :online AND s.kind <> 'proposal'
      AND (c.origin = :person OR :person = ANY(c.withdraws))
""")
_LUMINOSITY_WORDS = text("""
    SELECT c.run_number, c.id, c.first, c.delivered, c.recorded
    FROM luminosity_change c JOIN change_set s ON s.id = c.change_set
    WHERE c.run_number = ANY(:runs) AND c.source = :source AND s.kind = ANY(:kinds)
""")

Statuses: TypeAlias = Mapping[Status, LumiSet]
Luminosity: TypeAlias = tuple[Sequence[float | None], Sequence[float | None]]
"""Delivered and recorded, in /pb, from lumisection 1 on."""
DARK: Luminosity = ((), ())


@dataclass(frozen=True)
class SaidOfLumisections:
    """What OMS and rules last said of the lumisections of some online datasets: dataset → column → value → where."""

    oms: Mapping[int, Mapping[int, Mapping[int, LumiSet]]]
    rules: Mapping[int, Mapping[int, Mapping[int, LumiSet]]]
    columns: Mapping[int, KnownColumn]
    texts: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, datasets: Sequence[int], columns: Iterable[KnownColumn]) -> "SaidOfLumisections":
        asked = {"datasets": list(datasets), "rule": int(Origin.RULE)}
        rows = session.execute(_LUMISECTION_WORDS, asked).all()
        oms = _folded([SpokenWord(*word) for kind, *word in rows if kind in OMS_SPEAKS])
        rules = _folded([SpokenWord(*word) for kind, *word in rows if kind != ActKind.INGEST])
        return cls(
            _by_value(oms.take(oms.column >= FIRST_OTHER_COLUMN)),
            _by_value(rules.take(rules.column < FIRST_OTHER_COLUMN)),
            {column.id: column for column in columns},
            column_texts(session),
        )

    def by_oms(self, dataset: int) -> dict[str, dict[Fact, LumiSet]]:
        """Attribute of OMS → value → where; where it is null, nothing."""
        said = self.oms.get(dataset, {})
        return {self.columns[id_].name: self._facts(self.columns[id_].kind, values) for id_, values in said.items()}

    def by_rules(self, dataset: int) -> dict[str, Statuses]:
        """Column → status → where."""
        said = self.rules.get(dataset, {})
        return {str(self.columns[id_]): {Status(v): at for v, at in values.items()} for id_, values in said.items()}

    def _facts(self, kind: ColumnKind, values: Mapping[int, LumiSet]) -> dict[Fact, LumiSet]:
        if kind is ColumnKind.BIT:
            return {bool(value): where for value, where in values.items() if value != Bit.NULL}
        if kind is ColumnKind.TEXT:
            return {self.texts[value]: where for value, where in values.items()}
        return {value: where for value, where in values.items()}


def _folded(words: list[SpokenWord]) -> SegmentArrays:
    return fold_segments(spread(words), (Origin.RULE,))


def _by_value(segments: SegmentArrays) -> dict[int, dict[int, dict[int, LumiSet]]]:
    """Dataset → column → value → where. What rules and OMS said is folded so that no two ranges of a value touch."""
    ranges: dict[int, dict[int, dict[int, list[LumiRange]]]] = {}
    arrays = (segments.dataset, segments.column, segments.value, segments.first, segments.last)
    for dataset, column, value, first, last in zip(*(array.tolist() for array in arrays), strict=True):
        columns = ranges.setdefault(dataset, {})
        columns.setdefault(column, {}).setdefault(value, []).append(LumiRange(first, last))
    return {
        dataset: {
            column: {value: LumiSet(tuple(found)) for value, found in values.items()}
            for column, values in columns.items()
        }
        for dataset, columns in ranges.items()
    }


def luminosities_said(session: Session, run_numbers: Sequence[int]) -> dict[int, Luminosity]:
    """What OMS last said of the luminosity of these runs, from lumisection 1 on."""
    words: dict[int, list[LuminosityWord]] = {}
    asked = {
        "runs": list(run_numbers),
        "source": LuminositySource.OMS.value,
        "kinds": [kind.value for kind in OMS_SPEAKS],
    }
    for run_number, *word in session.execute(_LUMINOSITY_WORDS, asked):
        words.setdefault(run_number, []).append(LuminosityWord(*word))
    return {run_number: fold_luminosity(said) for run_number, said in words.items()}


def series_of(luminosity: Luminosity) -> dict[str, Callable[[int], Fact]]:
    """What gives the facts of a lumisection that differ from one to the next."""
    delivered, recorded = (dict(enumerate(series, 1)) for series in luminosity)

    def live(lumisection: int) -> float | None:
        said, of = recorded.get(lumisection), delivered.get(lumisection)
        return said / of if said is not None and of else None

    return {NUMBER: lambda n: n, RECORDED: recorded.get, DELIVERED: delivered.get, LIVE: live}


def flagged_by_people(session: Session, run_numbers: Collection[int]) -> dict[tuple[int, str], LumiSet]:
    """(Run, column) → where people have flagged it online, above what rules say."""
    asked = {"runs": list(run_numbers), "online": ONLINE, "person": int(Origin.PERSON)}
    rows = session.execute(_PEOPLES_WORDS, asked).all() if asked["runs"] else []
    undone = load_undone(session, {row.change_set for row in rows})
    runs = {row.dataset_id: row.run_number for row in rows}
    standing = [row for row in rows if row.change_set not in undone.acts("datasets", row.dataset_id)]
    words = [SpokenWord(*row[2:]) for row in standing]
    segments = fold_segments(spread(words), (Origin.PERSON,))
    names = {column.id: str(column) for column in columns_by_name(session).values()}
    return {
        (runs[dataset], names[column]): LumiSet.of(r for where in values.values() for r in where.ranges)
        for dataset, columns in _by_value(segments).items()
        for column, values in columns.items()
    }
