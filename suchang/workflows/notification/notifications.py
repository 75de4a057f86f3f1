"""Tell people what happened to their case, in their language.

A message is always shown to its receiver in the program; where a gateway or a mail server is set up (``messages``), it
also goes out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import rfc3339
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationEvent, ApplicationState, Audience, Transition
from suchang.domain.lifecycle.names import EVENT_NAMES, STATE_NAMES
from suchang.persistence.models import Application, EmployerContact, Notification, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.notification.channels import Message, send
from suchang.workflows.runtime import job_queue
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

_OFFICES = {
    Audience.REVIEWERS: Role.REVIEWER,
    Audience.APPROVERS: Role.APPROVER,
    Audience.SUPERVISORS: Role.SUPERVISOR,
}
_SHOWN = 100


def tell(session: Session, application: Application, answer: Transition, now: datetime) -> None:
    """Write the notifications of a step, and queue those that go out, in the step's transaction."""
    for audience in answer.tell:
        if audience in _OFFICES:
            row = _row(application, answer, now)
            row.role, row.city = _OFFICES[audience].value, application.city
            session.add(row)
            continue
        for person_id in _people(session, application, audience):
            row = _row(application, answer, now)
            row.person_id = person_id
            session.add(row)
            session.flush()
            job_queue.defer(session, "deliver_notification", notification=row.id)


def _row(application: Application, answer: Transition, now: datetime) -> Notification:
    return Notification(
        id=new_id("ntf"),
        application_id=application.id,
        event=answer.event.value,
        state=answer.target.value,
        created_at=now,
    )


ACCOUNT_NOTICES = {
    "phone_changed": (
        "您的苏畅卡账号已在服务窗口更换手机号,原来的登录和绑定的手机都已失效。如非本人办理,请立即拨打 96178。",
        "The phone number of your talent card account was changed at a service window; earlier sign-ins and bound"
        " phones have ended. If that was not you, call 96178 at once.",
    ),
    "passkey_added": (
        "您的苏畅卡账号添加了一个通行密钥。如非本人操作,请立即登录移除,并拨打 96178。",
        "A passkey was added to your talent card account. If that was not you, sign in and remove it, and call 96178.",
    ),
}
"""What concerns the account itself, in both languages."""


def tell_account(session: Session, person_id: str, event: str, now: datetime, *, phone: str | None = None) -> None:
    """Tell somebody what happened to their account, in the caller's transaction; ``phone`` is a number of before."""
    row = Notification(id=new_id("ntf"), person_id=person_id, event=event, state="", phone=phone, created_at=now)
    session.add(row)
    session.flush()
    job_queue.defer(session, "deliver_notification", notification=row.id)


def _people(session: Session, application: Application, audience: Audience) -> list[str]:
    if audience is Audience.APPLICANT:
        return [application.person_id]
    if application.employer_id is None:
        return []
    return list(
        session.execute(
            select(EmployerContact.person_id).where(
                EmployerContact.employer_id == application.employer_id, EmployerContact.ended_at.is_(None)
            )
        ).scalars()
    )


def sentence(row: Notification, language: str) -> str:
    """Say a notification in one of the two languages."""
    if row.event in ACCOUNT_NOTICES:
        return ACCOUNT_NOTICES[row.event][0 if language == "zh" else 1]
    event, state = EVENT_NAMES[ApplicationEvent(row.event)], STATE_NAMES[ApplicationState(row.state)]
    if language == "zh":
        return f"人才卡申请:{event[0]}。现在的状态:{state[0]}。"
    return f"Talent card application: {event[1]}. It is now: {state[1]}."


def _view(row: Notification, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "application": row.application_id,
        "event": row.event,
        "state": row.state,
        "text": sentence(row, language),
        "at": rfc3339(row.created_at),
    }


def mine(collaborators: Collaborators, actor: HolderActor) -> list[dict[str, Any]]:
    """List a person's notifications, newest first, in their language."""
    with unit_of_work(collaborators.sessions) as session:
        person = session.get_one(Person, actor.person_id)
        rows = session.execute(
            select(Notification)
            .where(Notification.person_id == actor.person_id, Notification.phone.is_(None))
            .order_by(Notification.created_at.desc(), Notification.id)
            .limit(_SHOWN)
        ).scalars()
        return [_view(row, person.language) for row in rows]


def of_office(collaborators: Collaborators, officer: OfficerActor) -> list[dict[str, Any]]:
    """List what officers of these roles and cities were told, newest first."""
    with unit_of_work(collaborators.sessions) as session:
        query = select(Notification).where(Notification.role.in_([role.value for role in officer.roles]))
        if officer.city is not None:
            query = query.where(Notification.city == officer.city)
        rows = session.execute(query.order_by(Notification.created_at.desc(), Notification.id).limit(_SHOWN)).scalars()
        return [_view(row, "zh") for row in rows]


def message(collaborators: Collaborators, notification_id: str) -> Message | None:
    """Write what goes out for a notification; None when it was delivered, or is for an office.

    What is told to a former number goes there alone.
    """
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(Notification, notification_id)
        if row is None or row.delivered_at is not None or row.person_id is None:
            return None
        person = session.get_one(Person, row.person_id)
        view = _view(row, person.language)
        phone, email = (row.phone, None) if row.phone else (person.phone, person.email)
        return Message(row.id, view["text"], person.language, phone, email, view)


def deliver(collaborators: Collaborators, notification_id: str) -> None:
    """Deliver one notification, unless it was delivered before.

    The call outwards stands between two transactions; its key lets the receiver drop a repetition.
    Raises Unavailable when gateway or mail server don't take it, so that the job is tried again later.
    """
    waiting = message(collaborators, notification_id)
    if waiting is None:
        return
    send(collaborators.settings, waiting)
    with unit_of_work(collaborators.sessions) as session:
        again = session.get_one(Notification, notification_id, with_for_update=True)
        again.delivered_at = again.delivered_at or collaborators.clock()
