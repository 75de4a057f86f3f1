"""The redemption ledger in full: exclusive use counted, the moment that counts, conflicts of offline use"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECKS = {
    "origin": "(kind in ('redeem', 'reserve')) = (origin_id is null)",
    "sign": "(kind in ('release', 'reverse')) = (units < 0)",
    "expiry": "(kind = 'reserve') = (expires_at is not null)",
}


def upgrade() -> None:
    """Expand the schema; rows of before get the values that they would have had."""
    op.add_column("exclusive_choice", sa.Column("units", sa.BigInteger(), server_default="1", nullable=False))
    op.alter_column("exclusive_choice", "units", server_default=None)
    op.create_check_constraint(op.f("ck_exclusive_choice_units"), "exclusive_choice", "units >= 0")
    for name in ("claim_group", "claim_subject", "claim_period"):
        op.add_column("redemption", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("redemption", sa.Column("asked", sa.BigInteger(), nullable=True))
    op.add_column("redemption", sa.Column("provisional", sa.Boolean(), nullable=True))
    op.add_column("redemption", sa.Column("moment", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE redemption SET asked = units, provisional = false, moment = created_at")
    for name in ("asked", "provisional", "moment"):
        op.alter_column("redemption", name, nullable=False)
    op.drop_column("redemption", "reverse_by")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_redemption_{name}"), "redemption", condition)
    op.create_index(
        "ix_redemption_origin", "redemption", ["origin_id"], unique=False, postgresql_where="kind = 'reverse'"
    )
    op.create_index(
        "ix_redemption_reserve", "redemption", ["expires_at"], unique=False, postgresql_where="kind = 'reserve'"
    )
    op.create_table(
        "redemption_conflict",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("verification_id", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("beneficiary", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_redemption_conflict_card_id_card")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_redemption_conflict_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption_conflict")),
        sa.UniqueConstraint(
            "verification_id",
            "item",
            "beneficiary",
            name=op.f("uq_redemption_conflict_verification_id_item_beneficiary"),
        ),
    )
    op.create_index("ix_redemption_conflict_partner", "redemption_conflict", ["partner_id", "created_at"], unique=False)
