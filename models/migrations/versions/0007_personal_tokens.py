"""The tokens that people make for their scripts, and who signed in with which e-groups."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHAT_IT_IS = "id, owner, name, digest, scope, made_at, expires_at"
STAYS_REVOKED = "(OLD.revoked_at, OLD.revoked_by) IS DISTINCT FROM (NEW.revoked_at, NEW.revoked_by)"


def upgrade() -> None:
    op.create_table(
        "known_person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("egroups", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "personal_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["known_person.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("personal_token_digest", "personal_token", ["digest"], unique=True)
    still_good = sa.text("revoked_at IS NULL")
    op.create_index("personal_token_name", "personal_token", ["owner", "name"], unique=True, postgresql_where=still_good)
    op.execute("""
        CREATE FUNCTION refuse_change_of_token() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'A personal token is revoked for good, and never changed or deleted: % is refused.', TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    refuse = "EXECUTE FUNCTION refuse_change_of_token()"
    op.execute(
        "CREATE TRIGGER personal_token_is_kept BEFORE DELETE OR TRUNCATE ON personal_token "
        f"FOR EACH STATEMENT {refuse}"
    )
    op.execute(
        f"CREATE TRIGGER personal_token_is_what_it_is BEFORE UPDATE OF {WHAT_IT_IS} ON personal_token "
        f"FOR EACH STATEMENT {refuse}"
    )
    op.execute(
        "CREATE TRIGGER personal_token_stays_revoked BEFORE UPDATE OF revoked_at, revoked_by ON personal_token "
        f"FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND {STAYS_REVOKED}) {refuse}"
    )


def downgrade() -> None:
    op.drop_table("personal_token")
    op.drop_table("known_person")
    op.execute("DROP FUNCTION refuse_change_of_token()")
