"""What goes into the database: the clock's next number, the act's words, and the rows of the projections."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlmodel import Session

from backend.db import RECORDED
from backend.projections.picture import Picture, Row
from backend.record.act import Act, Recorded
from backend.record.numbering import PENDING, Numbered
from backend.record.reach import Reach

_TICK = text("""
    WITH tick AS (UPDATE clock SET n = n + 1, at = greatest(at, clock_timestamp()) RETURNING n, at),
         act AS (INSERT INTO change_set (id, at, "by", why, kind, undoes, scope)
                 SELECT n, at, :by, :why, :kind, CAST(:undoes AS bigint), CAST(:scope AS jsonb) FROM tick
                 RETURNING id, at)
    SELECT id, at, pg_notify('registry', id::text),
           set_config('idle_in_transaction_session_timeout', :idle, true)
    FROM act
""")
_NEW_RUNS = text("INSERT INTO run_identity (run_number, change_set) SELECT unnest(CAST(:runs AS int[])), :act")
_NEW_DATASETS = text("""
    INSERT INTO dataset_identity (id, run_number, name, change_set)
    SELECT id, run_number, name, :act FROM json_to_recordset(:rows) AS r(id int, run_number int, name text)
""")
_WORDS = text("""
    INSERT INTO lumisection_change
        (id, change_set, dataset_id, columns, first, last, value, origin, cause, comment, withdraws)
    SELECT id, :act, dataset_id, columns, first, last, value, origin, cause, comment, withdraws
    FROM json_to_recordset(:rows) AS r(id bigint, dataset_id int, columns int2[], first int2, last int2, value int,
        origin int2, cause text, comment text, withdraws int2[])
""")
_RUN_WORDS = text("""
    INSERT INTO run_change (id, change_set, run_number, origin, said, withdraws)
    SELECT id, :act, "of", origin, said, withdraws
    FROM json_to_recordset(:rows) AS r(id bigint, "of" int, origin int2, said jsonb, withdraws int2[])
""")
_DATASET_WORDS = text("""
    INSERT INTO dataset_change (id, change_set, dataset_id, origin, said, withdraws)
    SELECT id, :act, "of", origin, said, withdraws
    FROM json_to_recordset(:rows) AS r(id bigint, "of" int, origin int2, said jsonb, withdraws int2[])
""")
_LUMINOSITY_WORDS = text("""
    INSERT INTO luminosity_change (id, change_set, run_number, source, first, delivered, recorded)
    SELECT id, :act, run_number, source, first, delivered, recorded FROM json_to_recordset(:rows)
        AS r(id bigint, run_number int, source text, first int2, delivered float8[], recorded float8[])
""")
_CONFIGURATION_WORDS = text("""
    INSERT INTO configuration_change (change_set, kind, name, version, body, is_enabled)
    SELECT :act, kind, name, version, body, is_enabled FROM json_to_recordset(:rows)
        AS r(kind text, name text, version int, body jsonb, is_enabled bool)
""")
_NEW_CYCLES = text("INSERT INTO cycle (id, change_set) SELECT unnest(CAST(:cycles AS int[])), :act")
_CYCLE_WORDS = text("""
    INSERT INTO cycle_change (change_set, cycle_id, said, added, removed)
    SELECT :act, cycle, said, added, removed
    FROM json_to_recordset(:rows) AS r(cycle int, said jsonb, added int[], removed int[])
""")
_NEW_GOLDEN_JSONS = text("""
    INSERT INTO golden_json (id, change_set, kind, content, sha256, runs, lumisections, first_run, last_run,
        delivered_per_pb, recorded_per_pb, without_luminosity, recipe_name, recipe_version, rule, pattern, options,
        as_of, datasets, came_as, seconds)
    SELECT id, :act, kind, content, sha256, runs, lumisections, first_run, last_run,
        delivered_per_pb, recorded_per_pb, without_luminosity, recipe_name, recipe_version, rule, pattern, options,
        as_of, datasets, came_as, seconds
    FROM json_populate_recordset(NULL::golden_json, :rows)
""")
_GOLDEN_JSON_WORDS = text("""
    INSERT INTO golden_json_change (change_set, golden_json_id, said)
    SELECT :act, golden_json, said FROM json_to_recordset(:rows) AS r(golden_json int, said jsonb)
""")


_IDLE, _IDLE_AFTER_SMALL = "60s", "10s"
"""For how long a session that has the clock may be silent before the server ends it."""


def as_json(rows: Any) -> str:
    """The rows as a JSON text: one parameter however many rows, typed by the statement that unpacks it."""
    return orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def tick(session: Session, act: Act, *, is_small: bool = False) -> Recorded:
    """Take the clock, last of all locks, and open the change set; listeners hear of it when it commits.

    Whoever has the clock and falls silent holds up everybody: after a small act sooner than after a large one, whose
    rows take their time.
    """
    number, at, *_ = session.execute(
        _TICK,
        {
            "by": act.by,
            "why": act.why,
            "kind": act.kind.value,
            "undoes": act.undoes,
            "scope": None if act.scope is None else as_json(act.scope),
            "idle": _IDLE_AFTER_SMALL if is_small else _IDLE,
        },
    ).one()
    session.info[RECORDED] = number
    return Recorded(number, at)


def append(
    session: Session, act: Act, *, stamp: Recorded, reach: Reach, numbered: Numbered, configurations: list[Row]
) -> None:
    """Write what begins to exist, and every word of the act."""
    if act.new_runs:
        session.execute(_NEW_RUNS, {"runs": list(act.new_runs), "act": stamp.change_set})
    if act.new_cycles:
        session.execute(_NEW_CYCLES, {"cycles": list(act.new_cycles), "act": stamp.change_set})
    new = [{"id": id_, "run_number": reach.keys[id_].run_number, "name": reach.keys[id_].name} for id_ in reach.new]
    spoken = [loaded.word for loaded in numbered.words]
    words = [
        {
            "id": w.change,
            "dataset_id": w.dataset,
            "columns": w.columns,
            "first": w.first,
            "last": w.last,
            "value": w.value,
            "origin": w.origin,
            "cause": loaded.cause,
            "comment": loaded.comment,
            "withdraws": w.withdraws,
        }
        for w, loaded in zip(spoken, numbered.words, strict=True)
    ]
    luminosities = [
        {
            "id": w.id,
            "run_number": run,
            "source": source,
            "first": w.first,
            "delivered": w.delivered,
            "recorded": w.recorded,
        }
        for run, source, w in numbered.luminosities
    ]
    attributes = [
        [{"id": c.id, "of": c.of, "origin": c.origin, "said": c.said, "withdraws": c.withdraws} for c in changes]
        for changes in (numbered.runs, numbered.datasets)
    ]
    rows: tuple[tuple[TextClause, Sequence[Row]], ...] = (
        (_NEW_DATASETS, new),
        (_RUN_WORDS, attributes[0]),
        (_DATASET_WORDS, attributes[1]),
        (_WORDS, words),
        (_LUMINOSITY_WORDS, luminosities),
        (_CONFIGURATION_WORDS, configurations),
        (_CYCLE_WORDS, [asdict(said) for said in act.cycles]),
        (_NEW_GOLDEN_JSONS, [asdict(made) for made in act.new_golden_jsons]),
        (_GOLDEN_JSON_WORDS, [asdict(said) for said in act.golden_jsons]),
    )
    for statement, said in rows:
        if said:
            session.execute(statement, {"rows": as_json(said), "act": stamp.change_set})


def stamped(picture: Picture, stamp: Recorded) -> Picture:
    """The picture with the number that the clock gave in place of the pending one."""

    def stamp_rows(rows: list[Row]) -> list[Row]:
        return [{name: stamp.change_set if value == PENDING else value for name, value in row.items()} for row in rows]

    return replace(
        picture,
        runs=stamp_rows(picture.runs),
        datasets=stamp_rows(picture.datasets),
        luminosities=stamp_rows(picture.luminosities),
        configurations=stamp_rows(picture.configurations),
        cycles=stamp_rows(picture.cycles),
        golden_jsons=stamp_rows(picture.golden_jsons),
    )
