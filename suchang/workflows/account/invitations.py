"""Invitations: links, used once, by which an officer alone sets password and second factor.

Whoever confirmed an account hands its link over, whoever proposed it knows the identity number, and both are needed: so
neither of them can open an account in another's name. A wrong number counts, and five void the link.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.clock import local_date
from suchang.domain.errors import Conflict, DomainError, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.people.identity import DocumentType, InvalidIdentity, read_identity
from suchang.persistence.models import Officer, OfficerInvitation, OfficerProposal, SignInSession, TotpReset
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.officers import TOTP_ISSUER
from suchang.workflows.account.passwords import hash_password
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

GOOD_FOR = timedelta(hours=72)
TRIES = 5


@dataclass(frozen=True, slots=True)
class Invitation:
    """A fresh invitation: its link is shown once."""

    link: str
    username: str
    good_until: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What the invited officer sees after their number: the drawn secret, plain and sealed for the way back."""

    username: str
    name: str
    totp_secret: str
    totp_uri: str
    sealed: str


def invite(
    collaborators: Collaborators,
    session: Session,
    now: datetime,
    *,
    proposal_id: str | None = None,
    reset_id: str | None = None,
) -> Invitation:
    """Write an invitation in the caller's transaction; a trigger asks whether two have agreed to it."""
    token = secrets.token_urlsafe(32)
    row = OfficerInvitation(
        token_hash=_hash(token), proposal_id=proposal_id, reset_id=reset_id, created_at=now, expires_at=now + GOOD_FOR,
        tries=0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    username, _, _ = _subject(session, row)
    link = f"{collaborators.issuer.rstrip('/')}/console/invitations/{token}"
    return Invitation(link, username, row.expires_at)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _subject(session: Session, row: OfficerInvitation) -> tuple[str, str, bytes]:
    """Return user name, name and blind index of whom an invitation is for."""
    if row.proposal_id is not None:
        proposal = session.get_one(OfficerProposal, row.proposal_id)
        return proposal.username, proposal.name, proposal.subject_index
    reset = session.get_one(TotpReset, row.reset_id)
    officer = session.get_one(Officer, reset.officer_id)
    return officer.username, officer.name, officer.person_index


def _find(session: Session, token: str, now: datetime) -> OfficerInvitation:
    row = session.get(OfficerInvitation, _hash(token), with_for_update=True)
    if row is None:
        raise NotFound("There is no such invitation.", code="no_invitation")
    if row.used_at is not None or now >= row.expires_at or row.tries >= TRIES:
        raise Conflict("This invitation was used, is too old or was tried too often; ask for another.",
                       code="invitation_over")  # fmt: skip
    return row


def look(collaborators: Collaborators, token: str) -> None:
    """Raise NotFound or Conflict unless the invitation can be used."""
    with unit_of_work(collaborators.sessions) as session:
        _find(session, token, collaborators.clock())


def open_invitation(collaborators: Collaborators, token: str, identity_number: str) -> Opened | DomainError:
    """Give the invited officer a fresh second factor to scan.

    An identity number that is another's is counted, so it is a returned refusal. Raises NotFound or Conflict for an
    invitation that is none or is over.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _find(session, token, now)
        username, name, index = _subject(session, row)
        refused = _not_theirs(collaborators, row, index, identity_number, now)
        if refused is not None:
            return refused
        secret = pyotp.random_base32()
        sealed = collaborators.vault.encrypt(secret, row.token_hash.hex()).hex()
        uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=TOTP_ISSUER)
        return Opened(username, name, secret, uri, sealed)


def _not_theirs(
    collaborators: Collaborators, row: OfficerInvitation, index: bytes, number: str, now: datetime
) -> DomainError | None:
    """Return why a number does not open an invitation, and count it."""
    try:
        document = read_identity(
            DocumentType.RESIDENT_ID, number, today=local_date(now), demo=collaborators.settings.demo
        )
    except InvalidIdentity as error:
        return error
    if collaborators.vault.index(document.type.value, document.number) == index:
        return None
    row.tries += 1
    return Invalid("This invitation is for somebody with another identity number.", code="not_invited")


def again(collaborators: Collaborators, token: str, sealed: str) -> Opened:
    """Show the same second factor once more, after something else was wrong with the form."""
    with unit_of_work(collaborators.sessions) as session:
        row = _find(session, token, collaborators.clock())
        username, name, _ = _subject(session, row)
        secret = _unseal(collaborators, row, sealed)
        uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=TOTP_ISSUER)
        return Opened(username, name, secret, uri, sealed)


def _unseal(collaborators: Collaborators, row: OfficerInvitation, sealed: str) -> str:
    try:
        return collaborators.vault.decrypt(bytes.fromhex(sealed), row.token_hash.hex())
    except (ValueError, InvalidTag):
        raise Invalid("The page is not the one that this invitation gave; open the link again.",
                      code="invitation_page") from None  # fmt: skip


def accept(
    collaborators: Collaborators, token: str, *, identity_number: str, sealed: str, password: str, totp: str
) -> str | DomainError:
    """Set password and second factor and use the invitation up; gives the user name.

    Raises Invalid for a password that is short or common, or a code that is not of the shown secret.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _find(session, token, now)
        username, name, index = _subject(session, row)
        refused = _not_theirs(collaborators, row, index, identity_number, now)
        if refused is not None:
            return refused
        secret = _unseal(collaborators, row, sealed)
        if not pyotp.TOTP(secret).verify(totp, for_time=now, valid_window=1):
            raise Invalid("The code is not the one that your authenticator shows for this secret.", code="bad_totp")
        kept = hash_password(password, username, name)
        row.used_at = now
        officer = _new_account(session, row, now) if row.proposal_id is not None else _recovered(session, row, now)
        officer.password_hash, officer.totp_cipher = kept, collaborators.vault.encrypt(secret, officer.id)
        officer.totp_last_step, officer.failed_sign_ins, officer.locked_until = None, 0, None
        session.add(officer)
        action = "officer_registered" if row.proposal_id is not None else "officer_recovered"
        audit_rows.record(session, now, SYSTEM, action, "officer", officer.id, roles=officer.roles, city=officer.city)
        return username


def _new_account(session: Session, row: OfficerInvitation, now: datetime) -> Officer:
    proposal = session.get_one(OfficerProposal, row.proposal_id)
    if session.execute(select(Officer.id).where(Officer.username == proposal.username)).first():
        raise Conflict("This user name is taken.", code="username_taken")
    return Officer(
        id=new_id("off"), username=proposal.username, name=proposal.name, person_index=proposal.subject_index,
        roles=proposal.roles, city=proposal.city, created_at=now,
    )  # fmt: skip


def _recovered(session: Session, row: OfficerInvitation, now: datetime) -> Officer:
    reset = session.get_one(TotpReset, row.reset_id)
    officer = session.get_one(Officer, reset.officer_id, with_for_update=True)
    end_sessions(session, now, SignInSession.kind == "officer", SignInSession.subject_id == officer.id)
    return officer
