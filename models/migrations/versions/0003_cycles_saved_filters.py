"""Cycles with their words, filters that people keep, and the indexes that desks list datasets by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("cycle", "cycle_change")
WORKSPACES = (
    "btag castor cms csc ctpps dc dt ecal egamma gem global hcal hlt jetmet l1t lumi muon rpc tau tracker"
).split()
WEIGHED = (
    "fill_number start_time end_time duration_seconds energy_gev b_field_tesla delivered_per_pb recorded_per_pb "
    "run_class is_significant state lumisections proposed_by stable_beam"
).split()
IN_SIGHT = "name <> 'online' AND NOT is_hidden"
IN_GUI = """(jsonb_path_exists(attributes, '$.keyvalue().key ? (@ starts with "gui.")'))"""


def upgrade() -> None:
    _cycles()
    _saved_filters()
    for workspace in WORKSPACES:
        state = f"(states ->> '{workspace}')"
        editable = sa.text(f"{state} IN ('OPEN', 'SIGNOFF', 'COMPLETED') AND {IN_SIGHT}")
        op.create_index(f"dataset_state_{workspace}", "dataset", [sa.text(state)])
        _listing(f"dataset_desk_{workspace}", editable)
    _listing("dataset_in_sight", sa.text(IN_SIGHT))
    op.create_index("dataset_in_gui", "dataset", [sa.text(IN_GUI)])
    op.create_index("run_weighed", "run", ["run_number"], postgresql_include=WEIGHED)


def _listing(name: str, listed: sa.TextClause) -> None:
    columns = ["run_number", "id"]
    op.create_index(name, "dataset", columns, postgresql_include=["lumisections"], postgresql_where=listed)


def _cycles() -> None:
    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("change_set", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_cycle_change_set"), "cycle", ["change_set"])
    op.create_table(
        "cycle_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("change_set", sa.BigInteger(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("removed", sa.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"]),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("cycle_change_cycle", "cycle_change", ["cycle_id", "id"])
    op.create_index(op.f("ix_cycle_change_change_set"), "cycle_change", ["change_set"])
    op.create_table(
        "cycle_now",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("states", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("datasets", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _saved_filters() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("saved_filter_name", "saved_filter", ["owner", "subject", "name"], unique=True)


def downgrade() -> None:
    op.drop_index("run_weighed", table_name="run")
    op.drop_index("dataset_in_gui", table_name="dataset")
    op.drop_index("dataset_in_sight", table_name="dataset")
    for workspace in WORKSPACES:
        op.drop_index(f"dataset_desk_{workspace}", table_name="dataset")
        op.drop_index(f"dataset_state_{workspace}", table_name="dataset")
    for table in ("saved_filter", "cycle_now", "cycle_change", "cycle"):
        op.drop_table(table)
