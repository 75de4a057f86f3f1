"""What a credential says, and its exact shape on the wire.

Times are whole seconds since 1970 (NumericDate). ``sub`` is 128 random bits for each credential, never the number of
the card; ``name`` is masked; ``dom`` has one bit for each benefit domain, as the issuer's metadata publishes them.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from suchang.credentials.token.encoding import b64url_text
from suchang.credentials.verify.reasons import Reason, Refusal, Step
from suchang.domain.vocabulary import Assurance, Relation

VCT_PREFIX = "urn:suchang:card:"
LIST_SIZE = 1 << 20
ONLINE_LIFE = 50
"""Seconds that an online code lives."""

_LAST_MOMENT = 253_402_300_799  # 9999-12-31T23:59:59Z
_SUB = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]\Z")
_JTI = re.compile(r"[A-Za-z0-9_-]{16}\Z")
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")
_TIER = re.compile(r"[A-Za-z0-9_-]{1,16}\Z")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


VCTS = {assurance: f"{VCT_PREFIX}{assurance}:1" for assurance in (Assurance.DEVICE, Assurance.ONLINE, Assurance.PRINT)}
"""The type (SD-JWT VC ``vct``) of each kind of credential; the look-up by document has none."""

_BY_VCT = {vct: assurance for assurance, vct in VCTS.items()}
_RELATIONS = {relation.value: relation for relation in Relation}


@dataclass(frozen=True, slots=True)
class StatusRef:
    """A place in a status list."""

    idx: int
    uri: str


@dataclass(frozen=True, slots=True)
class HolderKey:
    """The public P-256 key of a holder's device, as base64url coordinates."""

    x: str
    y: str

    @property
    def jwk(self) -> dict[str, str]:
        """Return the key as JWK."""
        return {"kty": "EC", "crv": "P-256", "x": self.x, "y": self.y}

    @property
    def coordinates(self) -> bytes:
        """Return the 64 bytes of x and y."""
        return urlsafe_b64decode(self.x + "=") + urlsafe_b64decode(self.y + "=")


@dataclass(frozen=True, slots=True)
class Claims:
    """What one credential says."""

    iss: str
    vct: str
    iat: int
    exp: int
    sub: str
    tier: str
    name: str
    dom: int
    status: StatusRef | None = None
    holder_key: HolderKey | None = None
    relation: Relation | None = None
    jti: str | None = None
    nbf: int | None = None

    @property
    def assurance(self) -> Assurance | None:
        """Tell the kind of credential; None for a ``vct`` of another release."""
        return _BY_VCT.get(self.vct)

    def entitles(self, bit: int) -> bool:
        """Tell whether the bit of a benefit domain is set."""
        return self.dom >> bit & 1 == 1

    def payload(self) -> dict[str, Any]:
        """Return the JSON object that is signed, its members in the order that deflates best."""
        members: dict[str, Any] = {
            "rel": self.relation and self.relation.value,
            "exp": self.exp,
            "iat": self.iat,
            "nbf": self.nbf,
            "tier": self.tier,
            "sub": self.sub,
            "name": self.name,
            "dom": self.dom,
            "iss": self.iss,
            "vct": self.vct,
            "jti": self.jti,
            "status": self.status and {"status_list": {"idx": self.status.idx, "uri": self.status.uri}},
            "cnf": self.holder_key and {"jwk": self.holder_key.jwk},
        }
        return {name: value for name, value in members.items() if value is not None}

    def check_profile(self) -> None:
        """Check that the members fit the ``vct``; Refusal at check 6."""
        assurance = self.assurance
        if assurance is None:
            raise Refusal(Step.VALIDITY, Reason.UNSUPPORTED_FORMAT)
        online = assurance is Assurance.ONLINE
        fits = (
            (self.holder_key is not None) == (assurance is Assurance.DEVICE)
            and (self.status is None) == online
            and (self.jti is not None) == online
            and self.exp > self.iat
            and (not online or self.exp - self.iat <= ONLINE_LIFE)
        )
        if not fits:
            raise Refusal(Step.VALIDITY, Reason.MALFORMED)


def device_claims(claims: Claims, holder_key: HolderKey, status: StatusRef) -> Claims:
    """Make the claims of a device credential: bound to a key, ``iat`` rounded down to the hour."""
    return replace(
        claims, vct=VCTS[Assurance.DEVICE], iat=floor_hour(claims.iat), holder_key=holder_key, status=status, jti=None
    )


def print_claims(claims: Claims, status: StatusRef) -> Claims:
    """Make the claims of a printed credential: bound to nothing, ``iat`` rounded down to the hour."""
    return replace(
        claims, vct=VCTS[Assurance.PRINT], iat=floor_hour(claims.iat), holder_key=None, status=status, jti=None
    )


def online_claims(claims: Claims, now: int) -> Claims:
    """Make the claims of an online code: 50 seconds of life, 96 random bits, no status."""
    return replace(
        claims,
        vct=VCTS[Assurance.ONLINE],
        iat=now,
        exp=now + ONLINE_LIFE,
        jti=new_nonce(),
        holder_key=None,
        status=None,
        nbf=None,
    )


def new_sub() -> str:
    """Draw the 128 random bits that name a credential; 22 characters."""
    return b64url_text(secrets.token_bytes(16))


def new_nonce() -> str:
    """Draw 96 random bits; 16 characters."""
    return b64url_text(secrets.token_bytes(12))


def floor_hour(moment: int) -> int:
    """Round a moment down to the hour: common readers refuse an ``iat`` that is a second ahead of their clock."""
    return moment - moment % 3600


def is_moment(value: object) -> TypeGuard[int]:
    """Tell whether a JSON value is a whole number of seconds that a calendar has."""
    return type(value) is int and 0 <= value <= _LAST_MOMENT


def read_claims(payload: dict[str, Any]) -> Claims:
    """Check the shape of a credential's payload and read it; Refusal at check 3.

    Members that the profile doesn't know are ignored, as JWT demands, except ``_sd`` and ``_sd_alg``: a credential with
    disclosures is of another format.
    """
    if not _is_shaped(payload):
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    relation = payload.get("rel")
    return Claims(
        iss=payload["iss"],
        vct=payload["vct"],
        iat=payload["iat"],
        exp=payload["exp"],
        sub=payload["sub"],
        tier=payload["tier"],
        name=payload["name"],
        dom=payload["dom"],
        status=_read_status(payload),
        holder_key=_read_holder_key(payload),
        relation=None if relation is None else _RELATIONS[relation],
        jti=payload.get("jti"),
        nbf=payload.get("nbf"),
    )


def _is_shaped(payload: dict[str, Any]) -> bool:
    get = payload.get
    iss, vct, sub, tier, name, dom = get("iss"), get("vct"), get("sub"), get("tier"), get("name"), get("dom")
    return (
        is_moment(get("iat"))
        and is_moment(get("exp"))
        and type(iss) is str
        and 0 < len(iss) <= 256
        and type(vct) is str
        and type(sub) is str
        and _SUB.match(sub) is not None
        and type(tier) is str
        and _TIER.match(tier) is not None
        and type(name) is str
        and 0 < len(name) <= 64
        and _CONTROL.search(name) is None
        and type(dom) is int
        and 0 <= dom < 1 << 31
        and ("nbf" not in payload or is_moment(payload["nbf"]))
        and ("rel" not in payload or (type(payload["rel"]) is str and payload["rel"] in _RELATIONS))
        and ("jti" not in payload or (type(payload["jti"]) is str and _JTI.match(payload["jti"]) is not None))
        and "_sd" not in payload
        and "_sd_alg" not in payload
    )


def _read_status(payload: dict[str, Any]) -> StatusRef | None:
    if "status" not in payload:
        return None
    status = payload["status"]
    inner = status.get("status_list") if type(status) is dict and len(status) == 1 else None
    if type(inner) is not dict or len(inner) != 2:
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    idx, uri = inner.get("idx"), inner.get("uri")
    if type(idx) is not int or not 0 <= idx < LIST_SIZE or type(uri) is not str or not 0 < len(uri) <= 256:
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    return StatusRef(idx, uri)


def _read_holder_key(payload: dict[str, Any]) -> HolderKey | None:
    if "cnf" not in payload:
        return None
    cnf = payload["cnf"]
    jwk = cnf.get("jwk") if type(cnf) is dict and len(cnf) == 1 else None
    if type(jwk) is not dict or len(jwk) != 4 or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    x, y = jwk.get("x"), jwk.get("y")
    if type(x) is not str or type(y) is not str or _COORDINATE.match(x) is None or _COORDINATE.match(y) is None:
        raise Refusal(Step.SHAPE, Reason.MALFORMED)
    return HolderKey(x, y)
