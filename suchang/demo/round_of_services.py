"""A round through the nine benefit domains: in each one item is redeemed and one is refused, with its reason."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from suchang.demo.broken import StoryBroken
from suchang.demo.cast import CITY, demo_credit_code
from suchang.domain.clock import local_date
from suchang.domain.people.identity import DEMO_AREA, check_character
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM


@dataclass(frozen=True, slots=True)
class Use:
    """One item asked for, and the code of the refusal that must come (None: granted)."""

    item: str
    details: Mapping[str, Any]
    refusal: str | None = None
    for_child: bool = False


def uses(today: date) -> Iterator[tuple[Use, Use]]:
    """Return, for each domain, a use that is granted and one that is refused; they fit tiers A to C."""
    seen = {"identity_document_seen": True}
    rent = {"contract_number": "ZL-DEMO-0001", "monthly_rent": "4000.00", "amount": "3000.00"}
    buy = {"contract_number": "HT-DEMO-0001", "price": "2000000.00", "amount": "100000.00"}
    yield Use("housing.rent_subsidy", rent), Use("housing.purchase_subsidy", buy | seen, "excluded_by")
    school = {"stage": "primary", "school_code": "3201000001"} | seen
    home, work = "schooling.admission_by_home", "schooling.admission_by_workplace"
    yield Use(home, school, for_child=True), Use(work, school, "excluded_by", for_child=True)
    yield (
        Use("medical.expert_consultation", {"mode": "onsite"}),
        Use("medical.annual_checkup", {"package": "basic"}, "quota_exhausted"),
    )
    letter, passport = {"purpose": "visa"} | seen, "passport_valid_until"
    yield (
        Use("exit_entry.residence_channel", {"matter": "work_residence"} | seen),
        Use("exit_entry.endorsement_letter", letter | {passport: today.isoformat()}, "item_not_allowed"),
    )
    pension = {"scheme": "pension", "direction": "in"} | seen
    yield (
        Use("social_insurance.transfer_window", pension | {"region": "310000"}),
        Use("social_insurance.transfer_window", pension | {"region": "320500"}, "item_not_allowed"),
    )
    museum = "culture_sport.museum"
    yield Use(museum, {"companions": 2}), Use(museum, {"companions": 9}, "item_not_allowed")
    train, tomorrow = {"number": "G7"} | seen, today + timedelta(days=1)
    yield (
        Use("transport.rail_fast_lane", train | {"travel_date": today.isoformat()}),
        Use("transport.rail_fast_lane", train | {"travel_date": tomorrow.isoformat()}, "item_not_allowed"),
    )
    loan = {"application_number": "DK-DEMO-01", "amount": "200000.00", "purpose": "research"} | seen
    yield (
        Use("finance.talent_loan", loan | {"months": 36}),
        Use("finance.talent_loan", loan | {"months": 72}, "item_not_allowed"),
    )
    window = {"matter": "change", "uscc": demo_credit_code()}
    yield (
        Use("business_registration.one_stop_window", window | seen),
        Use("business_registration.one_stop_window", window, "item_not_allowed"),
    )


@dataclass(slots=True)
class Round:
    """Plays the round over HTTP with the callables of a story."""

    app: Flask
    call: Callable[..., Any]
    send: Callable[..., Any]
    done: Callable[[str, str], None]

    def play(self, holder: str, officer: str, phone: Callable[[], str]) -> None:
        """Declare a child, then use every domain; raises StoryBroken where an answer is not the one that must come."""
        today = local_date(self.app.extensions["suchang"].clock())
        child = self._child(holder, officer, today)
        partner = self._partner()
        for granted, refused in uses(today):
            for use in (granted, refused):
                self._use(partner, phone, use, child)

    def _child(self, holder: str, officer: str, today: date) -> str:
        body = f"{DEMO_AREA}{today.year - 6}0301{secrets.randbelow(1000):03d}"
        said = {
            "relation": "child",
            "name": "林小满",
            "identity": {"type": "resident_id", "number": body + check_character(body)},
            "evidence": {"register": "户口簿"},
            "guardian_consent": True,
        }
        child = self.call("POST", "/api/v1/me/dependants", holder, json=said)["id"]
        word = {"outcome": "confirm", "reason": "户口簿一致。"}
        self.call("POST", f"/api/v1/dependants/{child}/decision", officer, json=word)
        self.done("family", "a child is declared with the guardian's consent and confirmed by an officer")
        return str(child)

    def _partner(self) -> str:
        collaborators = self.app.extensions["suchang"]
        domains = list(collaborators.services)
        made = partners.register_partner(
            collaborators,
            SYSTEM,
            name="演示服务大厅",
            uscc=demo_credit_code(),
            domains=domains,
            sites=[("一号窗口", CITY)],
        )
        scopes = [f"{verb}:{domain}" for verb in ("verify", "redeem") for domain in domains]
        client = partners.add_client(
            collaborators, SYSTEM, made["id"], name="hall", scopes=scopes, site_id=made["sites"][0]["id"]
        )
        form = {"grant_type": "client_credentials"}
        given = self.call("POST", "/oauth/token", data=form, auth=(client.client_id, client.secret))
        return str(given["access_token"])

    def _use(self, partner: str, phone: Callable[[], str], use: Use, child: str) -> None:
        asked = {"presentation": phone(), "purpose": use.item.partition(".")[0]}
        verdict = self.call("POST", "/api/v1/verifications", partner, json=asked)
        body = {
            "verification": verdict["id"],
            "item": use.item,
            "beneficiary": child if use.for_child else "holder",
            "details": dict(use.details),
        }
        key = {"Idempotency-Key": secrets.token_urlsafe(12)}
        answer = self.send("POST", "/api/v1/redemptions", partner, json=body, headers=key)
        said = answer.get_json(silent=True) or {}
        if (answer.status_code, said.get("code")) != (201 if use.refusal is None else 409, use.refusal):
            raise StoryBroken(f"{use.item} answered {answer.status_code} {said.get('code')}: {said.get('detail')}")
        amount = f"CNY {said['amount']}" if "amount" in said else f"× {said.get('units')}"
        self.done(use.item, f"redeemed {amount}" if use.refusal is None else f"refused: {said['text']['zh']}")
