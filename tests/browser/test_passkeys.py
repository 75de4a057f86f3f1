"""Passkeys on the pages, with Chromium's virtual authenticator: added, used, removed, copied, led astray."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


SIGN = """async (options) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const found = await navigator.credentials.get({publicKey: {...options, challenge: bytes(options.challenge)}});
  const response = {};
  for (const name of ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'])
    response[name] = text(found.response[name]);
  return {id: found.id, rawId: found.id, type: found.type, response};
}"""
"""What a false page would do with what it got from us."""


class Keys:
    """The virtual authenticator of one browser page."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        abilities = dict.fromkeys(
            ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
        )
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", **abilities}
        self.id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def held(self) -> list[dict[str, Any]]:
        found = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        """Put a credential in the place of the one that is there: a copy of the key."""
        self._cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self._cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verify_user(self, yes: bool) -> None:
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def with_passkey(visitor: Visitor) -> tuple[Page, Keys]:
    """Sign the holder in by code, add a passkey, and sign out again."""
    page = visitor.holder()
    keys = Keys(page)
    page.goto("/me/settings")
    assert page.input_value("#add-passkey [name=name]") == "Chrome · Linux"
    page.fill("#add-passkey [name=name]", "示范手机")
    with page.expect_navigation():
        page.click("#add-passkey button")
    assert "示范手机" in page.inner_text("section[aria-labelledby=keys]")
    page.click("section[aria-labelledby=out] button")
    page.wait_for_url("**/")
    return page, keys


NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""The virtual authenticator answers an offer in the field at once, as no person would."""


def press(page: Page, path: str = "/me/sign-in") -> None:
    page.add_init_script(NO_OFFER)
    page.goto(path)
    page.wait_for_selector("html[data-passkeys=ready]")
    page.click("#passkey button")


def remove_all(page: Page) -> None:
    """Take the passkeys off again: the holder is shared by the tests of this module."""
    page.goto("/me/settings")
    while page.locator("section[aria-labelledby=keys] .rows button").count():
        with page.expect_navigation():
            page.locator("section[aria-labelledby=keys] .rows button").first.click()


def test_holder_comes_back_to_their_page_when_the_passkey_signs(visitor: Visitor) -> None:
    page, keys = with_passkey(visitor)
    press(page, "/me/sign-in?next=/me/settings")
    page.wait_for_url("**/me/settings")
    assert "上次使用" in page.inner_text("section[aria-labelledby=keys]")
    assert keys.held()[0]["signCount"] > 1
    remove_all(page)
    page.click("section[aria-labelledby=out] button")
    page.wait_for_url("**/")
    press(page)
    page.wait_for_selector(".notice--refuse")
    assert "可能已被移除" in page.inner_text(".notice--refuse")


def test_holder_is_signed_in_when_the_browser_offers_the_passkey_in_the_field(visitor: Visitor) -> None:
    page, _keys = with_passkey(visitor)
    page.goto("/me/sign-in?next=/me/settings")
    page.wait_for_url("**/me/settings")
    remove_all(page)


def test_holder_is_told_when_the_authenticator_does_not_know_them(visitor: Visitor) -> None:
    page, keys = with_passkey(visitor)
    keys.verify_user(False)
    press(page)
    page.wait_for_selector("#passkey-wrong:not([hidden])")
    assert "没有完成" in page.inner_text("#passkey-wrong")
    keys.verify_user(True)
    page.click("#passkey button")
    page.wait_for_url("**/me")
    remove_all(page)


def test_answer_is_refused_when_the_form_is_sent_again(visitor: Visitor) -> None:
    page, _keys = with_passkey(visitor)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    press(page)
    page.wait_for_url("**/me")
    (answer,) = [body for body in sent if "credential=" in body]
    # With a token of the new session, so that only the used challenge stands in the way.
    fields = dict(parse_qsl(answer)) | {"csrf_token": page.request.get("/csrf").json()["token"]}
    again = page.request.post("/me/sign-in/passkey", form=fields)
    assert "这次登录已经用过" in again.text()
    remove_all(page)


def test_answer_is_refused_when_it_was_made_on_another_origin(visitor: Visitor) -> None:
    page, _keys = with_passkey(visitor)
    options = visitor.site.world.ok("POST", "/api/v1/sign-in/passkey/options", json={})
    elsewhere = "http://localhost:9"
    page.route(f"{elsewhere}/**", lambda route: route.fulfill(body="<title>x</title>", content_type="text/html"))
    page.goto(f"{elsewhere}/")
    made = page.evaluate(SIGN, options)
    answer = visitor.site.world.call("POST", "/api/v1/sign-in/passkey", json={"credential": made})
    assert answer.status_code == 401
    assert answer.json["code"] == "unauthenticated"
    press(page)
    page.wait_for_url("**/me")
    remove_all(page)


def test_passkey_is_taken_off_when_a_copy_of_it_signs(visitor: Visitor) -> None:
    page, keys = with_passkey(visitor)
    copy = keys.held()[0]
    for _ in range(2):
        press(page)
        page.wait_for_url("**/me")
    keys.put(json.loads(json.dumps(copy)))
    page.context.clear_cookies(name="sc_holder")
    press(page)
    page.wait_for_selector(".notice--refuse")
    page = visitor.holder()
    page.goto("/me/settings")
    assert page.locator("section[aria-labelledby=keys] .rows").count() == 0
