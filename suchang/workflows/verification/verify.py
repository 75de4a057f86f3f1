"""A partner verifies a presentation: the ten checks, the status from the database, the log row as replay check.

Checks 1 to 7 ask nobody. Then one statement (``persistence.verification_log``) looks the credential up, decides by its
status, logs, and brings what the answer is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from suchang.credentials.token.claims import Claims
from suchang.credentials.token.holder_proof import Challenge
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome, Reason, Step
from suchang.credentials.verify.signature_and_freshness import Opened, open_presentation
from suchang.credentials.verify.status_source import Status, StatusAnswer
from suchang.credentials.verify.verdict import Verdict, moment
from suchang.domain.clock import local_date, rfc3339
from suchang.domain.errors import Invalid, Unauthenticated
from suchang.domain.ids import new_id
from suchang.domain.people.identity import mask_name
from suchang.domain.redemption import BenefitService, Disclosure, Entitlement, Holder
from suchang.persistence.group_commit import Coming
from suchang.persistence.statements import Ask, in_session
from suchang.persistence.unit_of_work import unit_of_work
from suchang.persistence.verification_log import STATUSES, VERIFY
from suchang.workflows.partner.tokens import ensure_active, need_scope
from suchang.workflows.redemption import entitlement_snapshot
from suchang.workflows.redemption.entitlement_snapshot import entitlement_view
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.idempotency import Answer, Retry, once
from suchang.workflows.verification import challenges

DEFERRED_AT_MOST = timedelta(hours=72)
_BY_PLACE = (Status.VALID, Status.INVALID, Status.SUSPENDED, None)
"""What the database finds, in the order of ``verification_log.STATUSES``. Unknown: signed by us, and not there."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What a partner wants to know: the code's text, for which domain, at which moment."""

    actor: PartnerActor
    text: str
    purpose: Purpose
    service: BenefitService
    moment: datetime
    now: datetime
    deferred: bool


def verify(
    collaborators: Collaborators,
    actor: PartnerActor,
    *,
    presentation: str,
    purpose: str,
    presented_at: datetime | None = None,
    challenge: str | None = None,
    coming: Coming,
    retry: Retry | None = None,
) -> Answer:
    """Verify a presentation for a purpose (a benefit domain) and log it, whatever comes out.

    ``coming`` announces the question to ``collaborators.verifications``.

    With ``challenge`` the phone must have answered the nonce that this partner showed (``challenges.issue``).

    With ``presented_at`` (scope ``verify:offline``, at most 72 hours ago) freshness is judged at that moment, and
    replay now. Raises Invalid for a purpose that is no domain.
    """
    asked = _question(collaborators, actor, presentation, purpose, presented_at)
    if presented_at is not None and challenge is not None:
        raise Invalid("A challenge is answered at once; it can't be sent later.", code="challenge_offline")
    if retry is None and challenge is None:
        return Answer(_decide(collaborators, asked, _open(collaborators, asked), coming))
    coming.withdraw()
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)

        def act() -> Answer:
            if challenge is not None:
                return Answer(_answer_challenge(collaborators, session, asked, challenge))
            return Answer(
                _decide(collaborators, asked, _open(collaborators, asked, session), in_session(session, VERIFY))
            )

        return once(session, retry, asked.now, act)


def _question(
    collaborators: Collaborators, actor: PartnerActor, presentation: str, purpose: str, presented_at: datetime | None
) -> _Question:
    service = collaborators.services.get(purpose)
    if service is None:
        raise Invalid(f"There is no benefit domain {purpose[:40]!r}.", code="unknown_purpose")
    now = collaborators.clock()
    at = now
    if presented_at is not None:
        need_scope(actor, "verify:offline")
        at = presented_at.astimezone(UTC)
        if not now - DEFERRED_AT_MOST <= at <= now:
            raise Invalid("presented_at must lie within the last 72 hours.", code="presented_at_out_of_range")
    asked = Purpose(
        purpose,
        service.domain.bit,
        in_scope=f"verify:{purpose}" in actor.scopes,
        accepts=service.domain.accepts,
    )
    return _Question(actor, presentation, asked, service, at, now, presented_at is not None)


def _open(
    collaborators: Collaborators, asked: _Question, session: Session | None = None, shown: Challenge | None = None
) -> Opened | Verdict:
    """Make the checks that ask nobody, with the newest ring where a code names a key that this one lacks."""

    def attempt() -> Opened | Verdict:
        ring = collaborators.keys.ring(collaborators, session)
        return open_presentation(ring, asked.text, asked.purpose, now=int(asked.moment.timestamp()), challenge=shown)

    opened = attempt()
    if isinstance(opened, Verdict) and opened.reason is Reason.UNKNOWN_KEY and collaborators.keys.read_again():
        # Another worker may have rotated a moment ago.
        opened = attempt()
    return opened


def _answer_challenge(collaborators: Collaborators, session: Session, asked: _Question, nonce: str) -> dict[str, Any]:
    """Verify in challenge mode: the challenge is used up in the transaction that accepts."""
    shown = challenges.find(session, asked.actor, nonce)
    opened = _open(collaborators, asked, session, shown)
    attempt = session.begin_nested()
    answer = _decide(collaborators, asked, opened, in_session(session, VERIFY))
    if answer["outcome"] != Outcome.ACCEPTED or challenges.use(session, shown, answer["id"]):
        attempt.commit()
        return answer
    # Answered before, by another proof: nothing of the acceptance stays.
    attempt.rollback()
    return _decide(collaborators, asked, _replayed(opened), in_session(session, VERIFY))


def _decide(collaborators: Collaborators, asked: _Question, opened: Opened | Verdict, ask: Ask) -> dict[str, Any]:
    """Look up, decide and log in one statement, and show the verdict to the partner."""
    id_ = new_id("ver")
    row = ask(_values(asked, opened, id_))
    if row is None:
        _refuse_client(collaborators, asked.actor)
    if isinstance(opened, Verdict):
        return _view(id_, opened, asked)
    status = None if row.status is None else Status(row.status)
    verdict = opened.conclude(StatusAnswer(status, opened.now))
    if not row.logged:
        # 10. Replay: the same proof was accepted before.
        verdict = _replayed(opened)
        ask(_values(asked, verdict, id_))
    body = _view(id_, verdict, asked)
    if verdict.accepted:
        body |= _shown(asked, opened.claims, row)
    return body


def _refuse_client(collaborators: Collaborators, actor: PartnerActor) -> NoReturn:
    """Say why a client may not act; nothing was logged."""
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
    raise Unauthenticated("This client is suspended.", code="client_suspended")


def _replayed(opened: Opened | Verdict) -> Verdict:
    verdict = opened if isinstance(opened, Verdict) else opened.conclude(StatusAnswer(Status.VALID, opened.now))
    return replace(verdict, outcome=Outcome.REFUSED, reason=Reason.REPLAYED, step=Step.REPLAY)


def _values(asked: _Question, opened: Opened | Verdict, id_: str) -> dict[str, Any]:
    """Return the values of ``VERIFY``: with what each status would mean, or with a verdict that stands already."""
    actor = asked.actor
    values: dict[str, Any] = {
        "operator": actor.operator_id is not None,
        "client": actor.client_id,
        "address": actor.address,
        "partner": actor.partner_id,
        "site": actor.site_id,
        "id": id_,
        "purpose": asked.purpose.domain,
        "mode": "deferred" if asked.deferred else "online",
        "presented_at": asked.moment,
        "now": asked.now,
        "today": local_date(asked.now),
        "day": asked.now.astimezone(UTC).date(),
        "replay_key": None,
        "proof_day": None,
    }
    if isinstance(opened, Verdict):
        # Only who opened a presentation knows a replay key; a refusal by replay names the credential all the same.
        known = opened.claims if opened.reason is Reason.REPLAYED else None
        return values | {"sub": known and known.sub} | _outcomes(*[opened.reason] * STATUSES)
    if opened.replay_key is not None and opened.proof_at is not None:
        values["replay_key"] = ".".join(opened.replay_key)
        values["proof_day"] = moment(opened.proof_at).date()
    return values | {"sub": opened.claims.sub} | _outcomes(*map(opened.reason, _BY_PLACE))


@lru_cache(maxsize=1024)
def _outcomes(*reasons: Reason | None) -> dict[str, str]:
    return {
        "outcomes": ",".join("accepted" if reason is None else reason.outcome.value for reason in reasons),
        "reasons": ",".join("" if reason is None else reason.value for reason in reasons),
    }


def _view(id_: str, verdict: Verdict, asked: _Question) -> dict[str, Any]:
    """Show a verdict without any card data, which is all that a refused or unknown one shows."""
    return {
        "id": id_,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "as_of": rfc3339(verdict.as_of),
        "mode": "deferred" if asked.deferred else "online",
        "assurance": None,
        "card": None,
        "entitlements": [],
    }


def _shown(asked: _Question, claims: Claims, row: Any) -> dict[str, Any]:
    """Show what an accepted verdict shows beside: the card, as far as the domain discloses it, and its rights."""
    service, now = asked.service, asked.now
    holder, usage = entitlement_snapshot.holding(row, row, now)
    rights = service.entitlements(holder, usage, now)
    shown = [one for one in rights if one.available and row.dependant_id in (None, one.beneficiary)]
    return {
        "assurance": claims.assurance.value if claims.assurance else None,
        "card": _disclosed(service, claims, row),
        "entitlements": [entitlement_view(one) | _whose(service, holder, one) for one in shown],
    }


def _disclosed(service: BenefitService, claims: Claims, card: Any) -> dict[str, Any]:
    """Show of a card what some item of the domain discloses; the rest is null.

    ``relation`` is null where the holder shows the card, and what a dependant is to the holder otherwise; ``principal``
    then is the holder's masked name, where the domain discloses names and relations.
    """
    told = service.domain.told
    values = {
        Disclosure.TIER: claims.tier,
        Disclosure.NAME: claims.name,
        Disclosure.VALID_UNTIL: card.valid_until.isoformat(),
        Disclosure.RELATION: claims.relation.value if claims.relation else None,
    }
    shown = {what.value: value if what in told else None for what, value in values.items()}
    is_told = shown["relation"] is not None and Disclosure.NAME in told
    return shown | {"principal": mask_name(card.name) if is_told else None}


def _whose(service: BenefitService, holder: Holder, one: Entitlement) -> dict[str, Any]:
    """Say whose an entitlement is, as far as its item discloses that: a desk has to tell children apart."""
    dependant, told = holder.dependant(one.beneficiary), service.discloses(one.item)
    if dependant is None:
        return {}
    relation = {"relation": dependant.relation.value} if Disclosure.RELATION in told else {}
    return relation | ({"birth_year": dependant.born.year} if Disclosure.BIRTH_YEAR in told else {})
