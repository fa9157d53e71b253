"""In how many lumisections each DCS bit is false and true, beside the counts of flags."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FILL = """
    WITH counted AS (
        SELECT s.dataset_id, (u.c - 1001) * 2 + u.v + 1 AS at,
               sum(greatest(0, 1 + least(u.l, r.known[2 * i + 2], coalesce(d.known[2 * j + 2], u.l))
                                 - greatest(u.f, r.known[2 * i + 1], coalesce(d.known[2 * j + 1], u.f)))) AS n
        FROM segments s JOIN dataset d ON d.id = s.dataset_id JOIN run r ON r.run_number = d.run_number,
             unnest(s.columns, s.firsts, s.lasts, s."values") u(c, f, l, v),
             generate_series(0, cardinality(r.known) / 2 - 1) i,
             generate_series(0, coalesce(cardinality(d.known), 2) / 2 - 1) j
        WHERE u.c >= 1001 AND u.v IN (0, 1) GROUP BY 1, 2),
    length AS (SELECT dataset_id, max(at) AS last FROM counted WHERE n > 0 GROUP BY 1),
    bits AS (
        SELECT l.dataset_id, array_agg(coalesce(c.n, 0) ORDER BY place) AS bits
        FROM length l CROSS JOIN LATERAL generate_series(1, l.last) place
             LEFT JOIN counted c ON c.dataset_id = l.dataset_id AND c.at = place
        GROUP BY 1)
    UPDATE dataset d SET bits = b.bits FROM bits b WHERE b.dataset_id = d.id
"""


def upgrade() -> None:
    op.add_column("dataset", sa.Column("bits", sa.ARRAY(sa.SmallInteger()), nullable=False, server_default="{}"))
    op.alter_column("dataset", "bits", server_default=None)
    op.execute(FILL)


def downgrade() -> None:
    op.drop_column("dataset", "bits")
