"""How the original's tables are read: one question each, answered as text that goes straight into the registry.

The questions run on the original's database. They fold lumisection numbers into ranges there, so that of twenty million
rows some hundred thousand travel.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staged:
    """A table that lives as long as the import: its name, its columns, and the question that fills it."""

    name: str
    columns: str
    question: str


NEEDED = (
    "Version", "Event", "RunEvent", "DatasetEvent", "LumisectionEvent", "LumisectionEventAssignation",
    "OMSLumisectionEvent", "OMSLumisectionEventAssignation", "JSONBDeduplication",
)  # fmt: skip
"""The tables without which there is no history to import."""

_OMS_WORDS = """
    oms_words AS MATERIALIZED (
        SELECT id, jsonb - ARRAY['delivered', 'recorded'] AS said, jsonb->'delivered' AS delivered,
            jsonb->'recorded' AS recorded,
            min(id) OVER (PARTITION BY md5((jsonb - ARRAY['delivered', 'recorded'])::text)) AS same
        FROM "JSONBDeduplication" WHERE id IN (SELECT lumisection_metadata_id FROM "OMSLumisectionEvent"))
"""
"""With luminosities left out, most lumisections of a run say the same."""

_APART = """
    doubled AS (SELECT act, run, name FROM lumis GROUP BY act, run, name HAVING count(*) > count(DISTINCT n)),
    parted AS (
        SELECT lumis.*, CASE WHEN d.act IS NOT NULL THEN version END AS apart
        FROM lumis LEFT JOIN doubled d USING (act, run, name))
"""
"""Where an act speaks of a lumisection of a dataset twice, its events stay apart, because the later one wins."""

STAGED = (
    Staged(
        "their_act",
        'act int, "by" text, comment text, at timestamptz',
        'SELECT atomic_version, "by", comment, "createdAt" FROM "Version"',
    ),
    Staged(
        "their_event",
        "version int, act int",
        'SELECT version, atomic_version FROM "Event"',
    ),
    Staged(
        "their_run",
        "version int, act int, run int, oms jsonb, rr jsonb, deleted bool, manual bool",
        """
        SELECT version, o.atomic_version, run_number, oms_metadata, rr_metadata, coalesce(deleted, false),
            coalesce(manual_change, false)
        FROM "RunEvent" JOIN "Event" o USING (version)
        """,
    ),
    Staged(
        "their_dataset",
        "version int, act int, run int, name text, said jsonb, gui jsonb, deleted bool",
        """
        SELECT version, o.atomic_version, run_number, name, dataset_metadata, datasets_in_gui, coalesce(deleted, false)
        FROM "DatasetEvent" JOIN "Event" o USING (version)
        """,
    ),
    Staged(
        "their_flags",
        "act int, run int, name text, meant int, manual bool, apart int, first int, last int, version int",
        f"""
        WITH lumis AS (
            SELECT o.atomic_version AS act, e.run_number AS run, e.name, e.lumisection_metadata_id AS meant,
                coalesce(e.manual_change, false) AS manual, e.version, a.lumisection_number AS n
            FROM "LumisectionEvent" e JOIN "Event" o USING (version)
            JOIN "LumisectionEventAssignation" a USING (version)),
        {_APART},
        islands AS (
            SELECT *, n - dense_rank() OVER (PARTITION BY act, run, name, meant, manual, apart ORDER BY n) AS island
            FROM parted)
        SELECT act, run, name, meant, manual, apart, min(n), max(n), min(version) FROM islands
        GROUP BY act, run, name, meant, manual, apart, island
        """,
    ),
    Staged(
        "their_flag_words",
        "id int, said jsonb",
        """
        SELECT id, jsonb FROM "JSONBDeduplication"
        WHERE id IN (SELECT lumisection_metadata_id FROM "LumisectionEvent")
        """,
    ),
    Staged(
        "their_bits",
        "act int, run int, name text, meant int, apart int, first int, last int, version int",
        f"""
        WITH {_OMS_WORDS}, lumis AS (
            SELECT o.atomic_version AS act, e.run_number AS run, e.name, w.same AS meant, e.version,
                a.lumisection_number AS n
            FROM "OMSLumisectionEvent" e JOIN "Event" o USING (version)
            JOIN "OMSLumisectionEventAssignation" a USING (version)
            JOIN oms_words w ON w.id = e.lumisection_metadata_id),
        {_APART},
        islands AS (
            SELECT *, n - dense_rank() OVER (PARTITION BY act, run, name, meant, apart ORDER BY n) AS island
            FROM parted)
        SELECT act, run, name, meant, apart, min(n), max(n), min(version) FROM islands
        GROUP BY act, run, name, meant, apart, island
        """,
    ),
    Staged(
        "their_bit_words",
        "id int, said jsonb",
        f"WITH {_OMS_WORDS} SELECT id, said FROM oms_words WHERE id = same",
    ),
    Staged(
        "their_luminosity",
        "act int, run int, first int, delivered float8[], recorded float8[]",
        f"""
        WITH {_OMS_WORDS}, lumis AS (
            SELECT DISTINCT ON (o.atomic_version, e.run_number, a.lumisection_number) o.atomic_version AS act,
                e.run_number AS run, a.lumisection_number AS n, w.delivered, w.recorded
            FROM "OMSLumisectionEvent" e JOIN "Event" o USING (version)
            JOIN "OMSLumisectionEventAssignation" a USING (version)
            JOIN oms_words w ON w.id = e.lumisection_metadata_id
            WHERE e.name = 'online' AND a.lumisection_number BETWEEN 1 AND 32767
                AND (jsonb_typeof(w.delivered) = 'number' OR jsonb_typeof(w.recorded) = 'number')
            ORDER BY o.atomic_version, e.run_number, a.lumisection_number, e.version DESC),
        islands AS (SELECT *, n - row_number() OVER (PARTITION BY act, run ORDER BY n) AS island FROM lumis)
        SELECT act, run, min(n),
            array_agg(CASE jsonb_typeof(delivered) WHEN 'number' THEN delivered::float8 END ORDER BY n),
            array_agg(CASE jsonb_typeof(recorded) WHEN 'number' THEN recorded::float8 END ORDER BY n)
        FROM islands GROUP BY act, run, island
        """,
    ),
)
"""What is carried over, question by question; every one names the act that said it."""

ORPHANS = """
    SELECT (SELECT count(*) FROM "RunEvent" LEFT JOIN "Event" o USING (version) WHERE o.version IS NULL)
        + (SELECT count(*) FROM "DatasetEvent" LEFT JOIN "Event" o USING (version) WHERE o.version IS NULL)
        + (SELECT count(*) FROM "LumisectionEvent" LEFT JOIN "Event" o USING (version) WHERE o.version IS NULL)
        + (SELECT count(*) FROM "OMSLumisectionEvent" LEFT JOIN "Event" o USING (version) WHERE o.version IS NULL)
"""
"""Events that belong to no act: there is nobody and no time to say them at."""
