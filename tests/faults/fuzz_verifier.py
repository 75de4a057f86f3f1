"""Feed the verifier what a coverage-guided fuzzer invents: ``python tests/faults/fuzz_verifier.py -max_total_time=60``.

A script, not a test: it needs ``pip install atheris`` and runs until it is stopped or finds something. Every input is
tried as the text of a code and as the claims of a code whose signature is good; whatever isn't refused must be the
identical token that was issued, and nothing may be raised.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["suchang.credentials"]):
    from suchang.credentials.token.codec import PREFIX, Part, Token, qr_text, read_qr
    from suchang.credentials.token.encoding import base45_encode
    from suchang.credentials.verify.reasons import Outcome
    from tests.unit.credentials.support import ISSUER, MEDICAL, device_token, verifier

GOOD = device_token()
TEXT = qr_text(GOOD).encode()
VERIFIER = verifier()


def edited(original: bytes, edits: bytes) -> bytes:
    """Overwrite bytes of an original: three bytes of edits are a place and what to write there."""
    result = bytearray(original)
    for i in range(0, len(edits) - 2, 3):
        result[int.from_bytes(edits[i : i + 2], "big") % len(result)] = edits[i + 2]
    return bytes(result)


def one_input(data: bytes) -> None:
    """Try one input in each of its readings."""
    for text in (
        data.decode("latin-1"),
        PREFIX + base45_encode(data),
        PREFIX + data.decode("latin-1"),
        edited(TEXT, data).decode("latin-1"),
    ):
        if VERIFIER.check(text, MEDICAL).outcome is not Outcome.REFUSED and read_qr(text) != GOOD:
            raise AssertionError(f"not refused: {text!r}")
    for payload in (data[:3000], edited(GOOD.credential.payload, data)):
        unsigned = Part(GOOD.credential.header, payload, b"")
        part = Part(unsigned.header, unsigned.payload, ISSUER.sign(unsigned.signing_input))
        VERIFIER.check(qr_text(Token(part, GOOD.proof)), MEDICAL)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
