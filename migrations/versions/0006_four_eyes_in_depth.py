"""Four eyes against changed rows: earlier identities, other rounds, a false word about the determination, ended cards.

What the second migration began: now neither an UPDATE of a person, an officer or a card, nor an INSERT with a made-up
round or flag gets round the separation of duties.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IDENTITY = """
CREATE FUNCTION keep_identity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.identity_index IS NOT NULL THEN
        INSERT INTO person_identity (person_id, identity_index, since)
        VALUES (NEW.id, NEW.identity_index, now()) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""

SEPARATION = """
CREATE OR REPLACE FUNCTION check_separation() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    applicant text;
    office bytea;
    found determination%ROWTYPE;
    against boolean;
BEGIN
    -- The lock makes two officers' acts on one application queue up, so that neither misses the other's row.
    SELECT a.person_id INTO applicant
      FROM application a JOIN person p ON p.id = a.person_id
     WHERE a.id = NEW.application_id AND p.identity_index IS NOT NULL FOR UPDATE OF a;
    IF applicant IS NULL THEN
        RAISE EXCEPTION 'an applicant without identity can''t be decided on' USING ERRCODE = 'SC001';
    END IF;
    SELECT o.person_index INTO office FROM officer o WHERE o.id = NEW.officer_id AND o.active;
    IF office IS DISTINCT FROM NEW.person_index THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = applicant
               AND i.identity_index = NEW.person_index) THEN
        RAISE EXCEPTION 'an applicant may not decide their own application' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM conflict_of_interest c WHERE c.application_id = NEW.application_id
               AND c.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'a conflict of interest is declared' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round <> NEW.round
               AND r.person_index = NEW.person_index)
       OR EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round <> NEW.round
               AND d.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'an appeal goes to others' USING ERRCODE = 'SC001';
    END IF;
    IF TG_TABLE_NAME = 'review' THEN
        IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id
                   AND d.person_index = NEW.person_index) THEN
            RAISE EXCEPTION 'who decided may not review' USING ERRCODE = 'SC001';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id
               AND r.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'who reviewed may not decide' USING ERRCODE = 'SC001';
    END IF;
    SELECT * INTO found FROM determination WHERE id = NEW.determination_id;
    IF found.application_id IS DISTINCT FROM NEW.application_id THEN
        RAISE EXCEPTION 'the determination is of another application' USING ERRCODE = 'SC001';
    END IF;
    against := found.tier IS DISTINCT FROM CASE WHEN NEW.outcome = 'approve' THEN NEW.tier END;
    IF NEW.against_determination IS DISTINCT FROM against THEN
        RAISE EXCEPTION 'what is said about the determination is not so' USING ERRCODE = 'SC001';
    END IF;
    IF against AND btrim(NEW.reason) = '' THEN
        RAISE EXCEPTION 'a decision against the determination needs a reason' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""

CARD = """
CREATE OR REPLACE FUNCTION check_card_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    made decision%ROWTYPE;
    applicant text;
BEGIN
    SELECT * INTO made FROM decision WHERE id = NEW.decision_id;
    SELECT person_id INTO applicant FROM application WHERE id = NEW.application_id FOR UPDATE;
    IF made.application_id IS DISTINCT FROM NEW.application_id OR made.outcome <> 'approve'
       OR made.tier IS DISTINCT FROM NEW.tier OR applicant IS DISTINCT FROM NEW.person_id THEN
        RAISE EXCEPTION 'a card needs an approval of this application, person and tier' USING ERRCODE = 'SC002';
    END IF;
    IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round > made.round) THEN
        RAISE EXCEPTION 'the approval was overtaken by a later round' USING ERRCODE = 'SC002';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round = made.round
                   AND r.outcome = 'recommend' AND r.person_index <> made.person_index) THEN
        RAISE EXCEPTION 'a card needs a review by somebody else' USING ERRCODE = 'SC002';
    END IF;
    IF made.against_determination
       AND (SELECT count(DISTINCT d.person_index) FROM decision d WHERE d.application_id = NEW.application_id
            AND d.round = made.round AND d.attempt = made.attempt AND d.outcome = 'approve' AND d.tier = NEW.tier) < 2
    THEN
        RAISE EXCEPTION 'a decision against the determination needs a second approver' USING ERRCODE = 'SC002';
    END IF;
    -- Once more for every identity the applicant has had, because one may have been added since the decision.
    IF EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = NEW.person_id AND (
               EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id
                       AND r.person_index = i.identity_index)
               OR EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id
                          AND d.person_index = i.identity_index))) THEN
        RAISE EXCEPTION 'an applicant may not decide their own application' USING ERRCODE = 'SC002';
    END IF;
    IF NEW.state <> 'active' THEN
        RAISE EXCEPTION 'a card begins as active' USING ERRCODE = 'SC002';
    END IF;
    RETURN NEW;
END $$
"""

FIXED = """
CREATE OR REPLACE FUNCTION check_fixed_columns() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    -- Nested, because a condition is planned as a whole and would name columns that the other tables lack.
    IF TG_TABLE_NAME = 'officer' THEN
        IF (OLD.person_index, OLD.id) IS DISTINCT FROM (NEW.person_index, NEW.id) THEN
            RAISE EXCEPTION 'an account stays with its person' USING ERRCODE = 'SC001';
        END IF;
    ELSIF TG_TABLE_NAME = 'application' THEN
        IF (OLD.person_id, OLD.id) IS DISTINCT FROM (NEW.person_id, NEW.id) OR NEW.round < OLD.round THEN
            RAISE EXCEPTION 'an application stays with its person, and its rounds go on' USING ERRCODE = 'SC001';
        END IF;
    ELSE
        IF (OLD.person_id, OLD.application_id, OLD.decision_id, OLD.tier, OLD.number)
           IS DISTINCT FROM (NEW.person_id, NEW.application_id, NEW.decision_id, NEW.tier, NEW.number) THEN
            RAISE EXCEPTION 'a card keeps its person, number, tier and approval' USING ERRCODE = 'SC002';
        END IF;
        IF OLD.state IN ('revoked', 'expired', 'replaced') AND NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'an ended card stays ended' USING ERRCODE = 'SC002';
        END IF;
        IF NEW.valid_until > OLD.valid_until THEN
            RAISE EXCEPTION 'a card''s validity is never extended; a renewal is a new card' USING ERRCODE = 'SC002';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Expand the schema; the constraints that change only become narrower where they must."""
    op.create_table(
        "person_identity",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "identity_index", name=op.f("pk_person_identity")),
    )
    op.create_table(
        "conflict_of_interest",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_conflict_of_interest_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["officer.id"], name=op.f("fk_conflict_of_interest_declared_by_officer")
        ),
        sa.PrimaryKeyConstraint("application_id", "person_index", name=op.f("pk_conflict_of_interest")),
    )
    op.execute(
        "INSERT INTO person_identity SELECT id, identity_index, now() FROM person WHERE identity_index IS NOT NULL"
    )
    op.execute(IDENTITY)
    op.execute(
        "CREATE TRIGGER keep_identity AFTER INSERT OR UPDATE OF identity_index ON person"
        " FOR EACH ROW EXECUTE FUNCTION keep_identity()"
    )
    for table, unique in (("review", ("person_index",)), ("decision", ("person_index", "part"))):
        op.add_column(table, sa.Column("attempt", sa.Integer(), server_default="1", nullable=False))
        for column in unique:
            op.drop_constraint(f"uq_{table}_application_id_round_{column}", table)
            op.create_unique_constraint(
                f"uq_{table}_application_id_round_attempt_{column}",
                table,
                ["application_id", "round", "attempt", column],
            )
    # One card for one approval; an application that was reopened may have more than one approval, and so cards.
    op.drop_constraint("uq_card_application_id", "card")
    op.create_index(op.f("ix_card_application_id"), "card", ["application_id"])
    op.create_unique_constraint("uq_card_decision_id", "card", ["decision_id"])
    for function in (SEPARATION, CARD, FIXED):
        op.execute(function)
