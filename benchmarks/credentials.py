"""Credentials against their peers: issuing, verifying offline, the size of a code, the size of a status list.

``python -m benchmarks.credentials`` prints a table each and writes ``benchmarks/results/credentials.json``. Needs the
extra ``bench``. Times are CPU time of one thread; every contestant runs in every round. The median round counts; the
best one is told beside it, because on a busy machine two programs share a core and both grow slower.
"""

from __future__ import annotations

import gc
import json
import math
import platform
import random
import re
import statistics
import subprocess
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jws
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sd_jwt.verifier import SDJWTVerifier

from benchmarks.qr_sizes import sizes
from suchang.credentials.issue.signed_credentials import issue, issue_many
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.status_list.token_status_list import decode_lst, encode_lst, pack, publish
from suchang.credentials.token.algorithms import ES256
from suchang.credentials.token.claims import Claims, HolderKey, StatusRef, device_claims, new_sub, print_claims
from suchang.credentials.token.codec import Token, qr_text
from suchang.credentials.token.holder_proof import DESK, prove
from suchang.credentials.verify.key_ring import KeyRing, KeyState, RingKey
from suchang.credentials.verify.offline_verifier import OfflineVerifier

ISS = "https://card.jiangsu.example"
URI = f"{ISS}/status-lists/0"
ROUNDS, TOKENS = 9, 400
RESULTS = Path(__file__).parent / "results" / "credentials.json"
DRAW = random.Random(4)  # fixed, so that every run measures the same lists

issuer, phone = SoftwareSigner.generate(), SoftwareSigner.generate()


def base(now: int) -> Claims:
    return Claims(ISS, "", now, now + 3 * 365 * 86_400, new_sub(), "B", "张*", 0b111111111)


def device(now: int, idx: int) -> Claims:
    return device_claims(base(now), HolderKey(phone.jwk["x"], phone.jwk["y"]), StatusRef(idx, URI))


Times = dict[str, dict[str, float]]


def measure(contestants: dict[str, Callable[[], object]]) -> Times:
    """Return the median and the least CPU time of each contestant in µs for one of its ``TOKENS`` operations."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, run in contestants.items():
            # Without the garbage collector, as timeit does: the next one would clean up after the one before.
            gc.collect()
            gc.disable()
            start = time.thread_time()
            run()
            times[name].append((time.thread_time() - start) / TOKENS * 1e6)
            gc.enable()
    return {
        name: {"median": round(statistics.median(values), 1), "best": round(min(values), 1)}
        for name, values in times.items()
    }


def openssl() -> dict[str, float]:
    """Ask ``openssl speed`` for P-256 operations a second on one core; empty where it can't be asked."""
    try:
        done = subprocess.run(
            ["openssl", "speed", "-seconds", "2", "ecdsap256"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    found = re.search(r"nistp256\)\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)", done.stdout)
    return {"sign": float(found[1]), "verify": float(found[2])} if found else {}


def issuing(now: int) -> Times:
    claims = [device(now, idx) for idx in range(TOKENS)]
    bodies = [each.payload() for each in claims]
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": issuer.kid}
    private = issuer.private
    joserfc_key = joserfc.jwk.ECKey.import_key(private)
    jwcrypto_key = jwcrypto.jwk.JWK.from_pyca(private)
    scheme, data = ec.ECDSA(SHA256()), bytes(500)

    def with_jwcrypto() -> None:
        for body in bodies:
            token = jwcrypto.jws.JWS(json.dumps(body))
            token.add_signature(jwcrypto_key, None, json.dumps(header))
            token.serialize(compact=True)

    return measure(
        {
            "bare signature (cryptography)": lambda: [private.sign(data, scheme) for _ in range(TOKENS)],
            "Su Chang Card": lambda: [token.credential.signature for token in issue_many(claims, issuer)],
            "Su Chang Card, with QR text": lambda: [qr_text(token) for token in issue_many(claims, issuer)],
            "PyJWT": lambda: [jwt.encode(body, private, "ES256", header) for body in bodies],
            "joserfc": lambda: [joserfc.jwt.encode(header, body, joserfc_key, ["ES256"]) for body in bodies],
            "jwcrypto": with_jwcrypto,
        }
    )


def verifying(now: int) -> Times:
    tokens = [prove(issue(device(now, idx), issuer), phone, now) for idx in range(TOKENS)]
    texts = [qr_text(token) for token in tokens]
    public = issuer.private.public_key()
    ring = KeyRing([RingKey(ISS, issuer.kid, public, ES256, KeyState.ACTIVE, now - 86_400)], as_of=now)
    ring.domains["medical"] = 2
    desk = OfflineVerifier(ring, [publish(pack([]), URI, issuer, now)], lambda: datetime.fromtimestamp(now, UTC))
    pairs = [(token.credential.compact.decode(), token.proof.compact.decode()) for token in tokens if token.proof]
    holder = phone.private.public_key()
    theirs = _their_readers(tokens, pairs)
    scheme, signature = ec.ECDSA(SHA256()), issuer.private.sign(bytes(500), ec.ECDSA(SHA256()))

    def ours() -> None:
        for text in texts:
            if not desk.verify(text, "medical", remember=False).accepted:
                raise AssertionError("a good code was not accepted")

    def bare() -> None:
        for _ in range(TOKENS):
            public.verify(signature, bytes(500), scheme)
            holder.verify(phone_signature, bytes(500), scheme)

    phone_signature = phone.private.sign(bytes(500), scheme)
    return measure({"two bare verifications (cryptography)": bare, "Su Chang Card, ten checks": ours, **theirs})


def _their_readers(tokens: list[Token], pairs: list[tuple[str, str]]) -> dict[str, Callable[[], object]]:
    """Read the same two signatures with other libraries, from JWT text: no QR, no status, no purpose."""
    public, holder = issuer.private.public_key(), phone.private.public_key()
    quiet = {"verify_exp": False, "verify_iat": False}
    keys = joserfc.jwk.ECKey.import_key(public), joserfc.jwk.ECKey.import_key(holder)
    theirs = jwcrypto.jwk.JWK.from_pyca(public), jwcrypto.jwk.JWK.from_pyca(holder)

    def with_pyjwt() -> None:
        for credential, proof in pairs:
            jwt.decode(credential, public, ["ES256"], options=quiet)
            jwt.decode(proof, holder, ["ES256"], audience=DESK, options=quiet)

    def with_jwcrypto() -> None:
        for pair in pairs:
            for text, key in zip(pair, theirs, strict=True):
                token = jwcrypto.jws.JWS()
                token.deserialize(text, key)

    def with_joserfc() -> None:
        for pair in pairs:
            for text, key in zip(pair, keys, strict=True):
                joserfc.jwt.decode(text, key, ["ES256"])

    def with_sd_jwt() -> None:
        for token in tokens:
            nonce = json.loads(token.proof.payload)["nonce"] if token.proof else ""
            SDJWTVerifier(token.text, lambda *_: theirs[0], DESK, nonce)

    return {"PyJWT": with_pyjwt, "joserfc": with_joserfc, "jwcrypto": with_jwcrypto, "sd-jwt": with_sd_jwt}


def status_lists() -> list[dict[str, Any]]:
    """Return bytes of compressed lists beside the least that any code could need for them: N · H(p) / 8."""
    rows = []
    for cards, share in ((1_000_000, 0.01), (10_000_000, 0.01), (1_000_000, 0.001), (1_000_000, 0.05)):
        size, token, spent = 0, 0, 0.0
        for first in range(0, cards, 1 << 20):
            here = min(1 << 20, cards - first)
            packed = pack((idx, 1) for idx in DRAW.sample(range(here), round(here * share)))
            start = time.thread_time()
            lst = encode_lst(packed)
            spent += time.thread_time() - start
            if decode_lst(lst, len(packed)) != packed:
                raise AssertionError("a list came back changed")
            size += len(zlib.compress(packed, 9))
            token += len(publish(packed, URI, issuer, 0))
        bound = cards * -(share * math.log2(share) + (1 - share) * math.log2(1 - share)) / 8
        rows.append(
            {
                "cards": cards,
                "revoked": share,
                "zlib_bytes": size,
                "token_bytes": token,
                "entropy_bytes": round(bound),
                "ratio": round(size / bound, 2),
                "compress_ms_per_million": round(spent * 1000 / (cards / 1e6), 1),
            }
        )
    return rows


def table(title: str, head: list[str], rows: list[list[object]]) -> None:
    print(f"\n### {title}\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")


def timed(title: str, times: Times) -> None:
    rows: list[list[object]] = [
        [name, each["median"], each["best"], f"{1e6 / each['median']:,.0f}"] for name, each in times.items()
    ]
    table(title, ["", "µs, median", "µs, best", "a second"], rows)


def main() -> None:
    """Measure, print, write."""
    now = int(time.time())
    raw, made, read = openssl(), issuing(now), verifying(now)
    first = prove(issue(device(now, 123_456), issuer), phone, now)
    codes = sizes(issue(print_claims(base(now), StatusRef(123_456, URI)), issuer), first, issuer, phone)
    lists = status_lists()
    found = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "tokens": TOKENS,
            "rounds": ROUNDS,
        },
        "openssl_per_second": raw,
        "issue_us": made,
        "issue_per_second": round(1e6 / made["Su Chang Card"]["median"]),
        "issue_ratio_to_openssl": round(1e6 / made["Su Chang Card"]["median"] / raw["sign"], 3) if raw else None,
        "verify_us": read,
        "verify_ratio_to_two_signatures": round(
            read["Su Chang Card, ten checks"]["best"] / read["two bare verifications (cryptography)"]["best"], 2
        ),
        "qr": codes,
        "status_lists": lists,
    }
    timed("Issuing one device credential", made)
    if raw:
        print(f"\nopenssl speed: {raw['sign']:,.0f} signatures/s; ratio {found['issue_ratio_to_openssl']}")
    timed("Verifying one device code offline", read)
    table("The same claims as a code", list(codes[0]), [list(row.values()) for row in codes])
    table("Status lists", list(lists[0]), [list(row.values()) for row in lists])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
