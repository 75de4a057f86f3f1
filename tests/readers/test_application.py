"""Independent readers, and the ES modules, at the real application: bytes over HTTP and pictures, nothing else."""

from __future__ import annotations

import base64
import json
import time
from io import BytesIO

import httpx
import pypdfium2
import zxingcpp
from PIL import Image

from tests.javascript.node import run_node
from tests.readers.profile import sd_jwt
from tests.readers.test_tokens import ask, ask_for_status, refusals
from tests.support.world import World


def _nonce(token: str) -> str:
    payload = token.rsplit("~", 1)[1].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["nonce"])


def _offline(origin: str, text: str) -> tuple[str, str | None]:
    """Judge a code as a desk that was online a moment ago, with the ES modules."""
    jwks = httpx.get(f"{origin}/.well-known/jwks.json").json()
    bits = httpx.get(f"{origin}/.well-known/jwt-vc-issuer").json()["benefit_domains"]
    uri = f"{origin}/status-lists/0"
    now = int(time.time())
    case = {"name": "one", "text": text, "now": now, "mode": "offline", "purpose": "medical", "ring": "it"}
    file = {
        "domains": bits,
        "rings": {"it": {origin: jwks}},
        "lists": {"it": {"uri": uri, "token": httpx.get(uri).text}},
        "cases": [{**case, "ring_fetched": now, "lists": ["it"]}],
    }
    [answer] = run_node("javascript/verify_cases.js", file)
    return answer["outcome"], answer["reason"]


def test_everybody_believes_the_card_until_its_phone_is_removed(served: tuple[str, World]) -> None:
    origin, world = served
    holder = world.holder("B")
    phone = world.phone(holder)
    text = phone.code(int(time.time()))
    token = sd_jwt(text)
    answers = ask(origin, token, _nonce(token))
    assert refusals(answers) == []
    assert {answer["claims"]["tier"] for answer in answers.values()} == {"B"}
    assert ask_for_status(origin, token)["status"] == 0
    assert _offline(origin, text) == ("accepted", None)

    world.call("DELETE", f"/api/v1/me/card/devices/{phone.device}", holder)
    assert ask_for_status(origin, token)["status"] == 1
    assert refusals(ask(origin, token, _nonce(token))) == ["@sd-jwt/sd-jwt-vc"]
    assert _offline(origin, text) == ("refused", "revoked")


def test_printed_sheet_and_picture_carry_one_good_credential(served: tuple[str, World]) -> None:
    origin, world = served
    holder = world.holder("B")
    headers = {"Authorization": f"Bearer {holder}"}
    picture = httpx.get(f"{origin}/api/v1/me/card/card.png", headers=headers, timeout=60)
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)).convert("RGB"))
    sheet = pypdfium2.PdfDocument(httpx.get(f"{origin}/api/v1/me/card/card.pdf", headers=headers, timeout=60).content)
    page = sheet[0]
    [same] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    page.close()
    sheet.close()
    assert same.text == code.text
    answers = ask(origin, sd_jwt(code.text))
    assert refusals(answers) == []
    assert {answer["claims"]["vct"] for answer in answers.values()} == {"urn:suchang:card:print:1"}
    assert _offline(origin, code.text) == ("accepted", None)
