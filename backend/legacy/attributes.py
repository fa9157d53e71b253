"""What the original says of runs and datasets, attribute by attribute, as the registry names it.

What fits nowhere stays in the log and on the dataset as ``original.<name>``, so that it can be seen and asked for.
"""

from models.attributes import OMS_COLUMNS

ORIGINAL = "original."
"""Begins the name of what has no place of its own here."""

_MOMENT = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$"
_SMALL, _LARGE = "fill_number duration", "hlt_physics_counter"
_NUMBERS = "energy b_field delivered_lumi recorded_lumi l1_rate"
_MOMENTS, _LISTS, _BOOLEANS = "start_time end_time last_update", "components", "stable_beam"


def _named(names: str) -> str:
    assert set(names.split()) <= OMS_COLUMNS.keys()
    return "key IN (" + ", ".join(f"'{name}'" for name in names.split()) + ")"


_TEXTS = " ".join(
    name for name in OMS_COLUMNS if name not in f"{_SMALL} {_LARGE} {_NUMBERS} {_MOMENTS} {_LISTS} {_BOOLEANS}".split()
)
_WHOLE = """CASE jsonb_typeof(value) WHEN 'number' THEN abs(value::numeric) < {} ELSE false END"""
_FITS = rf"""
    CASE WHEN value = 'null' THEN true
        WHEN {_named(_SMALL)} THEN {_WHOLE.format("2::numeric ^ 31 - 1")}
        WHEN {_named(_LARGE)} THEN {_WHOLE.format("2::numeric ^ 63 - 1")}
        WHEN {_named(_NUMBERS)} THEN jsonb_typeof(value) = 'number'
        WHEN {_named(_MOMENTS)} THEN CASE WHEN jsonb_typeof(value) = 'string' AND value #>> '{{}}' ~ '{_MOMENT}'
            THEN extract(day FROM to_date(substr(value #>> '{{}}', 1, 7), 'YYYY-MM') + interval '1 month - 1 day')
                >= substr(value #>> '{{}}', 9, 2)::int ELSE false END
        WHEN {_named(_LISTS)} THEN jsonb_typeof(value) = 'array'
            AND NOT jsonb_path_exists(value, '$[*] ? (@.type() != "string")')
        WHEN {_named(_BOOLEANS)} THEN jsonb_typeof(value) = 'boolean'
        WHEN {_named(_TEXTS)} THEN jsonb_typeof(value) = 'string'
        ELSE true END
"""
"""Whether a value fits into the typed column that the registry has for it, if it has one."""

_EACH = "jsonb_each(CASE jsonb_typeof({0}) WHEN 'object' THEN {0} ELSE '{{}}' END)"

SAID_OF_RUNS = f"""
    CREATE TEMP TABLE said_of_run ON COMMIT DROP AS
    SELECT version, act, run, false AS manual, 'oms.' || key AS name, value
    FROM their_run, {_EACH.format("oms")} WHERE {_FITS}
    UNION ALL
    SELECT version, act, run, false, '{ORIGINAL}oms.' || key, value
    FROM their_run, {_EACH.format("oms")} WHERE NOT {_FITS}
    UNION ALL
    SELECT version, act, run, manual, CASE
            WHEN key IN ('class', 'stop_reason') AND jsonb_typeof(value) IN ('string', 'null')
                THEN CASE key WHEN 'class' THEN 'run_class' ELSE key END
            WHEN key = 'significant' AND jsonb_typeof(value) IN ('boolean', 'null') THEN 'is_significant'
            WHEN key = 'state' AND value IN ('"OPEN"', '"SIGNOFF"', '"COMPLETED"') THEN key
            ELSE '{ORIGINAL}' || key END,
        CASE WHEN key IN ('class', 'stop_reason') AND value = '""' THEN 'null' ELSE value END
    FROM their_run, {_EACH.format("rr")}
    UNION ALL
    SELECT version, act, run, manual, '{ORIGINAL}deleted', 'true' FROM their_run WHERE deleted
"""
"""An empty class or stop reason is none. OMS's words are merged by version alone, so they are a rule's."""

KNOWN = """
    CREATE TEMP TABLE said_known ON COMMIT DROP AS
    WITH telling AS (
        SELECT b.act, b.run, b.first, b.last, b.version FROM their_bits b LEFT JOIN their_act t ON t.act = b.act
        WHERE b.name = 'online' AND b.last >= 1
            AND (t."by" LIKE 'auto@auto%' OR EXISTS (SELECT FROM their_run r WHERE r.act = b.act AND r.run = b.run))),
    grown AS (
        SELECT n.act, n.run, n.version, (
            SELECT range_agg(int4range(greatest(o.first, 1), least(o.last, 32767) + 1)) FROM telling o
            WHERE o.run = n.run AND o.act <= n.act AND o.first <= 32767) AS known
        FROM (SELECT act, run, min(version) AS version FROM telling GROUP BY act, run) n),
    changed AS (
        SELECT *, known IS DISTINCT FROM lag(known) OVER (PARTITION BY run ORDER BY act) AS is_new FROM grown)
    SELECT act, run, version, (
        SELECT jsonb_agg(jsonb_build_array(lower(r), upper(r) - 1) ORDER BY lower(r)) FROM unnest(known) r) AS known
    FROM changed WHERE is_new AND known IS NOT NULL
"""
"""The lumisections of a run are those of which OMS said something so far; what people say beyond them adds none."""

WORDS_OF_RUNS = """
    INSERT INTO run_change (change_set, run_number, origin, said)
    WITH spoken AS (
        SELECT r.version, r.act, r.run, CASE WHEN r.manual THEN 2 ELSE 1 END AS origin, coalesce(s.said, '{}')
            || CASE WHEN k.known IS NULL THEN '{}' ELSE jsonb_build_object('known', k.known) END AS said
        FROM (SELECT version, act, run, manual FROM their_run UNION SELECT version, act, run, manual FROM said_of_run) r
        LEFT JOIN (SELECT act, run, min(version) AS version FROM their_run WHERE NOT manual GROUP BY act, run) f
            USING (act, run, version)
        LEFT JOIN said_known k ON k.act = f.act AND k.run = f.run
        LEFT JOIN (SELECT version, manual, jsonb_object_agg(name, value) AS said FROM said_of_run
            GROUP BY version, manual) s ON s.version = r.version AND s.manual = r.manual),
    also_known AS (
        SELECT k.version, k.act, k.run, 1 AS origin, jsonb_build_object('known', k.known) AS said FROM said_known k
        WHERE NOT EXISTS (SELECT FROM their_run r WHERE r.act = k.act AND r.run = k.run AND NOT r.manual)),
    unsaid AS (
        SELECT 0 AS version, change_set AS act, run_number AS run, 1 AS origin, '{}'::jsonb AS said FROM run_identity
        WHERE run_number NOT IN (SELECT run FROM their_run))
    SELECT act, run, origin, said FROM (
        SELECT * FROM spoken UNION ALL SELECT * FROM also_known UNION ALL SELECT * FROM unsaid) w
    ORDER BY act, version, origin
"""

SAID_OF_DATASETS = f"""
    CREATE TEMP TABLE said_of_dataset ON COMMIT DROP AS
    WITH said AS (
        SELECT version, act, run, name AS dataset, CASE
                WHEN key LIKE '%\\_state' AND left(key, -6) IN (SELECT name FROM known_workspace)
                    AND value IN ('"waiting dqm gui"', '"not significant for workspace"', '"OPEN"', '"SIGNOFF"',
                        '"COMPLETED"') THEN 'state.' || left(key, -6)
                ELSE '{ORIGINAL}' || key END AS name, value
        FROM their_dataset, {_EACH.format("said")} WHERE NOT (key = 'appeared_in' AND value = '[]')
        UNION ALL
        SELECT version, act, run, name, 'gui.' || link, 'true'::jsonb FROM their_dataset, jsonb_array_elements_text(
            CASE jsonb_typeof(gui) WHEN 'array' THEN gui ELSE '[]' END) link
        UNION ALL
        SELECT version, act, run, name, 'hidden', to_jsonb(deleted) FROM (
            SELECT *, lag(deleted, 1, false) OVER (PARTITION BY run, name ORDER BY version) AS before FROM their_dataset
        ) h WHERE deleted <> before)
    SELECT s.*, p.is_person, NOT p.is_person AND coalesce(bool_or(p.is_person) OVER (
            PARTITION BY s.run, s.dataset, s.name ORDER BY s.version ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            false) AS outdoes_person
    FROM said s LEFT JOIN their_act t USING (act),
        LATERAL (SELECT coalesce(t."by", '') NOT LIKE 'auto@auto%' AS is_person) p
"""
"""Of a dataset the later word holds, whoever speaks: a program's word takes back a person's before it."""

WORDS_OF_DATASETS = """
    INSERT INTO dataset_change (change_set, dataset_id, origin, said, withdraws)
    WITH spoken AS (
        SELECT e.act, e.version, e.run, e.name, 1 AS n,
            CASE WHEN coalesce(t."by", '') LIKE 'auto@auto%' THEN 1 ELSE 2 END AS origin,
            coalesce(s.said, '{}') AS said, NULL::int2[] AS withdraws
        FROM their_dataset e LEFT JOIN their_act t USING (act)
        LEFT JOIN (SELECT version, jsonb_object_agg(name, value) AS said FROM said_of_dataset GROUP BY version) s
            ON s.version = e.version),
    taken_back AS (
        SELECT act, version, run, dataset AS name, 0 AS n, 1 AS origin, jsonb_object_agg(name, 'null'::jsonb) AS said,
            '{2}'::int2[] AS withdraws
        FROM said_of_dataset WHERE outdoes_person GROUP BY act, version, run, dataset)
    SELECT w.act, d.id, w.origin, w.said, w.withdraws
    FROM (SELECT * FROM spoken UNION ALL SELECT * FROM taken_back) w
    JOIN dataset_identity d ON d.run_number = w.run AND d.name = w.name
    ORDER BY w.act, w.version, w.n
"""

MISSES = {
    "attributes of OMS of another type than the registry's: kept as original.oms.<name>": """
        SELECT count(*), (array_agg(run || ' ' || name || ' = ' || value ORDER BY version, name))[:5] FROM said_of_run
        WHERE name LIKE 'original.oms.%'
    """,
    "attributes of runs that the registry does not have: kept in the run's history as original.<name>": """
        SELECT count(*), (array_agg(run || ' ' || name || ' = ' || value ORDER BY version, name))[:5] FROM said_of_run
        WHERE name LIKE 'original.%' AND name NOT LIKE 'original.oms.%'
    """,
    "attributes of datasets that the registry does not have: kept as original.<name>": """
        SELECT count(*), (array_agg(run || ' ' || dataset || ' ' || name || ' = ' || value
            ORDER BY version, name))[:5] FROM said_of_dataset
        WHERE name LIKE 'original.%'
    """,
    "attributes of runs and datasets that are no object: left out": """
        SELECT count(*), (array_agg(run || ': ' || said ORDER BY version))[:5] FROM (
            SELECT version, run, oms AS said FROM their_run UNION ALL SELECT version, run, rr FROM their_run
            UNION ALL SELECT version, run, said FROM their_dataset) s
        WHERE jsonb_typeof(said) <> 'object'
    """,
    "links to the DQM GUI that are no list: left out": """
        SELECT count(*), (array_agg(run || ' ' || name || ' ' || gui ORDER BY version))[:5] FROM their_dataset
        WHERE jsonb_typeof(gui) NOT IN ('array', 'null')
    """,
    "runs of which the original says nothing but has datasets: they stand without attributes": """
        SELECT count(*), (array_agg(run_number::text ORDER BY run_number))[:5] FROM run_identity
        WHERE run_number NOT IN (SELECT run FROM their_run)
    """,
    "acts that the original lost: the events are said by import at the time of the act before": """
        SELECT count(*), (array_agg(act::text ORDER BY act))[:5] FROM act_about
        WHERE act NOT IN (SELECT act FROM their_act)
    """,
}
"""What was not understood of this: kind → how many, and the first of them."""
