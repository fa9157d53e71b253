"""In how many lumisections each DCS bit is false and true, beside the counts of flags."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FILL = """
    UPDATE dataset d SET bits = counted.bits
    FROM (
        SELECT s.dataset_id, of_bits.bits
        FROM segments s JOIN dataset o ON o.id = s.dataset_id JOIN run r ON r.run_number = o.run_number,
        LATERAL (
            WITH said AS (
                SELECT (u.c - 1001) * 2 + u.v + 1 AS at,
                       sum(greatest(0, 1 + least(u.l, r.known[2 * i + 2], coalesce(o.known[2 * j + 2], u.l))
                                         - greatest(u.f, r.known[2 * i + 1], coalesce(o.known[2 * j + 1], u.f)))) AS n
                FROM unnest(s.columns, s.firsts, s.lasts, s."values") u(c, f, l, v),
                     generate_series(0, cardinality(r.known) / 2 - 1) i,
                     generate_series(0, coalesce(cardinality(o.known), 2) / 2 - 1) j
                WHERE u.c >= 1001 AND u.v IN (0, 1) GROUP BY 1)
            SELECT array_agg(coalesce(said.n, 0) ORDER BY place) AS bits
            FROM generate_series(1, (SELECT max(at) FROM said WHERE n > 0)) place LEFT JOIN said ON said.at = place
        ) of_bits
        WHERE of_bits.bits IS NOT NULL) counted
    WHERE counted.dataset_id = d.id
"""


def upgrade() -> None:
    op.add_column("dataset", sa.Column("bits", sa.ARRAY(sa.SmallInteger()), nullable=False, server_default="{}"))
    op.alter_column("dataset", "bits", server_default=None)
    op.execute(FILL)


def downgrade() -> None:
    op.drop_column("dataset", "bits")
