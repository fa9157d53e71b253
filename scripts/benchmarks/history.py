"""Ten years of CMS as a log, deterministic, made in PostgreSQL itself; the projections are then folded from it.

Each run is taken in from OMS, judged by rules, corrected by a shifter, signed off (which makes two or three offline
datasets), linked to the DQM GUI, corrected and certified by people: eight acts and about 160 words a run. A run is
begun every 90 minutes from 2016 on, 5,840 a year, and its datasets are called by their year: every fourth run is one of
collisions, so that a year has 1,460 datasets that ``/PromptReco/Collisions2016%/DQM`` matches.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, TextClause, text

from backend.db import transaction
from backend.record import columns_by_name, register_columns
from backend.record.columns import KnownColumn, NewColumn
from backend.start import make_ready
from models.vocabulary import DCS_BITS, OFFLINE_COMPONENTS, ONLINE_COMPONENTS, ColumnKind

FIRST_RUN = 265_001
ACTS_PER_RUN = 8
"""Ingest, rules, a shifter's flags, stop reason, sign-off, DQM GUI, a certifier's flags, certification."""

OFFLINE_FLAGS = 85
"""How many flags a dataset has in the field; those that a fresh registry lacks are registered first."""

_MORE_FLAGS = tuple(
    NewColumn(workspace, name, ColumnKind.FLAG)
    for workspace, names in {
        "dt": ("occupancy", "timing", "efficiency"),
        "gem": ("occupancy", "efficiency"),
        "hcal": ("timing", "laser", "noise"),
    }.items()
    for name in names
)

Progress = Callable[[float, str], None]

_RUNS = "generate_series(1, :runs) n, LATERAL (SELECT 20 + n * 7919 % 980 AS lumis) l"
_DATASETS = f"{_RUNS}, generate_series(1, 2 + (n % 3 = 0)::int) d"
_ACT = ":base + (n - 1) * 8"
"""Act k of a run, from 1, is this number and k; dataset d of it, 0 being online, is (n - 1) * 4 + d + 1."""
_CHANCE = "(hashint8extended(n, {salt}) >> 1 & 2147483647)"
_RANGE = f"""
    LATERAL (SELECT 1 + {_CHANCE.format(salt="41 * k + 7 * d + {salt}")} % lumis AS first,
        {_CHANCE.format(salt="43 * k + 5 * d + {salt}")} % 40 AS more,
        {_CHANCE.format(salt="47 * k + 3 * d + {salt}")} AS among) r
"""
"""A range somewhere in the run, at most 41 lumisections long, and a number that chooses what it is about."""

_STATEMENTS: tuple[tuple[str, TextClause], ...] = (
    (
        "acts",
        text(f"""
            INSERT INTO change_set (id, at, "by", why, kind)
            SELECT {_ACT} + k, timestamptz '2016-01-01' + n * interval '90 min' + k * interval '5 min',
                (array['ingest', 'rules', 'S. Tanaka', 'S. Tanaka', 'K. Ito', 'ingest', 'A. Keller', 'J. Novak'])[k],
                CASE WHEN k IN (3, 7) THEN 'seen on the plots of run ' || 265000 + n ELSE '' END,
                (array['ingest', 'classify', 'flag', 'edit run', 'move run', 'dataset', 'flag', 'batch'])[k]
            FROM {_RUNS}, generate_series(1, 8) k ORDER BY n, k
        """),
    ),
    (
        "runs",
        text(f"INSERT INTO run_identity (run_number, change_set) SELECT 265000 + n, {_ACT} + 1 FROM {_RUNS}"),
    ),
    (
        "datasets",
        text(f"""
            INSERT INTO dataset_identity (id, run_number, name, change_set)
            SELECT (n - 1) * 4 + d + 1, 265000 + n, (array['online', '/Express/' || beams || year || '/DQM',
                '/PromptReco/' || beams || year || era || '/DQM',
                '/ReReco/Run' || year || era || '_UL' || year || '/DQM'])[d + 1],
                {_ACT} + CASE d WHEN 0 THEN 1 ELSE 5 END
            FROM {_RUNS}, LATERAL (SELECT 2016 + (n - 1) / 5840 AS year, chr(65 + (n - 1) % 5840 / 730) AS era,
                (array['Collisions', 'Cosmics', 'Commissioning', 'HICollisions'])[1 + n % 4] AS beams) named,
                generate_series(0, 2 + (n % 3 = 0)::int) d ORDER BY n, d
        """),
    ),
    (
        "words about runs",
        text(f"""
            INSERT INTO run_change (change_set, run_number, origin, said)
            SELECT {_ACT} + k, 265000 + n, CASE WHEN k < 3 THEN 1 ELSE 2 END, CASE k
                WHEN 1 THEN attributes || jsonb_build_object('known', jsonb_build_array(jsonb_build_array(1, lumis)),
                    'oms.fill_number', 5000 + n / 8, 'oms.energy', 6500 + n % 3, 'oms.b_field', 3.8,
                    'oms.start_time', moment, 'oms.end_time', moment + lumis * interval '23.31 s',
                    'oms.last_update', moment + lumis * interval '24 s', 'oms.duration', lumis * 23,
                    'oms.delivered_lumi', n % 977 * 0.11, 'oms.recorded_lumi', n % 977 * 0.1,
                    'oms.hlt_key', '/cdaq/physics/Run2018/2e34/v' || n % 90 || '/HLT/V1',
                    'oms.l1_key', 'l1_trg_collisions/v' || n % 70, 'oms.stable_beam', n % 5 > 0,
                    'oms.injection_scheme', '25ns_2556b_2544_2215_2332_144bpi_20injV3',
                    'oms.hlt_physics_counter', n * 31, 'oms.l1_rate', 90000.5, 'oms.cmssw_version', 'CMSSW_10_3_2',
                    'oms.components', '["TRACKER", "DT", "CSC", "ECAL", "HCAL"]'::jsonb)
                WHEN 2 THEN jsonb_build_object('is_significant', n % 3 = 0, 'state', 'OPEN', 'run_class',
                    (array['Collisions18', 'Cosmics18', 'Commissioning18', 'Collisions22'])[1 + n % 4])
                WHEN 4 THEN jsonb_build_object('stop_reason', (array['Dump', 'DCS', 'Run control', ''])[1 + n % 4])
                WHEN 5 THEN '{{"state": "SIGNOFF"}}'::jsonb ELSE '{{"state": "COMPLETED"}}'::jsonb END
            FROM {_RUNS}, LATERAL (SELECT timestamptz '2016-01-01' + n * interval '90 min') t(moment),
                (SELECT jsonb_object_agg('oms.an_attribute_of_oms_' || i, i * 1234.5)
                 FROM generate_series(1, 55) i) o(attributes), unnest(array[1, 2, 4, 5, 8]) k
            WHERE k < 8 OR n * 60 <= :runs * 59 ORDER BY n, k
        """),
    ),
    (
        "words about datasets",
        text(f"""
            INSERT INTO dataset_change (change_set, dataset_id, origin, said)
            SELECT {_ACT} + k, (n - 1) * 4 + d + 1, CASE k WHEN 8 THEN 2 ELSE 1 END, CASE k
                WHEN 5 THEN waiting
                WHEN 6 THEN '{{"gui./Collisions18/DQM": true}}' ||
                    CASE WHEN n * 60 <= :runs * 59 THEN opened ELSE '{{}}' END
                ELSE CASE WHEN n * 60 <= :runs * 57 THEN completed ELSE '{{"state.tracker": "COMPLETED"}}' END END
            FROM {_DATASETS}, (SELECT jsonb_object_agg('state.' || w, 'waiting dqm gui') AS waiting,
                    jsonb_object_agg('state.' || w, CASE WHEN w = 'castor' THEN 'not significant for workspace'
                        ELSE 'OPEN' END) AS opened,
                    jsonb_object_agg('state.' || w, 'COMPLETED') FILTER (WHERE w <> 'castor') AS completed
                FROM unnest(CAST(:workspaces AS text[])) w) s, unnest(array[5, 6, 8]) k ORDER BY n, d, k
        """),
    ),
    (
        "bits",
        text(f"""
            INSERT INTO lumisection_change (change_set, dataset_id, columns, first, last, value, origin)
            SELECT {_ACT} + 1, (n - 1) * 4 + 1, CASE k WHEN 0 THEN CAST(:bits AS int2[])
                    ELSE array[(CAST(:bits AS int2[]))[1 + among % cardinality(CAST(:bits AS int2[]))]] END,
                CASE k WHEN 0 THEN 1 ELSE first END, CASE k WHEN 0 THEN lumis ELSE least(lumis, first + more) END,
                CASE k WHEN 0 THEN 1 ELSE 0 END, 1
            FROM {_RUNS}, LATERAL (SELECT 0 AS d) z, generate_series(0, 35) k, {_RANGE.format(salt=1)} ORDER BY n, k
        """),
    ),
    (
        "flags online",
        text(f"""
            INSERT INTO lumisection_change (change_set, dataset_id, columns, first, last, value, origin, cause, comment)
            SELECT {_ACT} + CASE WHEN k < 18 THEN 2 ELSE 3 END, (n - 1) * 4 + 1, CASE k
                    WHEN 0 THEN CAST(:online AS int2[])
                    ELSE array[(CAST(:online AS int2[]))[1 + among % cardinality(CAST(:online AS int2[]))]] END,
                CASE k WHEN 0 THEN 1 ELSE first END, CASE k WHEN 0 THEN lumis ELSE least(lumis, first + more) END,
                CASE WHEN k = 0 THEN 1 WHEN k < 18 THEN 2 + among % 2 * 2 ELSE 2 END,
                CASE WHEN k < 18 THEN 1 ELSE 2 END,
                CASE WHEN k >= 18 THEN 'power' END,
                CASE WHEN k >= 18 THEN (array['power supply trip', 'high noise', 'readout error'])[1 + among % 3] END
            FROM {_RUNS}, LATERAL (SELECT 0 AS d) z, generate_series(0, 23) k, {_RANGE.format(salt=2)} ORDER BY n, k
        """),
    ),
    (
        "flags of datasets",
        text(f"""
            INSERT INTO lumisection_change (change_set, dataset_id, columns, first, last, value, origin, cause, comment)
            SELECT {_ACT} + CASE WHEN k < 30 THEN 5 ELSE 7 END, (n - 1) * 4 + d + 1, CASE k
                    WHEN -1 THEN CAST(:inverted AS int2[]) WHEN 0 THEN CAST(:offline AS int2[])
                    ELSE array[(CAST(:offline AS int2[]))[1 + among % cardinality(CAST(:offline AS int2[]))]] END,
                CASE WHEN k < 1 THEN 1 ELSE first END, CASE WHEN k < 1 THEN lumis ELSE least(lumis, first + more) END,
                CASE WHEN k = -1 THEN 2 WHEN k = 0 THEN 1 WHEN k < 30 THEN 2 + among % 4 ELSE 1 + among % 2 END,
                CASE WHEN k < 30 THEN 1 ELSE 2 END, CASE WHEN k >= 30 THEN 'detector' END,
                CASE WHEN k >= 30 THEN (array['bad at the edge', 'recovered', 'see the elog'])[1 + among % 3] END
            FROM {_DATASETS}, generate_series(-1, 36) k, {_RANGE.format(salt=3)} ORDER BY n, d, k
        """),
    ),
    (
        "luminosity",
        text(f"""
            INSERT INTO luminosity_change (change_set, run_number, source, first, delivered, recorded)
            SELECT {_ACT} + 1, 265000 + n, 'oms', 1, array_agg(0.0011 * (1 + i % 97) ORDER BY i),
                array_agg(0.001 * (1 + i % 97) ORDER BY i)
            FROM {_RUNS}, LATERAL generate_series(1, lumis) i WHERE n % 5 > 0 GROUP BY n ORDER BY n
        """),
    ),
)
_SET_UP_LONG_AGO = text("UPDATE change_set SET at = timestamptz '2015-12-31' WHERE id <= :base")
_END = (
    text("UPDATE clock SET n = (SELECT max(id) FROM change_set), at = (SELECT max(at) FROM change_set)"),
    text("SELECT setval(pg_get_serial_sequence('dataset_identity', 'id'), (SELECT max(id) FROM dataset_identity))"),
)


def write_history(on: Engine, runs: int, *, trust: bool = True, progress: Progress = lambda done, what: None) -> int:
    """Write so many runs' history into the log of an empty registry; the projections wait for a rebuild.

    Parameters
    ----------
    trust
        Leave out the checks of foreign keys, which take as long as the writing; wants a superuser.

    Returns
    -------
    How many words the log has then.
    """
    make_ready(on)
    add_flags(on)
    values = {"runs": runs, **_columns(on)}
    with on.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        values["base"] = connection.execute(text("SELECT n FROM clock FOR UPDATE")).scalar_one()
        connection.execute(_SET_UP_LONG_AGO, values)
        if not trust:
            connection.execute(text("SET LOCAL session_replication_role = origin"))
        for number, (what, statement) in enumerate(_STATEMENTS):
            progress(number / len(_STATEMENTS), what)
            connection.execute(statement, {name: values[name] for name in statement.compile().params})
        for statement in _END:
            connection.execute(statement)
        words = _words(connection)
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    progress(1.0, "written")
    return words


def add_flags(on: Engine) -> None:
    """Make a dataset have as many flags as in the field."""
    with transaction(on) as session:
        lacking = OFFLINE_FLAGS - len(_flags(columns_by_name(session)))
        register_columns(session, _MORE_FLAGS[: max(lacking, 0)], by="history", why="the flags of the field")


def _columns(on: Engine) -> dict[str, object]:
    """The numbers of the bits and of the flags online and offline, and the workspaces that look at datasets.

    ``inverted`` is the flag whose BAD means keep: rules say BAD of it where luminosity is not low.
    """
    with transaction(on) as session:
        columns = columns_by_name(session)
    flags = _flags(columns)
    online = [columns[f"{w}-{name}"].id for w, names in ONLINE_COMPONENTS.items() for name in names]
    return {
        "bits": [columns[f"oms-{bit}"].id for bit in DCS_BITS],
        "online": online,
        "offline": [column.id for column in flags if not column.is_inverted],
        "inverted": [column.id for column in flags if column.is_inverted],
        "workspaces": ["global", *OFFLINE_COMPONENTS],
    }


def _flags(columns: Mapping[str, KnownColumn]) -> list[KnownColumn]:
    return [column for column in columns.values() if column.kind is ColumnKind.FLAG]


def _words(connection: Connection) -> int:
    tables = ("run_change", "dataset_change", "lumisection_change", "luminosity_change")
    asked = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    words: int = connection.execute(text(f"SELECT {asked}")).scalar_one()
    return words
