"""What acts said, in short: the first words of each as a line that people read, and how many there are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from backend.queries.column_values import ColumnValue, column_texts, column_value
from backend.queries.cycle_words import cycle_words
from backend.queries.golden_words import golden_words
from models.lumis import LumiRange, LumiSet
from models.vocabulary import Bit, ColumnKind, Origin, Status

MOST_LINES = 8
"""So many words of an act of each kind are told; a batch may have thousands."""
_MOST_NAMES = 4

_COUNTS = text("""
    SELECT act, (SELECT count(*) FROM run_change WHERE change_set = act)
              + (SELECT count(*) FROM dataset_change WHERE change_set = act)
              + (SELECT count(*) FROM lumisection_change WHERE change_set = act)
              + (SELECT count(*) FROM luminosity_change WHERE change_set = act)
              + (SELECT count(*) FROM configuration_change WHERE change_set = act)
              + (SELECT count(*) FROM dataset_identity WHERE change_set = act)
              + (SELECT count(*) FROM cycle_change WHERE change_set = act)
              + (SELECT count(*) FROM golden_json WHERE change_set = act)
              + (SELECT count(*) FROM golden_json_change WHERE change_set = act),
           (SELECT count(*) FROM (
                SELECT dataset_id FROM dataset_change WHERE change_set = act
                UNION SELECT dataset_id FROM lumisection_change WHERE change_set = act
                UNION SELECT id FROM dataset_identity WHERE change_set = act) touched),
           array(SELECT DISTINCT run_number FROM (
                SELECT run_number FROM run_change WHERE change_set = act
                UNION SELECT run_number FROM luminosity_change WHERE change_set = act
                UNION SELECT run_number FROM dataset_identity WHERE change_set = act
                UNION SELECT d.run_number FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id
                      WHERE w.change_set = act
                UNION SELECT d.run_number FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
                      WHERE w.change_set = act) touched ORDER BY run_number)
    FROM unnest(CAST(:acts AS bigint[])) AS act
""")
_ATTRIBUTES = text("""
    SELECT act, said.* FROM unnest(CAST(:acts AS bigint[])) AS act, LATERAL (
        SELECT * FROM (
            SELECT id, run_number::text AS subject, origin, said, withdraws FROM run_change WHERE change_set = act
            ORDER BY id LIMIT :most) AS of_runs
        UNION ALL SELECT * FROM (
            SELECT w.id, d.run_number || ' ' || d.name, w.origin, w.said, w.withdraws
            FROM dataset_change w JOIN dataset_identity d ON d.id = w.dataset_id
            WHERE w.change_set = act ORDER BY w.id LIMIT :most) AS of_datasets) said
""")
_FLAGS = text("""
    SELECT act, said.* FROM unnest(CAST(:acts AS bigint[])) AS act, LATERAL (
        SELECT d.run_number || ' ' || d.name AS subject, w.first, w.last, w.value, w.cause, w.comment, w.withdraws,
               array(SELECT c.workspace || '-' || c.name FROM lumisection_column c WHERE c.id = ANY(w.columns)
                     ORDER BY c.id) AS columns,
               (SELECT min(c.kind) FROM lumisection_column c WHERE c.id = ANY(w.columns)) AS kind
        FROM lumisection_change w JOIN dataset_identity d ON d.id = w.dataset_id
        WHERE w.change_set = act ORDER BY w.id LIMIT :most) said
""")
_OTHERS = text("""
    SELECT act, said.* FROM unnest(CAST(:acts AS bigint[])) AS act, LATERAL (
        SELECT * FROM (SELECT d.run_number || ' ' || d.name, 'begins to exist' FROM dataset_identity d
                       WHERE d.change_set = act ORDER BY d.id LIMIT :most) AS begun
        UNION ALL SELECT * FROM (
            SELECT w.kind || ' ' || w.name,
                   CASE WHEN w.body IS NULL THEN 'taken away'
                        ELSE 'version ' || w.version || CASE WHEN w.is_enabled THEN '' ELSE ', not enabled' END END
            FROM configuration_change w WHERE w.change_set = act ORDER BY w.id LIMIT :most) AS configured
        UNION ALL SELECT * FROM (
            SELECT 'golden JSON ' || g.id, concat_ws(', ', g.kind, g.runs || ' runs', g.lumisections || ' lumisections')
            FROM golden_json g WHERE g.change_set = act ORDER BY g.id LIMIT :most) AS kept
        UNION ALL SELECT * FROM (
            SELECT DISTINCT w.run_number::text, 'luminosity of ' || w.source FROM luminosity_change w
            WHERE w.change_set = act LIMIT :most) AS lit) said
""")
_CYCLES = text("""
    SELECT act, said.* FROM unnest(CAST(:acts AS bigint[])) AS act, LATERAL (
        SELECT 'cycle ' || coalesce(called.name, w.cycle_id::text) AS subject, w.said,
               cardinality(w.added) AS added, cardinality(w.removed) AS removed
        FROM cycle_change w LEFT JOIN LATERAL (
             SELECT b.said ->> 'name' AS name FROM cycle_change b
             WHERE b.cycle_id = w.cycle_id AND b.id <= w.id AND b.said ? 'name' ORDER BY b.id DESC LIMIT 1
             ) called ON true
        WHERE w.change_set = act ORDER BY w.id LIMIT :most) said
""")
_GOLDEN_JSONS = text("""
    SELECT act, said.* FROM unnest(CAST(:acts AS bigint[])) AS act, LATERAL (
        SELECT w.golden_json_id, w.said FROM golden_json_change w WHERE w.change_set = act
        ORDER BY w.id LIMIT :most) said
""")


@dataclass(frozen=True, slots=True)
class Told:
    """What an act said: the first of its words as ``lines``, of how many words, about which runs and how many datasets.

    Of each kind of word (attributes, flags, configuration …) the first :data:`MOST_LINES` are told.
    """

    lines: tuple[str, ...]
    words: int
    runs: tuple[int, ...]
    datasets: int


def told_of(session: Session, acts: Collection[int]) -> dict[int, Told]:
    """What these acts said, each."""
    asked = {"acts": sorted(acts), "most": MOST_LINES}
    lines: dict[int, list[str]] = {act: [] for act in acts}
    for act, subject, what in session.execute(_OTHERS, asked):
        lines[act].append(f"{subject}: {what}")
    for act, subject, said, added, removed in session.execute(_CYCLES, asked):
        lines[act].append(f"{subject}: {cycle_words(said, added=added, removed=removed)}")
    for act, golden_json, said in session.execute(_GOLDEN_JSONS, asked):
        lines[act].append(f"golden JSON {golden_json}: {golden_words(said)}")
    for row in session.execute(_ATTRIBUTES, asked):
        lines[row.act].extend(f"{row.subject}: {what}" for what in _attributes(row))
    flags = session.execute(_FLAGS, asked).all()
    texts = column_texts(session) if any(row.kind == ColumnKind.TEXT for row in flags) else {}
    for row in flags:
        lines[row.act].append(f"{row.subject}: {_flag(row, texts)}")
    return {
        act: Told(tuple(lines[act]), words, tuple(runs), datasets)
        for act, words, datasets, runs in session.execute(_COUNTS, {"acts": asked["acts"]})
    }


def word_of(value: ColumnValue | None) -> str:
    """A value of a column as people write it."""
    match value:
        case None:
            return "nothing said"
        case Status():
            return value.word
        case Bit():
            return value.name.lower()
        case _:
            return str(value)


def _attributes(row: Row[Any]) -> Iterator[str]:
    names = sorted(row.said)
    for name in names[:_MOST_NAMES]:
        if row.withdraws is not None:
            origins = " and ".join(Origin(number).name.lower() for number in row.withdraws)
            yield f"{name} withdrawn ({origins})"
        elif name == "known":
            yield f"lumisections {LumiSet.pairs(row.said[name] or ())}"
        else:
            yield f"{name} {_attribute_word(row.said[name])}"
    if len(names) > _MOST_NAMES:
        yield f"and {len(names) - _MOST_NAMES} more attributes"


def _attribute_word(value: object) -> str:
    match value:
        case None:
            return "unsaid"
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _flag(row: Row[Any], texts: Mapping[int, str]) -> str:
    """``tracker-pixel, tracker-strip 10–20 BAD, HV: HV trip``."""
    more = len(row.columns) - _MOST_NAMES
    columns = ", ".join(row.columns[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    place = f"{columns} {LumiRange(row.first, row.last)}"
    if row.withdraws is not None:
        return f"{place} withdrawn ({' and '.join(Origin(number).name.lower() for number in row.withdraws)})"
    said = f"{place} {word_of(column_value(ColumnKind(row.kind), row.value, texts))}"
    cause = f", {row.cause}" if row.cause else ""
    return f"{said}{cause}: {row.comment}" if row.comment else f"{said}{cause}"
