"""What the ledger's tests ask for, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

from suchang.workflows.runtime.idempotency import Answer

CHECKUP, CONSULT = "medical.annual_checkup", "medical.expert_consultation"
BASIC = {"package": "basic"}
RENT, BUY, LEASE = "housing.rent_subsidy", "housing.purchase_subsidy", "housing.talent_apartment"
HOME, WORK = "schooling.admission_by_home", "schooling.admission_by_workplace"
ADMISSION = {"stage": "primary", "school_code": "3201000001"}


def rent(amount: str) -> dict[str, Any]:
    """Ask for a month's rent subsidy."""
    return {"contract_number": "ZL-2026-1", "monthly_rent": "9000.00", "amount": amount}


def buy(amount: str) -> dict[str, Any]:
    """Ask for a purchase subsidy."""
    return {"contract_number": "HT-2026-1", "price": "9000000.00", "amount": amount}


def lease() -> dict[str, Any]:
    """Ask for a talent apartment."""
    return {"contract_number": "GY-2026-1", "lease_from": "2026-12-01", "lease_until": "2027-11-30"}


def refused(answer: Answer, code: str) -> dict[str, Any]:
    """Return the body of an answer that is this refusal, said in both languages."""
    assert answer.refusal == code, answer
    assert answer.body["text"]["zh"]
    assert answer.body["text"]["en"] == answer.body["detail"]
    return answer.body
