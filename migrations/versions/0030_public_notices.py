"""A public notice is a row of its own, and a card of a notice tier can't exist without one that is over.

Which tiers these are stands in the database: the application's role may add one, only the owner ends one. What counts
is the tier that is granted, in the round of its approval, whatever way led there. Each objection is answered by a row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None

OFFICE_ACT = """
CREATE FUNCTION check_notice_act() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    about text;
BEGIN
    NEW.recorded_at := clock_timestamp();
    IF NOT EXISTS (SELECT 1 FROM officer o WHERE o.id = NEW.officer_id AND o.person_index = NEW.person_index) THEN
        RAISE EXCEPTION 'the person of this act is not the officer''s' USING ERRCODE = 'SC001';
    END IF;
    IF TG_TABLE_NAME = 'public_notice' THEN
        about := NEW.application_id;
        IF EXISTS (SELECT 1 FROM application a WHERE a.id = about AND a.round <> NEW.round) THEN
            RAISE EXCEPTION 'a notice belongs to the present round' USING ERRCODE = 'SC003';
        END IF;
    ELSE
        SELECT application_id INTO about FROM objection WHERE id = NEW.objection_id;
    END IF;
    IF EXISTS (SELECT 1 FROM application a JOIN person_identity i ON i.person_id = a.person_id
               WHERE a.id = about AND i.identity_index = NEW.person_index) THEN
        RAISE EXCEPTION 'applicants publish no notice of their own and answer no objection' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
END $$
"""

CARD = """
CREATE FUNCTION check_card_notice() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    wall boolean;
    made decision%ROWTYPE;
    notice public_notice%ROWTYPE;
BEGIN
    -- A card in the place of another goes on with an approval that was examined here before.
    IF EXISTS (SELECT 1 FROM card WHERE replaced_by = NEW.id) THEN
        RETURN NULL;
    END IF;
    SELECT bool_or(by_wall_clock) INTO wall FROM notice_tier WHERE tier = NEW.tier AND ended_at IS NULL;
    IF wall IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO made FROM decision WHERE id = NEW.decision_id;
    SELECT * INTO notice FROM public_notice n
     WHERE n.application_id = NEW.application_id AND n.round = made.round AND n.tier = NEW.tier
     ORDER BY n.published_at DESC, n.id DESC LIMIT 1;
    IF NOT FOUND OR notice.ends >= house_day(made.created_at) OR notice.ends >= house_day(NEW.issued_at) THEN
        RAISE EXCEPTION 'a card of this tier needs a public notice that is over' USING ERRCODE = 'SC003';
    END IF;
    IF wall AND (notice.ends >= house_day(clock_timestamp())
                 OR house_day(notice.recorded_at) > house_day(notice.published_at)) THEN
        RAISE EXCEPTION 'a public notice lasts its days by the database''s own clock' USING ERRCODE = 'SC003';
    END IF;
    IF EXISTS (SELECT 1 FROM objection o LEFT JOIN objection_answer w ON w.objection_id = o.id
               WHERE o.application_id = NEW.application_id AND o.round = made.round
                 AND w.outcome IS DISTINCT FROM 'dismissed') THEN
        RAISE EXCEPTION 'an objection to the notice is not answered' USING ERRCODE = 'SC003';
    END IF;
    RETURN NULL;
END $$
"""

ANSWERED_BEFORE = """
INSERT INTO objection_answer (objection_id, outcome, reason, created_at, recorded_at)
SELECT o.id, 'dismissed', '', o.created_at, now() FROM objection o JOIN application a ON a.id = o.application_id
 WHERE o.round < a.round OR a.state <> 'objected'
"""
# What ran before there were rows goes on: the days stood in the case alone.
PUBLISHED_BEFORE = """
INSERT INTO public_notice (id, application_id, round, attempt, tier, officer_id, person_index, published_at, ends,
                           recorded_at)
SELECT 'ntc_' || substr(a.id, 5), a.id, a.round, (a."case"->>'attempt')::int, d.tier, o.id, o.person_index,
       least(a.updated_at, ((a."case"->>'notice_ends')::timestamp AT TIME ZONE 'Asia/Shanghai') - interval '1 day'),
       (a."case"->>'notice_ends')::date, now()
  FROM application a
  JOIN LATERAL (SELECT tier FROM determination WHERE application_id = a.id ORDER BY created_at DESC LIMIT 1) d ON true
  JOIN LATERAL (SELECT actor_id FROM audit_event WHERE subject_id = a.id AND action = 'application_publish_notice'
                ORDER BY id DESC LIMIT 1) e ON true
  JOIN officer o ON o.id = e.actor_id
 WHERE a."case"->>'notice_ends' IS NOT NULL AND a.state IN ('public_notice', 'objected', 'second_decision')
   AND d.tier IS NOT NULL
"""
CASE_OF_BEFORE = """
UPDATE application a SET "case" = a."case" || jsonb_build_object('notice_tier', n.tier)
  FROM public_notice n WHERE n.application_id = a.id AND n.round = a.round
"""


def upgrade() -> None:
    """Make the tables, carry over what runs, and set the triggers."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "notice_tier",
        sa.Column("tier", sa.Text(), primary_key=True),
        sa.Column("since", moment, primary_key=True),
        sa.Column("by_wall_clock", sa.Boolean(), nullable=False),
        sa.Column("ended_at", moment),
    )
    op.create_index(
        "uq_notice_tier_standing", "notice_tier", ["tier"], unique=True, postgresql_where="ended_at is null"
    )
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("application_id", sa.Text(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("person_index", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.CheckConstraint("ends > (published_at at time zone 'Asia/Shanghai')::date", name="ck_public_notice_days"),
    )
    op.create_index("ix_public_notice_application", "public_notice", ["application_id", "round", "tier"])
    op.create_table(
        "objection_answer",
        sa.Column("objection_id", sa.Text(), sa.ForeignKey("objection.id"), primary_key=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), sa.ForeignKey("officer.id")),
        sa.Column("person_index", sa.LargeBinary()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("recorded_at", moment, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.CheckConstraint("outcome in ('dismissed', 'upheld')", name="ck_objection_answer_outcome"),
    )
    op.execute(
        "CREATE FUNCTION house_day(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE"
        " AS $$ SELECT (moment AT TIME ZONE 'Asia/Shanghai')::date $$"
    )
    op.execute(ANSWERED_BEFORE)
    op.execute(PUBLISHED_BEFORE)
    op.execute(CASE_OF_BEFORE)
    op.execute(OFFICE_ACT)
    op.execute(CARD)
    for table in ("public_notice", "objection_answer"):
        op.execute(
            f"CREATE TRIGGER {table}_of_an_officer BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION check_notice_act()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER card_after_its_notice AFTER INSERT ON card DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION check_card_notice()"
    )


def downgrade() -> None:
    """Leave notices to the program again."""
    op.execute("DROP TRIGGER card_after_its_notice ON card")
    for table in ("public_notice", "objection_answer"):
        op.execute(f"DROP TRIGGER {table}_of_an_officer ON {table}")
    op.execute("DROP FUNCTION check_card_notice()")
    op.execute("DROP FUNCTION check_notice_act()")
    op.execute("DROP FUNCTION house_day(timestamptz)")
    for table in ("objection_answer", "public_notice", "notice_tier"):
        op.drop_table(table)
