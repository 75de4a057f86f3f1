"""New second factors, proposed by one officer and confirmed by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "totp_reset",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposer_index", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmer_index", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmer_index is null or (confirmer_index <> subject_index and confirmer_index <> proposer_index)",
            name=op.f("ck_totp_reset_confirmer"),
        ),
        sa.CheckConstraint("proposer_index <> subject_index", name=op.f("ck_totp_reset_proposer")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.id"], name=op.f("fk_totp_reset_confirmed_by_officer")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_totp_reset_officer_id_officer")),
        sa.ForeignKeyConstraint(["proposed_by"], ["officer.id"], name=op.f("fk_totp_reset_proposed_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_reset")),
    )
    op.create_index(op.f("ix_totp_reset_officer_id"), "totp_reset", ["officer_id"], unique=False)
