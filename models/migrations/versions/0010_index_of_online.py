"""An index of the briefs of ``online``: a list of runs that asks for flags reads these and no others."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online = sa.text("name = 'online'")
    op.create_index("dataset_brief_online", "dataset_brief", ["run_number"], postgresql_where=online)


def downgrade() -> None:
    op.drop_index("dataset_brief_online", table_name="dataset_brief")
