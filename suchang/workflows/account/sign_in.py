"""Sign-in: holders by a one-time code to their phone, officers and desk operators by password (officers with TOTP)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.errors import TooMany, Unauthenticated, Unavailable
from suchang.domain.ids import new_id
from suchang.domain.people.telephone import read_phone
from suchang.persistence.models import DeskOperator, Officer, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import NOBODY, password_fits
from suchang.workflows.account.sessions import UNKNOWN, Browser, open_session
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.notification.channels import Message, send
from suchang.workflows.runtime.actors import SYSTEM, HolderActor
from suchang.workflows.runtime.collaborators import Collaborators

CODE_SECONDS = 300
CODE_TRIES = 5
LOCK_AFTER = 5
LOCKED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token is shown once."""

    token: str
    subject_id: str


def request_code(collaborators: Collaborators, phone: str) -> str:
    """Make and keep a six-digit code for a phone, send it, and give it back for a demonstration to show.

    Raises TooMany after five codes in ten minutes, Unavailable while Redis or the gateway for messages is away.
    """
    number = read_phone(phone)
    if collaborators.redis.count(f"code-requests:{number}", 600) > 5:
        raise TooMany("Too many codes were asked for this number; try again in ten minutes.", retry_after=600)
    code = f"{secrets.randbelow(10**6):06d}"
    collaborators.redis.put(f"code:{number}", code, CODE_SECONDS)
    _send_code(collaborators, number, code)
    return code


def _send_code(collaborators: Collaborators, number: str, code: str) -> None:
    with unit_of_work(collaborators.sessions) as session:
        language = session.scalar(select(Person.language).where(Person.phone == number)) or "zh"
    text = (
        f"苏畅卡登录验证码：{code}，五分钟内有效。请勿告诉任何人，包括工作人员。"
        if language == "zh"
        else f"Su Chang Card sign-in code: {code}, good for five minutes. Tell it to nobody, officers included."
    )
    sent = send(
        collaborators.settings, Message(new_id("msg"), text, language, number, fields={"event": "sign_in_code"})
    )
    if not sent and not collaborators.settings.demo:
        raise Unavailable("No gateway for text messages is set up here; sign in with a passkey.", code="no_sender")


def sign_in_with_code(collaborators: Collaborators, phone: str, code: str, browser: Browser = UNKNOWN) -> SignedIn:
    """Sign a holder in; a phone that is new gets a person without identity, to be completed before applying."""
    number = read_phone(phone)
    _count_try(collaborators, number, browser)
    kept = collaborators.redis.get(f"code:{number}")
    if kept is None or not hmac.compare_digest(kept.encode(), code.encode()):
        raise Unauthenticated("The code is wrong or too old; ask for a new one.", code="bad_code")
    collaborators.redis.take(f"code:{number}")
    collaborators.redis.take(f"code-tries:{number}:{browser.address}")  # what counts is tries that failed
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        person = session.execute(select(Person).where(Person.phone == number)).scalar_one_or_none()
        if person is None:
            person = Person(id=new_id("per"), name="", phone=number, language="zh", created_at=now)
            session.add(person)
            session.flush()
        token = open_session(collaborators, session, "holder", person.id, method="code", browser=browser)
        audit_rows.record(session, now, HolderActor(person.id), "signed_in", "person", person.id)
        return SignedIn(token, person.id)


def _count_try(collaborators: Collaborators, number: str, browser: Browser) -> None:
    """Count a try, until one succeeds, for the address that it comes from, so that a stranger can't lock the owner out.

    All addresses together have ten times as many, which still leaves a guesser one chance in twenty thousand.
    """
    count = collaborators.redis.count
    here = count(f"code-tries:{number}:{browser.address}", CODE_SECONDS)
    if here > CODE_TRIES or count(f"code-tries:{number}", CODE_SECONDS) > 10 * CODE_TRIES:
        raise TooMany("Too many tries; ask for a new code in five minutes.", retry_after=CODE_SECONDS)


def sign_in_officer(
    collaborators: Collaborators, username: str, password: str, totp: str, browser: Browser = UNKNOWN
) -> SignedIn | None:
    """Sign an officer in with password and TOTP.

    Gives None for any failure, with no hint which; it is counted and committed, and five lock the account.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        officer = session.execute(
            select(Officer).where(Officer.username == username).with_for_update()
        ).scalar_one_or_none()
        fits = password_fits(officer.password_hash if officer else NOBODY, password)
        if officer is None or not officer.active:
            return None
        if officer.locked_until is not None and now < officer.locked_until:
            return None
        step = totp_step(collaborators, officer, totp, now)
        if not fits or step is None:
            note_failure(session, officer, now)
            return None
        officer.failed_sign_ins, officer.locked_until, officer.totp_last_step = 0, None, step
        token = open_session(collaborators, session, "officer", officer.id, method="password_totp", browser=browser)
        audit_rows.record(session, now, SYSTEM, "signed_in", "officer", officer.id)
        return SignedIn(token, officer.id)


def note_failure(session: Session, officer: Officer, now: datetime) -> None:
    """Count a failed sign-in in the caller's transaction; five lock the account for a quarter of an hour."""
    officer.failed_sign_ins += 1
    if officer.failed_sign_ins >= LOCK_AFTER:
        officer.locked_until, officer.failed_sign_ins = now + LOCKED, 0
    audit_rows.record(session, now, SYSTEM, "sign_in_failed", "officer", officer.id)


def totp_step(collaborators: Collaborators, officer: Officer, code: str, now: datetime) -> int | None:
    """Return the 30-second step of a good code that was not used before, else None."""
    if officer.totp_cipher is None:
        return None
    totp = pyotp.TOTP(collaborators.vault.decrypt(officer.totp_cipher, officer.id))
    present = int(now.timestamp()) // 30
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.at(step * 30), code):
            return step if step > (officer.totp_last_step or 0) else None
    return None


def note_desk_failure(session: Session, operator: DeskOperator, now: datetime) -> None:
    """Count a failed sign-in of a desk user, as with officers."""
    operator.failed_sign_ins += 1
    if operator.failed_sign_ins >= LOCK_AFTER:
        operator.locked_until, operator.failed_sign_ins = now + LOCKED, 0
    audit_rows.record(session, now, SYSTEM, "sign_in_failed", "desk_operator", operator.id)


def sign_in_desk(
    collaborators: Collaborators, username: str, password: str, browser: Browser = UNKNOWN
) -> SignedIn | None:
    """Sign a desk operator in with a password; None and lock-out as for officers."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        operator = session.execute(
            select(DeskOperator).where(DeskOperator.username == username).with_for_update()
        ).scalar_one_or_none()
        fits = password_fits(operator.password_hash if operator else NOBODY, password)
        if operator is None or not operator.active:
            return None
        if operator.locked_until is not None and now < operator.locked_until:
            return None
        if not fits:
            note_desk_failure(session, operator, now)
            return None
        operator.failed_sign_ins, operator.locked_until = 0, None
        token = open_session(collaborators, session, "desk", operator.id, method="password", browser=browser)
        audit_rows.record(session, now, SYSTEM, "signed_in", "desk_operator", operator.id)
        return SignedIn(token, operator.id)
