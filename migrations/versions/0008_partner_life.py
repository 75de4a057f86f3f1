"""The life of a partner's client: an old secret that lingers after a rotation, and the networks it may come from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("partner_client", sa.Column("previous_hash", sa.LargeBinary(), nullable=True))
    op.add_column("partner_client", sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("partner_client", sa.Column("networks", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.alter_column("partner_client", "networks", server_default=None)
