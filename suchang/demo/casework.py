"""What the demo's officers have done in the last weeks, act by act through the workflows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from suchang.demo.province import DemoPerson, Province
from suchang.domain.clock import local_date
from suchang.domain.lifecycle import Outcome
from suchang.domain.places import CITIES
from suchang.workflows.application import applications, evidence_files
from suchang.workflows.casework import decision, officer_acts, review
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

# How far cases have come, with their share of a thousand people; the rest are drafts.
_SHARES = (
    ("issued", 32),
    ("rejected", 5),
    ("recommended", 8),
    ("supplement", 5),
    ("in review", 8),
    ("submitted", 20),
)
_REASON = "材料齐全，与规则一致。 The evidence is complete and agrees with the rules."
_REFUSAL = "现有材料不能证明符合任何一条规则，可以补充后申诉。 The evidence proves no rule; an appeal may add to it."

_NOTICE = timedelta(days=20)
_NEAREST = "JS-D-01"


@dataclass(frozen=True, slots=True)
class _Case:
    person: DemoPerson
    holder: HolderActor
    application: str
    tier: str | None


def play_cases(
    collaborators: Collaborators,
    province: Province,
    officers: Mapping[str, OfficerActor],
    drafts: Mapping[str, tuple[str, str]],
    rng: Random,
) -> Counter[str]:
    """Bring some hundred drafts forward, the oldest first, and count how far they came."""
    cases = [_case(collaborators, person, *drafts[person.number]) for person in province.people]
    qualified = [case for case in cases if case.tier is not None]
    others = [case for case in cases if case.tier is None]
    plan: list[tuple[str, _Case]] = []
    for target, share in _SHARES:
        pool = others if target in ("rejected", "supplement") else qualified
        for _ in range(min(len(pool), max(1, len(cases) * share // 1000))):
            plan.append((target, pool.pop(rng.randrange(len(pool)))))
    tally: Counter[str] = Counter()
    for age, (target, case) in sorted(
        ((_age(rng, target), (target, case)) for target, case in plan), key=lambda one: -one[0]
    ):
        _play(_at(collaborators, collaborators.clock() - timedelta(days=age)), officers, target, case)
        tally[target] += 1
    tally["drafts"] = len(cases) - len(plan)
    return tally


def _age(rng: Random, target: str) -> float:
    """Draw how many days ago a case was worked on: finished ones in two months, open ones in the last days."""
    return rng.uniform(6, 60) if target in ("issued", "rejected") else rng.uniform(0.05, 6)


def _at(collaborators: Collaborators, moment: datetime) -> Collaborators:
    return replace(collaborators, clock=lambda: moment)


def _case(collaborators: Collaborators, person: DemoPerson, person_id: str, application: str) -> _Case:
    facts = {name: value for name, value in person.facts.items() if name in collaborators.engine.pack.facts}
    facts["birth_date"] = person.birth_date.isoformat()
    tier = collaborators.engine.tier(collaborators.engine.parse_facts(facts), local_date(collaborators.clock()))
    return _Case(person, HolderActor(person_id), application, tier)


def _play(collaborators: Collaborators, officers: Mapping[str, OfficerActor], target: str, case: _Case) -> None:
    submitted = applications.submit(collaborators, case.holder, case.application)
    rule = submitted["determination"]["result"]["rule"] or _NEAREST
    if target == "submitted":
        return
    reviewer = officers[f"reviewer.{short_name(case.person.city)}"]
    review.claim(collaborators, reviewer, case.application)
    if target == "in review":
        return
    if target == "supplement":
        review.request_supplement(
            collaborators, reviewer, case.application, documents=_missing(case), reason="请一次补齐所列材料。"
        )
        return
    for piece in submitted["evidence"]:
        if piece["facts"]:
            evidence_files.check(collaborators, reviewer, case.application, piece["id"], source="原件 original")
    outcome = Outcome.REJECT if target == "rejected" else Outcome.APPROVE
    reason = _REFUSAL if outcome is Outcome.REJECT else _REASON
    review.review(collaborators, reviewer, case.application, outcome=outcome, reason=reason, tier=case.tier, rule=rule)
    if target == "recommended":
        return
    if outcome is Outcome.APPROVE and case.tier in collaborators.settings.notice_tiers:
        # The notice stood for its days before this moment; what follows is decided after it.
        earlier = _at(collaborators, collaborators.clock() - _NOTICE)
        officer_acts.step(earlier, officers["approver"], case.application, "publish-notice")
    decision.decide(
        collaborators,
        officers["approver"],
        case.application,
        outcome=outcome,
        reason=reason,
        tier=case.tier if outcome is Outcome.APPROVE else None,
        rule=rule,
    )


def _missing(case: _Case) -> list[str]:
    lacking: Sequence[str] = [
        title
        for name, title in (
            ("contract_until", "劳动（聘用）合同"),
            ("social_insurance_in_jiangsu", "社会保险参保证明"),
            ("contributions", "经用人单位核实的业绩材料"),
            ("last_assessment", "年度考核表"),
        )
        if not case.person.facts.get(name)
    ]
    return list(lacking) or ["经用人单位核实的业绩材料"]


def short_name(city: str) -> str:
    """Return a city's part of a demo user name, such as ``huaian``."""
    return CITIES[city].name.en.lower().replace("'", "")
