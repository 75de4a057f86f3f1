"""Where a piece of evidence was checked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("evidence", sa.Column("checked_source", sa.Text(), nullable=True))
