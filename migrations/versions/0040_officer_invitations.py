"""Officers' accounts are proposed by one administrator, confirmed by another, and opened by an invitation used once.

The first one comes from the command line, which proposes only while there is no administrator; it may also confirm the
second administrator, because until then nobody else could.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0031"
branch_labels = None
depends_on = None

ADMINISTRATORS = """
CREATE FUNCTION administrators() RETURNS bigint LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT count(DISTINCT person_index) FROM officer WHERE active AND 'administrator' = ANY (roles)
$$
"""

PROPOSAL = """
CREATE FUNCTION check_officer_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    who text := CASE WHEN TG_OP = 'INSERT' THEN NEW.proposed_by ELSE NEW.confirmed_by END;
    index bytea := CASE WHEN TG_OP = 'INSERT' THEN NEW.proposer_index ELSE NEW.confirmer_index END;
BEGIN
    IF TG_OP = 'INSERT' AND num_nonnulls(NEW.confirmed_by, NEW.confirmer_index, NEW.confirmed_at) > 0 THEN
        RAISE EXCEPTION 'a proposal is confirmed afterwards, by a second person' USING ERRCODE = 'SC001';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.confirmed_at IS NOT NULL OR NEW.confirmed_at IS NULL
       OR (OLD.id, OLD.username, OLD.name, OLD.subject_index, OLD.roles, OLD.city, OLD.proposed_by, OLD.proposer_index,
           OLD.created_at) IS DISTINCT FROM
          (NEW.id, NEW.username, NEW.name, NEW.subject_index, NEW.roles, NEW.city, NEW.proposed_by, NEW.proposer_index,
           NEW.created_at)) THEN
        RAISE EXCEPTION 'a proposal is confirmed once, and nothing else of it changes' USING ERRCODE = 'SC001';
    END IF;
    IF who IS NULL THEN
        IF TG_OP = 'INSERT' AND administrators() > 0 THEN
            RAISE EXCEPTION 'the command line makes the first administrator only' USING ERRCODE = 'SC001';
        END IF;
        IF TG_OP = 'UPDATE' AND (administrators() <> 1 OR NOT 'administrator' = ANY (NEW.roles)
           OR NEW.proposed_by IS NULL) THEN
            RAISE EXCEPTION 'the command line confirms the second administrator only' USING ERRCODE = 'SC001';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM officer o WHERE o.id = who AND o.person_index = index AND o.active
                         AND 'administrator' = ANY (o.roles)) THEN
        RAISE EXCEPTION 'accounts are an administrator''s business' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""

INVITATION = """
CREATE FUNCTION check_officer_invitation() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.used_at IS NOT NULL OR (OLD.token_hash, OLD.proposal_id, OLD.reset_id, OLD.created_at, OLD.expires_at)
           IS DISTINCT FROM (NEW.token_hash, NEW.proposal_id, NEW.reset_id, NEW.created_at, NEW.expires_at) THEN
            RAISE EXCEPTION 'an invitation is used once, and nothing else of it changes' USING ERRCODE = 'SC001';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM officer_proposal p WHERE p.id = NEW.proposal_id
                         AND (p.confirmed_at IS NOT NULL OR p.proposed_by IS NULL))
      AND NOT EXISTS (SELECT 1 FROM totp_reset r WHERE r.id = NEW.reset_id AND r.confirmed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an invitation needs the word of two' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""


def _officer(name: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["officer.id"], name=op.f(name))


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "officer_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposer_index", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmer_index", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proposer_index <> subject_index", name=op.f("ck_officer_proposal_proposer")),
        sa.CheckConstraint(
            "confirmer_index <> subject_index and confirmer_index <> proposer_index",
            name=op.f("ck_officer_proposal_confirmer"),
        ),
        sa.CheckConstraint(
            "(proposed_by is null) = (proposer_index is null) and (confirmed_by is null) = (confirmer_index is null)",
            name=op.f("ck_officer_proposal_people"),
        ),
        _officer("fk_officer_proposal_confirmed_by_officer", "confirmed_by"),
        _officer("fk_officer_proposal_proposed_by_officer", "proposed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_proposal")),
    )
    op.create_table(
        "officer_invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("reset_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(proposal_id, reset_id) = 1", name=op.f("ck_officer_invitation_origin")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["officer_proposal.id"], name=op.f("fk_officer_invitation_proposal_id_officer_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["reset_id"], ["totp_reset.id"], name=op.f("fk_officer_invitation_reset_id_totp_reset")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_officer_invitation")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_officer_invitation_proposal_id")),
        sa.UniqueConstraint("reset_id", name=op.f("uq_officer_invitation_reset_id")),
    )
    for function in (ADMINISTRATORS, PROPOSAL, INVITATION):
        op.execute(function)
    for table in ("officer_proposal", "officer_invitation"):
        op.execute(
            f"CREATE TRIGGER {table} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION check_{table}()"
        )
