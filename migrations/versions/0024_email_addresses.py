"""People may leave an e-mail address for messages about their case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("person", sa.Column("email", sa.Text(), nullable=True))
