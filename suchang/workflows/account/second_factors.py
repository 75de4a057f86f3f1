"""A lost second factor: one officer proposes a new one, another confirms it; whoever owns the account does neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import select

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, Forbidden, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Officer, SignInSession, TotpReset
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.officers import TOTP_ISSUER
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

GOOD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewFactor:
    """The new secret and its address for authenticator apps, shown once."""

    secret: str
    uri: str


def propose(collaborators: Collaborators, officer: OfficerActor, officer_id: str, *, reason: str) -> str:
    """Propose a new second factor for another officer; gives the proposal's id."""
    officer.need(Role.ADMINISTRATOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        subject = session.get(Officer, officer_id)
        if subject is None:
            raise NotFound("There is no such officer.")
        if subject.person_index == officer.person_index:
            raise Forbidden("Nobody resets their own second factor.", code="four_eyes")
        row = TotpReset(
            id=new_id("rst"),
            officer_id=subject.id,
            subject_index=subject.person_index,
            proposed_by=officer.officer_id,
            proposer_index=officer.person_index,
            reason=reason,
            created_at=now,
        )
        session.add(row)
        audit_rows.record(session, now, officer, "totp_reset_proposed", "officer", subject.id, proposal=row.id)
        return row.id


def confirm(collaborators: Collaborators, officer: OfficerActor, proposal_id: str) -> NewFactor:
    """Confirm a proposal: the account gets a new secret, is unlocked, and every session of it ends."""
    officer.need(Role.ADMINISTRATOR, Role.SUPERVISOR)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.execute(
            select(TotpReset).where(TotpReset.id == proposal_id).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            raise NotFound("There is no such proposal.")
        if officer.person_index in (row.proposer_index, row.subject_index):
            raise Forbidden("A second, different officer must confirm.", code="four_eyes")
        if row.confirmed_at is not None or now - row.created_at >= GOOD_FOR:
            raise Conflict("This proposal was used already or is older than a day.", code="proposal_over")
        row.confirmed_by, row.confirmer_index, row.confirmed_at = officer.officer_id, officer.person_index, now
        subject = session.get_one(Officer, row.officer_id, with_for_update=True)
        secret = pyotp.random_base32()
        subject.totp_cipher = collaborators.vault.encrypt(secret, subject.id)
        subject.totp_last_step, subject.failed_sign_ins, subject.locked_until = None, 0, None
        end_sessions(session, now, SignInSession.kind == "officer", SignInSession.subject_id == subject.id)
        audit_rows.record(session, now, officer, "totp_reset_confirmed", "officer", subject.id, proposal=row.id)
        uri = pyotp.TOTP(secret).provisioning_uri(name=subject.username, issuer_name=TOTP_ISSUER)
        return NewFactor(secret, uri)
