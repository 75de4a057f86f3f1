"""A check belongs to one value and to the content of one file, and a card rests on checks or on two approvers.

The database takes the two hashes itself when a check is written. What was ticked before this can't be bound to what it
was about, so that open cases are checked again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BOUND = """
CREATE FUNCTION bind_fact_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    piece evidence%ROWTYPE;
BEGIN
    SELECT * INTO piece FROM evidence WHERE id = NEW.evidence_id;
    IF piece.application_id IS DISTINCT FROM NEW.application_id OR piece.removed_at IS NOT NULL
       OR NOT piece.facts ? NEW.fact THEN
        RAISE EXCEPTION 'this evidence does not state the fact' USING ERRCODE = 'SC004';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM officer o WHERE o.id = NEW.officer_id AND o.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF EXISTS (SELECT 1 FROM application a JOIN person_identity i ON i.person_id = a.person_id
               WHERE a.id = NEW.application_id AND i.identity_index = NEW.person_index) THEN
        RAISE EXCEPTION 'applicants do not check what they state' USING ERRCODE = 'SC001';
    END IF;
    NEW.value_sha256 := sha256(convert_to((piece.facts -> NEW.fact)::text, 'UTF8'));
    NEW.file_sha256 := piece.file_sha256;
    RETURN NEW;
END $$
"""

# Of a list every piece that adds to it counts, of a single value the latest. What the house knows itself is not asked.
UNCHECKED = """
CREATE FUNCTION unchecked_facts(about text, found text, granted text, on_day date) RETURNS text[]
LANGUAGE sql STABLE SET search_path = public AS $$
    WITH result AS (
        SELECT convert_from(canonical, 'UTF8')::jsonb AS it FROM determination
         WHERE id = found AND application_id = about
    ), needed AS (
        SELECT DISTINCT because ->> 'fact' AS fact
          FROM result, jsonb_array_elements(it -> 'met') met, jsonb_array_elements(met -> 'because') because
         WHERE met ->> 'rule' = it ->> 'rule' AND met ->> 'tier' = granted
           AND because ->> 'fact' NOT IN ('birth_date', 'fraud_bar')
    ), stated AS (
        SELECT n.fact, e.id, e.facts -> n.fact AS value, e.file_sha256,
               row_number() OVER (PARTITION BY n.fact ORDER BY e.created_at DESC, e.id DESC) AS latest
          FROM needed n JOIN evidence e
            ON e.application_id = about AND e.removed_at IS NULL AND e.facts ? n.fact
    ), standing AS (
        SELECT s.fact, s.value, s.latest, EXISTS (
               SELECT 1 FROM fact_check c WHERE c.evidence_id = s.id AND c.fact = s.fact
                  AND c.value_sha256 = sha256(convert_to(s.value::text, 'UTF8'))
                  AND c.file_sha256 IS NOT DISTINCT FROM s.file_sha256
                  AND (c.holds_until IS NULL OR c.holds_until >= on_day)) AS checked
          FROM stated s
    )
    SELECT coalesce(array_agg(n.fact ORDER BY n.fact), '{}') FROM needed n
     WHERE NOT EXISTS (SELECT 1 FROM standing s WHERE s.fact = n.fact)
        OR EXISTS (SELECT 1 FROM standing s WHERE s.fact = n.fact AND NOT s.checked
                   AND (s.latest = 1 OR jsonb_typeof(s.value) = 'array'))
$$
"""

CARD = """
CREATE FUNCTION check_card_facts() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    made decision%ROWTYPE;
BEGIN
    IF EXISTS (SELECT 1 FROM card WHERE replaced_by = NEW.id) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO made FROM decision WHERE id = NEW.decision_id;
    IF cardinality(unchecked_facts(NEW.application_id, made.determination_id, NEW.tier, house_day(NEW.issued_at))) > 0
       AND (SELECT count(DISTINCT d.person_index) FROM decision d WHERE d.application_id = NEW.application_id
            AND d.round = made.round AND d.attempt = made.attempt AND d.outcome = 'approve' AND d.tier = NEW.tier
            AND btrim(d.reason) <> '') < 2 THEN
        RAISE EXCEPTION 'the facts of this tier are not checked, and no second approver says why not'
              USING ERRCODE = 'SC004';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make the table, the question and the triggers."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "fact_check",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("application_id", sa.Text(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("evidence_id", sa.Text(), sa.ForeignKey("evidence.id"), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value_sha256", sa.LargeBinary(), nullable=False, server_default=sa.text("''::bytea")),
        sa.Column("file_sha256", sa.Text()),
        sa.Column("officer_id", sa.Text(), sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("holds_until", sa.Date()),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint("how in ('original', 'register', 'employer', 'seal')", name="ck_fact_check_how"),
    )
    op.create_index("ix_fact_check_evidence", "fact_check", ["evidence_id", "fact"])
    op.add_column("decision", sa.Column("unchecked", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.execute(BOUND)
    op.execute(UNCHECKED)
    op.execute(CARD)
    op.execute(
        "CREATE TRIGGER fact_check_is_bound BEFORE INSERT ON fact_check FOR EACH ROW EXECUTE FUNCTION bind_fact_check()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER card_rests_on_checks AFTER INSERT ON card DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION check_card_facts()"
    )


def downgrade() -> None:
    """Leave the checks to the program again."""
    op.execute("DROP TRIGGER card_rests_on_checks ON card")
    op.execute("DROP FUNCTION check_card_facts()")
    op.execute("DROP FUNCTION unchecked_facts(text, text, text, date)")
    op.drop_column("decision", "unchecked")
    op.drop_table("fact_check")
    op.execute("DROP FUNCTION bind_fact_check()")
