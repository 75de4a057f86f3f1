"""Chromium for tests: started once for each worker, driven by playwright.

``browser``  the started browser; a test that asks for it is marked ``browser``
``page``     a page of a fresh context (390 × 844, zh-CN); an error on the page fails the test

Where no Chromium is found the test is skipped, loudly; with ``SUCHANG_REQUIRE_BROWSER=1`` it fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]


def chromium() -> str | None:
    """Return the path of a Chromium (``SUCHANG_CHROMIUM``, else the first on the path)."""
    return os.environ.get("SUCHANG_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium, or skip."""
    path = chromium()
    if path is None:
        message = "NO CHROMIUM: browser tests do not run; install chromium or set SUCHANG_CHROMIUM to its path."
        if os.environ.get("SUCHANG_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page the size of a phone; what it throws or logs as an error fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert errors == []
