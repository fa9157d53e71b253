"""Rows of a picture into the projection tables; rebuild and record write through here alone."""

from sqlalchemy import Table, TextClause, text
from sqlmodel import Session, SQLModel

from backend.projections.briefs import brief_row
from backend.projections.picture import Picture, Row
from backend.record.writing import as_json
from models.configuration import Configuration
from models.cycle import CycleNow
from models.dataset import Dataset
from models.dataset_brief import DatasetBrief
from models.golden_json import GoldenJsonNow
from models.luminosity import Luminosity
from models.run import Run
from models.segments import Segments

_COLUMNS = text("""
    UPDATE segments s SET (columns, firsts, lasts, "values", changes) = (
        SELECT coalesce(array_agg(u.c), '{}'), coalesce(array_agg(u.f), '{}'), coalesce(array_agg(u.l), '{}'),
               coalesce(array_agg(u.v), '{}'), coalesce(array_agg(u.w), '{}')
        FROM (SELECT * FROM unnest(s.columns, s.firsts, s.lasts, s."values", s.changes) AS old(c, f, l, v, w)
              WHERE NOT c = ANY(r.touched)
              UNION ALL SELECT * FROM unnest(r.columns, r.firsts, r.lasts, r."values", r.changes)
              ORDER BY 1, 2) u)
    FROM json_to_recordset(:rows) AS r(dataset_id int, touched int2[], columns int2[], firsts int2[], lasts int2[],
        "values" int[], changes bigint[])
    WHERE s.dataset_id = r.dataset_id
""")
_GONE = {
    "runs": text("DELETE FROM run WHERE run_number = ANY(:gone)"),
    "datasets": text("DELETE FROM dataset WHERE id = ANY(:gone)"),
    "briefs": text("DELETE FROM dataset_brief WHERE id = ANY(:gone)"),
    "segments": text("DELETE FROM segments WHERE dataset_id = ANY(:gone)"),
    "cycles": text("DELETE FROM cycle_now WHERE id = ANY(:gone)"),
    "golden_jsons": text("DELETE FROM golden_json_now WHERE id = ANY(:gone)"),
}
_GONE_PAIRS = {
    "luminosities": text("DELETE FROM luminosity WHERE run_number = :a AND source = :b"),
    "configurations": text("DELETE FROM configuration WHERE kind = :a AND name = :b"),
}


def publish(session: Session, picture: Picture) -> None:
    """Make the projections hold what the picture says."""
    for table, rows in (
        (Run, picture.runs),
        (Dataset, picture.datasets),
        (DatasetBrief, [brief_row(dataset) for dataset in picture.datasets]),
        (Segments, picture.segments),
        (Luminosity, picture.luminosities),
        (Configuration, picture.configurations),
        (CycleNow, picture.cycles),
        (GoldenJsonNow, picture.golden_jsons),
    ):
        upsert(session, table, rows)
    if picture.columns:
        session.execute(_COLUMNS, {"rows": as_json(picture.columns)})
    if picture.gone_runs:
        session.execute(_GONE["runs"], {"gone": picture.gone_runs})
    if picture.gone_datasets:
        session.execute(_GONE["datasets"], {"gone": picture.gone_datasets})
        session.execute(_GONE["briefs"], {"gone": picture.gone_datasets})
        session.execute(_GONE["segments"], {"gone": picture.gone_datasets})
    if picture.gone_cycles:
        session.execute(_GONE["cycles"], {"gone": picture.gone_cycles})
    if picture.gone_golden_jsons:
        session.execute(_GONE["golden_jsons"], {"gone": picture.gone_golden_jsons})
    for kind, gone in (
        ("luminosities", picture.gone_luminosities),
        ("configurations", picture.gone_configurations),
    ):
        for a, b in gone:
            session.execute(_GONE_PAIRS[kind], {"a": a, "b": b})


def upsert(session: Session, table: type[SQLModel], rows: list[Row]) -> None:
    """Write rows of a projection, new or in place of those with the same key."""
    if rows:
        session.execute(_UPSERTS[table], {"rows": as_json(rows)})


def _upsert_statement(table: type[SQLModel]) -> TextClause:
    """``INSERT … ON CONFLICT`` for a projection, its column names taken from the table definition."""
    definition: Table = table.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    keys = [f'"{c.name}"' for c in definition.primary_key]
    names = [f'"{c.name}"' for c in definition.columns if c.computed is None]
    others = [n for n in names if n not in keys]
    return text(
        f"INSERT INTO {definition.name} ({', '.join(names)}) "
        f"SELECT {', '.join(names)} FROM json_populate_recordset(NULL::{definition.name}, :rows) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET "
        f"({', '.join(others)}) = ROW({', '.join('excluded.' + n for n in others)})"
    )


_UPSERTS: dict[type[SQLModel], TextClause] = {
    table: _upsert_statement(table)
    for table in (Run, Dataset, DatasetBrief, Segments, Luminosity, Configuration, CycleNow, GoldenJsonNow)
}
