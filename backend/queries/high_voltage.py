"""Where the high voltage of detectors is on: the lumisections in which every DCS bit of them says ready."""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import Session

from models.vocabulary import OMS_WORKSPACE, ONLINE, Bit

_BITS = text("SELECT id FROM lumisection_column WHERE workspace = :oms AND name = ANY(:bits)")
_READY = text("""
    WITH asked AS (
        SELECT d.id, o.id AS online, r.known AS of_run, coalesce(d.known, r.known) AS own
        FROM dataset d JOIN run r ON r.run_number = d.run_number
             LEFT JOIN dataset o ON o.run_number = d.run_number AND o.name = :online
        WHERE d.id = ANY(:ids)),
    said AS (
        SELECT s.dataset_id, u.bit, range_agg(int4range(u.first, u.last, '[]')) AS told,
               coalesce(range_agg(int4range(u.first, u.last, '[]')) FILTER (WHERE u.value = :true), '{}') AS ready
        FROM segments s, unnest(s.columns, s.firsts, s.lasts, s."values") AS u (bit, first, last, value)
        WHERE s.dataset_id IN (SELECT id FROM asked UNION SELECT online FROM asked)
              AND u.bit = ANY(:bits) AND u.value <> :null
        GROUP BY s.dataset_id, u.bit),
    by_bit AS (
        SELECT a.id, coalesce(own.ready, '{}') + (coalesce(oms.ready, '{}') - coalesce(own.told, '{}')) AS ready
        FROM asked a CROSS JOIN unnest(CAST(:bits AS int[])) AS wanted (bit)
             LEFT JOIN said own ON own.dataset_id = a.id AND own.bit = wanted.bit
             LEFT JOIN said oms ON oms.dataset_id = a.online AND oms.bit = wanted.bit
        WHERE own.told IS NOT NULL OR oms.told IS NOT NULL),
    in_all AS (
        SELECT id, range_intersect_agg(ready) AS ready FROM by_bit
        GROUP BY id HAVING count(*) = cardinality(CAST(:bits AS int[])))
    SELECT a.id, (
        SELECT coalesce(sum(upper(within) - lower(within)), 0) FROM unnest(i.ready
            * (SELECT range_agg(int4range(a.of_run[2 * at - 1], a.of_run[2 * at], '[]'))
               FROM generate_series(1, cardinality(a.of_run) / 2) at)
            * (SELECT range_agg(int4range(a.own[2 * at - 1], a.own[2 * at], '[]'))
               FROM generate_series(1, cardinality(a.own) / 2) at)) AS within)
    FROM in_all i JOIN asked a ON a.id = i.id
""")


def lumisections_ready(session: Session, ids: Collection[int], *, bits: Collection[str]) -> dict[int, int]:
    """Dataset → its lumisections in which all of these bits (``bpix_ready``) say ready.

    A dataset has its bits from OMS, but for what was said of the dataset itself (as in :func:`strip_of`). A dataset of
    which one of the bits is known nowhere (OMS says null, or nothing) is left out.
    """
    columns = list(session.execute(_BITS, {"oms": OMS_WORKSPACE, "bits": list(bits)}).scalars())
    if len(columns) < len(set(bits)):
        return {}
    asked = {"ids": list(ids), "bits": columns, "online": ONLINE, "true": int(Bit.TRUE), "null": int(Bit.NULL)}
    return {dataset: ready for dataset, ready in session.execute(_READY, asked)}
