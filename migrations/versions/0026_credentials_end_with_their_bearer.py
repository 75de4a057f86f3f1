"""A phone or a dependant that is removed takes its credentials along, whoever removed it.

A verification then reads of a credential alone whether it was revoked. The programs revoke first, status list included;
what they might leave is revoked when their transaction commits.
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION revoke_with_bearer() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_TABLE_NAME = 'device' THEN
        UPDATE credential SET revoked_at = NEW.removed_at WHERE device_id = NEW.id AND revoked_at IS NULL;
    ELSE
        UPDATE credential SET revoked_at = NEW.removed_at WHERE dependant_id = NEW.id AND revoked_at IS NULL;
    END IF;
    RETURN NULL;
END $$
"""

TRIGGER = """
CREATE CONSTRAINT TRIGGER {table}_takes_credentials AFTER UPDATE OF removed_at ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.removed_at IS NOT NULL)
    EXECUTE FUNCTION revoke_with_bearer()
"""

LEFT_OVER = """
UPDATE credential k SET revoked_at = b.removed_at FROM {table} b
    WHERE b.id = k.{table}_id AND b.removed_at IS NOT NULL AND k.revoked_at IS NULL
"""


def upgrade() -> None:
    """Revoke what was left over, and from now on at once."""
    op.execute(FUNCTION)
    for table in ("device", "dependant"):
        op.execute(LEFT_OVER.format(table=table))
        op.execute(TRIGGER.format(table=table))


def downgrade() -> None:
    """Leave it to the programs again."""
    for table in ("device", "dependant"):
        op.execute(f"DROP TRIGGER {table}_takes_credentials ON {table}")
    op.execute("DROP FUNCTION revoke_with_bearer()")
