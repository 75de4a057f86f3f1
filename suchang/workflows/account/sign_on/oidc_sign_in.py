"""Officers signed in by the OpenID provider: found by a link that an administrator made, never made on the way.

The provider's two factors count once the officer has shown their own one-time password for this link; until then, and
whenever the provider vouches for one factor alone, that password is asked on top. So an administrator who links an
account to a subject of their own gets nowhere.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from suchang.persistence.models import Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.sessions import UNKNOWN, Browser, open_session
from suchang.workflows.account.sign_in import SignedIn, note_failure, totp_step
from suchang.workflows.account.sign_on import oidc
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import SYSTEM, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

PENDING_SECONDS = 300


def arrive(collaborators: Collaborators, arrived: oidc.Arrived, browser: Browser = UNKNOWN) -> SignedIn | str:
    """Sign the officer of a subject in, or give the secret with which the browser goes on to the one-time password.

    Raises Forbidden for a subject that is linked to nobody and for an account that is closed or locked.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        found = session.execute(
            select(Officer)
            .where(Officer.oidc_issuer == arrived.issuer, Officer.oidc_subject == arrived.subject)
            .with_for_update()
        ).scalar_one_or_none()
        officer = _usable(found, now)
        if arrived.two_factors and officer.oidc_proved_at is not None:
            return _open(collaborators, session, officer, "oidc", browser)
        officer_id = officer.id
    secret = secrets.token_urlsafe(32)
    kept = json.dumps({"officer": officer_id, "subject": arrived.subject, "back": arrived.back})
    collaborators.redis.put(f"oidc-pending:{oidc.secret_key(secret)}", kept, PENDING_SECONDS)
    return secret


def _usable(officer: Officer | None, now: datetime) -> Officer:
    if officer is None:
        raise Forbidden(
            "This account of the sign-in service is linked to no officer here; an administrator links it.",
            code="oidc_unknown",
        )
    if not officer.active:
        raise Forbidden("This officer's account is closed.", code="officer_closed")
    if officer.locked_until is not None and now < officer.locked_until:
        raise Forbidden("This officer's account is locked for a quarter of an hour.", code="officer_locked")
    return officer


def _open(collaborators: Collaborators, session: Session, officer: Officer, method: str, browser: Browser) -> SignedIn:
    officer.failed_sign_ins, officer.locked_until = 0, None
    token = open_session(collaborators, session, "officer", officer.id, method=method, browser=browser)
    audit_rows.record(session, collaborators.clock(), SYSTEM, "signed_in", "officer", officer.id, method=method)
    return SignedIn(token, officer.id)


def prove(
    collaborators: Collaborators, secret: str, totp: str, browser: Browser = UNKNOWN
) -> tuple[SignedIn | None, str]:
    """Take the one-time password on top; gives the session, or None when it was wrong, and the page to go to.

    A wrong one counts as a failed sign-in and commits. Raises Unauthenticated when there is nothing to go on with.
    """
    now, place = collaborators.clock(), f"oidc-pending:{oidc.secret_key(secret)}"
    kept = json.loads(collaborators.redis.get(place) or "null")
    if kept is None:
        raise Unauthenticated("This took too long; please begin the sign-in again.", code="oidc_state")
    with unit_of_work(collaborators.sessions) as session:
        found = session.get(Officer, kept["officer"], with_for_update=True)
        # Between the two steps an administrator may have linked somebody else.
        officer = _usable(found if found is not None and found.oidc_subject == kept["subject"] else None, now)
        step = totp_step(collaborators, officer, totp, now)
        if step is None:
            note_failure(session, officer, now)
            return None, kept["back"]
        officer.totp_last_step, officer.oidc_proved_at = step, officer.oidc_proved_at or now
        signed = _open(collaborators, session, officer, "oidc_totp", browser)
    collaborators.redis.take(place)
    return signed, kept["back"]


def link(collaborators: Collaborators, officer: OfficerActor, officer_id: str, subject: str | None) -> None:
    """Link an account to a subject of the provider, or take the link away (None); the account's sessions end.

    Nobody links their own. Raises Conflict for a subject that is linked to another account.
    """
    officer.need(Role.ADMINISTRATOR)
    issuer, now = oidc.provider(collaborators).issuer, collaborators.clock()
    if subject is not None and not subject.strip():
        raise Invalid("Write the subject as the sign-in service gives it.")
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(Officer, officer_id, with_for_update=True)
        if row is None:
            raise NotFound("There is no such officer.")
        if row.person_index == officer.person_index:
            raise Forbidden("Nobody links their own account.", code="four_eyes")
        taken = select(Officer.id).where(
            Officer.oidc_issuer == issuer, Officer.oidc_subject == subject, Officer.id != row.id
        )
        if subject is not None and session.execute(taken).first():
            raise Conflict("This subject is linked to another account.", code="oidc_taken")
        row.oidc_issuer, row.oidc_subject = (issuer, subject) if subject is not None else (None, None)
        row.oidc_proved_at = None
        action = "oidc_linked" if subject is not None else "oidc_unlinked"
        audit_rows.record(session, now, officer, action, "officer", row.id)
