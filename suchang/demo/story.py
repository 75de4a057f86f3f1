"""The whole story, unattended: from an application to a revoked card, through the same HTTP interface as everybody."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pyotp
import qrcode
from flask import Flask
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.codec import qr_text, read_token
from suchang.credentials.token.holder_proof import prove
from suchang.demo.broken import StoryBroken
from suchang.demo.cast import CITY, PASSWORD, Cast, assemble
from suchang.demo.chapters import Chapters, Offices
from suchang.demo.round_of_services import Round
from suchang.domain.clock import local_date
from suchang.domain.people.identity import mask_name

Say = Callable[[str, str], None]


@dataclass(slots=True)
class Step:
    """One step and its outcome in a few words."""

    name: str
    outcome: str


@dataclass(slots=True)
class Story:
    """Plays the story on an application; ``steps`` is the record."""

    app: Flask
    out: Path
    say: Say
    steps: list[Step] = field(default_factory=list)
    all_services: bool = False

    def play(self) -> None:
        """Play all steps; raises StoryBroken at the first that does not end as it must."""
        collaborators = self.app.extensions["suchang"]
        cast = assemble(collaborators, local_date(collaborators.clock()))
        holder = self._sign_in(cast)
        application, tier = self._apply(holder, cast)
        reviewer, approver = self._office(*cast.reviewer), self._office(*cast.approver)
        self._review(reviewer, application)
        self._approve(reviewer, approver, application, tier)
        card = self._call("GET", "/api/v1/me/card", holder)
        self._print(holder)
        phone = self._bind_phone(holder)
        partner = self._partner(cast)
        seen = self._verify(partner, phone, "verify", "accepted", None)
        self._redeem(partner, phone, seen)
        if self.all_services:
            Round(self.app, self._call, self._send, self._done).play(holder, approver, phone)
        others = [self._office(*one) for one in (cast.other_reviewer, cast.other_approver, cast.supervisor)]
        offices = Offices(reviewer, approver, *others)
        chapters = Chapters(self.app, cast, offices, self._call, self._send, self._done)
        chapters.suspend_and_restore(card["id"], lambda *step: self._verify(partner, phone, *step))
        chapters.play()
        self._revoke(approver, card["id"])
        self._verify(partner, phone, "verify again", "refused", "revoked")

    def _done(self, name: str, outcome: str) -> None:
        self.steps.append(Step(name, outcome))
        self.say(name, outcome)

    def _send(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.app.test_client(use_cookies=False).open(path, method=method, headers=headers, **options)

    def _call(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        answer = self._send(method, path, token, **options)
        if answer.status_code >= 300:
            detail = (answer.get_json(silent=True) or {}).get("detail", "")
            raise StoryBroken(f"{method} {path} answered {answer.status_code}: {detail}")
        return answer.get_json(silent=True)

    def _sign_in(self, cast: Cast) -> str:
        code = self._call("POST", "/api/v1/sign-in/codes", json={"phone": cast.phone})["code"]
        token = self._call("POST", "/api/v1/sign-in", json={"phone": cast.phone, "code": code})["token"]
        identity = {"type": "resident_id", "number": cast.identity_number}
        self._call("PUT", "/api/v1/me", token, json={"name": cast.name, "identity": identity, "city": CITY})
        return str(token)

    def _apply(self, holder: str, cast: Cast) -> tuple[str, str]:
        draft = self._call("POST", "/api/v1/me/applications", holder, json={"city": CITY})
        path = f"/api/v1/me/applications/{draft['id']}"
        body = {"title": "突出贡献专家证书与社保证明", "facts": cast.facts}
        self._call("POST", f"{path}/evidence", holder, json=body)
        submitted = self._call("POST", f"{path}/submit", holder, json={})
        self._done("apply", f"{mask_name(cast.name)} submitted, state {submitted['state']}")
        result = submitted["determination"]["result"]
        if result["tier"] is None:
            raise StoryBroken("The engine determined no tier for the story's applicant.")
        self._done("determine", f"tier {result['tier']} by rule {result['rule']} (tiers are an assumption)")
        return str(draft["id"]), str(result["tier"])

    def _office(self, username: str, secret: str) -> str:
        body = {"username": username, "password": PASSWORD, "totp": pyotp.TOTP(secret).now()}
        return str(self._call("POST", "/api/v1/officer/sign-in", json=body)["token"])

    def _review(self, reviewer: str, application: str) -> None:
        shown = self._call("POST", f"/api/v1/applications/{application}/claim", reviewer, json={})
        for piece in shown["evidence"]:
            path = f"/api/v1/applications/{application}/evidence/{piece['id']}/checked"
            self._call("POST", path, reviewer, json={"source": "原件"})
        body = {"outcome": "approve", "reason": "证书与社保记录一致，贡献材料齐全。"}
        case = self._call("POST", f"/api/v1/applications/{application}/review", reviewer, json=body)
        self._done("review", f"recommended, state {case['state']}")

    def _approve(self, reviewer: str, approver: str, application: str, tier: str) -> None:
        path, body = (
            f"/api/v1/applications/{application}/decision",
            {"outcome": "approve", "tier": tier, "reason": "符合条件。"},
        )
        own = self._send("POST", path, reviewer, json=body)
        if own.status_code != 403:
            raise StoryBroken("The reviewer could approve the application too.")
        self._done("four eyes", "the reviewer's own approval is refused (403)")
        case = self._call("POST", path, approver, json=body)
        self._done("approve", f"approved by somebody else, state {case['state']}")
        self._done("issue", f"card {case['card']}")

    def _print(self, holder: str) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        printed = self._call("POST", "/api/v1/me/card/credentials", holder, json={"assurance": "print"})
        sheet = self._send("GET", "/api/v1/me/card/card.pdf", holder)
        if sheet.status_code == 200:
            (self.out / "card.pdf").write_bytes(sheet.data)
        else:
            raise StoryBroken(f"The card could not be printed: {(sheet.get_json(silent=True) or {}).get('detail')}")
        (self.out / "card-print.txt").write_text(printed["presentation"] + "\n")
        self._done("print", f"printed code and {self.out / 'card.pdf'}")

    def _bind_phone(self, holder: str) -> Callable[[], str]:
        signer = SoftwareSigner.generate()
        challenge = self._call("POST", "/api/v1/me/card/devices/challenge", holder, json={})
        claims = {"aud": challenge["audience"], "nonce": challenge["nonce"], "iat": int(time.time())}
        proof = jwt.encode(claims, signer.private, algorithm="ES256", headers={"typ": "suchang-device+jwt"})
        body = {"name": "演示手机", "jwk": signer.jwk, "proof": proof}
        device = self._call("POST", "/api/v1/me/card/devices", holder, json=body)["id"]
        bound = {"assurance": "device", "device": device}
        token = read_token(self._call("POST", "/api/v1/me/card/credentials", holder, json=bound)["sd_jwt"])

        def code() -> str:
            return qr_text(prove(token, signer, int(time.time())))

        picture = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4)
        picture.add_data(QRData(code().encode(), mode=MODE_ALPHA_NUM))
        with (self.out / "card.png").open("wb") as file:
            picture.make_image().save(file)
        self._done("show", f"device code drawn by the phone's key, {self.out / 'card.png'}")
        return code

    def _partner(self, cast: Cast) -> str:
        basic = base64.b64encode(f"{cast.client_id}:{cast.client_secret}".encode()).decode()
        data = {"grant_type": "client_credentials", "scope": "verify:medical redeem:medical"}
        granted = self._call("POST", "/oauth/token", data=data, headers={"Authorization": f"Basic {basic}"})
        self._done("token", f"the hospital got an access token for {granted['expires_in']} s")
        return str(granted["access_token"])

    def _verify(
        self, partner: str, phone: Callable[[], str], name: str, outcome: str, reason: str | None
    ) -> dict[str, Any]:
        body = {"presentation": phone(), "purpose": "medical"}
        verdict: dict[str, Any] = self._call("POST", "/api/v1/verifications", partner, json=body)
        if (verdict["outcome"], verdict["reason"]) != (outcome, reason):
            raise StoryBroken(f"The verification was {verdict['outcome']} ({verdict['reason']}), not {outcome}.")
        items = ", ".join(one["item"] for one in verdict["entitlements"])
        self._done(name, outcome + (f": {reason}" if reason else f", entitled to {items}"))
        return verdict

    def _redeem(self, partner: str, phone: Callable[[], str], seen: dict[str, Any]) -> None:
        body = {"verification": seen["id"], "item": "medical.annual_checkup", "details": {}}
        key = {"Idempotency-Key": secrets.token_urlsafe(12)}
        done = self._call("POST", "/api/v1/redemptions", partner, json=body, headers=key)
        self._done("redeem", f"{done['item']} × {done['units']}, line {done['id']}")
        again = self._verify(partner, phone, "verify for a second redemption", "accepted", None)
        answer = self._send("POST", "/api/v1/redemptions", partner, json={**body, "verification": again["id"]})
        code = (answer.get_json(silent=True) or {}).get("code")
        if (answer.status_code, code) != (409, "quota_exhausted"):
            raise StoryBroken(f"The second redemption answered {answer.status_code} {code}.")
        self._done("redeem again", "refused: quota_exhausted (409)")

    def _revoke(self, approver: str, card: str) -> None:
        body = {"because": "mistake", "reason": "演示：误发后吊销。"}
        done = self._call("POST", f"/api/v1/cards/{card}/revoke", approver, json=body)
        self._done("revoke", f"card is {done['state']}")
