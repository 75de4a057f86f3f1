"""A phone whose browser is old, or keeps nothing, has a way to a code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


OLD = "delete AbortSignal.timeout; delete Crypto.prototype.randomUUID;"
HANGING = OLD + "IDBFactory.prototype.open = () => ({});"
THROWING = OLD + "IDBFactory.prototype.open = () => { throw new Error('private'); };"


@pytest.mark.parametrize("script", [OLD, HANGING, THROWING], ids=["old", "hanging storage", "no storage"])
def test_phone_has_a_way_to_a_code_when_its_browser_lacks_things(visitor: Visitor, script: str) -> None:
    state = visitor.holder().context.storage_state()
    page = visitor.open("/healthz", size=(390, 844), storage_state=state)
    page.context.add_init_script(script)
    page.goto("/me")
    page.locator("[data-when=unbound] [data-online]").click()
    expect(page.locator("[data-when=online] svg")).to_be_visible()
