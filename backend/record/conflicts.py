"""Did somebody change the same thing since the writer looked? Then the writer is told who, what and when."""

from sqlalchemy import text
from sqlmodel import Session

from backend.errors import Conflict
from backend.projections.undone import Thing
from backend.record.act import Act
from backend.record.reach import Reach
from backend.record.writing import as_json

_LATER = """
    WITH RECURSIVE undone AS (
        SELECT id, at, "by", undoes AS act, jsonb_build_array(scope) AS scopes
        FROM change_set WHERE id > :seen AND undoes IS NOT NULL
        UNION ALL SELECT u.id, u.at, u."by", c.undoes, u.scopes || jsonb_build_array(c.scope)
                  FROM undone u JOIN change_set c ON c.id = u.act WHERE c.undoes IS NOT NULL),
    later AS (
        SELECT id, at, "by", id AS act, CAST('[]' AS jsonb) AS scopes
        FROM change_set WHERE id > :seen AND undoes IS NULL AND kind <> 'proposal'
        UNION ALL SELECT id, at, "by", act, scopes FROM undone)
"""
"""The acts after ``seen``, each with the act that spoke: itself; or of an undo or a redo, that at the bottom of the
chain, and what each undo on the way down to it is narrowed to (null: nothing). Undos on the way say nothing."""

_WITHIN = """NOT EXISTS (SELECT FROM jsonb_array_elements(l.scopes) s
                            WHERE s <> 'null' AND NOT coalesce(s -> '{thing}' @> to_jsonb({of}), false))"""


def _within(thing: Thing, of: str) -> str:
    """That the chain of undos reaches this dataset, run … at all."""
    return _WITHIN.format(thing=thing, of=of)


_FLAGS = text(
    _LATER
    + """
    SELECT l."by", l.at, c.workspace || '-' || c.name, w.first, w.last
    FROM later l JOIN lumisection_change w ON w.change_set = l.act
    JOIN LATERAL json_to_recordset(:mine) AS m(dataset int, columns int2[], first int2, last int2)
         ON m.dataset = w.dataset_id AND m.columns && w.columns AND m.first <= w.last AND w.first <= m.last
    JOIN lumisection_column c ON c.id = ANY(w.columns) AND c.id = ANY(m.columns)
    WHERE """
    + _within("datasets", "w.dataset_id")
    + """
    ORDER BY l.id DESC, c.id LIMIT 1
"""
)
_RUNS = text(
    _LATER
    + """
    SELECT l."by", l.at, m.attribute, w.run_number::text
    FROM later l JOIN run_change w ON w.change_set = l.act
    JOIN LATERAL json_to_recordset(:mine) AS m(of int, attribute text)
         ON m.of = w.run_number AND w.said ? m.attribute
    WHERE """
    + _within("runs", "w.run_number")
    + """
    ORDER BY l.id DESC LIMIT 1
"""
)
_DATASETS = text(
    _LATER
    + """
    SELECT l."by", l.at, m.attribute, d.run_number || ' ' || d.name
    FROM later l JOIN dataset_change w ON w.change_set = l.act JOIN dataset_identity d ON d.id = w.dataset_id
    JOIN LATERAL json_to_recordset(:mine) AS m(of int, attribute text)
         ON m.of = w.dataset_id AND w.said ? m.attribute
    WHERE """
    + _within("datasets", "w.dataset_id")
    + """
    ORDER BY l.id DESC LIMIT 1
"""
)
_CONFIGURATIONS = text(
    _LATER
    + """
    SELECT l."by", l.at, w.kind, w.name
    FROM later l JOIN configuration_change w ON w.change_set = l.act
    JOIN LATERAL json_to_recordset(:mine) AS m(kind text, name text) ON m.kind = w.kind AND m.name = w.name
    WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(l.scopes) s WHERE s <> 'null')
    ORDER BY l.id DESC LIMIT 1
"""
)
_CYCLES = text(
    _LATER
    + """
    SELECT l."by", l.at, CASE WHEN w.said ? m.attribute THEN m.attribute ELSE 'the datasets' END, 'cycle ' || w.cycle_id
    FROM later l JOIN cycle_change w ON w.change_set = l.act
    JOIN LATERAL json_to_recordset(:mine) AS m(of int, attribute text, datasets int[])
         ON m.of = w.cycle_id AND (w.said ? m.attribute OR m.datasets && (w.added || w.removed))
    WHERE """
    + _within("cycles", "w.cycle_id")
    + """
    ORDER BY l.id DESC LIMIT 1
"""
)
_GOLDEN_JSONS = text(
    _LATER
    + """
    SELECT l."by", l.at, m.attribute, 'golden JSON ' || w.golden_json_id
    FROM later l JOIN golden_json_change w ON w.change_set = l.act
    JOIN LATERAL json_to_recordset(:mine) AS m(of int, attribute text)
         ON m.of = w.golden_json_id AND w.said ? m.attribute
    WHERE """
    + _within("golden_jsons", "w.golden_json_id")
    + """
    ORDER BY l.id DESC LIMIT 1
"""
)


def refuse_conflicts(session: Session, act: Act, *, reach: Reach, seen: int) -> None:
    """Raise :class:`Conflict` if a change set after ``seen`` touched the same attribute, or the same column in an
    overlapping range; the sentence names its author, the thing and the time."""
    flags = [
        {"dataset": reach.ids[s.dataset], "columns": s.columns, "first": s.range.first, "last": s.range.last}
        for s in act.lumisections
        if reach.ids[s.dataset] not in reach.new
    ]
    if flags and (found := session.execute(_FLAGS, {"seen": seen, "mine": as_json(flags)}).first()):
        by, at, column, first, last = found
        raise Conflict(f"{by} changed {column} {first}–{last} at {at:%H:%M} UTC.")
    mine = {
        _RUNS: [{"of": s.run_number, "attribute": a} for s in act.runs for a in s.said],
        _DATASETS: [{"of": reach.ids[s.dataset], "attribute": a} for s in act.datasets for a in s.said],
        _CONFIGURATIONS: [{"kind": s.kind, "name": s.name} for s in act.configurations],
        _CYCLES: [
            *({"of": s.cycle, "attribute": a} for s in act.cycles for a in s.said),
            *({"of": s.cycle, "datasets": [*s.added, *s.removed]} for s in act.cycles),
        ],
        _GOLDEN_JSONS: [{"of": s.golden_json, "attribute": a} for s in act.golden_jsons for a in s.said],
    }
    for query, said in mine.items():
        if said and (found := session.execute(query, {"seen": seen, "mine": as_json(said)}).first()):
            by, at, what, of = found
            raise Conflict(f"{by} changed {what} of {of} at {at:%H:%M} UTC.")
