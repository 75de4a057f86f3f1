"""The issuer's public keys by issuer and ``kid``, with the time in which each is believed.

next → active → retired → revoked. A *next* key is published before it signs, so that verifiers know it in time; an
*active* one signs; a *retired* one verifies what it signed while active; a *revoked* one leaves the ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from suchang.credentials import json_objects
from suchang.credentials.token.algorithms import ALGORITHMS, Algorithm
from suchang.credentials.token.claims import floor_hour, is_moment
from suchang.domain.errors import Malformed


class KeyState(StrEnum):
    """Where a key is in its life."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class RingKey:
    """One public key of an issuer.

    ``active_from`` is the second of its activation, for a *next* key that of its publication: a verifier that fetched
    the ring just before a rotation must still believe the new key. ``active_until`` is that of its retirement.
    """

    iss: str
    kid: str
    public: Any
    algorithm: Algorithm
    state: KeyState
    active_from: int
    active_until: int | None = None

    def covers(self, iat: int) -> bool:
        """Tell whether the key was believed when something was signed.

        The start is rounded down to the hour because the ``iat`` of device and printed credentials is.
        """
        return floor_hour(self.active_from) <= iat and (self.active_until is None or iat <= self.active_until)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Tell whether this key made a signature."""
        return self.algorithm.verify(self.public, data, signature)

    def jwk(self) -> dict[str, Any]:
        """Return the key as JWK, with ``nbf`` and ``exp`` for the time in which it is believed."""
        result: dict[str, Any] = {
            **self.algorithm.to_jwk(self.public),
            "kid": self.kid,
            "use": "sig",
            "alg": self.algorithm.name,
            "nbf": self.active_from,
        }
        return result if self.active_until is None else {**result, "exp": self.active_until}


class KeyRing:
    """The keys of one or several issuers; revoked ones are left out."""

    def __init__(
        self,
        keys: Iterable[RingKey],
        *,
        issuers: Iterable[str] = (),
        as_of: int | None = None,
        domains: Mapping[str, int] | None = None,
    ) -> None:
        self.keys = tuple(key for key in keys if key.state is not KeyState.REVOKED)
        self.as_of = as_of
        self.domains = dict(domains or {})
        self._by_name = {(key.iss, key.kid): key for key in self.keys}
        self._issuers = frozenset(issuers) | {key.iss for key in self.keys}
        if len(self._by_name) != len(self.keys):
            raise Malformed("Two keys of this ring have the same name.")

    def knows(self, iss: str) -> bool:
        """Tell whether an issuer is one of this ring, even if all its keys are gone."""
        return iss in self._issuers

    def find(self, iss: str, kid: str) -> RingKey | None:
        """Return the key of this issuer and name; a look-up in a mapping and nothing else."""
        return self._by_name.get((iss, kid))

    def of(self, iss: str) -> tuple[RingKey, ...]:
        """Return the keys of one issuer."""
        return tuple(key for key in self.keys if key.iss == iss)

    def merge(self, other: KeyRing) -> KeyRing:
        """Join two rings; their age is that of the older one."""
        ages = [ring.as_of for ring in (self, other) if ring.as_of is not None]
        return KeyRing(
            self.keys + other.keys,
            issuers=self._issuers | other._issuers,
            as_of=min(ages) if ages else None,
            domains={**other.domains, **self.domains},
        )

    def jwks(self, iss: str, now: int) -> dict[str, Any]:
        """Publish the keys of one issuer as a JWK set (RFC 7517 §5).

        Three more members tell an offline verifier the rest: ``issuer``, ``iat`` (how old the set is) and ``domains``
        (the bit of each benefit domain in ``dom``).
        """
        return {"issuer": iss, "iat": now, "domains": self.domains, "keys": [key.jwk() for key in self.of(iss)]}


def read_jwks(
    document: bytes | Mapping[str, Any],
    issuer: str | None = None,
    *,
    fetched_at: int | None = None,
    algorithms: Mapping[str, Algorithm] = ALGORITHMS,
) -> KeyRing:
    """Read a published JWK set.

    Keys for another use (``use: enc``), of an unknown algorithm or without ``alg`` are skipped, as RFC 7517 §5 tells;
    a set that is broken, names one key twice or holds a private key is refused with Malformed. ``issuer`` and
    ``fetched_at`` (seconds) win over the members ``issuer`` and ``iat`` of the set, which need not be there.
    """
    try:
        value: Mapping[str, Any] = json_objects.read_object(document) if isinstance(document, bytes) else document
    except ValueError as error:
        raise Malformed(f"The key set can't be read: {error}.") from None
    name = issuer or value.get("issuer")
    age = fetched_at if fetched_at is not None else value.get("iat")
    keys = value.get("keys")
    if type(name) is not str or not name:
        raise Malformed("The key set doesn't say whose keys these are; name the issuer.")
    domains = value.get("domains", {})
    if type(keys) is not list or type(domains) is not dict or not all(type(bit) is int for bit in domains.values()):
        raise Malformed("This is not a JWK set.")
    if age is not None and not is_moment(age):
        raise Malformed("The age of this JWK set is not a whole number of seconds.")
    found = [_read_key(name, jwk, algorithms) for jwk in keys]
    return KeyRing([key for key in found if key is not None], issuers=[name], as_of=age, domains=domains)


def _read_key(iss: str, jwk: object, algorithms: Mapping[str, Algorithm]) -> RingKey | None:
    if type(jwk) is not dict:
        raise Malformed("A key of the key set is not an object.")
    if "d" in jwk:
        raise Malformed("The key set holds a private key; throw it away and replace that key.")
    kid, start, end = jwk.get("kid"), jwk.get("nbf", 0), jwk.get("exp")
    algorithm = algorithms.get(jwk["alg"]) if type(jwk.get("alg")) is str else None
    operations = jwk.get("key_ops", ["verify"])
    if algorithm is None or jwk.get("use", "sig") != "sig" or operations != ["verify"] or type(kid) is not str:
        return None
    if not is_moment(start) or not (end is None or is_moment(end)):
        raise Malformed(f"The times of the key {kid} are not whole seconds.")
    try:
        public = algorithm.from_jwk(jwk)
    except ValueError as error:
        raise Malformed(f"The key {kid} can't be read: {error}.") from None
    state = KeyState.ACTIVE if end is None else KeyState.RETIRED
    return RingKey(iss, kid, public, algorithm, state, start, end)
