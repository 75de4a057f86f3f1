"""A second phone in the local network: ``make run HOST=0.0.0.0 TLS=1`` gives it a secure origin and what needs one."""

from __future__ import annotations

import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from suchang.cli.runtime.certificates import local_addresses
from suchang.embedded.processes import free_port
from tests.support.browser import chromium
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="suchang-phone-"))
    running = Served(folder, free_port(18443), more=("--host", "0.0.0.0", "--tls", "--no-worker"))  # noqa: S104 (for this test)
    running.start()
    yield running
    running.stop(signal.SIGINT)
    shutil.rmtree(folder, ignore_errors=True)


def test_phone_of_the_network_binds_and_shows_a_code_when_serve_has_tls(served: Served, browser: Browser) -> None:
    address = next(iter(local_addresses()), "127.0.0.1")
    base = f"https://{address}:{served.port}"
    assert base in served.log
    assert "SHA-256" in served.log or "fingerprint" in served.log
    # The flag is the tap on "proceed anyway"; a phone that trusts the authority needs none.
    args = ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]
    phone = browser.browser_type.launch(executable_path=chromium(), args=args)
    page = phone.new_context(base_url=base, viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto("/me")
    found = page.evaluate("() => [isSecureContext, 'serviceWorker' in navigator, 'mediaDevices' in navigator]")
    assert found == [True, True, True]
    [number] = re.findall(r"holder\s+phone ([^\s,]+)", served.log)[:1]
    page.fill("[name=phone]", number)
    page.click("form .btn--big")
    page.fill("[name=code]", page.inner_text(".demo-code b"))
    page.click("form .btn--big")
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    assert page.evaluate("async () => (await navigator.serviceWorker.ready).scope") == f"{base}/me"
    phone.close()
