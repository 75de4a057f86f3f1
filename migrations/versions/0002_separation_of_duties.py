"""Four eyes as constraints of the database, and the functions that need the owner's rights.

A check in the program can be forgotten by the next door that is built; these hold for every door.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PARTITION = """
CREATE FUNCTION ensure_verification_partition(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    partition text := 'verification_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF day NOT BETWEEN current_date - 10 AND current_date + 400 THEN
        RAISE EXCEPTION 'no partition is made for %', day;
    END IF;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF verification FOR VALUES FROM (%L) TO (%L)', partition, day, day + 1);
    RETURN true;
EXCEPTION
    WHEN duplicate_table THEN RETURN false;
    -- Rows of that day stand in the default partition already: they stay there, with the same constraints.
    WHEN check_violation THEN RETURN false;
END $$
"""

SEPARATION = """
CREATE FUNCTION check_separation() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    applicant bytea;
    office bytea;
BEGIN
    -- The lock makes two officers' acts on one application queue up, so that neither misses the other's row.
    SELECT p.identity_index INTO applicant
      FROM application a JOIN person p ON p.id = a.person_id WHERE a.id = NEW.application_id FOR UPDATE OF a;
    SELECT o.person_index INTO office FROM officer o WHERE o.id = NEW.officer_id;
    IF applicant IS NULL THEN
        RAISE EXCEPTION 'an applicant without identity can''t be decided on' USING ERRCODE = 'SC001';
    END IF;
    IF office IS DISTINCT FROM NEW.person_index THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF NEW.person_index = applicant THEN
        RAISE EXCEPTION 'an applicant may not decide their own application' USING ERRCODE = 'SC001';
    END IF;
    IF TG_TABLE_NAME = 'review' THEN
        IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id
                   AND d.person_index = NEW.person_index) THEN
            RAISE EXCEPTION 'who decided may not review' USING ERRCODE = 'SC001';
        END IF;
    ELSIF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id
                  AND r.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'who reviewed may not decide' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round < NEW.round
               AND r.person_index = NEW.person_index)
       OR EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round < NEW.round
               AND d.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'an appeal goes to others' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""

CARD = """
CREATE FUNCTION check_card_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    made decision%ROWTYPE;
    applicant text;
BEGIN
    SELECT * INTO made FROM decision WHERE id = NEW.decision_id;
    SELECT person_id INTO applicant FROM application WHERE id = NEW.application_id;
    IF made.application_id IS DISTINCT FROM NEW.application_id OR made.outcome <> 'approve'
       OR made.tier IS DISTINCT FROM NEW.tier OR applicant IS DISTINCT FROM NEW.person_id THEN
        RAISE EXCEPTION 'a card needs an approval of this application, person and tier' USING ERRCODE = 'SC002';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM review r WHERE r.application_id = NEW.application_id AND r.round = made.round
                   AND r.outcome = 'recommend' AND r.person_index <> made.person_index) THEN
        RAISE EXCEPTION 'a card needs a review by somebody else' USING ERRCODE = 'SC002';
    END IF;
    IF EXISTS (SELECT 1 FROM decision d WHERE d.application_id = NEW.application_id AND d.round = made.round
               AND d.against_determination)
       AND (SELECT count(DISTINCT d.person_index) FROM decision d WHERE d.application_id = NEW.application_id
            AND d.round = made.round AND d.outcome = 'approve' AND d.tier = NEW.tier) < 2 THEN
        RAISE EXCEPTION 'a decision against the determination needs a second approver' USING ERRCODE = 'SC002';
    END IF;
    RETURN NEW;
END $$
"""

FIXED = """
CREATE FUNCTION check_fixed_columns() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    -- Nested, because a condition is planned as a whole and would name columns that the other tables lack.
    IF TG_TABLE_NAME = 'officer' THEN
        IF (OLD.person_index, OLD.id) IS DISTINCT FROM (NEW.person_index, NEW.id) THEN
            RAISE EXCEPTION 'an account stays with its person' USING ERRCODE = 'SC001';
        END IF;
    ELSIF TG_TABLE_NAME = 'application' THEN
        IF (OLD.person_id, OLD.id) IS DISTINCT FROM (NEW.person_id, NEW.id) THEN
            RAISE EXCEPTION 'an application stays with its person' USING ERRCODE = 'SC001';
        END IF;
    ELSIF (OLD.person_id, OLD.application_id, OLD.decision_id, OLD.tier, OLD.number)
          IS DISTINCT FROM (NEW.person_id, NEW.application_id, NEW.decision_id, NEW.tier, NEW.number) THEN
        RAISE EXCEPTION 'a card keeps its person, number, tier and approval' USING ERRCODE = 'SC002';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Expand the schema."""
    op.execute("CREATE TABLE verification_default PARTITION OF verification DEFAULT")
    op.execute(PARTITION)
    op.execute("CREATE SEQUENCE status_serial INCREMENT 1000 MINVALUE 0 START 0")
    for function in (SEPARATION, CARD, FIXED):
        op.execute(function)
    for table in ("review", "decision"):
        op.execute(
            f"CREATE TRIGGER separation BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION check_separation()"
        )
    op.execute("CREATE TRIGGER approval BEFORE INSERT ON card FOR EACH ROW EXECUTE FUNCTION check_card_approval()")
    for table in ("officer", "application", "card"):
        op.execute(f"CREATE TRIGGER fixed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION check_fixed_columns()")
