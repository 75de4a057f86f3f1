"""A provider that lies in its ID token: every lie is refused with the one sentence, and nobody is signed in."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from suchang.domain.account.roles import Role
from suchang.persistence.models import Officer
from suchang.persistence.unit_of_work import unit_of_work
from tests.support.app_server import app_server
from tests.support.world import World

CLIENT, SECRET = "suchang", "the secret of a client, long enough for a MAC"
Claims = dict[str, Any]


class Liar:
    """An OpenID provider whose token endpoint says what a test wants."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key, self.other = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))
        self.tokens: dict[str, Any] = {}

    def app(self) -> Flask:
        made = Flask("liar")

        @made.get("/.well-known/openid-configuration")
        def metadata() -> Any:
            ends = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return jsonify(issuer=self.issuer, **ends)

        @made.get("/jwks_uri")
        def keys() -> Any:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @made.post("/token_endpoint")
        def token() -> Any:
            return jsonify(self.tokens)

        return made


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    made: list[Liar] = []

    def make(origin: str) -> Flask:
        made.append(Liar(origin))
        return made[0].app()

    with app_server(make):
        yield made[0]


@pytest.fixture(scope="module")
def module_environ(module_environ: dict[str, str], liar: Liar) -> dict[str, str]:
    oidc = {"ISSUER": liar.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "AMR": "mfa"}
    return module_environ | {f"SUCHANG_OIDC_{name}": value for name, value in oidc.items()}


@pytest.fixture(scope="module")
def linked(world: World, liar: Liar) -> str:
    """Link an officer who has shown the one-time password before."""
    officer = world.officer(Role.REVIEWER)
    with unit_of_work(world.collaborators.sessions) as session:
        row = session.get_one(Officer, officer)
        row.oidc_issuer, row.oidc_subject, row.oidc_proved_at = liar.issuer, "ada", world.clock()
    return officer


def attempt(world: World, liar: Liar, make: Callable[[Claims], dict[str, Any]]) -> str:
    """Sign in with what ``make`` makes of honest claims; gives the page, or the address that it leads to."""
    client = world.app.test_client()
    begun = parse_qs(urlsplit(client.get("/console/sign-in/oidc").headers["Location"]).query)
    moment = world.second
    claims = {"iss": liar.issuer, "sub": "ada", "aud": CLIENT, "iat": moment, "exp": moment + 300,
              "nonce": begun["nonce"][0], "amr": ["mfa"]}  # fmt: skip
    liar.tokens = make(claims)
    answer = client.get("/console/sign-in/oidc/callback", query_string={"code": "x", "state": begun["state"][0]})
    assert (client.get("/console/me").status_code == 200) == (answer.status_code == 302)
    return answer.headers.get("Location") or answer.get_data(as_text=True)


def honest(liar: Liar, claims: Claims, key: Any = None, alg: str = "RS256", **more: Any) -> dict[str, Any]:
    text = jwt.encode({"alg": alg, "kid": "1"}, claims, key or liar.key, algorithms=["RS256", "HS256"])
    return {"access_token": "secret", "token_type": "Bearer", "id_token": text, **more}


def unsigned(claims: Claims) -> str:
    collaborators = [
        urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in ({"alg": "none"}, claims)
    ]
    return ".".join([*collaborators, ""])


def half_hash(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def test_officer_is_signed_in_when_nothing_is_a_lie(world: World, liar: Liar, linked: str) -> None:
    good = {"at_hash": half_hash("secret")}
    assert attempt(world, liar, lambda claims: honest(liar, claims | good)) == "/console"


LIES: dict[str, Callable[[Liar, Claims], dict[str, Any]]] = {
    "issuer": lambda liar, claims: honest(liar, claims | {"iss": "https://evil.example"}),
    "audience": lambda liar, claims: honest(liar, claims | {"aud": "somebody else"}),
    "second audience": lambda liar, claims: honest(liar, claims | {"aud": [CLIENT, "x"], "azp": "x"}),
    "nonce": lambda liar, claims: honest(liar, claims | {"nonce": "another"}),
    "no nonce": lambda liar, claims: honest(liar, {k: v for k, v in claims.items() if k != "nonce"}),
    "no subject": lambda liar, claims: honest(liar, {k: v for k, v in claims.items() if k != "sub"}),
    "expired": lambda liar, claims: honest(liar, claims | {"exp": claims["iat"] - 3600, "iat": claims["iat"] - 7200}),
    "no expiry": lambda liar, claims: honest(liar, {k: v for k, v in claims.items() if k != "exp"}),
    "from the future": lambda liar, claims: honest(liar, claims | {"iat": claims["iat"] + 3600}),
    "other key": lambda liar, claims: honest(liar, claims, liar.other),
    "secret as key": lambda liar, claims: honest(liar, claims, OctKey.import_key(SECRET), "HS256"),
    "unsigned": lambda liar, claims: honest(liar, claims) | {"id_token": unsigned(claims)},
    "hash of another token": lambda liar, claims: honest(liar, claims | {"at_hash": half_hash("another")}),
    "amr is a text": lambda liar, claims: honest(liar, claims | {"amr": "mfa"}),
    "no token": lambda liar, claims: {k: v for k, v in honest(liar, claims).items() if k != "id_token"},
    "token is a number": lambda liar, claims: honest(liar, claims) | {"id_token": 5},
    "rubbish": lambda liar, claims: honest(liar, claims) | {"id_token": "a.b.c"},
}


@pytest.mark.parametrize("lie", LIES)
def test_nobody_is_signed_in_when_the_token_lies(world: World, liar: Liar, linked: str, lie: str) -> None:
    assert "不可信" in attempt(world, liar, lambda claims: LIES[lie](liar, claims))
