"""Partners: onboarding by an officer, clients with secrets or keys, desk operators, suspension."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import CITIES, Role
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.ids import new_id
from suchang.domain.people.organisation import read_credit_code
from suchang.persistence.models import DeskOperator, Partner, PartnerClient, Site
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import hash_password
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.partner.rates import DEFAULT_PER_MINUTE
from suchang.workflows.partner.tokens import SANDBOX, hash_secret
from suchang.workflows.runtime.actors import Actor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

VERBS = ("verify", "redeem")


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A client and its secret, which is shown once."""

    client_id: str
    secret: str


def _need_office(actor: Actor) -> None:
    if isinstance(actor, OfficerActor):
        actor.need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)


def register_partner(
    collaborators: Collaborators,
    actor: Actor,
    *,
    name: str,
    uscc: str,
    domains: Sequence[str],
    sites: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Take a partner in, with its sites as (name, city).

    Raises InvalidCreditCode for a text that is no credit code, Conflict for one that is known.
    """
    _need_office(actor)
    uscc = read_credit_code(uscc, demo=collaborators.settings.demo)
    unknown = sorted(set(domains) - set(collaborators.services))
    if unknown or not domains:
        raise Invalid(f"No such benefit domain: {', '.join(unknown) or '(none named)'}.", code="unknown_domain")
    for _, city in sites:
        if city not in CITIES:
            raise Invalid(
                f"{city} is not one of the 13 cities; write its GB/T 2260 code, such as 320100.", code="unknown_city"
            )
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        if session.execute(select(Partner.id).where(Partner.uscc == uscc)).first():
            raise Conflict("A partner with this credit code is registered already.", code="already_registered")
        partner = Partner(
            id=new_id("par"), name=name, uscc=uscc, domains=sorted(set(domains)), state="active", created_at=now
        )
        session.add(partner)
        session.flush()
        for site_name, city in sites:
            session.add(Site(id=new_id("site"), partner_id=partner.id, name=site_name, city=city))
        audit_rows.record(session, now, actor, "partner_registered", "partner", partner.id, domains=partner.domains)
        session.flush()
        return partner_view(session, partner)


def partner_view(session: Session, partner: Partner) -> dict[str, Any]:
    """Show a partner to an officer."""
    sites = session.execute(select(Site).where(Site.partner_id == partner.id).order_by(Site.name)).scalars()
    clients = session.execute(
        select(PartnerClient).where(PartnerClient.partner_id == partner.id).order_by(PartnerClient.created_at)
    ).scalars()
    return {
        "id": partner.id,
        "name": partner.name,
        "uscc": partner.uscc,
        "domains": partner.domains,
        "state": partner.state,
        "requests_per_minute": partner.requests_per_minute or DEFAULT_PER_MINUTE,
        "sites": [{"id": site.id, "name": site.name, "city": site.city} for site in sites],
        "clients": [
            {"id": one.id, "name": one.name, "scopes": one.scopes, "state": one.state, "site": one.site_id}
            for one in clients
        ],
    }


def list_partners(collaborators: Collaborators, actor: Actor) -> list[dict[str, Any]]:
    """List all partners by name."""
    _need_office(actor)
    with unit_of_work(collaborators.sessions) as session:
        found = session.execute(select(Partner).order_by(Partner.name, Partner.id)).scalars().all()
        return [partner_view(session, one) for one in found]


def _checked_scopes(partner: Partner, scopes: Sequence[str]) -> list[str]:
    allowed = {f"{verb}:{domain}" for verb in VERBS for domain in partner.domains} | {"verify:offline"}
    if set(scopes) == {SANDBOX}:
        return [SANDBOX]
    wrong = sorted(set(scopes) - allowed)
    if wrong or not scopes:
        raise Invalid(f"Not a scope of this partner: {', '.join(wrong) or '(none named)'}.", code="unknown_scope")
    return sorted(set(scopes))


def _partner(session: Session, partner_id: str) -> Partner:
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("There is no such partner.")
    return partner


def _site_of(session: Session, partner_id: str, site_id: str) -> Site:
    site = session.get(Site, site_id)
    if site is None or site.partner_id != partner_id:
        raise NotFound("This partner has no such site.")
    return site


def add_client(
    collaborators: Collaborators,
    actor: Actor,
    partner_id: str,
    *,
    name: str,
    scopes: Sequence[str],
    site_id: str | None = None,
    jwks: Mapping[str, Any] | None = None,
) -> ClientSecret:
    """Return a partner's program an identifier; with ``jwks`` it signs assertions and gets no secret."""
    _need_office(actor)
    now = collaborators.clock()
    secret = "" if jwks else secrets.token_urlsafe(32)
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, partner_id)
        if site_id is not None:
            _site_of(session, partner_id, site_id)
        client = PartnerClient(
            id=new_id("cli"),
            partner_id=partner.id,
            site_id=site_id,
            name=name,
            secret_hash=hash_secret(secret) if secret else None,
            jwks=dict(jwks) if jwks else None,
            scopes=_checked_scopes(partner, scopes),
            state="active",
            created_at=now,
        )
        session.add(client)
        audit_rows.record(session, now, actor, "client_added", "partner_client", client.id, partner=partner.id)
        return ClientSecret(client.id, secret)


def add_desk_operator(
    collaborators: Collaborators,
    actor: Actor,
    partner_id: str,
    *,
    site_id: str,
    username: str,
    name: str,
    password: str,
    scopes: Sequence[str],
) -> str:
    """Return a person at a partner's desk an account, and its id back."""
    _need_office(actor)
    kept = hash_password(password, username, name)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, partner_id)
        site = _site_of(session, partner_id, site_id)
        if session.execute(select(DeskOperator.id).where(DeskOperator.username == username)).first():
            raise Conflict("This user name is taken.", code="username_taken")
        operator = DeskOperator(
            id=new_id("opr"),
            partner_id=partner.id,
            site_id=site.id,
            username=username,
            name=name,
            scopes=_checked_scopes(partner, scopes),
            password_hash=kept,
            created_at=now,
        )
        session.add(operator)
        audit_rows.record(session, now, actor, "operator_added", "desk_operator", operator.id, partner=partner.id)
        return operator.id


def set_partner_state(collaborators: Collaborators, actor: Actor, partner_id: str, state: str) -> dict[str, Any]:
    """Suspend or restore a partner; its tokens stop working at once."""
    _need_office(actor)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, partner_id)
        if partner.state == state:
            raise Conflict(f"The partner is {state} already.", code="no_change")
        partner.state = state
        audit_rows.record(session, now, actor, f"partner_{state}", "partner", partner.id)
        return partner_view(session, partner)


def set_partner_rate(
    collaborators: Collaborators, actor: Actor, partner_id: str, per_minute: int | None
) -> dict[str, Any]:
    """Agree with a partner how often it may call; None for the usual rate. It holds within ten seconds."""
    _need_office(actor)
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        partner = _partner(session, partner_id)
        partner.requests_per_minute = per_minute
        audit_rows.record(session, now, actor, "rate_set", "partner", partner.id, requests_per_minute=per_minute)
        return partner_view(session, partner)
