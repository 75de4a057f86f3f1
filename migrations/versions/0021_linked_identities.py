"""Officers' accounts are linked to a subject of an OpenID provider; their sessions end when the link changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = ("roles", "city", "active", "password_hash", "totp_cipher", "oidc_issuer", "oidc_subject")


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("officer", sa.Column("oidc_issuer", sa.Text(), nullable=True))
    op.add_column("officer", sa.Column("oidc_subject", sa.Text(), nullable=True))
    op.add_column("officer", sa.Column("oidc_proved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_officer_oidc_issuer_oidc_subject"), "officer", ["oidc_issuer", "oidc_subject"])
    op.create_check_constraint(
        op.f("ck_officer_oidc"),
        "officer",
        "(oidc_issuer is null) = (oidc_subject is null) and (oidc_subject is not null or oidc_proved_at is null)",
    )
    before, after = (", ".join(f"{row}.{one}" for one in COLUMNS) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER end_sessions ON officer")
    op.execute(
        f"CREATE TRIGGER end_sessions AFTER UPDATE OF {', '.join(COLUMNS)} ON officer FOR EACH ROW"
        f" WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION end_sessions('officer')"
    )
