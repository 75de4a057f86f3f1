"""Credentials of a card, the holder's and the dependants': device-bound, printed, and the online code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.token.claims import (
    VCTS,
    Claims,
    HolderKey,
    StatusRef,
    device_claims,
    new_sub,
    online_claims,
    print_claims,
)
from suchang.credentials.token.codec import Token, qr_text, read_qr
from suchang.domain.clock import rfc3339
from suchang.domain.errors import Conflict, NotFound
from suchang.domain.people.identity import mask_name
from suchang.domain.vocabulary import Assurance
from suchang.persistence.models import Card, Credential, Dependant, Device, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential import status_lists
from suchang.workflows.credential.credential_subjects import CREDENTIAL_LIFE, Bearer, bearer_of, card_end
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators

REVOKED, SUSPENDED = 1, 2


def live_card(session: Session, person_id: str, *, lock: bool = False) -> Card:
    """Return a person's active or suspended card; raises NotFound when there is none."""
    query = select(Card).where(Card.person_id == person_id, Card.state.in_(("active", "suspended")))
    card = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if card is None:
        raise NotFound("You have no card yet.", code="no_card")
    return card


def card_view(session: Session, card: Card, person: Person) -> dict[str, Any]:
    """Show a card to its holder."""
    devices = session.execute(
        select(Device).where(Device.person_id == person.id, Device.removed_at.is_(None)).order_by(Device.created_at)
    ).scalars()
    return {
        "id": card.id,
        "number": card.number,
        "tier": card.tier,
        "track": card.track,
        "state": card.state,
        "reason": card.facts.get("reason"),
        "name": mask_name(person.name),
        "city": card.city,
        "valid_from": card.valid_from.isoformat(),
        "valid_until": card.valid_until.isoformat(),
        "devices": [{"id": one.id, "name": one.name, "added_at": rfc3339(one.created_at)} for one in devices],
        "version": card.version,
    }


def my_card(collaborators: Collaborators, actor: HolderActor) -> dict[str, Any]:
    """Show the signed-in person's card."""
    with unit_of_work(collaborators.sessions) as session:
        card = live_card(session, actor.person_id)
        return card_view(session, card, session.get_one(Person, actor.person_id))


def _active(card: Card, now: datetime) -> Card:
    if card.state != "active":
        raise Conflict("The card is suspended; nothing can be shown with it.", code="card_not_active")
    if now >= card_end(card):
        raise Conflict("The card has expired.", code="card_not_active")
    return card


def base_claims(collaborators: Collaborators, card: Card, bearer: Bearer, now: datetime) -> Claims:
    """Make what every credential of a card says of whoever shows it; the kinds add what is theirs."""
    seconds = int(now.timestamp())
    return Claims(
        iss=collaborators.issuer,
        vct=VCTS[Assurance.PRINT],
        iat=seconds,
        exp=min(int((now + CREDENTIAL_LIFE).timestamp()), int(bearer.ends.timestamp())),
        sub=new_sub(),
        tier=card.tier,
        name=bearer.name,
        dom=bearer.domains,
        relation=bearer.relation,
    )


def _shown_by(
    collaborators: Collaborators, session: Session, actor: HolderActor, dependant_id: str | None, now: datetime
) -> tuple[Card, Bearer]:
    """Lock and give the active card of the signed-in person, and whom the credential is to speak of.

    The dependant's row comes first, as everywhere: whoever removes the dependant waits, or is seen here.
    """
    if dependant_id is not None:
        session.get(Dependant, dependant_id, with_for_update={"read": True})
    card = _active(live_card(session, actor.person_id, lock=True), now)
    return card, bearer_of(collaborators, session, card, dependant_id, now)


def revoke_credential(session: Session, credential: Credential, now: datetime) -> None:
    """Revoke one credential in the database and in its status list."""
    credential.revoked_at = now
    if credential.status_list is not None and credential.status_index is not None:
        status_lists.set_status(session, credential.status_list, credential.status_index, REVOKED, now)


def store_credential(
    session: Session,
    card: Card,
    claims: Claims,
    kid: str,
    now: datetime,
    token: Token | None,
    place: tuple[int, int] | None,
    device_id: str | None = None,
    dependant_id: str | None = None,
) -> None:
    """Keep the row of a signed credential; ``token`` is None for the online code, which is never shown again."""
    session.add(
        Credential(
            sub=claims.sub,
            card_id=card.id,
            dependant_id=dependant_id,
            device_id=device_id,
            assurance=(claims.assurance or Assurance.PRINT).value,
            kid=kid,
            tier=claims.tier,
            domains=claims.dom,
            issued_at=now,
            expires_at=datetime.fromtimestamp(claims.exp, now.tzinfo),
            status_list=place[0] if place else None,
            status_index=place[1] if place else None,
            text=qr_text(token) if token else None,
        )
    )
    session.flush()


def issue_any(
    collaborators: Collaborators,
    actor: HolderActor,
    *,
    assurance: str,
    device: str = "",
    dependant_id: str | None = None,
    renew: bool = False,
) -> dict[str, Any]:
    """Return the kind of code that is asked for, the holder's own or a dependant's; ``device`` is for the phone's."""
    if assurance == Assurance.DEVICE:
        return issue_device_credential(collaborators, actor, device, dependant_id=dependant_id, renew=renew)
    if assurance == Assurance.ONLINE:
        return issue_online_code(collaborators, actor, dependant_id=dependant_id)
    return printed_code(collaborators, actor, dependant_id=dependant_id, renew=renew)


def issue_device_credential(
    collaborators: Collaborators,
    actor: HolderActor,
    device_id: str,
    *,
    dependant_id: str | None = None,
    renew: bool = False,
) -> dict[str, Any]:
    """Return one of the holder's phones a credential, the holder's own or a dependant's; the one it has while good.

    A new one is issued, and the old one revoked, when the holder asks (``renew``), the card changed, the key that
    signed is gone, or less than a third of its life is left.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card, bearer = _shown_by(collaborators, session, actor, dependant_id, now)
        device = session.get(Device, device_id)
        if device is None or device.person_id != actor.person_id or device.removed_at is not None:
            raise NotFound("You have no such device.")
        held = session.execute(
            select(Credential).where(
                Credential.device_id == device.id,
                Credential.dependant_id == dependant_id,
                Credential.revoked_at.is_(None),
            )
        ).scalars()
        for old in held:
            if not renew and _still_good(collaborators, session, card, bearer, old, now):
                return _device_view(read_qr(old.text or ""), old.sub, old.expires_at)
            revoke_credential(session, old, now)
        place = status_lists.take_place(session, now)
        claims = device_claims(
            base_claims(collaborators, card, bearer, now),
            HolderKey(device.jwk["x"], device.jwk["y"]),
            StatusRef(place[1], status_lists.list_uri(collaborators, place[0])),
        )
        signer = collaborators.keys.signer(collaborators, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, token, place, device.id, dependant_id)
        _note(session, now, actor, card, claims, dependant_id, device=device.id)
        return _device_view(token, claims.sub, datetime.fromtimestamp(claims.exp, now.tzinfo))


def _note(
    session: Session,
    now: datetime,
    actor: HolderActor,
    card: Card,
    claims: Claims,
    dependant_id: str | None,
    **more: str,
) -> None:
    whose = {"dependant": dependant_id} if dependant_id is not None else {}
    kind = (claims.assurance or Assurance.PRINT).value
    audit_rows.record(session, now, actor, "credential_issued", "card", card.id, assurance=kind, **whose, **more)


def _device_view(token: Token, sub: str, expires: datetime) -> dict[str, Any]:
    return {"assurance": "device", "sd_jwt": token.text, "sub": sub, "expires_at": rfc3339(expires)}


def _still_good(
    collaborators: Collaborators, session: Session, card: Card, bearer: Bearer, held: Credential, now: datetime
) -> bool:
    return (
        held.text is not None
        and held.tier == card.tier
        and held.domains == bearer.domains
        and held.expires_at <= bearer.ends
        and collaborators.keys.ring(collaborators, session).find(collaborators.issuer, held.kid) is not None
        and held.expires_at - now > min(CREDENTIAL_LIFE / 3, bearer.ends - now - timedelta(seconds=1))
    )


def issue_online_code(
    collaborators: Collaborators, actor: HolderActor, *, dependant_id: str | None = None
) -> dict[str, Any]:
    """Mint an online code: fifty seconds, once; for phones that can't keep a key."""
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card, bearer = _shown_by(collaborators, session, actor, dependant_id, now)
        claims = online_claims(base_claims(collaborators, card, bearer, now), int(now.timestamp()))
        signer = collaborators.keys.signer(collaborators, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, None, None, None, dependant_id)
        return {
            "assurance": "online",
            "presentation": qr_text(token),
            "expires_at": rfc3339(datetime.fromtimestamp(claims.exp, now.tzinfo)),
        }


def printed_code(
    collaborators: Collaborators, actor: HolderActor, *, dependant_id: str | None = None, renew: bool = False
) -> dict[str, Any]:
    """Return the printed code of the holder or of a dependant; the same one each time, unless a new print is wanted.

    A new print voids the old one.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        card, bearer = _shown_by(collaborators, session, actor, dependant_id, now)
        kept = session.execute(
            select(Credential).where(
                Credential.card_id == card.id,
                Credential.dependant_id == dependant_id,
                Credential.assurance == "print",
                Credential.revoked_at.is_(None),
            )
        ).scalar_one_or_none()
        if kept is not None and not renew and kept.text and now < kept.expires_at <= bearer.ends:
            return {"assurance": "print", "presentation": kept.text, "expires_at": rfc3339(kept.expires_at)}
        if kept is not None:
            revoke_credential(session, kept, now)
        place = status_lists.take_place(session, now)
        ref = StatusRef(place[1], status_lists.list_uri(collaborators, place[0]))
        claims = print_claims(base_claims(collaborators, card, bearer, now), ref)
        signer = collaborators.keys.signer(collaborators, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, token, place, None, dependant_id)
        _note(session, now, actor, card, claims, dependant_id)
        expires = datetime.fromtimestamp(claims.exp, now.tzinfo)
        return {"assurance": "print", "presentation": qr_text(token), "expires_at": rfc3339(expires)}


__all__ = [
    "REVOKED",
    "SUSPENDED",
    "card_view",
    "issue_any",
    "live_card",
    "my_card",
    "printed_code",
    "revoke_credential",
]
