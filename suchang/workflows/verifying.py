"""A partner verifies a presentation: the ten checks, the status from the database, the log row as replay check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.credentials.claims import Claims
from suchang.credentials.purpose import Purpose
from suchang.credentials.reasons import Outcome, Reason, Step
from suchang.credentials.status import Status, StatusAnswer
from suchang.credentials.verdict import Verdict
from suchang.credentials.verifier import Verifier
from suchang.domain.benefits import BenefitService, Disclosure, Entitlement, Holder
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Invalid
from suchang.domain.identity import mask_name
from suchang.domain.ids import new_id
from suchang.domain.vocabulary import Assurance
from suchang.persistence.models import Card, Credential, Dependant, Device, Person, Verification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import challenges, holdings
from suchang.workflows.actors import PartnerActor
from suchang.workflows.bearers import card_end
from suchang.workflows.collaborators import Collaborators
from suchang.workflows.idempotency import Answer, Retry, once
from suchang.workflows.partner_tokens import ensure_active, need_scope

DEFERRED_AT_MOST = timedelta(hours=72)


class DatabaseStatuses:
    """The status of a credential as the database has it this moment; keeps the row that it found."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self.card: Card | None = None
        self.credential: Credential | None = None

    def look_up(self, claims: Claims, now: int) -> StatusAnswer:
        """Look up by ``sub``: revoked where credential, device, dependant or card is gone, suspended with the card."""
        row = self._session.execute(
            select(Credential, Card, Device.removed_at, Dependant.removed_at)
            .join(Card, Card.id == Credential.card_id)
            .outerjoin(Device, Device.id == Credential.device_id)
            .outerjoin(Dependant, Dependant.id == Credential.dependant_id)
            .where(Credential.sub == claims.sub)
        ).one_or_none()
        if row is None:
            # Signed by us and unknown to us: the database lost it, so nobody can say that it holds.
            return StatusAnswer(None, now)
        self.credential, self.card = row[0], row[1]
        if self.credential.revoked_at is not None or row[2] is not None or row[3] is not None:
            return StatusAnswer(Status.INVALID, now)
        if self.card.state == "suspended":
            return StatusAnswer(Status.SUSPENDED, now)
        if self.card.state != "active" or self._now >= card_end(self.card):
            return StatusAnswer(Status.INVALID, now)
        return StatusAnswer(Status.VALID, now)


def verify(
    parts: Collaborators,
    actor: PartnerActor,
    *,
    presentation: str,
    purpose: str,
    presented_at: datetime | None = None,
    challenge: str | None = None,
    retry: Retry | None = None,
) -> Answer:
    """Verify a presentation for a purpose (a benefit domain) and log it, whatever comes out.

    With ``challenge`` the phone must have answered the nonce that this partner showed (``challenges.issue``).

    With ``presented_at`` (scope ``verify:offline``, at most 72 hours ago) freshness is judged at that moment, and
    replay now. Raises Invalid for a purpose that is no domain.
    """
    service = parts.services.get(purpose)
    if service is None:
        raise Invalid(f"There is no benefit domain {purpose[:40]!r}.", code="unknown_purpose")
    now = parts.clock()
    moment = now
    if presented_at is not None:
        need_scope(actor, "verify:offline")
        moment = presented_at.astimezone(UTC)
        if not now - DEFERRED_AT_MOST <= moment <= now:
            raise Invalid("presented_at must lie within the last 72 hours.", code="presented_at_out_of_range")
        if challenge is not None:
            raise Invalid("A challenge is answered at once; it can't be sent later.", code="challenge_offline")
    asked = Purpose(
        purpose,
        service.domain.bit,
        in_scope=f"verify:{purpose}" in actor.scopes,
        accepts=accepted_assurances(service),
    )
    with unit_of_work(parts.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            log = _Log(session, actor, purpose, "online" if presented_at is None else "deferred", moment, now)
            statuses = DatabaseStatuses(session, now)
            shown = challenges.find(session, actor, challenge) if challenge is not None else None

            def check() -> Verdict:
                verifier = Verifier(parts.keys.ring(parts, session), statuses, parts.clock)
                return verifier.check(presentation, asked, challenge=shown, at=int(moment.timestamp()))

            verdict = check()
            if verdict.reason is Reason.UNKNOWN_KEY and parts.keys.read_again():
                # Another worker may have rotated a moment ago.
                verdict = check()
            if verdict.accepted and shown is not None and not challenges.use(session, shown, log.id):
                verdict = replace(verdict, outcome=Outcome.REFUSED, reason=Reason.REPLAYED, step=Step.REPLAY)
            if verdict.accepted and verdict.replay_key is not None and not log.accept(verdict, statuses):
                # 10. Replay: the accepting transaction found the same proof accepted before.
                verdict = replace(verdict, outcome=Outcome.REFUSED, reason=Reason.REPLAYED, step=Step.REPLAY)
            if not log.written:
                log.write(verdict, statuses)
            return Answer(_view(parts, session, log, verdict, statuses, purpose, now))

        return once(session, retry, now, act)


def accepted_assurances(service: BenefitService) -> frozenset[Assurance]:
    """Give the kinds of credential that at least one item of a domain takes; the others are refused at the desk."""
    return frozenset(one for item in service.domain.items.values() for one in item.assurances)


class _Log:
    """The one row of the verification log that this request writes."""

    def __init__(
        self, session: Session, actor: PartnerActor, purpose: str, mode: str, moment: datetime, now: datetime
    ) -> None:
        self.id = new_id("ver")
        self.mode = mode
        self.written = False
        self._session = session
        self._common: dict[str, Any] = {
            "partner_id": actor.partner_id,
            "client_id": actor.client_id,
            "site_id": actor.site_id,
            "purpose": purpose,
            "mode": mode,
            "presented_at": moment,
            "created_at": now,
        }

    def _place(self, statuses: DatabaseStatuses) -> dict[str, Any]:
        held = statuses.credential
        return {
            "sub": held.sub if held else None,
            "card_id": held.card_id if held else None,
            "dependant_id": held.dependant_id if held else None,
            "assurance": held.assurance if held else None,
        }

    def accept(self, verdict: Verdict, statuses: DatabaseStatuses) -> bool:
        """Insert the accepted row under its replay key; false when the key has been accepted before."""
        if verdict.replay_key is None or verdict.proof_at is None:
            return False
        placed = self._session.execute(
            insert(Verification)
            .values(
                id=self.id,
                proof_day=verdict.proof_at.date(),
                replay_key=".".join(verdict.replay_key),
                outcome=Outcome.ACCEPTED.value,
                **self._place(statuses),
                **self._common,
            )
            .on_conflict_do_nothing(constraint="uq_verification_replay")
            .returning(Verification.id)
        ).scalar_one_or_none()
        self.written = placed is not None
        return self.written

    def write(self, verdict: Verdict, statuses: DatabaseStatuses) -> None:
        """Insert a row without a replay key: refused, unknown, or accepted in print."""
        self._session.execute(
            insert(Verification).values(
                id=self.id,
                proof_day=self._day(),
                outcome=verdict.outcome.value,
                reason=verdict.reason.value if verdict.reason else None,
                **self._place(statuses),
                **self._common,
            )
        )
        self.written = True

    def _day(self) -> date:
        created: datetime = self._common["created_at"]
        return created.astimezone(UTC).date()


def _view(
    parts: Collaborators,
    session: Session,
    log: _Log,
    verdict: Verdict,
    statuses: DatabaseStatuses,
    purpose: str,
    now: datetime,
) -> dict[str, Any]:
    """Show a verdict to the partner; a refused or unknown one carries no card data."""
    body: dict[str, Any] = {
        "id": log.id,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "as_of": rfc3339(verdict.as_of),
        "mode": log.mode,
        "assurance": None,
        "card": None,
        "entitlements": [],
    }
    if not verdict.accepted or verdict.claims is None or statuses.card is None:
        return body
    claims, card = verdict.claims, statuses.card
    holder = holdings.holder_of(session, card, now)
    usage = holdings.usage_of(session, holder.subjects, now)
    dependant = statuses.credential.dependant_id if statuses.credential else None
    rights = parts.services[purpose].entitlements(holder, usage, now)
    shown = [one for one in rights if one.available and dependant in (None, one.beneficiary)]
    return body | {
        "assurance": verdict.assurance.value if verdict.assurance else None,
        "card": _disclosed(parts.services[purpose], claims, card, session.get_one(Person, card.person_id)),
        "entitlements": [entitlement_view(one) | _whose(parts.services[purpose], holder, one) for one in shown],
    }


def _disclosed(service: BenefitService, claims: Claims, card: Card, principal: Person) -> dict[str, Any]:
    """Show of a card what some item of the domain discloses; the rest is null.

    ``relation`` is null where the holder shows the card, and what a dependant is to the holder otherwise; ``principal``
    then is the holder's masked name, where the domain discloses names and relations.
    """
    told = frozenset[Disclosure]().union(*(service.discloses(item) for item in service.domain.items))
    values = {
        Disclosure.TIER: claims.tier,
        Disclosure.NAME: claims.name,
        Disclosure.VALID_UNTIL: card.valid_until.isoformat(),
        Disclosure.RELATION: claims.relation.value if claims.relation else None,
    }
    shown = {what.value: value if what in told else None for what, value in values.items()}
    is_told = shown["relation"] is not None and Disclosure.NAME in told
    return shown | {"principal": mask_name(principal.name) if is_told else None}


def _whose(service: BenefitService, holder: Holder, one: Entitlement) -> dict[str, Any]:
    """Say whose an entitlement is, as far as its item discloses that: a desk has to tell children apart."""
    dependant, told = holder.dependant(one.beneficiary), service.discloses(one.item)
    if dependant is None:
        return {}
    relation = {"relation": dependant.relation.value} if Disclosure.RELATION in told else {}
    return relation | ({"birth_year": dependant.born.year} if Disclosure.BIRTH_YEAR in told else {})


def entitlement_view(one: Entitlement) -> dict[str, Any]:
    """Show an entitlement; the period's last day is local, so that a clerk can read it."""
    last = local_date(one.period.ends - timedelta(seconds=1)).isoformat() if one.period.ends else None
    return {
        "item": one.item,
        "name": one.name.zh,
        "name_en": one.name.en,
        "beneficiary": one.beneficiary,
        "unit": one.unit.value,
        "remaining": one.remaining,
        "period_ends": last,
        "why": {"zh": one.why.zh, "en": one.why.en},
        "renews": {"zh": one.renews.zh, "en": one.renews.en},
    }
