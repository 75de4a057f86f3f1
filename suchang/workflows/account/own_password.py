"""Officers and desk users change their own password, with the one they have; every other session of theirs ends."""

from __future__ import annotations

from sqlalchemy.orm import Session

from suchang.domain.errors import DomainError, Invalid, Unauthenticated
from suchang.persistence.models import DeskOperator, Officer, SignInSession
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import hash_password, password_fits
from suchang.workflows.account.sessions import UNKNOWN, Browser, end_sessions, open_session
from suchang.workflows.account.sign_in import SignedIn, note_desk_failure, note_failure
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators


def change_password(
    collaborators: Collaborators,
    actor: OfficerActor | PartnerActor,
    *,
    old: str,
    new: str,
    browser: Browser = UNKNOWN,
) -> SignedIn | DomainError:
    """Set another password; gives a fresh session, because all that there were have ended.

    A wrong old password is counted as at sign-in, so it is a returned refusal, and five lock the account.
    Raises Invalid for a new password that is short, common or the old one.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _account(session, actor)
        if row.locked_until is not None and now < row.locked_until:
            return Unauthenticated("This account is locked for a quarter of an hour.", code="officer_locked")
        if not password_fits(row.password_hash, old):
            if isinstance(row, Officer):
                note_failure(session, row, now)
            else:
                note_desk_failure(session, row, now)
            return Invalid("The password that you have is another one.", code="old_password_wrong")
        if old == new:
            raise Invalid("The new password is the one that you have.", code="password_same")
        row.password_hash, row.failed_sign_ins = hash_password(new, row.username, row.name), 0
        kind, subject = ("officer", "officer") if isinstance(row, Officer) else ("desk", "desk_operator")
        session.flush()
        end_sessions(session, now, SignInSession.kind == kind, SignInSession.subject_id == row.id)
        token = open_session(collaborators, session, kind, row.id, method="password_changed", browser=browser)
        audit_rows.record(session, now, actor, "password_changed", subject, row.id)
        return SignedIn(token, row.id)


def _account(session: Session, actor: OfficerActor | PartnerActor) -> Officer | DeskOperator:
    if isinstance(actor, OfficerActor):
        return session.get_one(Officer, actor.officer_id, with_for_update=True)
    return session.get_one(DeskOperator, actor.operator_id, with_for_update=True)
