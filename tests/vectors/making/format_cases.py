"""Checks 1 to 3 in their outer form: size, alphabet, packing, deflate, JSON."""

from __future__ import annotations

import zlib
from typing import Any

from tests.vectors.making.case import accepted, refused
from tests.vectors.making.world import (
    ISS,
    blocks,
    credential,
    device,
    dump,
    edited,
    payload,
    printed,
    proof,
    text,
    wrap,
)

Case = dict[str, Any]


def cases() -> list[Case]:
    """Return the cases of this page."""
    return _texts() + _packing() + _deflate() + _json()


def _texts() -> list[Case]:
    good = printed("texts")
    malformed = {
        "only-the-prefix": "SC1:",
        "lower-case-letter": good[:40] + good[40:].replace("A", "a", 1),
        "foreign-character": good[:-1] + "#",
        "line-break-at-the-end": good + "\n",
        "full-width-digit": good[:60] + "１" + good[61:],
        "nul": good[:60] + "\0" + good[61:],
        "left-over-character": good + "0" * (4 - (len(good) - 4) % 3),
        "group-over-its-range": "SC1:" + ":::" + good[7:],
        "tail-over-its-range": "SC1:" + good[4 : 4 + (len(good) - 4) // 3 * 3] + "::",
        "random-base45": "SC1:" + "QED8WE" * 40,
    }
    checks = dict.fromkeys(malformed, 1) | {"only-the-prefix": 2, "random-base45": 2}
    other = {
        "empty": "",
        "no-prefix": good[4:],
        "later-release": "SC2:" + good[4:],
        "prefix-lower-case": "sc1:" + good[4:],
        "space-before-the-prefix": " " + good,
        "web-address": "https://card.suchang.example/verify?code=1",
        "eu-dcc": "HC1:" + good[4:],
        "smart-health-card": "shc:/56762909524320603460292437404460312229595326546034602925407728043360287028",
        "sd-jwt-text": "eyJhbGciOiJFUzI1NiJ9.e30.AAAA~",
    }
    result = [refused(f"text-{name}", value, checks[name], "malformed") for name, value in malformed.items()]
    result += [refused(f"text-{name}", value, 1, "unsupported_format") for name, value in other.items()]
    for name, start, length in (
        ("longest", "SC1:", 4292),
        ("one-too-long", "SC1:", 4293),
        ("ten-megabytes", "SC1:", 10_000_000),
        ("ten-megabytes-of-anything", "", 10_000_000),
    ):
        check = 2 if name == "longest" else 1
        result.append(refused(f"text-{name}", start, check, "malformed", repeat=["0", length]))
    return result


def _packing() -> list[Case]:
    first = credential(payload("device", "packing"))
    second = proof(first, "packing")
    packed = blocks(first, second)
    whole = zlib.compress(packed, 9)

    def wrong(name: str, value: str) -> Case:
        return refused(f"packing-{name}", value, 2, "malformed")

    return [
        wrong("no-part", text(first, second, n=0)),
        wrong("three-parts", text(first, second, n=3)),
        wrong("three-true-parts", text(first, second, second)),
        wrong("255-parts", text(first, second, n=255)),
        wrong("one-part-said-two-there", text(first, second, n=1)),
        wrong("two-parts-said-one-there", text(first, n=2)),
        wrong("signature-cut", wrap(b"\x01" + first[2][:40])),
        wrong("nothing-after-the-signature", wrap(b"\x01" + first[2])),
        wrong("block-longer-than-the-rest", text(first, second, packed=zlib.compress(b"\xff\xff" + packed[2:]))),
        wrong("bytes-after-the-blocks", text(first, second, packed=zlib.compress(packed + b"\0"))),
        wrong("half-a-length", text(first, second, packed=zlib.compress(packed + b"\0\0"))),
        wrong("last-block-cut", text(first, second, packed=zlib.compress(packed[:-1]))),
        wrong("only-one-block", text(first, packed=zlib.compress(blocks(first)[: 2 + len(first[0])]))),
        refused("packing-empty-blocks", text(first, packed=zlib.compress(bytes(4))), 3, "malformed"),
        refused("packing-parts-swapped", text(second, first), 3, "malformed"),
        accepted("packing-of-another-level", text(first, second, packed=zlib.compress(packed, 1))),
        accepted("packing-stored", text(first, second, packed=zlib.compress(packed, 0))),
        refused("packing-adler", text(first, second, packed=whole[:-1] + bytes([whole[-1] ^ 1])), 2, "malformed"),
        refused("packing-stream-cut", text(first, second, packed=whole[:-5]), 2, "malformed"),
    ]


def _deflate() -> list[Case]:
    first = credential(payload("print", "deflate"))
    packed = blocks(first)

    def wrong(name: str, value: bytes) -> Case:
        return refused(f"deflate-{name}", text(first, packed=value), 2, "malformed")

    def squeezed(bits: int, **more: Any) -> bytes:
        stream = zlib.compressobj(9, zlib.DEFLATED, bits, **more)
        return stream.compress(packed) + stream.flush()

    body = payload("print", "deflate", pad="")
    room = 4096 - len(blocks(credential(body)))
    return [
        wrong("bytes-after-the-end", zlib.compress(packed, 9) + b"\0"),
        wrong("second-stream", zlib.compress(packed, 9) + zlib.compress(packed, 9)),
        wrong("raw", squeezed(-15)),
        wrong("gzip", squeezed(31)),
        wrong("preset-dictionary", squeezed(15, zdict=b'"iss":"https://card.suchang.example"')),
        wrong("not-deflate", b"\x78\xda" + packed),
        wrong("bomb", zlib.compress(bytes(1_000_000), 9)),
        accepted("deflate-small-window", text(first, packed=squeezed(9))),
        accepted("deflate-4096-bytes", text(credential({**body, "pad": "x" * room}))),
        refused("deflate-4097-bytes", text(credential({**body, "pad": "x" * (room + 1)})), 2, "malformed"),
    ]


def _json() -> list[Case]:
    iss = f'"iss":"{ISS}"'.encode()

    def wrong(name: str, value: str) -> Case:
        return refused(f"json-{name}", value, 3, "malformed")

    def raw(body: bytes) -> str:
        return text(credential(body))

    def nested(depth: int) -> str:
        # The payload itself is the first level.
        return edited(f"nested-{depth}", iss, iss + b',"x":' + b"[" * (depth - 1) + b"]" * (depth - 1))

    good = dump(payload("print", "json"))
    deep = b"[" * 1500 + b"]" * 1500
    return [
        wrong("array", raw(b"[" + good + b"]")),
        wrong("text", raw(b'"abc"')),
        wrong("empty", raw(b"")),
        wrong("null", raw(b"null")),
        wrong("cut", raw(good[:-1])),
        wrong("text-after-the-end", raw(good + b"{}")),
        wrong("comma-at-the-end", raw(good[:-1] + b",}")),
        wrong("comment", raw(b"/**/" + good)),
        wrong("single-quotes", edited("json-single-quotes", b'"tier":"B"', b"'tier':'B'")),
        wrong("not-utf8", edited("json-not-utf8", "张".encode(), b"\xff\xfe")),
        wrong("utf16", raw(good.decode().encode("utf-16-le"))),
        wrong("byte-order-mark", raw(b"\xef\xbb\xbf" + good)),
        wrong("overlong-utf8", edited("json-overlong", b'"tier":"B"', b'"tier":"\xc1\x82"')),
        wrong("surrogate-bytes", edited("json-surrogate-bytes", "张".encode(), b"\xed\xa0\x80")),
        wrong("lone-surrogate", edited("json-lone-surrogate", "张".encode(), b"\\ud800")),
        wrong("lone-surrogate-in-unknown", edited("json-lone-unknown", iss, iss + b',"x":"\\udc00"')),
        wrong("raw-line-break", edited("json-line-break", "张".encode(), b"\n")),
        wrong("bad-escape", edited("json-bad-escape", "张".encode(), b"\\x41")),
        wrong("duplicate-key", edited("json-duplicate", b'"tier":"B"', b'"tier":"B","tier":"A"')),
        wrong("duplicate-key-escaped", edited("json-dup-escaped", b'"tier":"B"', b'"tier":"B","\\u0074ier":"A"')),
        wrong("duplicate-key-deep", edited("json-dup-deep", b'"idx":7', b'"idx":7,"idx":8')),
        wrong("duplicate-unknown-key", edited("json-dup-unknown", iss, iss + b',"x":1,"x":1')),
        wrong("nan", edited("json-nan", iss, iss + b',"x":NaN')),
        wrong("infinity", edited("json-infinity", iss, iss + b',"x":-Infinity')),
        wrong("fraction", edited("json-fraction", iss, iss + b',"x":1.5')),
        wrong("exponent", edited("json-exponent", iss, iss + b',"x":1e3')),
        wrong("leading-zero", edited("json-leading-zero", b'"idx":7', b'"idx":07')),
        wrong("plus-sign", edited("json-plus", b'"idx":7', b'"idx":+7')),
        wrong("hexadecimal", edited("json-hex", b'"idx":7', b'"idx":0x7')),
        wrong("depth-17", nested(17)),
        wrong("depth-1500", edited("json-deep", iss, iss + b',"x":' + deep)),
        accepted("json-depth-16", nested(16)),
        accepted("json-17-brackets-side-by-side", edited("json-17", iss, iss + b',"x":[' + b"[]," * 17 + b"[]]")),
        accepted("json-white-space", raw(b" \t\r\n" + good.replace(b",", b" ,\n") + b" ")),
        accepted("json-escapes", edited("json-escapes", "张".encode(), b"\\u5f20")),
        accepted("json-surrogate-pair", edited("json-pair", "张".encode(), b"\\ud842\\udfb7")),
        accepted("json-unknown-members", edited("json-unknown", iss, iss + b',"x":{"y":[true,false,null,-1]}')),
        accepted("json-integer-of-30-digits-in-unknown", edited("json-30", iss, iss + b',"x":' + b"9" * 30)),
        accepted("json-key-proto", edited("json-proto", iss, iss + b',"__proto__":{"tier":"A"}')),
        accepted("json-name-of-an-extended-character", device("json-extended", name="𠮷*")),
    ]
