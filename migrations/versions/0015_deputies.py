"""Deputies: whoever stands in for another officer counts as one person with them, in every constraint of four eyes.

What ties two people is the deputation as it was entered, and nothing about it can be taken back: it counts for every
application that was made before its last day, whether it has begun, runs, or was ended early.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIED_SINCE = """
CREATE FUNCTION tied_since(made timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    -- An application that claims to come from the future would loosen every tie that ends before it.
    SELECT (LEAST(made, now()) AT TIME ZONE 'Asia/Shanghai')::date
$$
"""

SAME_EYES = """
CREATE FUNCTION same_eyes(one bytea, other bytea, since date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT one = other OR EXISTS (
        SELECT 1 FROM deputation d WHERE d.until_day >= since
           AND ((d.officer_index = one AND d.deputy_index = other)
             OR (d.officer_index = other AND d.deputy_index = one)))
$$
"""

DEPUTATION = """
CREATE FUNCTION check_deputation() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(OLD) - 'ended_at' - 'ended_by') IS DISTINCT FROM (to_jsonb(NEW) - 'ended_at' - 'ended_by')
           OR OLD.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'a deputation can only be ended, and once' USING ERRCODE = 'SC001';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM officer o, officer d
                   WHERE o.id = NEW.officer_id AND o.person_index = NEW.officer_index AND o.active
                     AND d.id = NEW.deputy_id AND d.person_index = NEW.deputy_index AND d.active) THEN
        RAISE EXCEPTION 'the people of a deputation are not those of its officers' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""

SEPARATION = """
CREATE OR REPLACE FUNCTION check_separation() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    applicant text;
    office bytea;
    found determination%ROWTYPE;
    against boolean;
    tied_from date;
BEGIN
    -- The lock makes two officers' acts on one application queue up, so that neither misses the other's row.
    SELECT a.person_id, tied_since(a.created_at) INTO applicant, tied_from
      FROM application a JOIN person p ON p.id = a.person_id
     WHERE a.id = NEW.application_id AND p.identity_index IS NOT NULL FOR UPDATE OF a;
    IF applicant IS NULL THEN
        RAISE EXCEPTION 'an applicant without identity can''t be decided on' USING ERRCODE = 'SC001';
    END IF;
    SELECT o.person_index INTO office FROM officer o WHERE o.id = NEW.officer_id AND o.active;
    IF office IS DISTINCT FROM NEW.person_index THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF NEW.on_behalf_of IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM deputation d WHERE d.officer_id = NEW.on_behalf_of AND d.deputy_id = NEW.officer_id
           AND d.ended_at IS NULL
           AND (NEW.created_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN d.from_day AND d.until_day) THEN
        RAISE EXCEPTION 'nobody has made this officer a deputy' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = applicant
               AND same_eyes(i.identity_index, NEW.person_index, tied_from)) THEN
        RAISE EXCEPTION 'an applicant may not decide their own application' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM conflict_of_interest c WHERE c.application_id = NEW.application_id
               AND same_eyes(c.person_index, NEW.person_index, tied_from)) THEN
        RAISE EXCEPTION 'a conflict of interest is declared' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round <> NEW.round
               AND same_eyes(r.person_index, NEW.person_index, tied_from))
       OR EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round <> NEW.round
               AND same_eyes(d.person_index, NEW.person_index, tied_from)) THEN
        RAISE EXCEPTION 'an appeal goes to others' USING ERRCODE = 'SC001';
    END IF;
    IF TG_TABLE_NAME = 'review' THEN
        IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id
                   AND same_eyes(d.person_index, NEW.person_index, tied_from)) THEN
            RAISE EXCEPTION 'who decided may not review' USING ERRCODE = 'SC001';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id
               AND same_eyes(r.person_index, NEW.person_index, tied_from)) THEN
        RAISE EXCEPTION 'who reviewed may not decide' USING ERRCODE = 'SC001';
    END IF;
    -- The first and the second approver; a unique constraint says it of one person, this of a person and a deputy.
    IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round = NEW.round
               AND d.attempt = NEW.attempt AND d.part <> NEW.part
               AND same_eyes(d.person_index, NEW.person_index, tied_from)) THEN
        RAISE EXCEPTION 'a second approver is somebody else' USING ERRCODE = 'SC001';
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
    tied_from date;
BEGIN
    SELECT * INTO made FROM decision WHERE id = NEW.decision_id;
    SELECT person_id, tied_since(created_at) INTO applicant, tied_from
      FROM application WHERE id = NEW.application_id FOR UPDATE;
    IF made.application_id IS DISTINCT FROM NEW.application_id OR made.outcome <> 'approve'
       OR made.tier IS DISTINCT FROM NEW.tier OR applicant IS DISTINCT FROM NEW.person_id THEN
        RAISE EXCEPTION 'a card needs an approval of this application, person and tier' USING ERRCODE = 'SC002';
    END IF;
    IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round > made.round) THEN
        RAISE EXCEPTION 'the approval was overtaken by a later round' USING ERRCODE = 'SC002';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round = made.round
                   AND r.outcome = 'recommend' AND NOT same_eyes(r.person_index, made.person_index, tied_from)) THEN
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
                       AND same_eyes(r.person_index, i.identity_index, tied_from))
               OR EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id
                          AND same_eyes(d.person_index, i.identity_index, tied_from)))) THEN
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
        IF (OLD.person_id, OLD.id, OLD.created_at) IS DISTINCT FROM (NEW.person_id, NEW.id, NEW.created_at)
           OR NEW.round < OLD.round THEN
            RAISE EXCEPTION 'an application stays with its person and day, and its rounds go on'
                  USING ERRCODE = 'SC001';
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
    """Expand the schema; the constraints become narrower."""
    op.create_table(
        "deputation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("officer_index", sa.LargeBinary(), nullable=False),
        sa.Column("deputy_id", sa.Text(), nullable=False),
        sa.Column("deputy_index", sa.LargeBinary(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("officer_index <> deputy_index", name=op.f("ck_deputation_people")),
        sa.CheckConstraint("from_day <= until_day", name=op.f("ck_deputation_days")),
        sa.ForeignKeyConstraint(["deputy_id"], ["officer.id"], name=op.f("fk_deputation_deputy_id_officer")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_deputation_ended_by_officer")),
        sa.ForeignKeyConstraint(["entered_by"], ["officer.id"], name=op.f("fk_deputation_entered_by_officer")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_deputation_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputation")),
    )
    op.create_index("ix_deputation_deputy", "deputation", ["deputy_index", "until_day"])
    op.create_index("ix_deputation_officer", "deputation", ["officer_index", "until_day"])
    for table in ("review", "decision"):
        op.add_column(table, sa.Column("on_behalf_of", sa.Text(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_on_behalf_of_officer"), table, "officer", ["on_behalf_of"], ["id"])
    for function in (TIED_SINCE, SAME_EYES, DEPUTATION, SEPARATION, CARD, FIXED):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER deputation BEFORE INSERT OR UPDATE ON deputation"
        " FOR EACH ROW EXECUTE FUNCTION check_deputation()"
    )
