"""A partner's own page, on another origin, with the modules and the few lines that docs/verifying.md shows."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page

from tests.support.file_server import ROOT, serving
from tests.support.world import World

pytestmark = pytest.mark.browser


def test_partner_page_judges_as_documented_with_and_without_a_network(page: Page, served: tuple[str, World]) -> None:
    issuer, world = served
    [shown] = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8"), re.S)
    script = shown.replace("https://card.example", issuer).replace("./credentials/", "/suchang/web/static/credentials/")
    html = f"<!doctype html><title>-</title><link rel=icon href=data:,><script type=module>{script}"
    html += "globalThis.page = { desk, refresh, verify }</script>"
    holder = world.holder("B")
    phone = world.phone(holder)
    with serving({"/": ("text/html", html.encode())}, files=True) as origin:
        page.goto(f"{origin}/")
        page.wait_for_function("globalThis.page")
        page.evaluate("page.refresh()")
        # A fresh code each time: one is accepted once.
        card = page.evaluate("(text) => page.verify(text)", phone.code(int(time.time())))
        assert card["tier"] == "B"
        page.context.set_offline(True)
        again = phone.code(int(time.time()))
        assert page.evaluate("(text) => page.verify(text)", again)["tier"] == "B"
        assert page.evaluate("(text) => page.verify(text)", again) == "replayed"
        assert page.evaluate("(text) => page.verify(text)", phone.code(int(time.time()) - 70)) == "stale_presentation"
        page.context.set_offline(False)
        world.call("DELETE", f"/api/v1/me/card/devices/{phone.device}", holder)
        page.evaluate("() => { page.desk.lists.clear(); return page.refresh(); }")
        assert page.evaluate("(text) => page.verify(text)", phone.code(int(time.time()))) == "revoked"
