"""A small world for functional tests: an application on a real database, officers, a partner, people who apply.

``World`` speaks HTTP alone, as outsiders do; only officers are made directly, because no door makes the first ones.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from suchang.app import close_app, create_app
from suchang.config import load_settings
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.codec import qr_text, read_token
from suchang.credentials.token.holder_proof import prove
from suchang.domain.account.roles import Role
from suchang.domain.clock import Clock
from suchang.domain.ids import new_id
from suchang.domain.people.identity import DocumentType, check_character
from suchang.domain.people.organisation import credit_check_character
from suchang.persistence.models import Employer, EmployerContact, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

PASSWORD = "correct horse 9"
# As argon2id as the product's own, but made to be quick: these officers have nothing to guard.
_PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
NANJING = "320100"
QUALIFIED: dict[str, Any] = {
    "employer_in_jiangsu": True,
    "social_insurance_in_jiangsu": True,
    "contract_until": "2031-12-31",
}
"""Facts of somebody who works in Jiangsu; a test adds what makes a tier."""


def identity_number(serial: int, birth: str = "19850412") -> str:
    """Make a resident identity number of the demo area, which exists nowhere; every 999 people get another."""
    area, number = divmod(serial - 1, 999)
    body = f"{329999 - area}{birth}{number + 1:03d}"
    return body + check_character(body)


def credit_code(serial: int) -> str:
    """Make a credit code of the demo area."""
    body = f"913299990{serial:08d}"
    return body + credit_check_character(body)


@dataclass
class Phone:
    """A phone with a key of its own and the credential that it was given."""

    signer: SoftwareSigner
    device: str
    token: str

    def code(self, moment: int, **proof: Any) -> str:
        """Draw the code that this phone shows at a second."""
        return qr_text(prove(read_token(self.token), self.signer, moment, **proof))


class World:
    """One installation and its people."""

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        self.app: Flask = create_app(load_settings(environ), clock=clock)
        self.clock = clock
        self.http: FlaskClient = self.app.test_client(use_cookies=False)
        self.collaborators: Collaborators = self.app.extensions["suchang"]
        self._serials = itertools.count(1)
        self._secrets: dict[str, tuple[str, str]] = {}
        self._numbers: dict[str, str] = {}

    def close(self) -> None:
        """Return the connections back."""
        close_app(self.app)

    @property
    def second(self) -> int:
        """Return the present second."""
        return int(self.clock().timestamp())

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> TestResponse:
        """Send a request, with a bearer token if one is given."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.http.open(path, method=method, headers=headers, **options)

    def ok(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        """Send a request that must succeed, and give its JSON."""
        answer = self.call(method, path, token, **options)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.json

    def officer(self, *roles: Role, city: str | None = None, person: int | None = None) -> str:
        """Make an officer and give their id; ``person`` names the human being (default: a new one)."""
        serial = next(self._serials)
        number = identity_number(500 + (serial if person is None else person))
        officer_id = new_id("off")
        secret = pyotp.random_base32()
        with unit_of_work(self.collaborators.sessions) as session:
            session.add(
                Officer(
                    id=officer_id,
                    username=f"officer{serial}",
                    name=f"Officer {serial}",
                    person_index=self.collaborators.vault.index(DocumentType.RESIDENT_ID.value, number),
                    roles=[role.value for role in roles],
                    city=city,
                    password_hash=_PASSWORD_HASH,
                    totp_cipher=self.collaborators.vault.encrypt(secret, officer_id),
                    created_at=self.clock(),
                )
            )
        self._numbers[officer_id] = number
        self._secrets[officer_id] = (f"officer{serial}", secret)
        return officer_id

    def number_of(self, officer_id: str) -> str:
        """Return the identity number of an officer whom ``officer`` made."""
        return self._numbers[officer_id]

    def accept(self, link: str, number: str, password: str) -> str:
        """Follow an invitation as the invited officer does; gives the second factor that they scanned."""
        path, browser = urlsplit(link).path, self.app.test_client()
        form = {"csrf_token": browser.get("/csrf").get_json()["token"], "number": number}
        page = browser.post(path, data=form).get_data(as_text=True)
        [secret] = re.findall(r'<output\s+class="num secret__value">([^<]+)</output>', page)
        [sealed] = re.findall(r'name="sealed" value="([^"]+)"', page)
        form |= {"sealed": sealed, "password": password, "again": password}
        answer = browser.post(path, data=form | {"totp": pyotp.TOTP(secret).at(self.second)})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return str(secret)

    def sign_in_officer(self, officer_id: str) -> str:
        """Sign an officer in and give the session token."""
        username, secret = self._secrets[officer_id]
        code = pyotp.TOTP(secret).at(self.second)
        body = {"username": username, "password": PASSWORD, "totp": code}
        return str(self.ok("POST", "/api/v1/officer/sign-in", json=body)["token"])

    def office(self, *roles: Role, city: str | None = None, person: int | None = None) -> str:
        """Make an officer, sign in, give the token."""
        return self.sign_in_officer(self.officer(*roles, city=city, person=person))

    def person(self, name: str = "陈思远", serial: int | None = None, birth: str = "19850412") -> str:
        """Sign a new person in who says who they are; gives the token."""
        mine = next(self._serials) if serial is None else serial
        phone = f"139{mine:08d}"
        code = self.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
        token = str(self.ok("POST", "/api/v1/sign-in", json={"phone": phone, "code": code})["token"])
        identity = {"type": "resident_id", "number": identity_number(mine, birth)}
        self.ok("PUT", "/api/v1/me", token, json={"name": name, "identity": identity, "city": NANJING})
        return token

    def apply(self, token: str, facts: Mapping[str, Any], city: str = NANJING) -> str:
        """Apply with facts and submit; gives the application's id."""
        body = {"city": city, "facts": dict(facts)}
        application = str(self.ok("POST", "/api/v1/me/applications", token, json=body)["id"])
        self.ok("POST", f"/api/v1/me/applications/{application}/submit", token, json={})
        return application

    def check(self, reviewer: str, application: str) -> None:
        """Check all evidence of a case against its originals."""
        path = f"/api/v1/applications/{application}"
        for piece in self.ok("GET", path, reviewer)["evidence"]:
            if not piece["checked"] and piece["facts"]:
                self.ok("POST", f"{path}/evidence/{piece['id']}/checked", reviewer, json={"source": "原件"})

    def recommend(self, reviewer: str, application: str) -> None:
        """Claim an application, check its evidence and recommend it."""
        self.ok("POST", f"/api/v1/applications/{application}/claim", reviewer, json={})
        self.check(reviewer, application)
        body = {"outcome": "approve", "reason": "材料齐全"}
        self.ok("POST", f"/api/v1/applications/{application}/review", reviewer, json=body)

    def approve(self, approver: str, application: str, tier: str) -> Any:
        """Approve a recommended application."""
        body = {"outcome": "approve", "tier": tier, "reason": "符合条件"}
        return self.ok("POST", f"/api/v1/applications/{application}/decision", approver, json=body)

    def holder(self, tier: str = "B", facts: Mapping[str, Any] | None = None, **person: Any) -> str:
        """Bring a person from nothing to a card of a tier, against the determination if need be; gives the token."""
        token = self.person(**person)
        application = self.apply(token, facts or QUALIFIED)
        self.recommend(self.office(Role.REVIEWER), application)
        if self.approve(self.office(Role.APPROVER), application, tier)["state"] == "second_decision":
            self.approve(self.office(Role.APPROVER), application, tier)
        return token

    def phone(self, token: str, name: str = "手机") -> Phone:
        """Register a phone and fetch its credential."""
        signer = SoftwareSigner.generate()
        challenge = self.ok("POST", "/api/v1/me/card/devices/challenge", token, json={})
        claims = {"aud": challenge["audience"], "nonce": challenge["nonce"], "iat": self.second}
        proof = jwt.encode(claims, signer.private, algorithm="ES256", headers={"typ": "suchang-device+jwt"})
        body = {"name": name, "jwk": signer.jwk, "proof": proof}
        device = self.ok("POST", "/api/v1/me/card/devices", token, json=body)["id"]
        given = self.ok("POST", "/api/v1/me/card/credentials", token, json={"assurance": "device", "device": device})
        return Phone(signer, device, given["sd_jwt"])

    def dependant(self, holder: str, relation: str = "child", birth: str = "20200520", **more: Any) -> str:
        """Declare a dependant whom an officer confirms, with the guardian's consent; gives the id."""
        identity = {"type": "resident_id", "number": identity_number(next(self._serials), birth)}
        body = {"relation": relation, "name": "陈小宝", "identity": identity, "evidence": {"register": "户口簿"}}
        body |= {"guardian_consent": True} | more
        made = str(self.ok("POST", "/api/v1/me/dependants", holder, json=body)["id"])
        confirmed = {"outcome": "confirm", "reason": "户口簿一致"}
        self.ok("POST", f"/api/v1/dependants/{made}/decision", self.office(Role.REVIEWER), json=confirmed)
        return made

    def family_phone(self, holder: str, phone: Phone, dependant: str) -> Phone:
        """Fetch a dependant's credential to the holder's phone."""
        body = {"assurance": "device", "device": phone.device}
        given = self.ok("POST", f"/api/v1/me/dependants/{dependant}/credentials", holder, json=body)
        return Phone(phone.signer, phone.device, given["sd_jwt"])

    def employer_of(self, token: str, name: str = "示范制造") -> str:
        """Make an employer for which the person of a token speaks; gives its credit code."""
        uscc, person = credit_code(next(self._serials) + 7000), self.ok("GET", "/api/v1/me", token)["id"]
        specialist = self.officer(Role.SPECIALIST)
        employer = Employer(
            id=new_id("emp"), uscc=uscc, name=name, city="320500", kind="private", tags=[], created_at=self.clock()
        )
        with unit_of_work(self.collaborators.sessions) as session:
            session.add(employer)
            session.flush()
            contact = {"employer_id": employer.id, "person_id": person, "appointed_by": specialist}
            session.add(EmployerContact(**contact, created_at=self.clock()))
        return uscc

    def partner(self, *domains: str, name: str = "示范医院", city: str = NANJING, offline: bool = False) -> str:
        """Register a partner with one site and one client, and give an access token with all its scopes."""
        serial = next(self._serials)
        made = partners.register_partner(
            self.collaborators,
            SYSTEM,
            name=name,
            uscc=credit_code(serial),
            domains=domains,
            sites=[(f"{name}一号窗口", city)],
        )
        scopes = [f"{verb}:{domain}" for verb in ("verify", "redeem") for domain in domains]
        scopes += ["verify:offline"] if offline else []
        site = made["sites"][0]["id"]
        client = partners.add_client(self.collaborators, SYSTEM, made["id"], name="HIS", scopes=scopes, site_id=site)
        return self.partner_token(client.client_id, client.secret)

    def partner_token(self, client_id: str, secret: str) -> str:
        """Obtain an access token by HTTP Basic."""
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        data = {"grant_type": "client_credentials"}
        answer = self.ok("POST", "/oauth/token", data=data, headers={"Authorization": f"Basic {basic}"})
        return str(answer["access_token"])

    def verify(self, partner: str, presentation: str, purpose: str = "medical", **more: Any) -> Any:
        """Verify a presentation; gives the verdict."""
        body = {"presentation": presentation, "purpose": purpose, **more}
        return self.ok("POST", "/api/v1/verifications", partner, json=body)
