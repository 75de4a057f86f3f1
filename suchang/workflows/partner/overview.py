"""What an officer sees and changes of one partner: its sites, the people at its desks, its addresses and deliveries."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import CITIES, Role
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.persistence.models import (
    DeskOperator,
    Partner,
    PartnerClient,
    SignInSession,
    Site,
    WebhookDelivery,
    WebhookEndpoint,
)
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import hash_password
from suchang.workflows.account.sessions import end_sessions
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.partners import partner_view
from suchang.workflows.partner.webhooks import delivery_view
from suchang.workflows.runtime.actors import OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

LISTED = 200
DELIVERIES = 50


def overview(collaborators: Collaborators, officer: OfficerActor, *, search: str | None = None) -> list[dict[str, Any]]:
    """List partners by name with what they consist of; ``search`` is part of a name or the begin of a credit code."""
    officer.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)

    def count(model: type[Site | PartnerClient | DeskOperator]) -> Any:
        return select(func.count()).where(model.partner_id == Partner.id).scalar_subquery()

    query = select(Partner, count(Site), count(PartnerClient), count(DeskOperator))
    if search:
        begins = Partner.uscc.startswith(search.upper(), autoescape=True)
        query = query.where(begins | Partner.name.contains(search, autoescape=True))
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(query.order_by(Partner.name, Partner.id).limit(LISTED)).all()
        return [
            {
                "id": one.id,
                "name": one.name,
                "uscc": one.uscc,
                "domains": one.domains,
                "state": one.state,
                "sites": sites,
                "clients": clients,
                "operators": operators,
            }
            for one, sites, clients, operators in rows
        ]


def show(collaborators: Collaborators, officer: OfficerActor, partner_id: str) -> dict[str, Any]:
    """Show one partner in full; secrets are never among it."""
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, officer, partner_id)
        clients = session.execute(
            select(PartnerClient).where(PartnerClient.partner_id == partner_id).order_by(PartnerClient.created_at)
        ).scalars()
        operators = session.execute(
            select(DeskOperator).where(DeskOperator.partner_id == partner_id).order_by(DeskOperator.username)
        ).scalars()
        endpoints = session.execute(
            select(WebhookEndpoint).where(WebhookEndpoint.partner_id == partner_id).order_by(WebhookEndpoint.created_at)
        ).scalars()
        sent = session.execute(
            select(WebhookDelivery, WebhookEndpoint.url)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(WebhookEndpoint.partner_id == partner_id)
            .order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
            .limit(DELIVERIES)
        )
        now = collaborators.clock()
        return partner_view(session, partner) | {
            "created_at": rfc3339(partner.created_at),
            "clients": [
                {
                    "id": one.id,
                    "name": one.name,
                    "scopes": one.scopes,
                    "state": one.state,
                    "site": one.site_id,
                    "signs": one.secret_hash is None,
                    "networks": one.networks,
                    "previous_until": rfc3339(one.previous_until)
                    if one.previous_until and one.previous_until > now
                    else None,
                }
                for one in clients
            ],
            "operators": [
                {
                    "id": one.id,
                    "username": one.username,
                    "name": one.name,
                    "site": one.site_id,
                    "scopes": one.scopes,
                    "active": one.active,
                    "locked": one.locked_until is not None and one.locked_until > now,
                }
                for one in operators
            ],
            "endpoints": [{"id": one.id, "url": one.url, "state": one.state} for one in endpoints],
            "deliveries": [delivery_view(row, url) for row, url in sent],
        }


def add_site(collaborators: Collaborators, officer: OfficerActor, partner_id: str, *, name: str, city: str) -> str:
    """Return a partner one more place of work, and its id back."""
    if city not in CITIES:
        raise Invalid("Choose one of the 13 cities.", code="unknown_city")
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, officer, partner_id)
        known = select(Site.id).where(Site.partner_id == partner.id, Site.name == name, Site.city == city)
        if session.execute(known).first():
            raise Conflict("This partner has a site of that name there.", code="site_known")
        site = Site(id=new_id("site"), partner_id=partner.id, name=name, city=city)
        session.add(site)
        audit_rows.record(session, now, officer, "site_added", "partner", partner.id, site=site.id, city=city)
        return site.id


def new_password() -> str:
    """Draw a first password that is easy to read out: four groups of four, 80 bits."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def set_operator_state(
    collaborators: Collaborators, officer: OfficerActor, partner_id: str, operator_id: str, *, active: bool
) -> None:
    """Close an account at a desk, which ends its sessions at once, or open it again."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _operator(session, officer, partner_id, operator_id)
        if row.active == active:
            raise Conflict("The account is in this state already.", code="no_change")
        row.active, row.failed_sign_ins, row.locked_until = active, 0, None
        _end_sessions(session, row, now)
        audit_rows.record(
            session, now, officer, "operator_opened" if active else "operator_closed", "desk_operator", row.id
        )


def renew_password(collaborators: Collaborators, officer: OfficerActor, partner_id: str, operator_id: str) -> str:
    """Return an account at a desk a new password, shown once; its sessions end and its lock opens."""
    password = new_password()
    kept = hash_password(password)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = _operator(session, officer, partner_id, operator_id)
        row.password_hash, row.failed_sign_ins, row.locked_until = kept, 0, None
        _end_sessions(session, row, now)
        audit_rows.record(session, now, officer, "operator_password_renewed", "desk_operator", row.id)
    return password


def send_again(collaborators: Collaborators, officer: OfficerActor, partner_id: str, delivery_id: str) -> None:
    """Have a delivery sent again at once, with all its tries before it."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, officer, partner_id)
        row = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        endpoint = session.get(WebhookEndpoint, row.endpoint_id) if row is not None else None
        if row is None or endpoint is None or endpoint.partner_id != partner.id:
            raise NotFound("There is no such delivery.", code="unknown_delivery")
        row.state, row.tries, row.next_at = "waiting", 0, now
        audit_rows.record(session, now, officer, "webhook_replayed", "webhook_delivery", row.id)


def _partner(session: Session, officer: OfficerActor, partner_id: str) -> Partner:
    officer.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("There is no such partner.")
    return partner


def _operator(session: Session, officer: OfficerActor, partner_id: str, operator_id: str) -> DeskOperator:
    _partner(session, officer, partner_id)
    row = session.get(DeskOperator, operator_id, with_for_update=True)
    if row is None or row.partner_id != partner_id:
        raise NotFound("This partner has no such desk user.")
    return row


def _end_sessions(session: Session, operator: DeskOperator, now: datetime) -> None:
    end_sessions(session, now, SignInSession.kind == "desk", SignInSession.subject_id == operator.id)
