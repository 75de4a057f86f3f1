"""A lost or damaged card gives its place to another: the same approval, a new number, the old one ended for good.

The old card names its successor in the statement that ends it, and only a card that is active or suspended can; so
neither an ended card nor one approval twice brings a card into the world.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CARD = """
CREATE OR REPLACE FUNCTION check_card_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    made decision%ROWTYPE;
    applicant text;
    tied_from date;
    before card%ROWTYPE;
BEGIN
    IF NEW.replaced_by IS NOT NULL OR NEW.state <> 'active' THEN
        RAISE EXCEPTION 'a card begins as active' USING ERRCODE = 'SC002';
    END IF;
    -- A card in the place of another rests on the same approval, which was examined when the first was issued.
    SELECT * INTO before FROM card WHERE replaced_by = NEW.id;
    IF FOUND THEN
        IF (before.person_id, before.application_id, before.decision_id, before.tier, before.track, before.city)
           IS DISTINCT FROM (NEW.person_id, NEW.application_id, NEW.decision_id, NEW.tier, NEW.track, NEW.city)
           OR NEW.valid_until > before.valid_until THEN
            RAISE EXCEPTION 'a replacement is the same card under another number' USING ERRCODE = 'SC002';
        END IF;
        RETURN NEW;
    END IF;
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
        IF NEW.replaced_by IS DISTINCT FROM OLD.replaced_by
           AND (OLD.replaced_by IS NOT NULL OR OLD.state NOT IN ('active', 'suspended') OR NEW.state <> 'replaced') THEN
            RAISE EXCEPTION 'only a card that is good or suspended is replaced, and once' USING ERRCODE = 'SC002';
        END IF;
        IF NEW.valid_until > OLD.valid_until THEN
            RAISE EXCEPTION 'a card''s validity is never extended; a renewal is a new card' USING ERRCODE = 'SC002';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("card", sa.Column("replaced_by", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_card_replaced_by_card"), "card", "card", ["replaced_by"], ["id"], deferrable=True, initially="DEFERRED"
    )
    op.create_unique_constraint(op.f("uq_card_replaced_by"), "card", ["replaced_by"])
    op.drop_constraint("uq_card_decision_id", "card")
    op.create_index(
        "uq_card_decision_standing", "card", ["decision_id"], unique=True,
        postgresql_where=sa.text("replaced_by is null"),
    )  # fmt: skip
    for function in (CARD, FIXED):
        op.execute(function)
