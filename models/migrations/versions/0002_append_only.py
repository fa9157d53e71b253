"""The log is append-only: the database refuses to change or delete it; the clock starts; segments can be read by people."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "change_set",
    "run_change",
    "dataset_change",
    "lumisection_change",
    "luminosity_change",
    "configuration_change",
    "run_identity",
    "dataset_identity",
    "lumisection_column",
    "column_text",
)


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The log is append-only: % of % is refused. To undo is to append.', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute("INSERT INTO clock (one, n) VALUES (true, 0)")
    op.execute(
        """
        CREATE VIEW segment AS
        SELECT s.dataset_id, d.run_number, d.name, c.workspace, c.name AS column_name, c.kind,
               u.first, u.last, u.value, u.change
        FROM segments s
        JOIN dataset d ON d.id = s.dataset_id
        CROSS JOIN LATERAL unnest(s.columns, s.firsts, s.lasts, s."values", s.changes)
             AS u (column_id, first, last, value, change)
        JOIN lumisection_column c ON c.id = u.column_id
        """
    )


def downgrade() -> None:
    op.execute("DROP VIEW segment")
    op.execute("DROP FUNCTION refuse_change() CASCADE")
