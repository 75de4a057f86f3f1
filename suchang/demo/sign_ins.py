"""How to sign in to the demonstration, for the person at the terminal."""

from __future__ import annotations

import pyotp
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session

from suchang.config import Settings
from suchang.demo.accounts import PASSWORD, client_secret, desk_user, totp_secret
from suchang.domain.errors import NotFound
from suchang.persistence.models import Application, Card, Officer, PartnerClient, Person


def sign_in_lines(settings: Settings) -> list[str]:
    """Return lines with a door, a name and what opens it; an empty list when no demo province is loaded."""
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
    with Session(engine) as session:
        if session.execute(select(Officer.id).where(Officer.username == "approver")).first() is None:
            return []
        holder = session.execute(
            select(Person.phone)
            .join(Card, Card.person_id == Person.id)
            .where(Card.state == "active")
            .order_by(Card.tier.not_in(("B", "C")), Card.issued_at, Card.id)
        ).scalar()
        applicant = session.execute(
            select(Person.phone)
            .join(Application, Application.person_id == Person.id)
            .where(Application.state == "draft")
            .order_by(Person.phone)
        ).scalar()
        reviewer = session.execute(
            select(Officer.username)
            .join(Application, Application.city == Officer.city)
            .where(Officer.username.startswith("reviewer."), Application.state == "submitted")
            .order_by(Officer.username)
        ).scalar()
        clients = session.execute(select(PartnerClient.name, PartnerClient.id).order_by(PartnerClient.name)).all()
    lines = [
        "演示登录 Demo sign-ins (public, nobody here exists):",
        f"  holder     phone {holder}, applicant {applicant}: the code appears on the page",
        f"  officers   {reviewer}, approver, approver2, auditor, keys, partners … password {PASSWORD}",
        "             one-time password: .venv/bin/suchang demo-code approver",
    ]
    for name, client in clients:
        lines.append(f"  desk       {desk_user(name):<14} password {PASSWORD}")
        lines.append(f"  program    {client} secret {client_secret(name)} ({name})")
    return lines


def officer_code(settings: Settings, username: str) -> str:
    """Return the one-time password that a demo officer's authenticator shows now; raises NotFound for anybody else."""
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
    with Session(engine) as session:
        names = session.execute(select(Officer.username).order_by(Officer.username)).scalars().all()
    if username not in names:
        raise NotFound(f"There is no officer {username}; there are {', '.join(names) or 'none yet'}.")
    return pyotp.TOTP(totp_secret(username)).now()
