"""The holder's first load stays small, and the scanner is loaded at the desk alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

LIMIT = 100 * 1024


def weigh(page: Page, path: str) -> dict[str, int]:
    """Load a page with an empty cache and give the bytes that came over the wire, by address."""
    weights: dict[str, int] = {}

    def note(response: Response) -> None:
        sizes = response.request.sizes()
        weights[response.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("requestfinished", lambda request: note(request.response()) if request.response() else None)
    page.goto(path, wait_until="networkidle")
    return weights


@pytest.mark.parametrize("path", ["/me", "/me/benefits", "/apply", "/precheck", "/"])
def test_first_load_is_light_when_a_phone_opens_a_page(visitor: Visitor, path: str) -> None:
    state = visitor.holder().context.storage_state()
    page = visitor.open("/healthz", size=(390, 844), storage_state=state, service_workers="block")
    weights = weigh(page, path)
    assert 0 < sum(weights.values()) < LIMIT, weights
    assert not [url for url in weights if "zxing" in url]
