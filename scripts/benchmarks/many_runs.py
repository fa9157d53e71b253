"""A registry of very many runs, written straight into the projections: for measuring reads, where no log is needed."""

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.projections.briefs import brief_row
from backend.record.publishing import upsert
from models.attributes import COUNTS_PER_FLAG
from models.dataset_brief import DatasetBrief
from models.vocabulary import OFFLINE_COMPONENTS

_RUNS = text("""
    INSERT INTO run (run_number, fill_number, start_time, end_time, oms_last_update, duration_seconds, energy_gev,
        b_field_tesla, delivered_per_pb, recorded_per_pb, hlt_key, l1_key, l1_hlt_mode, injection_scheme, fill_type,
        clock_type, sequence, cmssw_version, stable_beam, hlt_physics_counter, l1_rate_hz, components, run_class,
        is_significant, state, stop_reason, known, lumisections, proposed_by, oms, last_change, changed_by)
    SELECT 265000 + n, 5000 + n / 8, moment, moment + interval '1 h', moment, 3600, 6500 + n % 3, 3.8,
        n % 977 * 0.11, n % 977 * 0.1, '/cdaq/physics/Run2018/2e34/v' || n % 90 || '/HLT/V1', 'l1_trg_collisions/v' ||
        n % 70, 'collisions', '25ns_2556b', 'PROTONS', 'LHC', 'GLOBAL-RUN', 'CMSSW_10_3_2', true, n * 31, 90000.5,
        '{TRACKER,DT,CSC,ECAL,HCAL}',
        (array['Collisions18', 'Cosmics18', 'Commissioning18', 'Collisions22'])[1 + n % 4],
        n % 3 = 0, (array['OPEN', 'SIGNOFF', 'COMPLETED', 'COMPLETED', 'COMPLETED'])[1 + n % 5], null,
        array[1, 20 + n % 2000], 20 + n % 2000, null, oms || jsonb_build_object('initial_prescale_index', n % 5,
        'era', 'Run2018' || chr(65 + n % 8)), n, 'ingest'
    FROM generate_series(1, :runs) n, LATERAL (SELECT timestamptz '2016-01-01' + n * interval '90 min') t(moment),
        (SELECT jsonb_object_agg('an_attribute_of_oms_' || i, i * 1234.5) FROM generate_series(1, 55) i) o(oms)
""")
_DATASETS = text("""
    INSERT INTO dataset (id, run_number, name, states, is_hidden, attributes, lumisections, counts,
        bits, notes, last_change, changed_by)
    SELECT n * 4 + d, 265000 + n, (array['online', '/Express/Collisions2018/DQM', '/PromptReco/Collisions2018D/DQM',
        '/ReReco/Run2018D_UL2018/DQM'])[d + 1],
        CASE WHEN d = 0 THEN '{}' ELSE (SELECT jsonb_object_agg(workspace, CASE
            WHEN (n + k) % 17 = 0 THEN 'not significant for workspace'
            WHEN n * 60 > :runs * 59 THEN 'waiting dqm gui'
            WHEN n * 60 > :runs * 57 AND (n + k) % 5 > 0 THEN 'OPEN'
            WHEN n * 60 > :runs * 55 AND (n + k) % 4 = 0 THEN 'SIGNOFF' ELSE 'COMPLETED' END)
            FROM unnest(CAST(:workspaces AS text[])) WITH ORDINALITY u(workspace, k)) END,
        n % 97 = 0 AND d = 1,
        CASE WHEN d > 0 AND n * 60 <= :runs * 59 THEN '{"gui./Collisions18/DQM": true}' ELSE '{}' END::jsonb,
        20 + n % 2000,
        (SELECT array_agg(CASE i % 6 WHEN 1 THEN 15 + n % 2000 - bad WHEN 2 THEN bad ELSE 0 END ORDER BY i)
         FROM generate_series(1, :counts) i, LATERAL (SELECT CASE WHEN (n + d + (i - 1) / 6 * 6 + 2) % 37 < 2
            THEN least(15 + n % 2000, n * ((i - 1) / 6 * 6 + 2) % 40) ELSE 0 END) b(bad)),
        CASE WHEN d = 0 THEN (SELECT array_agg(CASE i % 2
            WHEN 1 THEN least(20 + n % 2000, 30) + greatest(n % 2000 - 40, 0)
            ELSE greatest(least(20 + n % 2000, 60) - 30, 0) END ORDER BY i) FROM generate_series(1, 70) i)
            ELSE '{}' END,
        CASE WHEN n % 50 = 0 THEN '{"1": {"causes": [], "comments": ["power supply trip"]}}' ELSE '{}' END::jsonb,
        n, 'rule'
    FROM generate_series(1, :runs) n, generate_series(0, 3) d WHERE d < 3 OR n % 3 = 0
""")
_SEGMENTS = text("""
    INSERT INTO segments (dataset_id, columns, firsts, lasts, "values", changes)
    SELECT n * 4, array_agg(1001 + i % 35 ORDER BY i % 35, i), array_agg(1 + i / 35 * 30 ORDER BY i % 35, i),
        array_agg(CASE i / 35 WHEN 2 THEN 20 + n % 2000 + 61 ELSE 30 + i / 35 * 30 END ORDER BY i % 35, i),
        array_agg(i / 35 % 2 ORDER BY i % 35, i), array_agg(i ORDER BY i % 35, i)
    FROM generate_series(1, :runs) n, generate_series(0, 104) i GROUP BY n
""")
_WHOLE = text("""
    SELECT id, run_number, lumisections, last_change, is_hidden, name, changed_by, states, counts, attributes
    FROM dataset
""")


def fill_with_runs(on: Engine, runs: int) -> None:
    """Put so many runs into an empty registry, each with three datasets and every third with a fourth."""
    ensure_defaults(on)
    flagged = sum(map(len, OFFLINE_COMPONENTS.values()))
    workspaces = ["global", *OFFLINE_COMPONENTS]
    with transaction(on) as session:
        session.execute(_RUNS, {"runs": runs})
        counts = flagged * COUNTS_PER_FLAG
        session.execute(_DATASETS, {"runs": runs, "counts": counts, "workspaces": workspaces})
        session.execute(_SEGMENTS, {"runs": runs})
        _in_brief(session)
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _in_brief(session: Session) -> None:
    """The briefs of all datasets, as the door makes them."""
    rows = session.execute(_WHOLE.execution_options(yield_per=5_000)).mappings()
    for part in rows.partitions():
        upsert(session, DatasetBrief, [brief_row(dict(row)) for row in part])
