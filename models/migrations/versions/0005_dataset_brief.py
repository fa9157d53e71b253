"""Datasets in brief, and the indexes that desks list them by; the keys of runs beside what they are weighed by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DESKS = (
    "btag castor cms csc ctpps dc dt ecal egamma gem global hcal hlt jetmet l1t lumi muon rpc tau tracker"
).split()
STATES = "COMPLETED,OPEN,SIGNOFF,not significant for workspace,waiting dqm gui"
IN_SIGHT = "name <> 'online' AND NOT is_hidden"
IN_GUI = """jsonb_path_exists(attributes, '$.keyvalue().key ? (@ starts with "gui.")')"""

WEIGHED = (
    "fill_number start_time end_time duration_seconds energy_gev b_field_tesla delivered_per_pb recorded_per_pb "
    "run_class is_significant state lumisections proposed_by stable_beam"
).split()
KEYS = ["hlt_key", "l1_key"]


def upgrade() -> None:
    _weigh([*WEIGHED, *KEYS])
    op.create_table(
        "dataset_brief",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_number", sa.Integer(), nullable=False),
        sa.Column("lumisections", sa.Integer(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("is_in_gui", sa.Boolean(), nullable=False),
        sa.Column("states", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        postgresql_with={"fillfactor": 80},
    )
    _fill()
    op.create_index("dataset_brief_run_name", "dataset_brief", ["run_number", "name"], unique=True)
    op.drop_index("dataset_in_gui", table_name="dataset")
    op.drop_index("dataset_in_sight", table_name="dataset")
    _listing("dataset_in_sight", "dataset_brief", IN_SIGHT)
    for place, workspace in enumerate(DESKS):
        op.drop_index(f"dataset_desk_{workspace}", table_name="dataset")
        op.drop_index(f"dataset_state_{workspace}", table_name="dataset")
        state = f"get_byte(states, {place})"
        op.create_index(f"dataset_state_{workspace}", "dataset_brief", [sa.text(f"({state})")])
        _listing(f"dataset_desk_{workspace}", "dataset_brief", f"{state} BETWEEN 1 AND 3 AND {IN_SIGHT}")


def _weigh(included: list[str]) -> None:
    op.drop_index("run_weighed", table_name="run")
    op.create_index("run_weighed", "run", ["run_number"], postgresql_include=included)


def _listing(name: str, table: str, listed: str) -> None:
    columns, included = ["run_number", "id"], ["lumisections"]
    op.create_index(name, table, columns, postgresql_include=included, postgresql_where=sa.text(listed))


def _fill() -> None:
    """What is there already: a byte per workspace, and BAD and GOOD of each flag without trailing zeros."""
    codes = " || ".join(
        f"set_byte('\\x00', 0, coalesce(array_position(string_to_array('{STATES}', ','), states ->> '{workspace}'), 0))"
        for workspace in DESKS
    )
    op.execute(f"""
        INSERT INTO dataset_brief
        SELECT id, run_number, lumisections, last_change, is_hidden, {IN_GUI}, {codes}, name, changed_by,
               coalesce(flags[:(SELECT max(at) FROM generate_subscripts(flags, 1) at WHERE flags[at] > 0)], '{{}}')
        FROM dataset, LATERAL (
            SELECT array_agg(coalesce(counts[flag * 6 + status], 0) ORDER BY flag, status DESC) AS flags
            FROM generate_series(0, cardinality(counts) / 6) flag, generate_series(1, 2) status) f
    """)


def downgrade() -> None:
    _weigh(WEIGHED)
    op.drop_table("dataset_brief")
    for workspace in DESKS:
        state = f"(states ->> '{workspace}')"
        op.create_index(f"dataset_state_{workspace}", "dataset", [sa.text(state)])
        _listing(
            f"dataset_desk_{workspace}", "dataset", f"{state} IN ('OPEN', 'SIGNOFF', 'COMPLETED') AND {IN_SIGHT}"
        )
    _listing("dataset_in_sight", "dataset", IN_SIGHT)
    op.create_index("dataset_in_gui", "dataset", [sa.text(f"({IN_GUI})")])
