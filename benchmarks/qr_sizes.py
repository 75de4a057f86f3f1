"""The same claims as QR codes of several kinds.

* this profile: base45 of signatures and deflated JSON
* SD-JWT text as it is, in byte mode
* SMART Health Card: JWS with ``zip: DEF``, written in digits (``shc:/`` in byte mode, the rest in numeric mode)
* EU digital COVID certificate: CWT in COSE_Sign1, deflated, base45, ``HC1:``; claims under short integer keys where CWT
  registers them, under their names where it doesn't; the holder's signature wraps the issuer's, so it needs no hash
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import cbor2
import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.codec import Part, Token, qr_text
from suchang.credentials.token.encoding import b64url, b64url_decode, base45_encode

_CWT = {"iss": 1, "sub": 2, "exp": 4, "nbf": 5, "iat": 6, "cnf": 8}


def version(pieces: list[QRData], level: int) -> int:
    code = qrcode.QRCode(error_correction=level)
    for piece in pieces:
        code.add_data(piece)
    return code.best_fit()


def _deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def _smart(part: Part, signer: SoftwareSigner) -> str:
    """Write a part as a JWS with a deflated payload, in pairs of digits."""
    header = {**json.loads(part.header), "zip": "DEF"}
    signed = b64url(json.dumps(header, separators=(",", ":")).encode()) + b"." + b64url(_deflate(part.payload))
    text = signed + b"." + b64url(signer.sign(signed))
    return "".join(f"{code - 45:02d}" for code in text)


def _cose(header: dict[int, Any], payload: bytes, signer: SoftwareSigner) -> bytes:
    protected = cbor2.dumps(header)
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


def _cwt(part: Part, **more: Any) -> bytes:
    claims = {**json.loads(part.payload), **more}
    if "cnf" in claims:
        jwk = claims["cnf"]["jwk"]
        claims["cnf"] = {1: {1: 2, -1: 1, -2: b64url_decode(jwk["x"]), -3: b64url_decode(jwk["y"])}}
    if "sub" in claims:
        claims["sub"] = b64url_decode(claims["sub"])
    return cbor2.dumps({_CWT.get(name, name): value for name, value in claims.items()})


def _green(token: Token, issuer: SoftwareSigner, phone: SoftwareSigner) -> str:
    inner = _cose({1: -7, 4: issuer.kid.encode()}, _cwt(token.credential), issuer)
    if token.proof is None:
        return "HC1:" + base45_encode(zlib.compress(inner, 9))
    proof = json.loads(token.proof.payload)
    claims = {6: proof["iat"], 3: proof["aud"], 10: b64url_decode(proof["nonce"]), "c": inner}
    return "HC1:" + base45_encode(zlib.compress(_cose({1: -7}, cbor2.dumps(claims), phone), 9))


def sizes(printed: Token, device: Token, issuer: SoftwareSigner, phone: SoftwareSigner) -> list[dict[str, Any]]:
    """Return characters and QR versions of each kind, for a printed code (level Q) and a device code (level M)."""
    rows = []
    for token, kind, level in ((printed, "print", ERROR_CORRECT_Q), (device, "device", ERROR_CORRECT_M)):
        signers = (issuer, phone)
        smart = "".join(_smart(part, signer) for part, signer in zip(token.parts, signers, strict=False))
        alphanumeric = {"Su Chang Card": qr_text(token), "EU DCC": _green(token, issuer, phone)}
        codes = {name: [QRData(text, mode=MODE_ALPHA_NUM)] for name, text in alphanumeric.items()}
        codes["SMART Health Card"] = [QRData(b"shc:/", mode=MODE_8BIT_BYTE), QRData(smart, mode=MODE_NUMBER)]
        codes["SD-JWT text"] = [QRData(token.text.encode(), mode=MODE_8BIT_BYTE)]
        zipped = "Z:" + base45_encode(zlib.compress(token.text.encode(), 9))
        codes["SD-JWT text, deflated, base45"] = [QRData(zipped, mode=MODE_ALPHA_NUM)]
        for name, pieces in codes.items():
            found = version(pieces, level)
            rows.append(
                {
                    "code": kind,
                    "encoding": name,
                    "characters": sum(len(piece.data) for piece in pieces),
                    "level": "Q" if level == ERROR_CORRECT_Q else "M",
                    "version": found,
                    "modules": 17 + 4 * found,
                }
            )
    return rows
