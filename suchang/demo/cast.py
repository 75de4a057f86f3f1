"""The people and the hospital of the unattended story; made afresh for each run, in demo mode only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from suchang.domain.account.roles import Role
from suchang.domain.people.identity import DEMO_AREA, check_character
from suchang.domain.people.organisation import credit_check_character
from suchang.workflows.account import officers
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

CITY = "320100"
PASSWORD = "story-only-password"  # noqa: S105 - demo officers of one story, in demo mode only


@dataclass(frozen=True, slots=True)
class Cast:
    """An applicant to be, the officers with their TOTP secrets, and a hospital's client."""

    name: str
    identity_number: str
    phone: str
    reviewer: tuple[str, str]
    approver: tuple[str, str]
    other_reviewer: tuple[str, str]
    other_approver: tuple[str, str]
    supervisor: tuple[str, str]
    client_id: str
    client_secret: str
    facts: dict[str, Any]


def demo_number() -> str:
    """Draw a resident identity number of the demo area, which exists nowhere."""
    born = date(1975, 1, 1) + timedelta(days=secrets.randbelow(7000))
    body = f"{DEMO_AREA}{born:%Y%m%d}{1 + secrets.randbelow(999):03d}"
    return body + check_character(body)


def demo_phone() -> str:
    """Draw a telephone number."""
    return f"139{secrets.randbelow(10**8):08d}"


def demo_credit_code() -> str:
    """Draw a credit code of the demo area."""
    body = f"91{DEMO_AREA}{secrets.randbelow(10**9):09d}"
    return body + credit_check_character(body)


def story_facts(today: date) -> dict[str, Any]:
    """Return what a technician of a Nanjing firm can prove: a selection, work here, and a contribution."""
    return {
        "employer_in_jiangsu": True,
        "social_insurance_in_jiangsu": True,
        "contract_until": today.replace(year=today.year + 4, day=1).isoformat(),
        "honours": [{"code": "PROV_TUGONG", "date": today.replace(year=today.year - 2, day=1).isoformat()}],
        "contributions": [
            {
                "code": "KEY_TECHNOLOGY",
                "role": "key_member",
                "date": today.replace(year=today.year - 1, day=1).isoformat(),
                "confirmed": True,
            }
        ],
        "peer_review": "passed",
        "peer_review_date": today.replace(year=today.year - 1, day=1).isoformat(),
    }


OFFICES = {
    "reviewer": ("演示审核员", Role.REVIEWER),
    "approver": ("演示审批人", Role.APPROVER),
    "other_reviewer": ("演示审核员乙", Role.REVIEWER),
    "other_approver": ("演示审批人乙", Role.APPROVER),
    "supervisor": ("演示主管", Role.SUPERVISOR),
}


def _officer(collaborators: Collaborators, username: str, name: str, role: Role) -> tuple[str, str]:
    made = officers.register_officer(
        collaborators,
        SYSTEM,
        username=username,
        name=name,
        identity_number=demo_number(),
        roles=[role],
        password=PASSWORD,
    )
    return username, made.totp_secret


def assemble(collaborators: Collaborators, today: date) -> Cast:
    """Make the cast."""
    mark = secrets.token_hex(4)
    offices = {key: _officer(collaborators, f"story-{key}-{mark}", name, role) for key, (name, role) in OFFICES.items()}
    hospital = partners.register_partner(
        collaborators,
        SYSTEM,
        name=f"演示医院 {mark}",
        uscc=demo_credit_code(),
        domains=["medical"],
        sites=[("门诊一楼服务台", CITY)],
    )
    client = partners.add_client(
        collaborators,
        SYSTEM,
        hospital["id"],
        name="hospital information system",
        scopes=["verify:medical", "redeem:medical"],
        site_id=hospital["sites"][0]["id"],
    )
    return Cast(
        name="林知夏",
        identity_number=demo_number(),
        phone=demo_phone(),
        **offices,
        client_id=client.client_id,
        client_secret=client.secret,
        facts=story_facts(today),
    )
