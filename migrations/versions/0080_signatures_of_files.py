"""What was found about the electronic signatures of a file, beside the file that was rebuilt from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("evidence", sa.Column("file_signatures", JSONB(), nullable=True))


def downgrade() -> None:
    """Forget what was found."""
    op.drop_column("evidence", "file_signatures")
