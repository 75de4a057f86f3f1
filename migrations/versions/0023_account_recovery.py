"""Accounts recovered at a window: one officer asks, another confirms, and a phone number changes in no other way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OFFICER = """
CREATE FUNCTION check_recovering_officer(officer_id text, index bytea, subject text) RETURNS void
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM officer o WHERE o.id = officer_id AND o.person_index = index AND o.active) THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = subject AND i.identity_index = index) THEN
        RAISE EXCEPTION 'nobody recovers their own account' USING ERRCODE = 'SC001';
    END IF;
END $$
"""

RECOVERY = """
CREATE FUNCTION check_recovery() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.confirmed_by, NEW.confirmer_index, NEW.confirmed_at) > 0 THEN
            RAISE EXCEPTION 'a recovery is confirmed afterwards, by a second person' USING ERRCODE = 'SC001';
        END IF;
        PERFORM check_recovering_officer(NEW.proposed_by, NEW.proposer_index, NEW.person_id);
        RETURN NEW;
    END IF;
    IF OLD.confirmed_at IS NOT NULL
       OR num_nulls(NEW.confirmed_by, NEW.confirmer_index, NEW.confirmed_at) > 0
       OR (OLD.id, OLD.person_id, OLD.new_phone, OLD.old_phone, OLD.document_type, OLD.reason, OLD.proposed_by,
           OLD.proposer_index, OLD.created_at)
          IS DISTINCT FROM
          (NEW.id, NEW.person_id, NEW.new_phone, NEW.old_phone, NEW.document_type, NEW.reason, NEW.proposed_by,
           NEW.proposer_index, NEW.created_at) THEN
        RAISE EXCEPTION 'a recovery is confirmed once, and nothing else of it changes' USING ERRCODE = 'SC001';
    END IF;
    PERFORM check_recovering_officer(NEW.confirmed_by, NEW.confirmer_index, NEW.person_id);
    RETURN NEW;
END $$
"""

PHONE = """
CREATE FUNCTION check_phone() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    -- A number may be taken away (erasure); whoever has an identity gets another one only by a confirmed recovery,
    -- also after it was taken away, or when the identity was.
    IF NEW.phone IS NOT NULL
       AND EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = NEW.id)
       AND NEW.phone IS DISTINCT FROM (
           SELECT r.new_phone FROM account_recovery r WHERE r.person_id = NEW.id AND r.confirmed_at IS NOT NULL
            ORDER BY r.confirmed_at DESC, r.created_at DESC LIMIT 1) THEN
        RAISE EXCEPTION 'a phone number changes at a window, by two officers' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "account_recovery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("new_phone", sa.Text(), nullable=False),
        sa.Column("old_phone", sa.Text(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposer_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmer_index", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmer_index is null or confirmer_index <> proposer_index", name=op.f("ck_account_recovery_people")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["officer.id"], name=op.f("fk_account_recovery_confirmed_by_officer")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_recovery_person_id_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["officer.id"], name=op.f("fk_account_recovery_proposed_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery")),
    )
    op.create_index(op.f("ix_account_recovery_person_id"), "account_recovery", ["person_id"], unique=False)
    op.alter_column("notification", "application_id", nullable=True)
    op.add_column("notification", sa.Column("phone", sa.Text(), nullable=True))
    for function in (OFFICER, RECOVERY, PHONE):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER recovery BEFORE INSERT OR UPDATE ON account_recovery"
        " FOR EACH ROW EXECUTE FUNCTION check_recovery()"
    )
    op.execute(
        "CREATE TRIGGER phone BEFORE UPDATE OF phone ON person FOR EACH ROW"
        " WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION check_phone()"
    )
