"""The sandbox: cards that don't exist, for programs that are being written; every reason, nothing stored.

A client with the scope ``sandbox`` has no other, and gets nothing but sandbox answers, marked ``"sandbox": true``; to
every other client these texts are malformed. So nobody can show a sandbox code at a real desk.

``SC1:SANDBOX-ACCEPTED`` is a holder of tier A with a child. ``SC1:SANDBOX-REVOKED`` and so on give each reason of the
verifier, ``SC1:SANDBOX-QUOTA-EXHAUSTED`` and so on are accepted and refused when something is redeemed. Details are
checked by the real benefit domains.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from suchang.credentials.verify.reasons import Reason
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.redemption import (
    HOLDER,
    Charge,
    Dependant,
    Holder,
    RedemptionRequest,
    Refusal,
    RefusalReason,
    Unit,
    Usage,
    rules,
)
from suchang.domain.vocabulary import Assurance, Relation, Tier
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner.tokens import SANDBOX, ensure_active
from suchang.workflows.redemption.entitlement_snapshot import entitlement_view
from suchang.workflows.redemption.redeem import money, refusal_answer, service_for
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer

TEXT = "SC1:SANDBOX-"
CHILD = "dep_sandbox"
LEDGER_REASONS = (
    RefusalReason.QUOTA_EXHAUSTED,
    RefusalReason.ALREADY_REDEEMED,
    RefusalReason.VERIFICATION_EXPIRED,
)
_ID = "ver_sandbox_"


def is_sandbox(actor: PartnerActor) -> bool:
    """Tell whether a client lives in the sandbox."""
    return SANDBOX in actor.scopes


def verify(collaborators: Collaborators, actor: PartnerActor, *, presentation: str, purpose: str) -> Answer:
    """Answer a sandbox text as a real one would be answered; any other text is malformed here."""
    service = collaborators.services.get(purpose)
    if service is None:
        raise Invalid(f"There is no benefit domain {purpose[:40]!r}.", code="unknown_purpose")
    now = collaborators.clock()
    _ensure(collaborators, actor)
    word = presentation.removeprefix(TEXT).lower().replace("-", "_") if presentation.startswith(TEXT) else ""
    accepted = word == "accepted" or word in set(LEDGER_REASONS)
    reason = None if accepted else Reason(word) if word in set(Reason) else Reason.MALFORMED
    body: dict[str, Any] = {
        "id": f"{_ID}{word if accepted else 'refused'}",
        "outcome": "accepted" if reason is None else reason.outcome.value,
        "reason": reason.value if reason else None,
        "as_of": rfc3339(now),
        "mode": "online",
        "assurance": Assurance.DEVICE.value if accepted else None,
        "card": None,
        "entitlements": [],
        "sandbox": True,
    }
    if accepted:
        until = f"{local_date(now).year + 5}-12-31"
        rights = service.entitlements(_holder(local_date(now)), Usage(), now)
        body["entitlements"] = [entitlement_view(one) for one in rights if one.available]
        body["card"] = {
            "tier": "A",
            "name": "沙*",
            "valid_until": until,
            "relation": None,
            "principal": None,
        }
    return Answer(body)


def redeem(
    collaborators: Collaborators,
    actor: PartnerActor,
    *,
    verification_id: str,
    item: str,
    beneficiary: str = HOLDER,
    details: dict[str, Any] | None = None,
    reserve: bool = False,
) -> Answer:
    """Answer a redemption on a sandbox verification: terms and details are the real ones, nothing is counted."""
    service, now = service_for(collaborators, item), collaborators.clock()
    _ensure(collaborators, actor)
    word = verification_id.removeprefix(_ID) if verification_id.startswith(_ID) else ""
    if word != "accepted" and word not in set(LEDGER_REASONS):
        raise NotFound("There is no such verification.", code="unknown_verification")
    asked = RedemptionRequest(
        item, _holder(local_date(now)), now, Assurance.DEVICE, details or {}, beneficiary, reserve=reserve
    )
    answer: Charge | Refusal = service.redeem(asked)
    if isinstance(answer, Charge) and word != "accepted":
        answer = rules.refuse(RefusalReason(word))
    if isinstance(answer, Refusal):
        refused = refusal_answer(answer)
        return Answer(refused.body | {"sandbox": True}, refusal=refused.refusal)
    view = {
        "id": "red_sandbox",
        "kind": "reserve" if reserve else "redeem",
        "item": item,
        "beneficiary": beneficiary,
        "unit": answer.unit.value,
        "units": answer.units,
        "asked": answer.units,
        "period": answer.period.key,
        "verification": verification_id,
        "origin": None,
        "provisional": False,
        "details": dict(answer.record),
        "expires_at": rfc3339(now + answer.reserve_ttl) if answer.reserve_ttl else None,
        "at": rfc3339(now),
        "sandbox": True,
    }
    return Answer(view | ({"amount": money(answer.units)} if answer.unit is Unit.CNY else {}))


def _ensure(collaborators: Collaborators, actor: PartnerActor) -> None:
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)


def _holder(today: date) -> Holder:
    child = Dependant(CHILD, "sandbox-child", Relation.CHILD, date(today.year - 6, 1, 1), guardian_consent=True)
    return Holder("sandbox", Tier.A, True, date(today.year, 1, 1), (child,))
