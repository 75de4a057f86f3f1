"""Credentials are found by their dependant: whoever is removed loses them at once."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_index(
        "ix_credential_dependant",
        "credential",
        ["dependant_id"],
        unique=False,
        postgresql_where="dependant_id is not null",
    )
