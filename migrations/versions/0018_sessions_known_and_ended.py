"""Sessions say where and how they began, and end when the account behind them may do something else than before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

END = """
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    UPDATE sign_in_session SET ended_at = now()
     WHERE kind = TG_ARGV[0] AND subject_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$
"""

WATCHED = {
    "officer": ("officer", ("roles", "city", "active", "password_hash", "totp_cipher")),
    "desk_operator": ("desk", ("scopes", "site_id", "active", "password_hash")),
    "person": ("holder", ("phone",)),
}
"""By table: the kind of its sessions, and the columns whose change ends them, through whatever door it comes."""


def upgrade() -> None:
    """Expand the schema."""
    for column in ("client", "method"):
        op.add_column("sign_in_session", sa.Column(column, sa.Text(), server_default="", nullable=False))
    op.execute(END)
    for table, (kind, columns) in WATCHED.items():
        before, after = (", ".join(f"{row}.{one}" for one in columns) for row in ("OLD", "NEW"))
        op.execute(
            f"CREATE TRIGGER end_sessions AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW"
            f" WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION end_sessions('{kind}')"
        )
