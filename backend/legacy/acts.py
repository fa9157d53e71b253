"""The acts of the original under their own numbers, and what begins to exist by them.

Numbers that the original's sequence skipped become acts that say nothing, because the log has no gaps.
"""

AUTOMATIC = "auto@auto%"
"""Authors of this pattern are the original's programs; everybody else is a person (original-backend.md §1)."""

GAP = "The original has no act of this number."
LOST = "The original lost who did this, when and why."

RIGHT_AWAY = """
    CREATE TEMP TABLE act_about ON COMMIT DROP AS
    SELECT e.act, bool_or(e.what = 'run') AS run, bool_or(e.moves) AS moves, bool_or(e.says) AS says,
        bool_or(e.what = 'bits') AS bits,
        bool_or(e.what = 'flags') AS flags, count(DISTINCT (e.run, e.name)) FILTER (WHERE e.what <> 'run') AS datasets
    FROM (SELECT act, 'run' AS what, run, '' AS name, manual AND rr ? 'state' AS moves, false AS says FROM their_run
          UNION ALL SELECT act, 'dataset', run, name, false, said <> '{}' FROM their_dataset
          UNION ALL SELECT act, 'flags', run, name, false, false FROM their_flags
          UNION ALL SELECT act, 'bits', run, name, false, false FROM their_bits) e
    GROUP BY e.act
"""
"""What each act is about."""

ACTS = f"""
    INSERT INTO change_set (id, at, "by", why, kind)
    SELECT n, coalesce(t.at, max(t.at) OVER (ORDER BY n), (SELECT min(at) FROM their_act), now()),
        coalesce(nullif(t."by", ''), 'import'),
        concat_ws(' ', CASE WHEN t.act IS NOT NULL THEN coalesce(t.comment, '') WHEN a.act IS NULL THEN '{GAP}'
            ELSE '{LOST}' END, '[said too of lumisections that cannot be: ' || b.said || ']'),
        CASE WHEN a.act IS NULL THEN 'setup'
            WHEN t."by" LIKE '{AUTOMATIC}' AND (a.run OR a.bits AND NOT a.flags) THEN 'ingest'
            WHEN a.moves THEN 'move run' WHEN a.run THEN 'edit run' WHEN a.datasets > 1 THEN 'batch'
            WHEN a.says THEN 'dataset' WHEN a.flags AND t."by" LIKE '{AUTOMATIC}' THEN 'classify'
            WHEN a.flags OR a.bits THEN 'flag'
            ELSE 'dataset' END
    FROM generate_series(1, (SELECT greatest((SELECT max(act) FROM their_act), (SELECT max(act) FROM their_event)))) n
    LEFT JOIN their_act t ON t.act = n LEFT JOIN act_about a ON a.act = n
    LEFT JOIN said_beyond b ON b.act = n
    ORDER BY n
"""
"""Nobody can undo what OMS said or what says nothing; the kinds are those that the registry would give."""

RUNS = """
    INSERT INTO run_identity (run_number, change_set)
    SELECT run, min(act) FROM (SELECT run, act FROM their_run UNION ALL SELECT run, act FROM their_dataset
        UNION ALL SELECT run, act FROM their_flags UNION ALL SELECT run, act FROM their_bits) s
    GROUP BY run ORDER BY run
"""
DATASETS = """
    INSERT INTO dataset_identity (run_number, name, change_set)
    SELECT run, name, min(act) FROM (SELECT run, name, act FROM their_dataset
        UNION ALL SELECT run, name, act FROM their_flags UNION ALL SELECT run, name, act FROM their_bits
        UNION ALL SELECT run_number, 'online', change_set FROM run_identity) s
    GROUP BY run, name ORDER BY min(act), run, name <> 'online', name
"""
"""Every run has its online dataset, also where the original did not say so."""

CLOCK = """
    UPDATE clock SET n = (SELECT max(id) FROM change_set),
        at = greatest((SELECT max(at) FROM change_set), clock_timestamp())
"""
