"""Desk challenges: the nonce that a desk shows for a high-value redemption."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "desk_challenge",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_desk_challenge_partner_id_partner")),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_desk_challenge")),
    )
    op.create_index("ix_desk_challenge_issued_at", "desk_challenge", ["issued_at"], unique=False)
