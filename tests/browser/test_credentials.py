"""The ES modules of the credential in Chromium: verifier, stores, the holder's key, the drawn code."""

from __future__ import annotations

import json
import re
import time
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from suchang.credentials.issue.proof_of_possession import check_possession
from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.token.claims import HolderKey, StatusRef, device_claims
from suchang.credentials.token.codec import read_qr
from suchang.credentials.token.holder_proof import Challenge, partner_audience
from suchang.credentials.verify.verdict import Verdict
from tests.javascript.test_vectors import differences
from tests.support.file_server import serving
from tests.unit.credentials.support import ISS, ISSUER, MEDICAL, NOW, URI, base_claims, ring_of, verifier

pytestmark = pytest.mark.browser

MODULES = "/suchang/web/static/credentials"
VECTORS = Path(__file__).parents[1] / "vectors"


@pytest.fixture(scope="module")
def origin():
    nothing = b"<!doctype html><title>-</title><link rel=icon href=data:,>"
    with serving({"/": ("text/html", nothing)}, files=True) as found:
        yield found


@pytest.fixture
def blank(page, origin):
    page.goto(f"{origin}/")
    return page


def test_answers_are_the_published_ones_when_a_browser_judges_the_vectors(blank):
    published = json.loads((VECTORS / "credentials.json").read_text(encoding="utf-8"))["cases"]
    found = blank.evaluate(
        """async () => {
            const { run } = await import('/tests/javascript/runner.js');
            const { IndexedDbStore } = await import('/suchang/web/static/credentials/stores.js');
            const file = await (await fetch('/tests/vectors/credentials.json')).json();
            let number = 0;
            return run(file, () => IndexedDbStore.open(`store ${number++}`));
        }"""
    )
    assert differences(published, found) == []


def _check(text: str, now: int, challenge: Challenge | None = None) -> Verdict:
    return verifier(now=now).check(text, MEDICAL, challenge=challenge)


def _wallet(page) -> HolderKey:
    """Make the page's wallet, register its key, put a credential into it."""
    jwk, proof = page.evaluate(
        """async ([modules, nonce, audience, now]) => {
            const { Wallet, publicJwk, provePossession } = await import(`${modules}/presentation.js`);
            const wallet = await Wallet.open();
            const pair = await wallet.deviceKey();
            return [await publicJwk(pair), await provePossession(pair, { audience, nonce, now })];
        }""",
        [MODULES, "n-1", ISS, time.time()],
    )
    assert check_possession(jwk, proof, ISS, "n-1")
    assert not check_possession(jwk, proof, ISS, "n-2")
    key = HolderKey(jwk["x"], jwk["y"])
    token = issue(device_claims(base_claims(), key, StatusRef(7, URI)), ISSUER)
    page.evaluate(
        """async ([modules, token]) => {
            const { Wallet } = await import(`${modules}/presentation.js`);
            await (await Wallet.open()).put('credential', token);
        }""",
        [MODULES, token.text],
    )
    return key


_PRESENT = """async ([modules, now, challenge]) => {
    const { Wallet, present } = await import(`${modules}/presentation.js`);
    const { drawQr, qrSvg } = await import(`${modules}/qr_code.js`);
    const wallet = await Wallet.open();
    const { privateKey } = await wallet.deviceKey();
    const text = await present(await wallet.get('credential'), privateKey, now, challenge);
    const drawing = drawQr(text);
    document.body.innerHTML = qrSvg(drawing, '出示码 "B"');
    return [text, drawing.version];
}"""


def test_code_on_the_screen_is_accepted_when_it_is_scanned(blank):
    _wallet(blank)
    text, version = blank.evaluate(_PRESENT, [MODULES, NOW + 0.9, None])
    assert version == 19
    seen = zxingcpp.read_barcodes(Image.open(BytesIO(blank.screenshot())))
    assert [one.text for one in seen] == [text]
    assert seen[0].ec_level == "M"
    assert _check(seen[0].text, NOW).accepted
    assert blank.locator("svg").get_attribute("aria-label") == '出示码 "B"'


def test_key_stays_the_same_and_unreadable_when_the_page_is_opened_again(blank):
    key = _wallet(blank)
    blank.reload()
    (text, _), kept = (
        blank.evaluate(_PRESENT, [MODULES, NOW, None]),
        blank.evaluate(
            """async (modules) => {
                const { Wallet, publicJwk } = await import(`${modules}/presentation.js`);
                const pair = await (await Wallet.open()).deviceKey();
                const read = (format) => crypto.subtle.exportKey(format, pair.privateKey).catch((error) => error.name);
                return [await publicJwk(pair), await read('jwk'), await read('pkcs8'), pair.privateKey.extractable];
            }""",
            MODULES,
        ),
    )
    assert kept == [key.jwk, "InvalidAccessError", "InvalidAccessError", False]
    assert _check(text, NOW).accepted


def test_challenge_is_answered_when_a_desk_shows_one(blank):
    _wallet(blank)
    challenge = Challenge(partner_audience("p1"), "A" * 21 + "Q", NOW)
    asked = {"audience": challenge.audience, "nonce": challenge.nonce}
    text, _ = blank.evaluate(_PRESENT, [MODULES, NOW, asked])
    assert _check(text, NOW, challenge).accepted
    assert _check(text, NOW).reason == "holder_proof_invalid"


def test_codes_never_repeat_and_never_jump_when_they_are_renewed(blank):
    _wallet(blank)
    codes = [blank.evaluate(_PRESENT, [MODULES, NOW + 30 * i, None]) for i in range(5)]
    nonces = {json.loads(read_qr(text).proof.payload)["nonce"] for text, _ in codes}
    assert len(nonces) == 5
    assert {version for _, version in codes} == {19}


def test_nothing_is_left_when_a_wallet_is_cleared(blank):
    _wallet(blank)
    left = blank.evaluate(
        """async (modules) => {
            const { Wallet } = await import(`${modules}/presentation.js`);
            const wallet = await Wallet.open();
            await wallet.clear();
            return [await wallet.get('key'), await wallet.get('credential')].map((one) => one ?? null);
        }""",
        MODULES,
    )
    assert left == [None, None]


def test_desk_remembers_when_its_page_is_opened_again(blank):
    """Keys, clock, what was accepted and what waits to be sent are all in the browser's database."""
    _wallet(blank)
    text, _ = blank.evaluate(_PRESENT, [MODULES, NOW, None])
    desk = """async ([modules, uri, now]) => {
        const { OfflineVerifier } = await import(`${modules}/offline_verifier.js`);
        const { IndexedDbStore } = await import(`${modules}/stores.js`);
        globalThis.desk = await OfflineVerifier.open({
            store: await IndexedDbStore.open(), lists: [uri], clock: () => now * 1000 });
    }"""
    from suchang.credentials.status_list.token_status_list import pack, publish

    jwks = ring_of().jwks(ISS, NOW) | {"domains": {"medical": 2}}
    blank.evaluate(desk, [MODULES, URI, NOW])
    first = blank.evaluate(
        """async ([jwks, uri, list, text]) => {
            await desk.learnKeys(jwks);
            const taken = await desk.learnList(uri, list);
            return [taken, (await desk.verify(text, desk.purpose('medical'))).outcome, desk.due, desk.statusAge];
        }""",
        [jwks, URI, publish(pack([]), URI, ISSUER, NOW - 60).decode(), text],
    )
    assert first == ["taken", "accepted", [], 60]
    blank.reload()
    blank.evaluate(desk, [MODULES, URI, NOW + 1])
    again = blank.evaluate("async (text) => (await desk.verify(text, desk.purpose('medical'))).reason", text)
    assert again == "replayed"
    waiting = blank.evaluate("async () => (await desk.deferred()).map(({ body }) => body)")
    assert [one["presentation"] for one in waiting] == [text]
    assert waiting[0]["purpose"] == "medical"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", waiting[0]["presented_at"])
    blank.evaluate("async () => { for (const { id } of await desk.deferred()) await desk.store.settle(id); }")
    assert blank.evaluate("async () => (await desk.deferred()).length") == 0
    blank.reload()
    blank.evaluate(desk, [MODULES, URI, NOW - 3600])
    back = blank.evaluate("async (text) => (await desk.verify(text, desk.purpose('medical'))).reason", text)
    assert back == "clock_unsure"


def test_first_load_stays_small_when_a_holder_opens_the_card():
    """What the card page pulls in of these modules, compressed: the budget of the whole page is 100 KB."""
    import brotli

    folder = Path(__file__).parents[2] / MODULES[1:]
    names, todo = set(), ["presentation.js", "qr_code.js"]
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo.extend(re.findall(r"from '\./(\w+\.js)'", (folder / name).read_text()))
    assert sum(len(brotli.compress((folder / name).read_bytes(), quality=9)) for name in names) < 16_000
