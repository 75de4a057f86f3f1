"""Many credentials at once: after a key was compromised, and for runs of printed cards.

Each chunk is one transaction, and what is left to do is read from the database, so that a run that was killed goes on
where it stopped and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.token.claims import HolderKey, StatusRef, device_claims, print_claims
from suchang.domain.errors import Conflict, NotFound
from suchang.persistence.models import Card, Credential, Device, SigningKey
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.credential import signing_keys, status_lists
from suchang.workflows.credential.credential_subjects import bearer_of
from suchang.workflows.credential.credentials import SUSPENDED, base_claims, revoke_credential, store_credential
from suchang.workflows.runtime.actors import Actor
from suchang.workflows.runtime.collaborators import Collaborators

CHUNK = 200
Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


def no_progress(_done: int, _all: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Compromise:
    """What a compromise drill did: the key that signs now, and how many credentials were signed anew."""

    active: str
    reissued: int


def compromise(collaborators: Collaborators, actor: Actor, kid: str, progress: Progress = no_progress) -> Compromise:
    """Take a key out of the ring at once and sign anew what it had signed and is still good.

    Phones fetch their new credential when they next reach us; cards on paper must be printed again. Safe to call again
    after a kill. Raises NotFound for an unknown key.
    """
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(SigningKey, kid)
        if row is None:
            raise NotFound(f"There is no key {kid}.")
        state = row.state
    if state == "active":
        signing_keys.rotate(collaborators, actor)
    if state != "revoked":
        signing_keys.revoke(collaborators, actor, kid)
    with unit_of_work(collaborators.sessions) as session:
        whole = session.execute(select(func.count()).select_from(Credential).where(_signed_by(kid))).scalar_one()
    done = _by_chunks(lambda: _sign_anew(collaborators, actor, kid), whole, progress)
    active = next(one["kid"] for one in signing_keys.list_keys(collaborators) if one["state"] == "active")
    return Compromise(active, done)


def print_run(collaborators: Collaborators, actor: Actor, progress: Progress = no_progress) -> int:
    """Issue a printed credential for every active card that has none; gives how many were issued."""
    with unit_of_work(collaborators.sessions) as session:
        whole = session.execute(select(func.count()).select_from(Card).where(_without_print())).scalar_one()
    return _by_chunks(lambda: _print_chunk(collaborators, actor), whole, progress)


def _by_chunks(chunk: Callable[[], int], whole: int, progress: Progress) -> int:
    done = 0
    progress(done, whole)
    while made := chunk():
        done += made
        progress(done, max(whole, done))
    return done


def _signed_by(kid: str) -> ColumnElement[bool]:
    return and_(Credential.kid == kid, Credential.revoked_at.is_(None))


def _without_print() -> ColumnElement[bool]:
    printed = exists().where(
        Credential.card_id == Card.id,
        Credential.dependant_id.is_(None),
        Credential.assurance == "print",
        Credential.revoked_at.is_(None),
    )
    return and_(Card.state == "active", ~printed)


def _sign_anew(collaborators: Collaborators, actor: Actor, kid: str) -> int:
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        rows = session.execute(
            select(Credential)
            .where(_signed_by(kid))
            .order_by(Credential.sub)
            .limit(CHUNK)
            .with_for_update(skip_locked=True)
        ).scalars()
        count = 0
        for old in rows:
            count += 1
            revoke_credential(session, old, now)
            card = session.get_one(Card, old.card_id)
            if old.assurance != "online" and card.state in ("active", "suspended") and old.expires_at > now:
                _write(collaborators, session, card, old.device_id, old.dependant_id, now)
        if count:
            audit_rows.record(session, now, actor, "credentials_reissued", "signing_key", kid, count=count)
        return count


def _print_chunk(collaborators: Collaborators, actor: Actor) -> int:
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        cards = (
            session.execute(
                select(Card).where(_without_print()).order_by(Card.id).limit(CHUNK).with_for_update(skip_locked=True)
            )
            .scalars()
            .all()
        )
        for card in cards:
            _write(collaborators, session, card, None, None, now)
            audit_rows.record(session, now, actor, "credential_issued", "card", card.id, assurance="print")
        return len(cards)


def _write(
    collaborators: Collaborators,
    session: Session,
    card: Card,
    device_id: str | None,
    dependant_id: str | None,
    now: datetime,
) -> None:
    """Sign one credential of a card: for a phone where one is named, otherwise for paper; of a dependant if named.

    A dependant who may have none any more gets none.
    """
    try:
        bearer = bearer_of(collaborators, session, card, dependant_id, now)
    except (Conflict, NotFound):
        return
    place = status_lists.take_place(session, now)
    if card.state == "suspended":
        status_lists.set_status(session, *place, SUSPENDED, now)
    base = base_claims(collaborators, card, bearer, now)
    ref = StatusRef(place[1], status_lists.list_uri(collaborators, place[0]))
    claims = print_claims(base, ref)
    if device_id is not None:
        key = session.get_one(Device, device_id).jwk
        claims = device_claims(base, HolderKey(key["x"], key["y"]), ref)
    signer = collaborators.keys.signer(collaborators, session)
    store_credential(session, card, claims, signer.kid, now, issue(claims, signer), place, device_id, dependant_id)
