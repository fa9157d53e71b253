"""Golden JSONs with their words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("golden_json", "golden_json_change")


def upgrade() -> None:
    _golden_json()
    _golden_json_change()
    _golden_json_now()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _golden_json() -> None:
    op.create_table(
        "golden_json",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("change_set", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("lumisections", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=True),
        sa.Column("last_run", sa.Integer(), nullable=True),
        sa.Column("delivered_per_pb", sa.Double(), nullable=True),
        sa.Column("recorded_per_pb", sa.Double(), nullable=True),
        sa.Column("without_luminosity", sa.Integer(), nullable=False),
        sa.Column("recipe_name", sa.Text(), nullable=True),
        sa.Column("recipe_version", sa.Integer(), nullable=True),
        sa.Column("rule", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("pattern", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=True),
        sa.Column("datasets", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("came_as", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_golden_json_change_set"), "golden_json", ["change_set"])
    op.create_index(op.f("ix_golden_json_sha256"), "golden_json", ["sha256"])


def _golden_json_change() -> None:
    op.create_table(
        "golden_json_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("change_set", sa.BigInteger(), nullable=False),
        sa.Column("golden_json_id", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"]),
        sa.ForeignKeyConstraint(["golden_json_id"], ["golden_json.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("golden_json_change_of", "golden_json_change", ["golden_json_id", "id"])
    op.create_index(op.f("ix_golden_json_change_change_set"), "golden_json_change", ["change_set"])


def _golden_json_now() -> None:
    op.create_table(
        "golden_json_now",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("official", sa.Text(), nullable=True),
        sa.Column("official_since", sa.BigInteger(), nullable=True),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_golden_json_now_made_by"), "golden_json_now", ["made_by"])
    op.create_index("golden_json_official", "golden_json_now", ["official", "official_since"])


def downgrade() -> None:
    for table in ("golden_json_now", "golden_json_change", "golden_json"):
        op.drop_table(table)
