"""What the roles may do, as data: applied after every migration, compared by ``doctor`` and ``/readyz``.

``owner`` migrates, ``app`` serves, ``sealer`` chains the audit. Ledgers are INSERT-only for ``app``: what happened
can be followed by another line, never changed.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from suchang.persistence.base import Base

INSERT_ONLY = frozenset(
    {
        "audit_event",
        "case_comment",
        "conflict_of_interest",
        "employment_confirmation",
        "notice_tier",
        "objection",
        "objection_answer",
        "public_notice",
        "review",
        "decision",
        "determination",
        "fact_check",
        "verification",
        "redemption",
        "redemption_conflict",
    }
)
NO_DELETE = frozenset(
    {
        "deputation",
        "reason_phrase",
        "employer_contact",
        "account_recovery",
        "passkey",
        "totp_reset",
        "officer_proposal",
        "officer_invitation",
        "person",
        "application",
        "card",
        "credential",
        "signing_key",
        "officer",
        "partner",
        "evidence",
        "policy_draft",
    }
)
READ_ONLY = frozenset({"audit_seal", "audit_checkpoint", "audit_unsealed", "person_identity"})
SEALER: dict[str, str] = {
    "audit_event": "SELECT",
    "audit_seal": "SELECT, INSERT",
    "audit_checkpoint": "SELECT, INSERT",
    "audit_unsealed": "SELECT, DELETE",
}


def privileges(table: str) -> str:
    """Return the privileges of ``app`` on a table."""
    if table in READ_ONLY:
        return "SELECT"
    if table in INSERT_ONLY:
        return "SELECT, INSERT"
    if table in NO_DELETE:
        return "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"


def apply_grants(connection: Connection, *, app: str = "app", sealer: str = "sealer") -> None:
    """Set the privileges of ``app`` and ``sealer`` on every table to exactly what this page says."""
    roles = {row[0] for row in connection.execute(text("select rolname from pg_roles"))}
    for role in (app, sealer):
        if role not in roles:
            continue
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
    if app in roles:
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}"))
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {app}"))
        for table in _queue_tables(connection):
            connection.execute(text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {app}'))
        for table in Base.metadata.tables:
            connection.execute(text(f'GRANT {privileges(table)} ON "{table}" TO {app}'))
    if sealer in roles:
        for table, what in SEALER.items():
            connection.execute(text(f'GRANT {what} ON "{table}" TO {sealer}'))


def _queue_tables(connection: Connection) -> list[str]:
    """List the tables of the job queue, which is a library's and not among the models."""
    found = connection.execute(
        text(r"select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate\_%'")
    )
    return list(found.scalars())


def role_faults(connection: Connection) -> list[str]:
    """List what is wrong with the role of this connection: a superuser, an owner of tables, or one who could rewrite.

    Each fault is a sentence for ``doctor`` and ``/readyz``.
    """
    faults = []
    if connection.execute(text("select rolsuper from pg_roles where rolname = current_user")).scalar_one():
        faults.append("the application's database role is a superuser; use a plain role")
    owned = connection.execute(
        text("select count(*) from pg_tables where schemaname = 'public' and tableowner = current_user")
    ).scalar_one()
    if owned:
        faults.append("the application's database role owns tables; only the owner role may")
    for table in sorted(INSERT_ONLY | READ_ONLY):
        for verb in ("UPDATE", "DELETE", "TRUNCATE", *(("INSERT",) if table in READ_ONLY else ())):
            may = connection.execute(
                text("select has_table_privilege(current_user, :t, :v)"), {"t": table, "v": verb}
            ).scalar_one()
            if may:
                faults.append(f"the application's database role may {verb} on {table}; it must not")
    return faults
