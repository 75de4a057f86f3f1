"""A lost password or second factor: one officer proposes, another confirms, and the account's owner sets both anew.

The owner does neither; what they get is an invitation, so that no colleague ever sees a secret of theirs.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, Forbidden, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import Officer, SignInSession, TotpReset
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.invitations import Invitation, invite
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

GOOD_FOR = timedelta(hours=24)


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


def confirm(collaborators: Collaborators, officer: OfficerActor, proposal_id: str) -> Invitation:
    """Confirm a proposal: the old second factor and every session end, and the owner is invited to set new ones."""
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
        subject.totp_cipher = None
        subject.totp_last_step, subject.failed_sign_ins, subject.locked_until = None, 0, None
        end_sessions(session, now, SignInSession.kind == "officer", SignInSession.subject_id == subject.id)
        audit_rows.record(session, now, officer, "totp_reset_confirmed", "officer", subject.id, proposal=row.id)
        session.flush()
        return invite(collaborators, session, now, reset_id=row.id)
