"""The peer: what any online verification can't do without, and nothing else.

Read JSON, verify two ES256 signatures, one SET NX, one SELECT by primary key, one INSERT and COMMIT, write JSON. No
token, no checks of claims, no entitlements, no errors: nobody could use it. It runs in the same server program.
"""

from __future__ import annotations

import os
import secrets
import threading
from base64 import urlsafe_b64decode

import psycopg
import redis
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, jsonify, request

app = Flask("bare")
_scheme = ec.ECDSA(SHA256())
_curve = ec.SECP256R1()
_memory = redis.Redis.from_url(os.environ["REDIS_URL"])
_local = threading.local()


def _connection() -> psycopg.Connection[tuple[object, ...]]:
    if getattr(_local, "connection", None) is None:
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""))
    kept: psycopg.Connection[tuple[object, ...]] = _local.connection
    return kept


def _key(coordinates: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_curve, b"\x04" + _decoded(coordinates))


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


_issuer = _key(os.environ["BENCHMARK_ISSUER_KEY"])


def _check(key: ec.EllipticCurvePublicKey, token: str) -> None:
    data, _, signature = token.rpartition(".")
    raw = _decoded(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.verify(encode_dss_signature(r, s), data.encode(), _scheme)


@app.post("/")
def verify() -> object:
    """Do the five things."""
    body = request.get_json()
    _check(_issuer, body["credential"])
    _check(_key(body["holder"]), body["proof"])
    if not _memory.set("bare:" + body["nonce"], b"1", nx=True, ex=120):
        return jsonify(outcome="refused")
    connection, made = _connection(), secrets.token_hex(16)
    row = connection.execute("SELECT tier, state, valid_until FROM card WHERE id = %s", [body["card"]]).fetchone()
    connection.execute(
        "INSERT INTO bare_log (id, card_id, nonce, outcome, created_at) VALUES (%s, %s, %s, %s, now())",
        [made, body["card"], body["nonce"], "accepted"],
    )
    connection.commit()
    return jsonify(id=made, outcome="accepted", card={"tier": row and row[0], "until": str(row and row[2])})
