"""Credentials of a card: device-bound, printed, and the online code; and the phones that hold the first kind."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suchang.credentials.claims import (
    VCTS,
    Claims,
    HolderKey,
    StatusRef,
    device_claims,
    new_sub,
    online_claims,
    print_claims,
)
from suchang.credentials.codec import Token, qr_text, read_qr
from suchang.credentials.encoding import b64url_text
from suchang.credentials.issuing import issue
from suchang.credentials.possession import check_possession
from suchang.credentials.signer import thumbprint
from suchang.domain.benefits import domain_bits as tier_bits
from suchang.domain.clock import SHANGHAI, local_date, rfc3339
from suchang.domain.errors import Conflict, Invalid, NotFound
from suchang.domain.identity import mask_name
from suchang.domain.ids import new_id
from suchang.domain.vocabulary import Assurance, Tier
from suchang.persistence.models import Card, Credential, Device, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import audit, status_lists
from suchang.workflows.actors import HolderActor
from suchang.workflows.collaborators import Collaborators
from suchang.workflows.idempotency import Answer, Retry, once

MAX_DEVICES = 3
CREDENTIAL_LIFE = timedelta(days=90)
"""A device credential is renewed by the phone long before this (assumption); a lost phone's ends by itself."""
REVOKED, SUSPENDED = 1, 2


def live_card(session: Session, person_id: str, *, lock: bool = False) -> Card:
    """Give a person's active or suspended card; raises NotFound when there is none."""
    query = select(Card).where(Card.person_id == person_id, Card.state.in_(("active", "suspended")))
    card = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if card is None:
        raise NotFound("You have no card yet.", code="no_card")
    return card


def card_end(card: Card) -> datetime:
    """Give the first moment at which a card is no longer good: midnight after its last day, local time."""
    return datetime.combine(card.valid_until + timedelta(days=1), time(), SHANGHAI)


def card_domains(parts: Collaborators, card: Card, now: datetime) -> int:
    """Give the bits of the benefit domains in which this card's tier has anything today."""
    domains = {slug: service.domain for slug, service in parts.services.items()}
    return tier_bits(domains, Tier(card.tier), None, local_date(now))


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


def my_card(parts: Collaborators, actor: HolderActor) -> dict[str, Any]:
    """Show the signed-in person's card."""
    with unit_of_work(parts.sessions) as session:
        card = live_card(session, actor.person_id)
        return card_view(session, card, session.get_one(Person, actor.person_id))


def _active(card: Card, now: datetime) -> Card:
    if card.state != "active":
        raise Conflict("The card is suspended; nothing can be shown with it.", code="card_not_active")
    if now >= card_end(card):
        raise Conflict("The card has expired.", code="card_not_active")
    return card


def base_claims(parts: Collaborators, card: Card, person: Person, now: datetime) -> Claims:
    """Make what every credential of a card says; the kinds add what is theirs."""
    seconds = int(now.timestamp())
    return Claims(
        iss=parts.issuer,
        vct=VCTS[Assurance.PRINT],
        iat=seconds,
        exp=min(int((now + CREDENTIAL_LIFE).timestamp()), int(card_end(card).timestamp())),
        sub=new_sub(),
        tier=card.tier,
        name=mask_name(person.name),
        dom=card_domains(parts, card, now),
    )


def register_device(
    parts: Collaborators, actor: HolderActor, *, name: str, jwk: dict[str, str], proof: str, retry: Retry | None = None
) -> Answer:
    """Take down a phone's public key after it proved that it holds the private one; at most three phones a card.

    ``proof`` is a JWT signed by that key over a challenge of ours; see ``device_challenge``.
    """
    now = parts.clock()
    if not any(check_possession(jwk, proof, parts.issuer, nonce) for nonce in _challenges(parts, actor, now)):
        raise Invalid(
            "The phone did not prove that it holds this key; ask for a challenge and sign it.", code="bad_proof"
        )
    with unit_of_work(parts.sessions) as session:

        def act() -> Answer:
            session.get_one(Person, actor.person_id, with_for_update=True)
            live_card(session, actor.person_id)
            count = session.execute(
                select(func.count()).where(Device.person_id == actor.person_id, Device.removed_at.is_(None))
            ).scalar_one()
            if count >= MAX_DEVICES:
                raise Conflict(
                    f"A card lives on at most {MAX_DEVICES} phones; remove one first.", code="too_many_devices"
                )
            key = {member: jwk[member] for member in ("kty", "crv", "x", "y")}
            print_ = thumbprint(key)
            if session.execute(
                select(Device.id).where(Device.thumbprint == print_, Device.removed_at.is_(None))
            ).first():
                raise Conflict("This key is registered already.", code="device_known")
            device = Device(
                id=new_id("dev"), person_id=actor.person_id, name=name, jwk=key, thumbprint=print_, created_at=now
            )
            session.add(device)
            audit.record(session, now, actor, "device_added", "device", device.id)
            return Answer({"id": device.id, "name": device.name, "added_at": rfc3339(now)})

        return once(session, retry, now, act)


def device_challenge(parts: Collaborators, actor: HolderActor) -> str:
    """Give the nonce that a phone signs to prove its key; good for two to four minutes.

    It is computed, not stored: a second registration of the same key is refused anyway.
    """
    return _challenges(parts, actor, parts.clock())[0]


def _challenges(parts: Collaborators, actor: HolderActor, now: datetime) -> tuple[str, str]:
    window = int(now.timestamp()) // 120
    return _challenge(parts, actor, window), _challenge(parts, actor, window - 1)


def _challenge(parts: Collaborators, actor: HolderActor, window: int) -> str:
    message = f"device challenge|{actor.person_id}|{window}".encode()
    return b64url_text(hmac.digest(parts.settings.secret_key, message, hashlib.sha256)[:16])


def remove_device(parts: Collaborators, actor: HolderActor, device_id: str) -> None:
    """Take a phone off the card, from anywhere; its credentials are revoked at once."""
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        device = session.get(Device, device_id, with_for_update=True)
        if device is None or device.person_id != actor.person_id or device.removed_at is not None:
            raise NotFound("You have no such device.")
        device.removed_at = now
        held = session.execute(
            select(Credential).where(Credential.device_id == device.id, Credential.revoked_at.is_(None))
        ).scalars()
        for credential in held:
            revoke_credential(session, credential, now)
        audit.record(session, now, actor, "device_removed", "device", device.id)


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
) -> None:
    """Keep the row of a signed credential; ``token`` is None for the online code, which is never shown again."""
    session.add(
        Credential(
            sub=claims.sub,
            card_id=card.id,
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


def issue_device_credential(
    parts: Collaborators, actor: HolderActor, device_id: str, *, renew: bool = False
) -> dict[str, Any]:
    """Give one of the holder's phones its credential: the one that it has while that is good, else a new one.

    A new one is issued, and the old one revoked, when the holder asks (``renew``), the card changed, the key that
    signed is gone, or less than a third of its life is left.
    """
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        card = _active(live_card(session, actor.person_id, lock=True), now)
        device = session.get(Device, device_id)
        if device is None or device.person_id != actor.person_id or device.removed_at is not None:
            raise NotFound("You have no such device.")
        held = session.execute(
            select(Credential).where(Credential.device_id == device.id, Credential.revoked_at.is_(None))
        ).scalars()
        for old in held:
            if not renew and _still_good(parts, session, card, old, now):
                return _device_view(read_qr(old.text or ""), old.sub, old.expires_at)
            revoke_credential(session, old, now)
        place = status_lists.take_place(session, now)
        person = session.get_one(Person, actor.person_id)
        claims = device_claims(
            base_claims(parts, card, person, now),
            HolderKey(device.jwk["x"], device.jwk["y"]),
            StatusRef(place[1], status_lists.list_uri(parts, place[0])),
        )
        signer = parts.keys.signer(parts, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, token, place, device.id)
        audit.record(session, now, actor, "credential_issued", "card", card.id, assurance="device", device=device.id)
        return _device_view(token, claims.sub, datetime.fromtimestamp(claims.exp, now.tzinfo))


def _device_view(token: Token, sub: str, expires: datetime) -> dict[str, Any]:
    return {"assurance": "device", "sd_jwt": token.text, "sub": sub, "expires_at": rfc3339(expires)}


def _still_good(parts: Collaborators, session: Session, card: Card, held: Credential, now: datetime) -> bool:
    return (
        held.text is not None
        and held.tier == card.tier
        and held.domains == card_domains(parts, card, now)
        and parts.keys.ring(parts, session).find(parts.issuer, held.kid) is not None
        and held.expires_at - now > min(CREDENTIAL_LIFE / 3, card_end(card) - now - timedelta(seconds=1))
    )


def issue_online_code(parts: Collaborators, actor: HolderActor) -> dict[str, Any]:
    """Mint an online code: fifty seconds, once; for phones that can't keep a key."""
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        card = _active(live_card(session, actor.person_id), now)
        person = session.get_one(Person, actor.person_id)
        claims = online_claims(base_claims(parts, card, person, now), int(now.timestamp()))
        signer = parts.keys.signer(parts, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, None, None)
        return {
            "assurance": "online",
            "presentation": qr_text(token),
            "expires_at": rfc3339(datetime.fromtimestamp(claims.exp, now.tzinfo)),
        }


def printed_code(parts: Collaborators, actor: HolderActor, *, renew: bool = False) -> dict[str, Any]:
    """Give the card's printed code; the same one each time, unless a new print is wanted, which voids the old."""
    now = parts.clock()
    with unit_of_work(parts.sessions) as session:
        card = _active(live_card(session, actor.person_id, lock=True), now)
        kept = session.execute(
            select(Credential).where(
                Credential.card_id == card.id, Credential.assurance == "print", Credential.revoked_at.is_(None)
            )
        ).scalar_one_or_none()
        if kept is not None and not renew and kept.text and kept.expires_at > now:
            return {"assurance": "print", "presentation": kept.text, "expires_at": rfc3339(kept.expires_at)}
        if kept is not None:
            revoke_credential(session, kept, now)
        place = status_lists.take_place(session, now)
        person = session.get_one(Person, actor.person_id)
        base = base_claims(parts, card, person, now)
        ref = StatusRef(place[1], status_lists.list_uri(parts, place[0]))
        claims = print_claims(base, ref)
        signer = parts.keys.signer(parts, session)
        token = issue(claims, signer)
        store_credential(session, card, claims, signer.kid, now, token, place)
        audit.record(session, now, actor, "credential_issued", "card", card.id, assurance="print")
        expires = datetime.fromtimestamp(claims.exp, now.tzinfo)
        return {"assurance": "print", "presentation": qr_text(token), "expires_at": rfc3339(expires)}


__all__ = [
    "REVOKED",
    "SUSPENDED",
    "card_end",
    "card_view",
    "device_challenge",
    "issue_device_credential",
    "issue_online_code",
    "live_card",
    "my_card",
    "printed_code",
    "register_device",
    "remove_device",
    "revoke_credential",
]
