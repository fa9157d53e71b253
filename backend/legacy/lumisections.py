"""What the original says of lumisections: flags, bits, prescales and luminosity, as ranges of columns.

Flags are folded by (manual, version) there and by (origin, word) here, which is the same. Bits are folded by version
alone, so that all are words of rules. What the original copied from ``online`` when it made a dataset is inherited here
and not said again; where OMS spoke of ``online`` after somebody overrode a dataset's bits, the override is withdrawn.
"""

from models.vocabulary import Bit, Status

_STATUSES = ", ".join(f"('{status.word}', {int(status)})" for status in Status)

SAID_OF_FLAGS = f"""
    CREATE TEMP TABLE said_of_flag ON COMMIT DROP AS
    SELECT w.id, CASE WHEN key LIKE '_%-_%' THEN key ELSE 'original-' || key END AS name,
        CASE WHEN s.status = 'EMPTY' THEN NULL ELSE coalesce(known.number, {int(Status.NOTSET)}) END AS value,
        nullif(value ->> 'cause', '') AS cause,
        CASE WHEN known.number IS NOT NULL OR s.status = 'EMPTY' THEN nullif(value ->> 'comment', '')
            ELSE concat_ws(': ', 'the original says ' || coalesce(s.status, 'no status'),
                nullif(value ->> 'comment', '')) END AS comment,
        known.number IS NULL AND s.status IS DISTINCT FROM 'EMPTY' AS is_strange
    FROM their_flag_words w
    CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(w.said) WHEN 'object' THEN w.said ELSE '{{}}' END) k(key, value)
    CROSS JOIN LATERAL (
        SELECT CASE jsonb_typeof(value) WHEN 'object' THEN value ->> 'status' ELSE value #>> '{{}}' END AS status) s
    LEFT JOIN (VALUES {_STATUSES}) known (word, number) ON known.word = s.status
"""
"""The triplets of each document; a status that the registry does not have becomes NOTSET, with its word."""

SAID_OF_BITS = """
    CREATE TEMP TABLE said_of_bit ON COMMIT DROP AS
    SELECT w.id, key AS name, CASE
            WHEN key = 'prescale_index' THEN 'integer' WHEN key = 'prescale_name' THEN 'text' ELSE 'bit' END AS kind,
        value AS json, value #>> '{}' AS word, CASE
            WHEN key IN ('prescale_index', 'prescale_name') THEN jsonb_typeof(value) <> 'null' AND jsonb_typeof(value)
                <> CASE key WHEN 'prescale_index' THEN 'number' ELSE 'string' END
            ELSE jsonb_typeof(value) NOT IN ('boolean', 'null') END AS is_strange
    FROM their_bit_words w,
        LATERAL jsonb_each(CASE jsonb_typeof(w.said) WHEN 'object' THEN w.said ELSE '{}' END) k(key, value)
"""
"""The bits and prescales of each document."""

COLUMNS = """
    SELECT name, kind, min(act) FROM (
        SELECT s.name, 'flag' AS kind, f.act FROM said_of_flag s JOIN their_flags f ON f.meant = s.id
        UNION ALL
        SELECT 'oms-' || s.name, s.kind, b.act FROM said_of_bit s JOIN their_bits b ON b.meant = s.id
        WHERE NOT s.is_strange) c
    GROUP BY name, kind
"""
"""Every column spoken of, and by which act first."""

TEXTS = """
    INSERT INTO column_text (column_id, word, change_set)
    SELECT c.id, s.word, min(b.act) FROM said_of_bit s JOIN their_bits b ON b.meant = s.id
    JOIN lumisection_column c ON c.workspace = 'oms' AND c.name = s.name
    WHERE s.kind = 'text' AND NOT s.is_strange AND s.word IS NOT NULL GROUP BY c.id, s.word ORDER BY min(b.act), s.word
"""


def _merged(spoken: str) -> str:
    """Ranges of one act, dataset and column that say the same and touch, as one range."""
    same = "act, dataset, origin, name, value, cause, comment, apart"
    return f"""
        spoken AS ({spoken}),
        begun AS (SELECT *, first > 1 + coalesce(max(last) OVER (PARTITION BY {same} ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS begins FROM spoken),
        islands AS (SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY {same} ORDER BY first, last
            ROWS UNBOUNDED PRECEDING) AS island FROM begun),
        ranges AS (SELECT {same}, min(first) AS first, max(last) AS last, min(version) AS version
            FROM islands GROUP BY {same}, island)
    """


_INTO = """
    INSERT INTO lumisection_change
        (change_set, dataset_id, columns, first, last, value, origin, cause, comment, withdraws)
    WITH {merged}
    SELECT act, dataset, array_agg(r.name ORDER BY r.name), first, last, value, origin, cause, comment,
        CASE WHEN value IS NULL THEN {withdraws} END
    FROM ranges r JOIN lumisection_column c ON c.id = r.name
    GROUP BY act, dataset, origin, first, last, value, cause, comment, version, c.kind
    ORDER BY act, version, dataset, first, last, value
"""
"""A word is about columns of one kind: a number means another thing in a bit than in a text."""

FLAGS = _INTO.format(
    withdraws="CASE origin WHEN 2 THEN '{1,2}'::int2[] ELSE '{1}' END",
    merged=_merged("""
        SELECT f.act, d.id AS dataset, CASE WHEN f.manual THEN 2 ELSE 1 END AS origin, c.id AS name, s.value, s.cause,
            s.comment, f.apart, greatest(f.first, 1) AS first, least(f.last, 32767) AS last, f.version
        FROM their_flags f JOIN said_of_flag s ON s.id = f.meant
        JOIN lumisection_column c ON c.kind = 'flag' AND c.workspace || '-' || c.name = s.name
        JOIN dataset_identity d ON d.run_number = f.run AND d.name = f.name
        WHERE f.last >= 1 AND f.first <= 32767
    """),
)

BITS = f"""
    CREATE TEMP TABLE spoken_bit ON COMMIT DROP AS
    SELECT b.act, b.version, b.apart, d.id AS dataset, b.run, b.name AS dataset_name, c.id AS name,
        CASE s.kind WHEN 'bit' THEN CASE s.word WHEN 'true' THEN {int(Bit.TRUE)} WHEN 'false' THEN {int(Bit.FALSE)}
                ELSE {int(Bit.NULL)} END
            WHEN 'text' THEN t.id
            WHEN 'integer' THEN CASE WHEN abs(s.word::numeric) < 2::numeric ^ 31 - 1 THEN s.word::numeric::int END
            END AS value,
        greatest(b.first, 1) AS first, least(b.last, 32767) AS last
    FROM their_bits b JOIN said_of_bit s ON s.id = b.meant AND NOT s.is_strange
    JOIN lumisection_column c ON c.workspace = 'oms' AND c.name = s.name
    JOIN dataset_identity d ON d.run_number = b.run AND d.name = b.name
    LEFT JOIN column_text t ON t.column_id = c.id AND t.word = s.word
    WHERE b.last >= 1 AND b.first <= 32767 AND (b.name = 'online' OR NOT EXISTS (
        SELECT FROM their_dataset made
        WHERE made.act = b.act AND made.run = b.run AND made.name = b.name AND made.said <> '{{}}'))
"""
"""What OMS said of online, and what somebody said of the bits of another dataset: not what was copied at its making."""

BIT_WORDS = _INTO.format(
    withdraws="'{1}'::int2[]",
    merged=_merged("""
        SELECT act, dataset, 1 AS origin, name, value, NULL::text AS cause, NULL::text AS comment, apart, first, last,
            version
        FROM spoken_bit WHERE value IS NOT NULL
        UNION ALL
        SELECT b.act, b.dataset, 1, b.name, NULL, NULL, NULL, b.apart, b.first, b.last, b.version
        FROM spoken_bit b JOIN (
            SELECT dataset, name, min(version) AS version FROM spoken_bit WHERE value IS NOT NULL GROUP BY dataset, name
        ) before ON before.dataset = b.dataset AND before.name = b.name AND before.version < b.version
        WHERE b.value IS NULL
        UNION ALL
        SELECT o.act, b.dataset, 1, o.name, NULL, NULL, NULL, o.apart, greatest(o.first, b.first),
            least(o.last, b.last), o.version
        FROM spoken_bit b JOIN spoken_bit o ON o.run = b.run AND o.name = b.name AND o.act > b.act
            AND o.dataset_name = 'online' AND o.first <= b.last AND b.first <= o.last
        WHERE b.dataset_name <> 'online'
    """),
)
"""A prescale that became null is unsaid again."""

LUMINOSITY = """
    INSERT INTO luminosity_change (change_set, run_number, source, first, delivered, recorded)
    SELECT act, run, 'brilcalc', first,
        ARRAY(SELECT v * {unit} FROM unnest(delivered) WITH ORDINALITY u(v, n) ORDER BY n),
        ARRAY(SELECT v * {unit} FROM unnest(recorded) WITH ORDINALITY u(v, n) ORDER BY n)
    FROM their_luminosity ORDER BY act, run, first
"""

BEYOND = """
    CREATE TEMP TABLE said_beyond ON COMMIT DROP AS
    SELECT act, string_agg(format('%s %s %s: %s', run, name, CASE WHEN first < 1 THEN 'from ' || first
        ELSE 'to ' || last END, said), '; ' ORDER BY version) AS said FROM (
        SELECT f.act, f.version, f.run, f.name, f.first, f.last, w.said FROM their_flags f
        JOIN their_flag_words w ON w.id = f.meant WHERE f.first < 1 OR f.last > 32767
        UNION ALL
        SELECT b.act, b.version, b.run, b.name, b.first, b.last, w.said FROM their_bits b
        JOIN their_bit_words w ON w.id = b.meant WHERE b.first < 1 OR b.last > 32767) s
    GROUP BY act
"""
"""What each act says of lumisections that cannot be: below 1, or above 32767."""

MISSES = {
    "statuses that the registry does not have: kept as NOTSET, the word in the comment": """
        SELECT count(*), (array_agg(format('%s %s %s-%s %s: %s', f.run, f.name, f.first, f.last, s.name, s.comment)
            ORDER BY f.version))[:5]
        FROM said_of_flag s JOIN their_flags f ON f.meant = s.id WHERE s.is_strange
    """,
    "ranges with lumisections below 1 or above 32767: these are left out, and said in the act's reason": """
        SELECT count(*), (array_agg(format('%s %s %s-%s', run, name, first, last) ORDER BY version))[:5]
        FROM (SELECT run, name, first, last, version FROM their_flags
              UNION ALL SELECT run, name, first, last, version FROM their_bits) r WHERE first < 1 OR last > 32767
    """,
    "components without a workspace: columns of the workspace original": """
        SELECT count(*), (array_agg(name ORDER BY name))[:5] FROM (
            SELECT DISTINCT name FROM said_of_flag WHERE name LIKE 'original-%') s
    """,
    "attributes of OMS lumisections that are neither bit nor prescale nor luminosity: left out": """
        SELECT count(*), (array_agg(name || ' = ' || json ORDER BY name, id))[:5] FROM said_of_bit WHERE is_strange
    """,
    "documents that are no objects: left out": """
        SELECT count(*), (array_agg(id || ': ' || said ORDER BY id))[:5] FROM (
            SELECT * FROM their_flag_words UNION ALL SELECT * FROM their_bit_words) w
        WHERE jsonb_typeof(said) <> 'object'
    """,
}
"""What was not understood of this: kind → how many, and the first of them."""
